// What people write: prose in several languages with the words of databases, shells and web pages in their plain
// meaning, questions about code, names, prices, search phrases, signs that are no code.

import type { Picker } from './picker.ts';
import { FIRST_NAMES, LAST_NAMES, NOUNS, PHRASES, PLACES, SENTENCES, VERBS } from './words.table.ts';

const nouns = (p: Picker): string => p.pick(NOUNS);

function person(p: Picker): string {
  return p.pick([
    `${p.pick(FIRST_NAMES)} ${p.pick(LAST_NAMES)}`,
    p.pick(LAST_NAMES),
    `${p.pick(LAST_NAMES)}, ${p.pick(FIRST_NAMES)}`,
    `${p.pick(FIRST_NAMES)} "${p.pick(NOUNS)}" ${p.pick(LAST_NAMES)}`,
    `Dr. ${p.pick(LAST_NAMES)}`,
    `${p.pick(FIRST_NAMES)} ${p.pick(['A', 'J', 'M'])}. ${p.pick(LAST_NAMES)} & ${p.pick(['Sons', 'Co.', 'Söhne', 'Fils', 'Cie'])}`,
    `${p.pick(FIRST_NAMES)}-${p.pick(FIRST_NAMES)} ${p.pick(LAST_NAMES)}`,
  ]);
}

