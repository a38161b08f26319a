// What people write to each other about programs, with pieces of code in the middle of a sentence; mails in HTML as mail
// services pass them on; drawings, formulas and forms that editors paste; and statements of logic in words. None of it
// does anything where it is read.

import type { Picker } from './picker.ts';
import { LAST_NAMES, NOUNS, PHRASES, PLACES, SENTENCES } from './words.table.ts';

function name(p: Picker): string {
  return p.chance(0.5)
    ? p.letters(2, 8)
    : p.pick([
        'title',
        'node',
        'user',
        'items',
        'page',
        'row',
        'data',
        'field_tags',
        'theme',
        'menu',
        'name',
      ]);
}

/** A piece of code that shows something and attacks nothing. */
function piece(p: Picker): string {
  const [a, b, n] = [name(p), name(p), p.int(1, 99)];
  return p.pick([
    `<script src="/${a}/${b}.js"></script>`,
    `<script src="js/${a}.min.js"></script>`,
    `<link rel="stylesheet" href="/css/${a}.css">`,
    `<meta name="viewport" content="width=device-width">`,
    `<?php echo $${a}; ?>`,
    `<?php print render($content['${a}']); ?>`,
    `<?= $${a} ?>`,
    `$${a}->get('${b}')->value`,
    `\\Drupal::service('${a}.${b}')`,
    `eval($${a})`,
    `eval()`,
    `exec()`,
    `print(${a})`,
    `print ${a}`,
    `alert()`,
    `console.log(${a})`,
    `document.getElementById('${a}')`,
    `document.getElementById('${a}').innerHTML = ${b}`,
    `document.querySelector('.${a}').value`,
    `window.${a}`,
    `javascript:void(0)`,
    `onclick`,
    `onclick="${a}()"`,
    `{{ content.${a} }}`,
    `{% if ${a}.${b} %}`,
    `\${${a}}`,
    `$(pwd)`,
    `$(${a})`,
    `SELECT ${a} FROM ${b}`,
    `SELECT * FROM ${a} WHERE ${b} = ${n}`,
    `DELETE FROM ${a} WHERE ${b} < ${n};`,
    `DROP TABLE ${a};`,
    `ORDER BY ${a}, ${b}`,
    `JOIN ${a} ON ${a}.id = ${b}.id`,
    `'${n}' == ${n} and '${n}' !== ${n}`,
    `"${a}" == "${b}"`,
    `if (${a} > ${n} && ${b} < ${n})`,
    `ls -la`,
    `tail -f /var/log/apache2/error.log`,
    `sudo apt-get update; sudo apt-get upgrade -y`,
    `curl -I https://${a}.example`,
    `wget https://${a}.example/${b}.tar.gz`,
    `rm -rf ${a} && npm install`,
    `git log --oneline | head -${n}`,
    `git add . && git commit -m "${a}"`,
    `docker run --rm -it -v $(pwd):/app ${a}:${n} bash`,
    `drush cr; drush updb -y`,
    `composer require drupal/${a}`,
    `chmod 755 ${a}`,
    `ping 8.8.8.8`,
    `Get-ChildItem | Where-Object { $_.Length -gt ${n}MB }`,
    `Get-Service ${a} | Select-Object Name`,
    `../../themes/${a}/css/${b}.css`,
    `/var/www/html/${a}/settings.php`,
    `wp-config.php`,
    `php.ini`,
    `file:///${a}`,
    `=IF(A${n}>5,"yes","no")`,
    `=SUM(A1:A${n})`,
    `/^[a-z]+$/`,
    `localhost:${p.int(3000, 9000)}`,
    `127.0.0.1`,
    `\\\\${a}\\${b}`,
  ]);
}

