// What has to be in a text before a lexer is worth its time: signs and words that what it looks for cannot do without.
// They are looked for in the one pass over the text that looks for the literals of all rules.

import { EVENTS } from '../lexers/htmlWords.table.ts';
import { PATH_NAMES, SCHEMES } from '../lexers/pathWords.table.ts';
import { COMMANDS } from '../lexers/shellWords.table.ts';
import { SQL_WORDS } from '../lexers/sqlWords.table.ts';

// A quote alone is an apostrophe; what closes a string goes on with an operator, a comment or the end of a call.
const QUOTES = ["'", '"', '`', '\u2018', '\u2019'];
const AFTER_QUOTE = [
  '--',
  '#',
  '/*',
  ';',
  ')',
  '|',
  '&',
  '=',
  '<',
  '>',
  '!',
  '%',
  '^',
  '*',
  '+',
  '~',
  '-',
  '@',
];

export const SQL_SIGNS: readonly string[] = unique([
  ...QUOTES.flatMap((quote) => AFTER_QUOTE.flatMap((sign) => [`${quote}${sign}`, `${quote} ${sign}`])),
  ...QUOTES.flatMap((quote) => ['or', 'and'].flatMap((word) => [`${quote}${word}`, `${quote} ${word}`])),
  ...['--', '/*', '||', '&&', '@@', '<=>', ' = ', '=(', '#', '!='],
  ...['select', 'union', 'intersect', 'having', 'order by', 'group by', 'into outfile', 'into dumpfile'],
  ...['insert into', 'update ', 'delete from', 'drop ', 'alter ', 'create ', 'truncate ', 'declare ', 'exec'],
  ...['waitfor', 'procedure', 'case when', 'collate', ' like ', "'like", '"like', ' between ', ' null'],
  ...['rlike', 'regexp', ' glob ', "'glob", ' in(', ' in (', 'xor', ' div ', ' mod ', 'where ', 'shutdown'],
  ...['or true', 'or not', 'or(', 'and(', 'or (', 'and (', 'or !', 'and !', 'or ~', 'or -', 'and -', "or '"],
  ...[
    'and "',
    "and '",
    'or "',
    'or@',
    'and@',
    'or\t',
    'and\t',
    'or\n',
    'and\n',
    'or+',
    'and+',
    'is null',
    'not null',
  ],
  ...Array.from({ length: 10 }, (_, digit) => [`or ${digit}`, `and ${digit}`, `${digit}=${digit}`]).flat(),
  ...wordsOf('S', 'D'),
  ...wordsOf('f').flatMap((name) => [`${name}(`, `${name} (`]),
]);

export const SCRIPT_SIGNS: readonly string[] = unique([
  ...['<', 'javascript', 'vbscript', 'livescript', 'data:', '&colon', '"on', "'on", '" on', "' on", '/on'],
  ...EVENTS.split(' ').map((name) => `on${name}`),
  ...['expression', '-moz-binding', 'behavio', 'alert', 'prompt', 'confirm', 'print(', 'print`', 'eval'],
  ...['settimeout', 'setinterval', 'setimmediate', 'execscript', 'importscripts', 'import(', 'function('],
  ...['document', 'window', 'location', 'self[', 'self.', 'top[', 'top.', 'parent.', 'parent[', 'frames['],
  ...['globalthis', 'this[', 'this.', 'opener', 'navigator.', 'history.', 'localstorage', 'sessionstorage'],
  ...['fromcharcode', 'atob', 'unescape', 'decodeuri', 'fromcodepoint', 'constructor', 'fetch(', 'fetch`'],
  ...['xmlhttprequest', 'sendbeacon', 'websocket', 'getscript', '.write', 'postmessage', 'eventsource'],
  ...['.call', '.apply', '[]', '{{', '${', '(`', '=>', '\\x', '\\u'],
]);

