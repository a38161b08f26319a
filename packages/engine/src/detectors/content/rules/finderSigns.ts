// What has to be in a text before a lexer is worth its time: signs and words that what it looks for cannot do without.
// They are looked for in the one pass over the text that looks for the literals of all rules.

import { EVENTS } from '../lexers/htmlWords.table.ts';
import { PATH_NAMES, SCHEMES } from '../lexers/pathWords.table.ts';
import { SQL_WORDS } from '../lexers/sqlWords.table.ts';

export const SQL_SIGNS: readonly string[] = unique([
  ...["'", '"', '`', '--', '/*', '||', '&&', ';', '=', '<', '>', '#', '@@', '\u2018', '\u2019'],
  ...['select', 'union', 'intersect', 'having', 'order by', 'group by', 'into outfile', 'into dumpfile'],
  ...['insert into', 'update ', 'delete from', 'drop ', 'alter ', 'create ', 'truncate ', 'declare ', 'exec'],
  ...['waitfor', 'procedure', 'case when', 'collate', ' like ', ' between ', ' null', 'rlike', 'regexp'],
  ...[' glob ', ' in(', ' in (', 'xor', ' div ', ' mod ', ' from ', 'where ', 'limit '],
  ...['or true', 'or not', 'or(', 'and(', 'or (', 'and (', 'or !', 'and !', 'or ~', 'or -', 'and -'],
  ...Array.from({ length: 10 }, (_, digit) => [`or ${digit}`, `and ${digit}`]).flat(),
  ...wordsOf('S', 'D'),
  ...wordsOf('f').map((name) => `${name}(`),
  ...wordsOf('f').map((name) => `${name} (`),
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

function wordsOf(...kinds: string[]): readonly string[] {
  return SQL_WORDS.flatMap(([kind, words]) => (kinds.includes(kind) ? words.split(' ') : []));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
