// Short pieces of what is code to somebody else: links and pictures that people put into messages, places that a mail or
// an advertiser's program did not fill in, conditions that clients of APIs send, patterns and lists of paths in settings,
// names of files on somebody's own machine.

import type { Picker } from './picker.ts';
import { LAST_NAMES, NOUNS, PHRASES, SENTENCES } from './words.table.ts';

function site(p: Picker): string {
  return `${p.pick(['www.', '', 'shop.', 'blog.'])}${p.letters(3, 12)}.${p.pick(['com', 'org', 'de', 'fr', 'net', 'co.uk', 'example', 'at', 'it', 'pl'])}`;
}

function link(p: Picker): string {
  return `${p.pick(['http', 'https', 'https'])}://${site(p)}${p.pick(['', '/', `/${p.letters(2, 9)}`, `/${p.letters(2, 9)}/${p.letters(2, 9)}.html`, `/?utm_source=${p.letters(3, 7)}`, `/${p.letters(2, 6)}?id=${p.int(1, 999)}&x=${p.letters(1, 5)}`])}`;
}

function picture(p: Picker): string {
  const file = `${p.letters(3, 9)}.${p.pick(['png', 'jpg', 'jpeg', 'gif', 'webp', 'svg'])}`;
  const more = p.pick([
    '',
    ` alt="${p.pick(NOUNS)}"`,
    ` width="${p.int(10, 900)}" alt=""`,
    ` width="${p.int(10, 900)}" height="${p.int(10, 900)}"`,
    ` class="${p.letters(3, 8)}" loading="lazy"`,
    ' border="0"',
  ]);
  return `<img${p.maybe(0.2, ` alt="${p.pick(NOUNS)}"`)} src="${p.pick([link(p).replace(/[/?][^/]*$/u, ''), `https://${site(p)}`, ''])}/${file}"${more}${p.pick(['>', ' />', '/>'])}`;
}

function anchor(p: Picker): string {
  const text = p.pick([p.pick(NOUNS), p.pick(PHRASES), site(p), 'here', picture(p)]);
  const more = p.pick([
    '',
    '',
    ' target="_blank"',
    ' rel="nofollow"',
    ' target="_blank" rel="noopener"',
    ' style="color:#06c"',
    ` title="${p.pick(NOUNS)}"`,
  ]);
  return p.pick([
    `<a href="${link(p)}"${more}>${text}</a>`,
    `<a href="${link(p)}"${more}>${text}</a>`,
    `<a href='${link(p)}'>${text}</a>`,
    `<a href="mailto:${p.letters(3, 8)}@${site(p)}">${text}</a>`,
    `<a href="tel:+${p.digits(8, 12)}">${text}</a>`,
    `[url=${link(p)}]${p.pick(NOUNS)}[/url]`,
    `[${p.pick(NOUNS)}](${link(p)})`,
    `![${p.pick(NOUNS)}](../${p.letters(3, 8)}/${p.letters(2, 8)}.png)`,
    link(p),
  ]);
}

function markup(p: Picker): string {
  const [a, b] = [p.pick(SENTENCES), p.pick(PHRASES)];
  return p.pick([
    anchor(p),
    picture(p),
    `${a} ${anchor(p)} ${b}`,
    `${anchor(p)} ${anchor(p)} ${link(p)}`,
    `${a}\r\n${picture(p)}\r\n${b}`,
    `<p>${a}</p><p>${anchor(p)}</p>`,
    `<p style="text-align:${p.pick(['center', 'right'])}">${a}</p>`,
    `<html><body><p>${a}</p><ul><li>${b}</li><li>${p.pick(NOUNS)}</li></ul>${anchor(p)}<br>${picture(p)}</body></html>`,
    `<div class="${p.letters(3, 9)}"><h2>${b}</h2>${picture(p)}<span>${a}</span></div>`,
    `<table border="1"><tr><td>${b}</td><td align="right">${p.int(1, 999)},00</td></tr></table>`,
    `<font color="#${p.hex(6, 6)}" face="Arial" size="2">${a}</font>`,
    `<b>${b}</b> and <i>${p.pick(NOUNS)}</i><br />${a}`,
    `&lt;${p.pick(['b', 'i', 'p', 'br'])}&gt; shows up in my ${p.pick(NOUNS)}`,
    `<blockquote>${a}</blockquote>${b}`,
    `<p>${a}</p><pre><code class="language-${p.pick(['php', 'sql', 'bash', 'js', 'html'])}">${p.pick(NOUNS)} = ${p.int(1, 9)};</code></pre>`,
    `${p.pick(['Use', 'try', 'put', 'what does'])} &lt;${p.pick(['p', 'div', 'span', 'em'])}&gt; ${b}`,
    `<p><o:p></o:p></p><span lang=DE style='font-size:11.0pt;font-family:"Calibri",sans-serif'>${a}</span>`,
    `xsi:schemaLocation="${link(p)} ${link(p)}.xsd"`,
    `http://${site(p)}/${p.letters(3, 9)} http://${site(p)}/${p.letters(3, 9)}.xsd`,
  ]);
}

