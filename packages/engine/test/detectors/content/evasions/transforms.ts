// Ways to write an attack differently without changing what it does. Each says for which classes it keeps the meaning
// for PHP and what stands behind it; `asReread` marks those that need a site that decodes once more than PHP does.

import type { AttackClass } from '@parapet/kinds';

export interface Transform {
  readonly name: string;
  readonly classes: readonly AttackClass[];
  /** The payload written differently; the same text when there is nothing to change in it. */
  readonly apply: (payload: string) => string;
}

const ALL: readonly AttackClass[] = ['sqli', 'xss', 'lfi', 'rce', 'php', 'ssti', 'java', 'nosql'];

const SQL_WORDS =
  /\b(?:select|union|and|or|from|where|all|order|by|like|limit|insert|into|update|set|delete|drop|table|having|group|sleep|benchmark|concat|null|case|when|then|else|end|waitfor|delay|exec)\b/gi;

/** Every other letter large, from the second on: the words stay the same whatever their case was. */
function mixCase(text: string): string {
  let turn = 0;
  return text.replaceAll(/[a-z]/gi, (letter) => {
    turn += 1;
    return turn % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase();
  });
}

function betweenWords(blank: string): (payload: string) => string {
  return (payload) => payload.replaceAll(/(?<=[\w)'"]) +(?=[\w('"@])/g, blank);
}

/** Only outside of quotes: inside them a blank is a value. */
function outsideQuotes(payload: string, change: (piece: string) => string): string {
  return payload
    .split(/('[^']*'|"[^"]*")/)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join('');
}

/** Inside the first tag: from its `<` to its `>` or the end. */
function insideTag(payload: string, change: (tag: string) => string): string {
  return payload.replace(/<[a-z][^>]*/i, change);
}

/** The names of known commands with something in their middle. */
function splitCommands(join: string): (payload: string) => string {
  return (payload) =>
    payload.replaceAll(
      /(?<=^|[;|&`(/\s])(cat|id|ls|whoami|uname|curl|wget|ping|nc|sleep|ifconfig|netstat|bash|python|perl)(?=[\s;|&`)]|$)/g,
      (name) => (name.length < 2 ? name : `${name.slice(0, 1)}${join}${name.slice(1)}`),
    );
}

/** Written in the text of the payload. */
export const TEXT_TRANSFORMS: readonly Transform[] = [
  {
    name: 'mixed case of keywords',
    classes: ['sqli'],
    apply: (payload) => payload.replaceAll(SQL_WORDS, mixCase),
  },
  {
    name: 'comments for blanks',
    classes: ['sqli'],
    apply: (payload) => outsideQuotes(payload, (piece) => piece.replaceAll(/ +(?=[\w('"@])/g, '/**/')),
  },
  {
    name: 'comments with text',
    classes: ['sqli'],
    apply: (payload) => outsideQuotes(payload, (piece) => piece.replaceAll(/(?<=\w) +(?=\w)/g, '/*x%y*/')),
  },
  {
    name: 'versioned comments',
    classes: ['sqli'],
    apply: (payload) => payload.replaceAll(/\b(?:union|select|and|or|from|where)\b/gi, '/*!50000$&*/'),
  },
  { name: 'tabs for blanks', classes: ['sqli', 'rce', 'php', 'ssti'], apply: betweenWords('\t') },
  { name: 'lines for blanks', classes: ['sqli', 'php'], apply: betweenWords('\n') },
  { name: 'vertical tabs for blanks', classes: ['sqli'], apply: betweenWords('\v') },
  { name: 'no-break blanks', classes: ['sqli'], apply: betweenWords('\u00a0') },
  {
    name: 'brackets for blanks',
    classes: ['sqli'],
    apply: (payload) => payload.replaceAll(/\b(and|or)\s+(\d+)\s*=\s*(\d+)/gi, '$1($2)=($3)'),
  },
  {
    name: 'signs for and and or',
    classes: ['sqli'],
    apply: (payload) =>
      payload
        .replaceAll(/(?<=[\s'")\d])or(?=[\s'"(\d])/gi, '||')
        .replaceAll(/(?<=[\s'")\d])and(?=[\s'"(\d])/gi, '&&'),
  },
  {
    name: 'another truth',
    classes: ['sqli'],
    apply: (payload) =>
      payload.replaceAll(/\b1\s*=\s*1\b/g, '2>1').replaceAll(/'(\w)'\s*=\s*'\1'/g, "'q' like 'q'"),
  },
  {
    name: 'like for equals',
    classes: ['sqli'],
    apply: (payload) => payload.replaceAll(/(?<=[\d'])\s*=\s*(?=[\d'])/g, ' like '),
  },
  {
    name: 'numbers as hex',
    classes: ['sqli'],
    apply: (payload) =>
      payload.replaceAll(
        /(?<=[\s=,(])(\d{1,4})(?=[\s=,)]|$)/g,
        (digits) => `0x${Number(digits).toString(16)}`,
      ),
  },
  {
    name: 'numbers as scientific',
    classes: ['sqli'],
    apply: (payload) => payload.replaceAll(/(?<=[\s=,(])(\d{1,4})(?=[\s=,)]|$)/g, '$1e0'),
  },
  {
    name: 'union all distinct',
    classes: ['sqli'],
    apply: (payload) => payload.replaceAll(/\bunion\s+select\b/gi, 'union distinct select'),
  },
  {
    name: 'another end of the query',
    classes: ['sqli'],
    apply: (payload) => payload.replace(/--[\s+-]*$/, '#'),
  },
  {
    name: 'a value of words in front',
    classes: ['sqli'],
    apply: (payload) => (/^['"]/.test(payload) ? `blue shoes${payload}` : payload),
  },

  {
    name: 'mixed case of tags',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/<\/?[a-z]+|\bon[a-z]+(?==)|javascript(?=:)/gi, mixCase),
  },
  {
    name: 'slashes in tags',
    classes: ['xss'],
    apply: (payload) => insideTag(payload, (tag) => tag.replace(/^(<[a-z]+) +/i, '$1/')),
  },
  {
    name: 'lines in tags',
    classes: ['xss'],
    apply: (payload) => insideTag(payload, (tag) => tag.replace(/^(<[a-z]+) +/i, '$1\n')),
  },
  {
    name: 'blanks around equals',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/\b(on[a-z]+)=/gi, '$1 =\t'),
  },
  {
    name: 'another attribute first',
    classes: ['xss'],
    apply: (payload) => payload.replace(/<([a-z]+)(?=[\s/])/i, '<$1 title="a > b"'),
  },
  {
    name: 'entities in values',
    classes: ['xss'],
    apply: (payload) =>
      payload.replaceAll(
        /((?:on[a-z]+|href|src)=["']?)([^"'<>\s]+)/gi,
        (_, start: string, value: string) =>
          start + value.replaceAll(/[a-z]/gi, (letter) => `&#${letter.charCodeAt(0)};`),
      ),
  },
  {
    name: 'hex entities in values',
    classes: ['xss'],
    apply: (payload) =>
      payload.replaceAll(
        /((?:on[a-z]+|href|src)=["']?)([^"'<>\s]+)/gi,
        (_, start: string, value: string) =>
          start + value.replaceAll(/[a-z]/gi, (letter) => `&#x00${letter.charCodeAt(0).toString(16)}`),
      ),
  },
  {
    name: 'tabs in schemes',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/(?<=["'=])javascript:/gi, 'java\tscr\nipt:'),
  },
  {
    name: 'names from pieces',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/\balert\(/g, "top['al'+'ert']("),
  },
  {
    name: 'escapes in names',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/\balert\b/g, '\\u0061lert'),
  },
  {
    name: 'templates for brackets',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/\balert\((\d+)\)/g, 'alert`$1`'),
  },
  {
    name: 'another dialog',
    classes: ['xss'],
    apply: (payload) => payload.replaceAll(/\balert\b/g, 'confirm'),
  },
  {
    name: 'text around',
    classes: ['xss', 'ssti', 'java', 'php'],
    apply: (payload) => `Hello, this is ${payload} and good bye`,
  },
  {
    name: 'a value that is closed',
    classes: ['xss'],
    apply: (payload) => (payload.startsWith('<') ? `x">${payload}` : payload),
  },

  {
    name: 'single dots between',
    classes: ['lfi'],
    apply: (payload) => payload.replaceAll(/\.\.\//g, '.././'),
  },
  { name: 'double slashes', classes: ['lfi'], apply: (payload) => payload.replaceAll(/\.\.\//g, '..//') },
  { name: 'four dots', classes: ['lfi'], apply: (payload) => payload.replaceAll(/\.\.\//g, '....//') },
  {
    name: 'dots with semicolons',
    classes: ['lfi'],
    apply: (payload) => payload.replaceAll(/\.\.\//g, '..;/'),
  },
  { name: 'backslashes', classes: ['lfi'], apply: (payload) => payload.replaceAll(/\.\.\//g, '..\\') },
  { name: 'overlong dots', classes: ['lfi'], apply: (payload) => payload.replaceAll('../', '%c0%ae%c0%ae/') },
  { name: 'overlong slashes', classes: ['lfi'], apply: (payload) => payload.replaceAll('../', '..%c0%af') },
  { name: 'escaped paths', classes: ['lfi'], apply: (payload) => payload.replaceAll('../', '%2e%2e%2f') },
  {
    name: 'twice escaped paths',
    classes: ['lfi'],
    apply: (payload) => payload.replaceAll('../', '%252e%252e%252f'),
  },
  {
    name: 'unicode paths',
    classes: ['lfi'],
    apply: (payload) => payload.replaceAll('../', '%u002e%u002e%u2215'),
  },
  {
    name: 'a folder in front',
    classes: ['lfi'],
    apply: (payload) => (payload.startsWith('..') ? `images/${payload}` : payload),
  },
  { name: 'NUL and another ending', classes: ['lfi'], apply: (payload) => `${payload}\0.png` },
  { name: 'wide signs', classes: ['lfi'], apply: (payload) => payload.replaceAll('../', '．．／') },

  { name: 'quotes inside commands', classes: ['rce'], apply: splitCommands("''") },
  { name: 'backslashes inside commands', classes: ['rce'], apply: splitCommands('\\') },
  { name: 'empty variables inside commands', classes: ['rce'], apply: splitCommands('$@') },
  {
    name: 'IFS for blanks',
    classes: ['rce'],
    apply: (payload) => payload.replaceAll(/(?<=\w) +(?=[\w/-])/g, '${IFS}'),
  },
  {
    name: 'short IFS for blanks',
    classes: ['rce'],
    apply: (payload) => payload.replaceAll(/(?<=\w) +(?=[\w/-])/g, '$IFS$9'),
  },
  {
    name: 'another separator',
    classes: ['rce'],
    apply: (payload) => payload.replace(/^([^;|&]{0,20})(?:;|\|(?!\|))/, '$1&&'),
  },
  {
    name: 'lines for separators',
    classes: ['rce'],
    apply: (payload) => payload.replace(/^([^;|&]{0,20});/, '$1\n'),
  },
  {
    name: 'patterns in paths',
    classes: ['rce'],
    apply: (payload) => payload.replaceAll('/etc/passwd', '/e?c/p?sswd'),
  },
  {
    name: 'a value in front',
    classes: ['rce'],
    apply: (payload) => (/^[;|&`$]/.test(payload) ? `127.0.0.1${payload}` : payload),
  },

  {
    name: 'mixed case of functions',
    classes: ['php'],
    apply: (payload) =>
      payload.replaceAll(
        /\b(?:system|exec|eval|passthru|shell_exec|assert|phpinfo|base64_decode)\b/gi,
        mixCase,
      ),
  },
  {
    name: 'comments before brackets',
    classes: ['php'],
    apply: (payload) =>
      payload.replaceAll(/\b(system|exec|eval|passthru|shell_exec|phpinfo|base64_decode)\(/gi, '$1/*x*/('),
  },
  {
    name: 'blanks inside expressions',
    classes: ['ssti'],
    apply: (payload) => payload.replaceAll(/(\{\{|\$\{|#\{)/g, '$1 ').replaceAll('}}', ' }}'),
  },
  {
    name: 'names as keys',
    classes: ['ssti'],
    apply: (payload) => payload.replaceAll(/\.(__\w+__)/g, "['$1']"),
  },
  { name: 'other numbers', classes: ['ssti'], apply: (payload) => payload.replaceAll('7*7', '1337*3') },
  {
    name: 'lower inside lookups',
    classes: ['java'],
    apply: (payload) => payload.replaceAll('${jndi:', '${${lower:j}n${lower:d}i:'),
  },
  {
    name: 'defaults inside lookups',
    classes: ['java'],
    apply: (payload) => payload.replaceAll('${jndi:', '${${::-j}${::-n}${::-d}${::-i}:'),
  },
  {
    name: 'environment inside lookups',
    classes: ['java'],
    apply: (payload) => payload.replaceAll('${jndi:', '${${env:NaN:-j}ndi${env:NaN:-:}'),
  },

  { name: 'NUL behind', classes: ALL, apply: (payload) => `${payload}\0` },
  {
    name: 'blanks in front',
    classes: ['sqli', 'xss', 'rce', 'php', 'ssti', 'java'],
    apply: (payload) => ` \t ${payload}`,
  },
  {
    name: '8 KiB in front',
    classes: ['xss', 'php', 'ssti', 'java'],
    apply: (payload) => `${'lorem ipsum '.repeat(683)}${payload}`,
  },
  {
    name: '8 KiB of one value in front',
    classes: ['sqli', 'rce'],
    apply: (payload) => `${'9'.repeat(8192)}${payload}`,
  },
  {
    name: '8 KiB behind',
    classes: ['sqli', 'xss', 'php', 'ssti', 'java'],
    apply: (payload) => `${payload} ${'dolor sit amet '.repeat(546)}`,
  },
];
