// Pieces of manuals: what people who write about software paste into pages, messages and tickets. Written from general
// knowledge of databases, web servers, version control, build tools and scripts, with names of our own.

import type { Picker } from './picker.ts';
import { NOUNS, SENTENCES } from './words.table.ts';

function word(p: Picker): string {
  return p.chance(0.5)
    ? p.letters(2, 9)
    : p
        .pick(NOUNS)
        .replaceAll(/[^a-z]+/giu, '_')
        .toLowerCase();
}

function sql(p: Picker): string {
  const [a, b, c, t, u] = [word(p), word(p), word(p), word(p), word(p)];
  const n = p.int(1, 99);
  return p.pick([
    `SELECT ${a}, ${b} FROM ${t} WHERE ${c} = ${n} ORDER BY ${a} DESC LIMIT ${n};`,
    `SELECT * FROM ${t}, LATERAL (SELECT * FROM ${u} WHERE ${u}.id = ${t}.${u}_id) ss;`,
    `SELECT ${t}.${a}, ${u}.${b} FROM ${t} LEFT JOIN ${u} ON ${t}.id = ${u}.${t}_id WHERE ${u}.${b} LIKE '%${c}%' AND ${t}.year > ${n} ORDER BY ${a};`,
    `WITH RECURSIVE ${t}(n) AS (\n    VALUES (1)\n  UNION ALL\n    SELECT n+1 FROM ${t} WHERE n < ${n}\n)\nSELECT sum(n) FROM ${t};`,
    `SELECT count(*) FROM ${t} WHERE ${a} IS NOT NULL AND ${b} IN (${n}, ${n + 1}, ${n + 2});`,
    `SELECT ${a}[1], ${a}[-1][${n}] FROM (SELECT '{{1,2},{3,4}}'::int[] AS ${a}) ${t};`,
    `SELECT * FROM ${t} TABLESAMPLE SYSTEM (${n});`,
    `'[${n},${n + 10})'::int4range + '[${n + 5},${n + 20})'::int4range`,
    `SELECT ${a}, row_number() OVER (PARTITION BY ${b} ORDER BY ${c}) FROM ${t};`,
    `INSERT INTO ${t} (${a}, ${b}) VALUES (${n}, '${c}'), (${n + 1}, 'it''s') ON CONFLICT (${a}) DO UPDATE SET ${b} = EXCLUDED.${b};`,
    `INSERT INTO ${t} SELECT 'abc' || 'def', char(0) FROM ${u};`,
    `CREATE TABLE ${t} (${a} integer PRIMARY KEY, ${b} text NOT NULL DEFAULT '', CHECK (${a} > 0));`,
    `CREATE INDEX ${t}_idx ON ${t} USING gin (${a} jsonb_path_ops) WHERE ${b} = 1;`,
    `CREATE FUNCTION ${a}(integer) RETURNS integer AS $$ SELECT $1 + ${n}; $$ LANGUAGE SQL;`,
    `CREATE TRIGGER ${a} AFTER INSERT ON ${t} BEGIN UPDATE ${u} SET ${b} = new.${b}; END;`,
    `ALTER TABLE ${t} ADD COLUMN ${a} varchar(${n}); DROP INDEX IF EXISTS ${b};`,
    `ATTACH '${a}.db' AS ${b}; CREATE TEMP TABLE ${t}(x, y); DROP TABLE ${b}.${t}; /* in ${b} */`,
    `EXPLAIN ANALYZE SELECT * FROM ${t} WHERE ${a} < ${n} AND ${b} = 'x';`,
    `jsonb_path_query('{"${a}":[1,2,3]}', '$.${a}[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}')`,
    `SELECT xmlforest(${a}, 'x' AS ${b}), xpath('/${a}/text()', '<${a}>test</${a}>') FROM ${t};`,
    `EXEC SQL DECLARE cur CURSOR FOR SELECT current_database();`,
    `testdb=> \\set ${a.toUpperCase()} '%n@%/%R%# '`,
    `testdb=> SELECT 'begin' || ${n};\n ?column?\n----------\n begin${n}\n(1 row)`,
    `GRANT SELECT (${a}), UPDATE ON ${t} TO ${b} WITH GRANT OPTION;`,
    `COPY ${t} FROM STDIN WITH (FORMAT csv, DELIMITER ';', NULL '');`,
    `nextval('${a}'), nextval('"${b}"'), nextval('${a}.${b}')`,
    `postgresql://${a}@localhost:5433/${b}?connect_timeout=10&application_name=${c}`,
    `host=localhost port=5432 dbname=${a} user=${b} options='-c ${c}=${n}'`,
    `PRAGMA ${a}; PRAGMA journal_mode=WAL; VACUUM;`,
    `SELECT * FROM ${a}('${b}.zip') WHERE name='${c}';`,
  ]);
}