export const TRAVERSAL_SIGNS: readonly string[] = unique([
  ...['..', '%2e', '%252e', '%c0', '%c1', '%e0%80', '0x2e', '0x2f', '\u2025', '\u2026', '\uff0e', '\u3002'],
  ...['./', '.\\', '\u2215', '\uff0f', '%5c', '%2f', 'c:/', 'c:\\'],
  ...PATH_NAMES.flatMap(([kind, names]) =>
    names.split(' ').flatMap((name) => {
      if (kind === 'f' || kind === 's') return [name];
      if (kind === 'd') return [`/${name}/`, `\\${name}\\`, `${name}\\`];
      return [];
    }),
  ),
  ...['etc/', 'proc/', 'windows/', 'winnt/', 'passwd', 'shadow', 'environ'],
  ...SCHEMES.flatMap(([, names]) => names.split(' ').map((name) => `${name}:`)),
]);

const AFTER_COMMAND = [' ', '\t', '\n', '\r', '+', '<', '>', "'", '"', '\\', ',', '.exe', '.js'];

// Signs where a shell begins a command or hides its name; names that are no words of any language; and others with
// what only commands have behind them.
export const COMMAND_SIGNS: readonly string[] = unique([
  ...[';', '|', '&', '`', '$', '\n', '\\', '{', '/?', '?/', "''", '""', '*/', '/*', '<(', '>(', '<<<', '>&'],
  ...['%', ' in (', ' in(', 'if exist', 'if not', 'errorlevel', 'if "', '==', '^', '~0', '~1', '~-', '~+'],
  ...COMMANDS.flatMap(([kind, names]) =>
    names.split(' ').flatMap((name) => {
      // Every address of a page of Drupal has it.
      if (name === 'node') return AFTER_COMMAND.map((sign) => name + sign);
      return kind === 's' ? [name] : [`${name} -`, `${name} /`];
    }),
  ),
]);

export const PHP_SIGNS: readonly string[] = unique([
  ...['<?', 'php]', '<script', ':"', '$', '${', 'auto_prepend', ')(', ') (', ']('],
  ...['eval', 'system', 'exec', 'passthru', 'popen', 'proc_', 'assert', 'base64_', 'include', 'require'],
  ...['file_', 'fopen', 'readfile', 'create_function', 'call_user', 'preg_replace', 'phpinfo', 'unserialize'],
  ...['allow_url', 'gzinflate', 'str_rot13', 'chr(', '_get_', 'get_', 'unlink', 'show_source', 'highlight_'],
]);

export const TEMPLATE_SIGNS: readonly string[] = [
  ...['{', '<%', '__', '<#', '?new', '#set', '$class', 't(java', '@(', '%x', 'kernel.', 'process.'],
  ...['child_process', '_$$nd_func$$_', 'constructor'],
];

export const JAVA_SIGNS: readonly string[] = [
  ...[
    'jndi:',
    'classloader',
    'memberaccess',
    '%{',
    '(#',
    '@java',
    '@org',
    '@ognl',
    '@com',
    '@javax',
    '#context',
  ],
  ...['redirect', 'runtime', 'processbuilder', '.forname', 'scriptenginemanager', 'java.', 'javax.', 'org.'],
  ...[
    'com.',
    'transformer',
    '@type',
    '!!',
    'ro0ab',
    '\u00ac\u00ed',
    'ldap:',
    'rmi:',
    '${',
    'cnvudgltz',
    'sun.',
  ],
];

export const LDAP_SIGNS: readonly string[] = [
  ')(',
  ') (',
  '(|',
  '(&',
  '(!',
  '*(',
  '*)',
  '=*',
  '(uid',
  '(cn',
  '(objectclass',
  '(sn',
  '(mail',
  '(user',
  '(password',
];

export const NOSQL_SIGNS: readonly string[] = [
  '$',
  '==',
  'this.',
  'return ',
  'db.',
  'sleep(',
  'while(',
  'while (',
  '||',
];

function wordsOf(...kinds: string[]): readonly string[] {
  return SQL_WORDS.flatMap(([kind, words]) => (kinds.includes(kind) ? words.split(' ') : []));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