function post(p: Picker): string {
  const code = piece(p);
  const quoted = p.chance(0.4)
    ? p.pick([`\`${code}\``, `"${code}"`, `'${code}'`, `[code]${code}[/code]`])
    : code;
  const [noun, other] = [p.pick(NOUNS), name(p)];
  return p.pick([
    `Put ${quoted} in your template.`,
    `Use ${quoted} at the end of the body.`,
    `I typed ${quoted} and got nothing.`,
    `Try ${quoted} and tell me what happens.`,
    `${quoted} did not help, ${piece(p)} did.`,
    `In ${p.pick(['PHP', 'SQL', 'JavaScript', 'bash', 'Twig', 'Excel', 'Python', 'Drupal'])}, ${quoted} is ${p.pick(['dangerous', 'slow', 'fine', 'deprecated', 'what you want'])}; so is ${piece(p)}.`,
    `${quoted} is what I use.`,
    `${quoted} in ${noun} is bad style.`,
    `The path ${quoted} gives a 404.`,
    `Why does ${quoted} fail in ${p.pick(['JavaScript', 'PHP', 'my template', 'MySQL', 'Firefox'])}?`,
    `How do I run ${quoted} without ${noun}?`,
    `what does ${quoted} mean?`,
    `${quoted} meaning`,
    `${quoted} explained`,
    `where is ${quoted}`,
    `My code: ${quoted}; it takes ages.`,
    `I get an error near ${quoted} -- what is wrong?`,
    `# ${code}\r\n${other} = ${p.int(1, 9)}\r\n# then ${code} again`,
    `Does ${quoted} work as well as ${piece(p)}?`,
    `You can write ${quoted} for that, see ${piece(p)}.`,
    `${p.pick(SENTENCES)} ${quoted} ${p.pick(SENTENCES)}`,
    `> ${quoted}\r\n\r\n${p.pick(SENTENCES)}`,
    `${p.pick(PHRASES)}: ${quoted}`,
  ]);
}

/** Whole pieces of programs, as people ask about them. */
function program(p: Picker): string {
  const [a, b, n] = [name(p), name(p), p.int(1, 99)];
  return p.pick([
    `function ${a}(${b}) { return ${b} + ${n}; }\r\nconsole.log(${a}(${n}));`,
    `def ${a}(x):\r\n    print(x)\r\n    return x or None`,
    `for i in range(${n}):\r\n    if i > 5 and i < 8:\r\n        print(i)`,
    `public static void main(String[] args) { System.out.println("${a}"); }`,
    `import java.util.List;\r\npublic class ${a} { private List<String> ${b}; }`,
    `#include <stdio.h>\r\nint main(void) { printf("${a}\\n"); return 0; }`,
    `fn main() { println!("{}", ${n} + ${n}); }`,
    `package main\r\nimport "fmt"\r\nfunc main() { fmt.Println("${a}") }`,
    `puts "hello #{${a}}" if ${a} && !${b}.empty?`,
    `class ${a}\r\n  attr_reader :${b}\r\nend`,
    `using System;\r\nclass P { static void Main() { Console.WriteLine("${a}"); } }`,
    `$${a} = \\Drupal::service('${b}')->get('${a}');\r\nprint $${a};`,
    `.${a}:nth-child(2n+1) > a:hover { background: url(../img/${b}.png) no-repeat; }`,
    `\\documentclass{article}\\begin{document}$x^2 + \\frac{1}{${n}}$\\end{document}`,
    `awk '{print $${p.int(1, 9)}}' ${a}.log | sort | uniq -c | sort -rn | head`,
    `langcode: de\r\nstatus: true\r\nid: ${a}\r\nlabel: '${p.pick(NOUNS)}'\r\nsettings:\r\n  ${b}: {  }`,
    `name,email,note\r\n${a},a@example.org,"says ""hi"""\r\n${b},b@example.org,'x'`,
    `let ${a} = ${b}.map { $0 * ${n} }`,
    `val ${a} = listOf(${n}, ${n}).filter { it > ${n} }`,
    `SELECT ${a}, ${b} FROM ${a}_data WHERE status = 1 ORDER BY ${b} DESC LIMIT ${n}`,
  ]);
}