/** What was to be replaced before anybody saw it. */
function blank(p: Picker): string {
  const [a, b] = [p.letters(3, 9), p.letters(2, 8)];
  return p.pick([
    `{${a}}`,
    `{{${a}}}`,
    `{{ ${a}_${b} }}`,
    `{{${a}.${b}}}`,
    `{{ ${a} | ${p.pick(['upper', 'date', 'default', 'raw', 't', 'escape'])} }}`,
    `[${a}:${b}]`,
    `[[${a}]]`,
    `%${a.toUpperCase()}%`,
    `%%${a.toUpperCase()}%%`,
    `__${a.toUpperCase()}__`,
    `\${${a}}`,
    `\${${a.toUpperCase()}_${b.toUpperCase()}}`,
    `#{${a}}`,
    `{${a}:${b}}`,
    `{if${a}:${b}}{if${b}:${a}}`,
    `{${a}:${b}}{${b}:${a}}`,
    `{KeyWord:${a}}`,
    `*|${a.toUpperCase()}|*`,
    `<%${a}%>`,
    `{% ${p.pick(['block', 'if', 'for x in'])} ${a} %}`,
    `{{#if ${a}}}${b}{{/if}}`,
    `Hello {{ ${a} }}, ${p.pick(PHRASES)}`,
    `${p.pick(PHRASES)}: \${${a}} ${b}`,
    `{${a}} * {${b}} = {${p.letters(3, 6)}}`,
  ]);
}

/** Conditions as clients of OData, SCIM, RSQL, Lucene and site APIs send them. */
function condition(p: Picker): string {
  const [a, b, n] = [p.letters(3, 9), p.letters(3, 9), p.int(1, 999)];
  const text = p.pick([p.letters(2, 9), p.pick(LAST_NAMES).replaceAll("'", "''"), p.pick(NOUNS)]);
  return p.pick([
    `${a} gt ${n} and contains(${b},'${text}')`,
    `${a} eq '${text}' and ${b} ne null`,
    `startswith(${a},'${text}') or endswith(${b},'${text}')`,
    `${a} ge ${n} and ${a} le ${n + 9}`,
    `${a} eq "${text}" and ${b} pr`,
    `${a}.type eq "work" and ${a}.value co "@example.com"`,
    `${a}=='${text}';${b}=gt=${n}`,
    `${a}:(${text} OR ${b}) AND NOT ${p.letters(2, 6)}`,
    `${a}:[${n} TO ${n + 20}] AND ${b}:"${text}"`,
    `(${a}:${text}*)^2 ${b}:[* TO NOW]`,
    `{!geofilt pt=${n}.2,${p.int(1, 89)}.3 sfield=${a} d=5}`,
    `{!term f=${a}}${text}`,
    `${a}>${n},${b}<=${n}`,
    `${a} desc, ${b} asc`,
    `(${a} = "${text}" && ${b} > ${n})`,
    `{"${a}":{"min":${n},"max":${n + 9}},"sort":["${b}","ASC"]}`,
    `{"and":[{"${a}":{"like":"%${text}%"}},{"id":{"inq":[1,2,3]}}]}`,
    `$expand=${a}($select=${b},id)`,
    `repo:${a}/${b} is:open label:"${text}" created:>2026-01-01`,
    `//${p.pick(['div', 'span', 'ul', a])}[@${p.pick(['id', 'class'])}="${b}"]/${p.pick(['a', 'li'])}[${p.int(1, 9)}]`,
    `#${a} > .${b}:nth-child(2n+1)`,
    `$.${a}[*].${b}`,
    `${a}[?${b}=='x'].id`,
    `SELECT ${a} WHERE ${b} contains '${text}'`,
  ]);
}