/** SQL's and shells' words as English has them. */
function ambiguous(p: Picker): string {
  const [a, b, c] = [nouns(p), nouns(p), nouns(p)];
  const n = p.int(1, 40);
  return p.pick([
    `select the ${a} from the ${b} and ${c}`,
    `please select ${n} or ${n + 1} ${a}s from our ${b}`,
    `union of ${a} workers and ${b}`,
    `the ${a} union, all selected members, from ${p.pick(PLACES)}`,
    `drop table reservations before ${n}:00`,
    `how do I drop a table in my ${a}?`,
    `order by phone or by ${a}`,
    `I'd like to order by ${p.pick(['Friday', 'Monday', 'noon'])}; is it ok?`,
    `update my ${a} and set the ${b} to ${n}`,
    `insert coin into the ${a}`,
    `insert the ${a} into the ${b}, then delete from the list where needed`,
    `delete from my account the ${a} where it says '${b}'`,
    `create table decorations for ${n} guests`,
    `group by age, having ${n} or more ${a}s`,
    `where is the ${a}? -- ${p.pick(FIRST_NAMES)}`,
    `${a} and ${b} = ${c}`,
    `${n} and ${n + 1} or ${n}`,
    `either 1 or 1.5 ${a}s`,
    `${a} like '${b}' and not like "${c}"`,
    `this and that; or ${a}`,
    `exec summary: ${a}; ${b}`,
    `the cat sat on the mat, and less is more`,
    `cat food & dog ${a}`,
    `ping me at ${n}:30; I'll sleep (5 hours) until then`,
    `sleep 8 hours, wake up and run`,
    `who am I? id, ego and super-ego`,
    `ls = ${a} service`,
    `echo chamber of the ${a}`,
    `find / replace in ${a}`,
    `kill two birds with one stone`,
    `top ${n} ${a}s of ${p.int(1990, 2026)}`,
    `from ${n}-${n + 20} or ${n + 30}% off`,
    `R&D; Q&A; M&A`,
    `AT&T or T-Mobile?`,
    `AC/DC -- Back in Black`,
    `rock 'n' roll`,
    `'${a}' or '${b}'`,
    `"${a}" AND "${b}"`,
    `"${a} ${b}" OR ${c}`,
    `${a} AND (${b} OR ${c}) NOT ${a}`,
    `title:${a} OR author:"${p.pick(LAST_NAMES)}"`,
    `+${a} -${b} "${c}"`,
    `${a}* AND ${b}?`,
    `script for act ${n}, scene ${n}`,
    `java script or java beans`,
    `on load, the ${a} is shown`,
    `image on error: show ${a}`,
    `alert (red) for ${a}`,
    `the body of the ${a} and its head`,
    `iframe vs frame`,
    `eval of the ${a} (part ${n})`,
    `union select committee`,
    `select committee on union ${a}s`,
    `having fun group by group`,
    `limit 1 per customer`,
    `limit ${n}, offset by the ${a}`,
    `null and void`,
    `is null; not null`,
    `true or false?`,
    `between ${n} and ${n + 9}`,
    `${n}=${n}, of course`,
    `if ${n}=${n} then ok`,
    `case when it rains, else the ${a}`,
    `cast (in order of appearance)`,
    `convert to ${a}`,
    `char grilled ${a}`,
    `table for two; window seat`,
    `Smith's ${a}; Jones' ${b}`,
    `the ${p.int(80, 99)}'s and '${p.int(10, 99)}s`,
    `don't, won't, can't & shouldn't`,
    `${p.pick(FIRST_NAMES)}'s and ${p.pick(FIRST_NAMES)}'s ${a}`,
    `5'10" and 6'2"`,
    `${n}" x ${n + 4}" ${a}`,
    `${n}' by ${n + 2}'`,
    `rock'n'roll (${p.int(1950, 2020)})`,
    `l'${a} d'${p.pick(LAST_NAMES)}`,
    `c'est l'été, n'est-ce pas ?`,
    `${a}/${b}/${c}`,
    `and/or`,
    `he/she/they`,
    `24/7`,
    `n/a`,
    `w/o ${a}`,
    `#1 ${a} -- ${n}% off!`,
    `${a} #${n}; ${b} #${n + 1}`,
    `(${a}) [${b}] {${c}}`,
    `${a} <-> ${b}`,
    `${a} => ${b}`,
    `${a} -> ${b}`,
    `<3 ${a}`,
    `x < ${n} && y > ${n}`,
    `${n} < ${n + 5} > ${n - 1}`,
    `<${a}>`,
    `<${person(p)} ${p.letters(3, 8)}@example.org>`,
    `:-) ;-) :'( >:( <3 \\o/ ¯\\_(ツ)_/¯`,
    `$${n}.99 + $${n}.00 = $${2 * n}.99`,
    `£${n}/€${n}`,
    `${n}%`,
    `100% ${a}`,
    `50%-${n}% off`,
    `@${p.letters(3, 10)} #${p.letters(3, 10)}`,
    `C#, C++ & F#`,
    `.NET vs J2EE`,
    `a.k.a. ${a}`,
    `...and then?`,
    `wait... what?!`,
    `etc. etc.`,
    `passwd vs password`,
    `my password doesn't work`,
    `forgot user name or password`,
    `admin or root access needed?`,
    `root of all evil`,
    `windows/doors`,
    `C:\\ drive full`,
    `see ./${a}.txt`,
    `../ means one folder up`,
    `the file /etc/hosts on my Mac`,
    `#!/bin/bash on the first line?`,
    `{{ ${a} }}`,
    `\${${a}}`,
    `[${a}:${b}]`,
    `%${a}%`,
    `${p.letters(3, 8)}@${p.letters(3, 8)}.com; ${p.letters(3, 8)}@${p.letters(3, 8)}.org`,
    `1; 2; 3`,
    `a) ${a}; b) ${b}; c) ${c}`,
    `I/O & CPU`,
    `x=${n}; y=${n + 1}`,
    `f(x)=x^2+${n}x-1`,
    `2+2=4`,
    `E=mc²`,
    `3 > 2 or 2 < 3`,
    `a||b`,
    `!important`,
    `5 * (3 + 2)`,
    `-- ${a}`,
    `--${a}`,
    `/* ${a} */`,
    `${a} --- ${b}`,
    `***${a}***`,
    `~${a}~`,
    `|${a}|${b}|`,
    `\`${a}\``,
    `"quoted ${a}"`,
    `'single ${b}'`,
    `"${a}`,
    `'${a}`,
    `${a}'`,
    `${a}"`,
  ]);
}