function server(p: Picker): string {
  const [a, b, c] = [word(p), word(p), word(p)];
  const n = p.int(1, 99);
  return p.pick([
    `<VirtualHost *:80>\n  ServerName www.${a}.example\n  DocumentRoot "/www/${b}"\n</VirtualHost>`,
    `<Directory "/var/www/${a}">\n  Options +Includes -Indexes\n  Require ip 192.0.2.${n}\n</Directory>`,
    `<Files ~ "^\\.ht">Require all denied</Files>`,
    `RewriteEngine On\nRewriteCond %{HTTP_HOST} !^www\\. [NC]\nRewriteRule ^/${a}/(.*)$ /${b}.php?${c}=$1 [PT,L,QSA]`,
    `RewriteMap ${a} "prg:/www/bin/${b}.pl"\nRewriteRule "^" "\${${a}:$1|default}"`,
    `ProxyPass "/${a}" "http://192.0.2.${n}:8080/${b}"\nProxyPassReverse "/${a}" "http://192.168.1.${n}/"`,
    `LoadModule ${a}_module modules/mod_${a}.so`,
    `SetEnvIf User-Agent ^${a}/${n} ${b}=1\nHeader set X-${c} "%{${b}}e" env=${b}`,
    `ProxyFCGISetEnvIf "reqenv('PATH_TRANSLATED') =~ m|(/.*${a})(\\d+)(.*)|" PATH_INFO "$3"`,
    `AuthLDAPURL "ldap://127.0.0.1/dc=example,dc=com?uid?sub?(objectClass=*)"`,
    `ldapsearchfilter="(|(uid=$username)(mail=$username))"`,
    `LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\"" ${a}`,
    `<!--#include virtual="/${a}/${b}.html" -->`,
    `<!--#if expr="$${a} = ${n}" --> ${b} <!--#else --> ${c} <!--#endif -->`,
    `<!--#echo var="LAST_MODIFIED" -->`,
    `<a href="#element.${a}">${a}</a>, <a href="../mod/mod_${b}.html#${b}.${c}">${c}</a>`,
    `GET /${a} HTTP/1.1\\r\\nHost: www.${b}.example\\r\\n\\r\\n`,
    `HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Language: en\nVary: ${a}\n\n`,
    `URI: ${a}.fr.html\nContent-type: text/html\nContent-language: fr\n\nURI: ${a}.de.html`,
    `/usr/local/${a}/bin/${b}ctl -f /etc/${a}/${b}.conf -k restart`,
    `$ ./configure --prefix=/usr/local/${a} --with-${b}=/opt/${c} --enable-${a}=shared`,
    `openssl req -new -x509 -days ${n} -key ${a}.key -out ${a}.crt`,
    `httpd -t -D DUMP_VHOSTS -c "Include conf/${a}.conf"`,
    `Alias "/${a}" "/usr/share/${a}"; ScriptAlias "/cgi-bin/" "/www/cgi-bin/"`,
    `0 string \\320\\317\\021\\340\\241\\261 application/msword\n0 string \\376\\067\\0\\043 application/${a}`,
    `location ~ \\.php$ { fastcgi_pass unix:/run/php/${a}.sock; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; }`,
    `ErrorDocument ${400 + (n % 15)} "/cgi-bin/${a}.pl?${b}"`,
    `redirect to http://$hostname/${a}/ or http://127.0.0.1:${8000 + n}/`,
  ]);
}

function tools(p: Picker): string {
  const [a, b, c] = [word(p), word(p), word(p)];
  const n = p.int(1, 99);
  return p.pick([
    `$ git log --oneline --graph ${a}..${b} -- ${c}/`,
    `git ${a} [<options>] [--] [<path>...] (--${b} | --[no-]${c}[=<n>])`,
    `git config --global alias.${a} '!f() { git ${b} "$@"; }; f'`,
    `git-upload-pack /${a}/${b}.git\\0host=${c}.example\\0`,
    `git for-each-ref --format='%(if)%(HEAD)%(then)* %(else)  %(end)%(refname:short)'`,
    `00${n}want 0a53e9ddeaddad63ad106860237bbf53411d11a7 ${a} side-band-64k\\n`,
    `diff --git a/${a}.c b/${a}.c\n--- a/${a}.c\n+++ b/${a}.c\n@@ -${n},7 +${n},8 @@`,
    `for ref in $(git rev-list ${a}); do git show "$ref"; done | less`,
    `PG_CONFIG = ${a}_config\nPGXS := $(shell $(PG_CONFIG) --pgxs)\ninclude $(PGXS)`,
    `${a}: ${b}.o\n\t$(CC) $(CFLAGS) -o $@ $< && touch $@`,
    `if [ "$${a.toUpperCase()}" = "${b}" ]; then echo "${c}" >&2; exit 1; fi`,
    `#!/bin/sh\nset -e\ncd "$(dirname "$0")"\nexec ./${a} "$@"`,
    `cat ${a}.txt | grep -v '^#' | sort | uniq -c > ${b}.txt`,
    `=> \\echo \`date\`\nTue Nov ${n % 30} 21:40:57 CET 2026`,
    `string(REGEX REPLACE "${a.toUpperCase()}=(.*)" "\\\\1" ${b} \${${c}})`,
    `crontab -e: 0 ${n % 24} * * * /usr/bin/${a} --quiet > /dev/null 2>&1`,
    `docker run --rm -v "$PWD":/app -e ${a.toUpperCase()}=${b} ${c}:latest`,
    `Name $$<user@host>$$ is printed; otherwise only \`\`<${a}@${b}>\`\` is.`,
    `--${a}[=(false|true|umask|group|all|0xxx)]:: ${p.pick(SENTENCES)}`,
    `sed -e 's/${a}/${b}/g' -i ${c}.conf`,
    `export ${a.toUpperCase()}=\${${a.toUpperCase()}:-${b}}`,
    `make && make install DESTDIR=/tmp/${a}`,
    `composer require 'drupal/${a}:^${n % 9}.0' && drush en ${a} -y`,
    `tar -xzf ${a}-${n}.tar.gz -C /usr/src; ls -l /usr/src/${a}`,
  ]);
}