/** A mail as programs make it. */
function mail(p: Picker): string {
  const width = p.int(400, 800);
  const style = p.pick([
    'body{font-family:Arial,sans-serif}',
    '.x{mso-line-height-rule:exactly}',
    '@media only screen and (max-width:600px){.a{width:100%!important}}',
    'img{border:0;outline:none;-ms-interpolation-mode:bicubic}',
    "#outlook a{padding:0} .bg{background:url('https://cdn.example/bg.png')}",
  ]);
  const head = `<head><meta ${p.pick(['charset="utf-8"', 'http-equiv="Content-Type" content="text/html; charset=UTF-8"', 'http-equiv="X-UA-Compatible" content="IE=edge"'])}>${p.maybe(0.5, '<meta name="viewport" content="width=device-width, initial-scale=1.0">')}<title>${p.pick(NOUNS)}</title>${p.maybe(0.3, '<link href="https://fonts.googleapis.com/css?family=Roboto" rel="stylesheet">')}<style${p.maybe(0.5, ' type="text/css"')}>${style}</style></head>`;
  const row = `<tr><td style="padding:${p.int(1, 30)}px" align="center"><p>${p.pick(SENTENCES)}</p><a href="https://${name(p)}.example/?id=${p.int(1, 999)}&amp;u=${p.letters(3, 9)}" style="color:#06c">${p.pick(PHRASES)}</a><img src="https://${name(p)}.example/o.gif" width="1" height="1" alt="" border="0"></td></tr>`;
  return `${p.pick(['<!DOCTYPE html>', '', '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'])}<html${p.pick(['', ' lang="en"', ' xmlns="http://www.w3.org/1999/xhtml"', ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'])}>${p.chance(0.8) ? head : ''}<body${p.pick(['', ' bgcolor="#ffffff"', ' style="margin:0;padding:0"', ' dir="auto"'])}>${p.maybe(0.2, '<!--[if mso]><table><tr><td width="600"><![endif]-->')}<table width="${width}" cellpadding="0" border="0">${row}</table>${p.maybe(0.3, '<o:p>&nbsp;</o:p>')}</body></html>`;
}

/** Markup that is no text and yet runs nothing. */
function drawing(p: Picker): string {
  const n = p.int(8, 64);
  const path = `M${p.int(1, n)} ${p.int(1, n)}L${p.int(1, n)} ${p.int(1, n)}v${p.int(1, 9)}l-${p.int(1, 9)}.${p.int(1, 9)} ${p.int(1, 9)}h${p.int(1, n)}z`;
  return p.pick([
    `<svg width="${n}" height="${n}" viewBox="0 0 ${n} ${n}"><path d="${path}"/></svg>`,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n} ${n}" fill="none"><circle cx="${n / 2}" cy="${n / 2}" r="${p.int(1, 9)}" stroke="#${p.hex(3, 3)}"/><g><path d="${path}"/></g></svg>`,
    `<svg class="icon icon--${name(p)}" aria-hidden="true"><title>${p.pick(NOUNS)}</title><rect width="${n}" height="${n}"/></svg>`,
    `<math><mi>x</mi><mo>=</mo><mfrac><mn>${n}</mn><mn>2</mn></mfrac></math>`,
    `<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow><msup><mi>a</mi><mn>2</mn></msup><mo>+</mo><msqrt><mi>b</mi></msqrt></mrow></math>`,
    `<form action="/${name(p)}" method="${p.pick(['get', 'post'])}"><label for="q">${p.pick(NOUNS)}</label><input type="${p.pick(['text', 'search', 'email'])}" name="q" placeholder="${p.pick(NOUNS)}"><button type="submit">${p.pick(NOUNS)}</button></form>`,
    `<video controls poster="/${name(p)}.jpg"><source src="/${name(p)}.mp4" type="video/mp4">${p.pick(SENTENCES)}</video>`,
    `<audio controls src="/files/${name(p)}.mp3"></audio>`,
    `<details><summary>${p.pick(NOUNS)}</summary><p>${p.pick(SENTENCES)}</p></details>`,
    `<select name="${name(p)}"><option value="1" selected>${p.pick(NOUNS)}</option><option value="2">${p.pick(PLACES)}</option></select>`,
    `<textarea rows="4" cols="${n}">${p.pick(SENTENCES)}</textarea>`,
    `<pre><code class="language-php">&lt;?php echo '${name(p)}'; ?&gt;</code></pre>`,
    `<p>The tag <code>&lt;script&gt;</code> ${p.pick(PHRASES)}; use <code>onclick</code> ${p.pick(PHRASES)}.</p>`,
    `<p>${p.pick(SENTENCES)} <code>&lt;${p.pick(['svg', 'iframe', 'form', 'img src="x.png"', 'body onload', 'style'])}&gt;</code></p>`,
  ]);
}