/** Questions about code, as comments and forums have them. */
function aboutCode(p: Picker): string {
  const [a, b] = [nouns(p).replaceAll(' ', '_'), nouns(p).replaceAll(' ', '_')];
  const snippet = p.pick([
    `SELECT * FROM ${a} WHERE ${b} = ${p.int(1, 99)}`,
    `SELECT ${a}, ${b} FROM ${a}s ORDER BY ${b} LIMIT 10`,
    `UPDATE ${a} SET ${b} = '${p.letters(3, 6)}' WHERE id = 5`,
    `INSERT INTO ${a} (${b}) VALUES ('x')`,
    `CREATE TABLE ${a} (id INT PRIMARY KEY, ${b} TEXT NOT NULL)`,
    `SELECT count(*) FROM ${a} GROUP BY ${b} HAVING count(*) > 1`,
    `$${a} = $this->get${b}();`,
    `if ($${a} == '${b}') { return TRUE; }`,
    `foreach ($${a} as $${b}) { print $${b}; }`,
    `function ${a}(${b}) { return ${b} + 1; }`,
    `const ${a} = document.querySelector('.${b}');`,
    `<div class="${a}"><p>${b}</p></div>`,
    `<img src="${a}.png" alt="${b}">`,
    `<a href="/node/${p.int(1, 999)}">${a}</a>`,
    `git commit -m "${a} ${b}"`,
    `drush cr && drush updb -y`,
    `composer require drupal/${a}`,
    `ls -la /var/www/html`,
    `sudo apt-get install ${a}`,
    `cd ${a}; make install`,
    `{{ ${a}.${b} }}`,
    `{% if ${a} %}${b}{% endif %}`,
    `{"${a}": "${b}", "n": [1, 2]}`,
    `${a}:\n  ${b}: true\n  n: 3`,
    `#include <${a}.h>`,
    `import ${a} from '${b}';`,
    `def ${a}(${b}):\n    return ${b}`,
    `for (int i = 0; i < 10; i++) { ${a}[i] = ${b}; }`,
    `.${a} > .${b} { color: #fff; }`,
    `grep -r "${a}" . | wc -l`,
    `chmod 644 ${a}.php`,
    `export PATH=$PATH:/usr/local/bin`,
    `<?php echo $${a}; ?>`,
    `console.log(${a});`,
    `RewriteRule ^${a}/(.*)$ index.php?q=$1 [L,QSA]`,
    `docker run -d -p 80:80 ${a}`,
    `ssh ${a}@${b}.example.com`,
    `curl -I https://${a}.example.com`,
    `$ ${a} --help`,
  ]);
  return p.pick([
    `How do I write ${snippet} in Drupal?`,
    `I get an error near "${snippet}". What is wrong?`,
    `Here is my code:\n\n${snippet}\n\nIt does not work with ${a}.`,
    `${p.pick(SENTENCES)}\n\n\`\`\`\n${snippet}\n\`\`\``,
    `${p.pick(SENTENCES)} <code>${snippet.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</code> ${p.pick(SENTENCES)}`,
    `use ${snippet} instead`,
    `Try \`${snippet}\` -- ${p.pick(SENTENCES)}`,
    `${p.pick(SENTENCES)} For example: ${snippet}. ${p.pick(SENTENCES)}`,
  ]);
}

function paragraph(p: Picker): string {
  return p.many(1, 8, p.pick([' ', ' ', '\n', '\r\n\r\n']), () =>
    p.pick([p.pick(SENTENCES), p.pick(SENTENCES), `${ambiguous(p)}.`, p.pick(PHRASES)]),
  );
}

function messageText(p: Picker): string {
  return `${p.pick(['Dear', 'Hello', 'Hi', 'Sehr geehrte Damen und Herren,', 'Bonjour', 'Dzień dobry,', 'Dobrý den,', 'Hola', 'Buongiorno', 'Здравствуйте,'])} ${person(p)},\r\n\r\n${paragraph(p)}\r\n\r\n${p.pick(['Regards', 'Best,', 'Mit freundlichen Grüßen', 'Cordialement,', 'Pozdrawiam', 'S pozdravem', 'Saludos'])}\r\n${p.maybe(0.5, '-- \r\n')}${person(p)}\r\n${p.maybe(0.4, `Tel. +${p.digits(2, 2)} ${p.digits(3, 4)}/${p.digits(4, 7)}; ${p.letters(3, 9)}@example.com`)}`;
}

export function honestProse(p: Picker): string {
  const kind = p.int(0, 99);
  if (kind < 40) {
    const text = ambiguous(p);
    return p.chance(0.15)
      ? text.toUpperCase()
      : p.chance(0.25)
        ? `${p.pick(VERBS)} ${text}${p.maybe(0.5, `, ${p.pick(PHRASES)}`)}`
        : text;
  }
  if (kind < 52) return person(p);
  if (kind < 64)
    return p.pick([
      p.pick(PHRASES),
      `${p.pick(VERBS)} ${nouns(p)}`,
      `${nouns(p)} ${nouns(p)}`,
      `${p.pick(PLACES)} ${nouns(p)} ${p.int(1, 2026)}`,
      `${nouns(p)} & ${nouns(p)}`,
    ]);
  if (kind < 76) return aboutCode(p);
  if (kind < 90) return paragraph(p);
  return messageText(p);
}