function setting(p: Picker): string {
  const [a, b] = [p.letters(2, 9), p.letters(2, 9)];
  return p.pick([
    `^[a-z0-9_-]{3,${p.int(8, 32)}}$`,
    `^(?:[a-z0-9!#$%&'*+/=?^_\`{|}~-]+)$`,
    `/^(?:${a}|${b})$/i`,
    `^/(${a}|${b})/.*$`,
    `.*\\.(${a}|php|js)$`,
    `^\\+?[0-9 ()/-]{6,20}$`,
    `(?<${a}>\\d{4})-(?<${b}>\\d{2})`,
    `/node/*\r\n<front>\r\n/user/*/edit`,
    `*.php\r\n*.${a}\r\n/tmp/*`,
    `*.${a}\r\n../${b}/*\r\n/${a}/*`,
    `../${a}/${b}/*`,
    `**/*.{js,ts}`,
    `./src/**/${a}.${b}`,
    `User-agent: *\r\nDisallow: /${a}/\r\nDisallow: /*?*`,
    `RewriteRule ^${a}/(.*)$ /${b}/$1 [R=301,L]`,
    `"${a}, Inc." <${b}@${site(p)}>`,
    `${p.int(0, 59)} */2 * * ${p.int(0, 6)}`,
    `smtp://${a}:${b}@mail.${site(p)}:587`,
    `$config['${a}.${b}']['${a}'] = '${b}';`,
    `$settings['${a}'] = ['^${b}\\.com$'];`,
    `ini_set('${a}.${b}', ${p.int(1, 99)});`,
    `Cache-Control: max-age=${p.int(60, 9999)}, public`,
    `${a}: ${b}; ${b}: ${a}`,
    `.${a} > .${b} { background: url("../img/${a}.png"); content: "\\201C"; }`,
    `color: #${p.hex(6, 6)}; margin: 0 auto !important`,
    `C:\\Users\\${a}\\Documents\\${b}.txt ${p.pick(['not found', 'is missing', 'kann nicht geöffnet werden', 'est introuvable'])}`,
    `C:\\Program Files\\${a}\\${b}.exe`,
    `\\\\${a}\\${b}\\${p.letters(2, 8)}`,
    `D:\\${a}\\${b}.xlsx`,
    `/var/www/${a}/web/sites/default/files/${b}.jpg: permission denied`,
    `PHP Warning: Undefined array key "${a}" in /var/www/html/web/modules/custom/${b}/${b}.module on line ${p.int(1, 900)}`,
    `Error: Call to undefined function ${a}_${b}() in ${b}.module (line ${p.int(1, 900)})`,
    `TypeError: Cannot read properties of undefined (reading '${a}') at ${b} (https://${site(p)}/${a}.js:1:${p.int(1, 999)})`,
    `document.getElementById('${a}') returns null, why?`,
    `const ${a} = (${b}) => ${b} * ${p.int(2, 9)};`,
    `for (let i = 0; i < ${p.int(2, 99)}; i++) { ${a}(i); }`,
    `if (${a} > 0 && ${b} < ${p.int(1, 99)}) { return true; }`,
    `${a}(${p.int(1, 99)}, "${b}")`,
    `select("${a}") and ${b}()`,
    `http://localhost:${p.int(3000, 9000)}/${a} works, ${site(p)} does not`,
    `ftp://ftp.${site(p)}/pub/${a}.zip`,
    `git+https://github.com/${a}/${b}.git#v${p.int(1, 9)}.${p.int(0, 9)}`,
  ]);
}