function scripts(p: Picker): string {
  const [a, b, c] = [word(p), word(p), word(p)];
  return p.pick([
    `$('.${a}', context).once('${b}').on('click', function (e) { e.preventDefault(); $(this).find('> li').eq(0).addClass('${c}'); });`,
    `const href = window.location.hash; if (href) { document.querySelector(\`[href='#\${${a}.id}']\`).click(); }`,
    `href = href.substring(href.indexOf('#') + 1); elementSettings.url = $(el.form).attr('action');`,
    `Drupal.behaviors.${a} = { attach(context, settings) { const el = context.querySelector('[data-${b}]'); if (!el) { return; } el.addEventListener('keypress', ${c}); } };`,
    `@param {object} data\n * @param {string} dataType  ajax dataType\n * @param {function} onSuccess`,
    `return typeof jQuery === 'undefined' ? require('jquery') : jQuery;`,
    `new Promise((resolve) => setTimeout(resolve, 100)).then(() => console.log('${a}'));`,
    `function ${a}_form_alter(&$form, FormStateInterface $form_state, $form_id) { $form['${b}']['#access'] = TRUE; }`,
    `$build['#markup'] = $this->t('Hello @name', ['@name' => $${a}->getName()]);`,
    `$output .= '<h2>' . t('Uses') . '</h2>'; $output .= '<dl>'; $output .= '<dt>' . t('${a}') . '</dt>';`,
    `$query = \\Drupal::database()->select('${a}', 'n')->fields('n', ['${b}'])->condition('n.${c}', $id, '=');`,
    `array_map(fn($x) => $x['${a}'], $this->${b}->loadMultiple());`,
    `return 'data:image/gif;base64,R0lGODlhAQABAIABAP///wAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';`,
    `{% for item in items %}<li{{ item.attributes.addClass('${a}') }}>{{ item.content }}</li>{% endfor %}`,
    `{{ ${a}|t }} {{ content.field_${b}|render|striptags|trim }} {{ '${c}'|upper }}`,

    `print "${a}: $${b}\\n" if /^${c}\\s+(\\d+)$/;`,
    `my ($${a}, %${b}) = @_; open(my $fh, '<', $${a}) or die "$!";`,
    `import os, sys\n\ndef ${a}(path):\n    return os.path.join(os.path.dirname(path), '${b}')`,
    `assert_equals ${a}('${b}'), "${c}" # see issue`,
  ]);
}

/** Returns a piece of a manual, alone or in a sentence or in the markup of a page. */
export function honestManual(p: Picker): { text: string; isMarkup: boolean } {
  const make = p.pick([sql, sql, server, server, tools, scripts]);
  const piece = make(p);
  const more = p.chance(0.3) ? `\n${make(p)}` : '';
  const [before, after] = [p.pick(SENTENCES), p.pick(SENTENCES)];
  switch (p.int(0, 6)) {
    case 0:
      return { text: piece + more, isMarkup: false };
    case 1:
      return { text: `${before} ${piece} ${after}`, isMarkup: false };
    case 2:
      return { text: `${before}\n\n\`\`\`\n${piece}${more}\n\`\`\``, isMarkup: false };
    case 3:
      return { text: `<@U${p.hex(8, 8)}> \`${piece}\``, isMarkup: false };
    case 4:
      return {
        text: `<p>${before}</p><pre><code class="language-${p.pick(['sql', 'bash', 'php', 'yaml', 'js'])}">${escaped(piece + more)}</code></pre><p>${after}</p>`,
        isMarkup: true,
      };
    case 5:
      return {
        text: `<p>${before} <code>${escaped(piece)}</code></p><ul><li>${escaped(make(p))}</li></ul>`,
        isMarkup: true,
      };
    default:
      return { text: `<p>${piece}</p>`, isMarkup: true };
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