/** Comparisons and choices in words, and names that are words of a query. */
function statement(p: Picker): string {
  const [n, m, k] = [p.int(0, 20), p.int(0, 20), p.int(0, 20)];
  const [a, b] = [p.pick(NOUNS), p.pick(NOUNS)];
  const sign = (): string => p.pick(['>', '<', '>=', '<=', '=', '≥', '≠']);
  return p.pick([
    `${n} ${sign()} ${m} and ${m} ${sign()} ${k}`,
    `${n} ${sign()} ${m}, and ${m} ${sign()} ${k}; so ${n} ${sign()} ${k}!`,
    `${n} and ${m} ${p.pick(['is', 'are', 'make', 'makes'])} ${n + m}`,
    `Q: What's ${n} and ${m}? A: ${n} and ${m} is ${n + m}; or ${k} in base ${p.int(2, 9)}.`,
    `what is ${n} or ${m} in ${a}`,
    `x ${sign()} ${n} or y ${sign()} ${m}`,
    `if x = ${n} and y = ${m} then x ${sign()} y`,
    `true ${p.pick(['and', 'or'])} ${p.pick(['true', 'false'])} ${p.pick(['and', 'or', 'is'])} ${p.pick(['true', 'false'])}`,
    `'${a}' or '${b}'`,
    `'${p.pick(['yes', 'Ja', 'oui', 'sí'])}' ${p.pick(['or', 'oder', 'ou', 'o'])} '${p.pick(['no', 'Nein', 'non'])}'`,
    `why is '${n}' == ${n} and '${n}' !== ${n}?`,
    `Union Select Committee ${p.pick(['', a, p.pick(PLACES)])}`.trim(),
    `${p.pick(LAST_NAMES)} Union, Select & ${p.pick(['Drop', 'Update', 'Insert', 'Exec'])} Ltd`,
    `{${a}} [${b}] (${p.pick(PLACES)})`,
    `whoami command ${p.pick(['linux', 'meaning', 'not found', 'windows'])}`,
    `Subject: Re: ${p.pick(PHRASES)} -- To: me, Cc: you, Bcc: ${p.pick(['nobody', 'all', 'the boss'])} :)`,
    `${p.pick(['grep', 'find', 'sort', 'id', 'ls', 'cat', 'curl', 'ping'])} ${p.pick(['command', 'in bash', 'examples', 'vs wget', 'on windows', 'tutorial'])}`,
  ]);
}

/** Returns a text, and whether it is markup. */
export function honestForum(p: Picker): { text: string; isMarkup: boolean } {
  const kind = p.int(0, 99);
  if (kind < 45) return { text: post(p), isMarkup: false };
  if (kind < 58) return { text: program(p), isMarkup: false };
  if (kind < 70) return { text: mail(p), isMarkup: true };
  if (kind < 82) return { text: drawing(p), isMarkup: true };
  return { text: statement(p), isMarkup: false };
}