/** What programs said, and where on a machine it was, as people copy it into questions. */
function trouble(p: Picker): string {
  const [a, b, n] = [p.letters(2, 9), p.letters(2, 9), p.int(1, 900)];
  const name = a.charAt(0).toUpperCase() + a.slice(1);
  const folder = p.pick([
    '/etc/php/8.3/apache2',
    '/etc/php/8.2/fpm',
    '/etc/apache2',
    '/etc/nginx',
    '/etc/mysql',
    '/var/log/apache2',
    '/var/log/nginx',
    '/var/www/html/web',
    `/home/${a}/public_html`,
    '/opt/drupal',
    '/usr/local/bin',
    'C:\\Windows\\System32',
    'C:\\xampp\\htdocs',
  ]);
  const file = p.pick([
    'php.ini',
    'error.log',
    'my.cnf',
    'index.php',
    `${b}.conf`,
    `${b}.module`,
    `${b}.log`,
  ]);
  const path = `${folder}${folder.includes('\\') ? '\\' : '/'}${file}`;
  const text = p.pick([
    `${p.pick(SENTENCES)} ${path} ${p.pick(PHRASES)}`,
    `where is ${file}? ${path}`,
    `I changed ${path} but nothing happens`,
    `${path} (line ${n}) says "${p.pick(PHRASES)}"`,
    `open(${path}): failed to open stream: permission denied in ${b}.inc on line ${n}`,
    `PHP Fatal error: Uncaught ${name}Exception: ${b} in ${path}:${n}`,
    `[Mon Jan ${p.int(10, 28)} 10:00:00.${n} 2026] [php:error] [pid ${n}] [client ${p.int(1, 220)}.0.2.1:${n}] ${b}`,
    `Notice: Undefined index: ${a} in include() (line ${n} of ${path}).`,
    `Drupal\\Core\\Database\\DatabaseExceptionWrapper: SQLSTATE[42S22]: Column not found: 1054 Unknown column 'n.${a}' in 'where clause': SELECT n.nid FROM {node} n WHERE (n.${a} = :${b})`,
    `SQLSTATE[HY000] [1045] Access denied for user '${a}'@'localhost' (using password: YES)`,
    `java.lang.${name}Exception: ${b} at com.${a}.${name}.${b}(${name}.java:${n})`,
    `Exception in thread "main" java.${p.pick(['lang', 'io', 'util'])}.${p.pick(['NullPointerException', 'OutOfMemoryError', 'IOException'])}: ${p.pick(PHRASES)}`,
    `Traceback (most recent call last): File "${a}.py", line ${n}, in <module> ${name}Error: '${b}'`,
    `Uncaught ReferenceError: ${a} is not defined at HTMLDocument.<anonymous> (${b}.js:${n}:${n})`,
    `at Object.<anonymous> (/home/${a}/app/server.js:${n}:5)`,
    `bash: ${a}: command not found`,
    `npm ERR! code E${name.toUpperCase()}; npm ERR! ${p.pick(PHRASES)}`,
    `$(document).ready(function() { ${a}(); });`,
    `$('#${a}').on('click', function (e) { ${b}(e); });`,
    `$('.${a}').${p.pick(['hide', 'show', 'toggle'])}();`,
    `Drupal.behaviors.${a} = { attach: function (context, settings) { ${b}(); } };`,
    `print("${p.pick(PHRASES)}")`,
    `echo "${p.pick(NOUNS)}";`,
    `${p.pick(['Is it', "What's better:", 'Which one,', 'Do you mean'])} '${p.pick(NOUNS)}' or '${p.pick(NOUNS)}'?`,
    `the "${p.pick(NOUNS)}" -- '${a}' or '${b}' -- ${p.pick(PHRASES)}`,
    `From: ${a}@${site(p)}\r\nTo: ${b}@${site(p)}\r\nSubject: Re: ${p.pick(PHRASES)}\r\n\r\n${p.pick(SENTENCES)}`,
    `From: ${a}@${site(p)} To: ${b}@${site(p)} Subject: ${p.pick(PHRASES)}`,
    `https://${a}.safelinks.protection.outlook.com/?url=https%3A%2F%2F${site(p)}%2F&data=05%7C01%7C${b}%40${site(p)}%7C${p.hex(8, 20)}%7C0%7C0&sdata=${p.letters(5, 12)}%3D&reserved=0`,
    `<iframe src="https://www.${p.pick(['youtube.com/embed', 'google.com/maps/embed?pb=', 'player.vimeo.com/video'])}/${a}" width="${n}" height="${p.int(100, 900)}" style="border:0" allowfullscreen></iframe>`,
    `<iframe width="560" height="315" src="https://www.youtube.com/embed/${p.letters(11, 11)}" title="${p.pick(NOUNS)}" frameborder="0" allow="autoplay; encrypted-media" allowfullscreen></iframe>`,
  ]);
  return p.chance(0.3) ? `${p.pick(SENTENCES)}\n${text}` : text;
}

/** Returns a snippet, and whether it is markup. */
export function honestSnippet(p: Picker): { text: string; isMarkup: boolean } {
  const kind = p.int(0, 99);
  if (kind < 40) return { text: markup(p), isMarkup: true };
  if (kind < 52) return { text: blank(p), isMarkup: false };
  if (kind < 66) return { text: condition(p), isMarkup: false };
  if (kind < 82) return { text: trouble(p), isMarkup: false };
  return { text: setting(p), isMarkup: false };
}
