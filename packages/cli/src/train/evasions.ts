// Other ways to write the same attack, which mean the same to PHP, or to the database, shell or browser behind it.

import type { AttackClass } from '@parapet/kinds';
import type { Picker } from './generators/picker.ts';

export interface Evasion {
  readonly name: string;
  /** Undefined for all. */
  readonly of: readonly AttackClass[] | undefined;
  /** Whether it goes around everything else: a text inside another encoding is that text again, not the other way. */
  readonly isOuter?: true;
  readonly change: (text: string, p: Picker) => string;
}

const SQL =
  /\b(?:select|union|from|where|and|or|all|order|group|by|insert|into|sleep|having|like|null|table)\b/giu;
const PADDING = 'The library opens at nine and closes at five. ';

export const EVASIONS: readonly Evasion[] = [
  {
    name: 'mixed case',
    of: ['sqli', 'xss', 'php', 'xxe'],
    change: (text, p) => p.mixCase(text.toLowerCase()),
  },
  { name: 'capitals', of: ['sqli'], change: (text) => text.toUpperCase() },
  { name: 'comments for blanks', of: ['sqli'], change: (text) => text.replaceAll(' ', '/**/') },
  { name: 'comments with text for blanks', of: ['sqli'], change: (text) => text.replaceAll(' ', '/*a-b*/') },
  { name: 'line ends for blanks', of: ['sqli', 'xss'], change: (text) => text.replaceAll(' ', '\n') },
  { name: 'tabs for blanks', of: ['sqli', 'xss', 'rce'], change: (text) => text.replaceAll(' ', '\t') },
  { name: 'more blanks', of: ['sqli', 'xss', 'rce'], change: (text) => text.replaceAll(' ', '   ') },
  {
    name: 'versioned comments',
    of: ['sqli'],
    change: (text) => text.replaceAll(SQL, (word) => `/*!50000${word}*/`),
  },
  { name: 'plus for blanks twice', of: ['sqli'], change: (text) => text.replaceAll(' ', '+') },
  {
    name: 'other numbers',
    of: ['sqli'],
    change: (text, p) => text.replaceAll(/\d+/gu, () => p.digits(1, 5)),
  },
  { name: 'slashes for blanks', of: ['xss'], change: (text) => text.replaceAll(/(?<=<\w+) /gu, '/') },
  {
    name: 'entities in attributes',
    of: ['xss'],
    change: (text) => text.replaceAll(/(?<==["']?)javascript:/giu, (found) => entities(found)),
  },
  { name: 'blanks around =', of: ['xss'], change: (text) => text.replaceAll(/(\bon\w+)=/giu, '$1 = ') },
  {
    name: 'other function',
    of: ['xss'],
    change: (text, p) => text.replaceAll(/\balert\b/gu, p.pick(['confirm', 'prompt', 'print'])),
  },
  { name: 'doubled slashes', of: ['lfi'], change: (text) => text.replaceAll('../', '..//') },
  { name: 'dots between', of: ['lfi'], change: (text) => text.replaceAll('../', '.././') },
  { name: 'backslashes', of: ['lfi'], change: (text) => text.replaceAll('../', '..\\') },
  { name: 'IFS for blanks', of: ['rce'], change: (text) => text.replaceAll(' ', '${IFS}') },
  {
    name: 'quotes in words',
    of: ['rce'],
    change: (text) =>
      text.replaceAll(
        /\b(cat|ls|id|wget|curl|ping|bash|uname|whoami)\b/gu,
        (word) => `${word.slice(0, 1)}''${word.slice(1)}`,
      ),
  },
  {
    name: 'backslashes in words',
    of: ['rce'],
    change: (text) =>
      text.replaceAll(
        /\b(cat|ls|id|wget|curl|ping|bash|uname|whoami)\b/gu,
        (word) => `${word.slice(0, 1)}\\${word.slice(1)}`,
      ),
  },
  { name: 'text in front', of: undefined, change: (text) => `abc ${text}` },
  { name: 'text behind', of: undefined, change: (text) => `${text} abc` },
  { name: '8 KiB in front', of: undefined, change: (text) => `${PADDING.repeat(180)}${text}` },
  {
    name: '8 KiB around',
    of: undefined,
    change: (text) => `${PADDING.repeat(90)}${text} ${PADDING.repeat(90)}`,
  },
  { name: 'percent-encoded again', of: undefined, isOuter: true, change: (text) => percent(text) },
  {
    name: 'percent-encoded twice more',
    of: undefined,
    isOuter: true,
    change: (text) => percent(percent(text)),
  },
  {
    name: 'all bytes percent-encoded again',
    of: undefined,
    isOuter: true,
    change: (text) => allPercent(text),
  },
  { name: '%u escapes', of: undefined, isOuter: true, change: (text) => escapes(text, '%u') },
  { name: '\\u escapes', of: undefined, isOuter: true, change: (text) => escapes(text, '\\u') },
  { name: 'entities', of: undefined, isOuter: true, change: (text) => entities(text) },
  { name: 'full-width signs', of: ['xss', 'sqli', 'lfi'], change: (text) => fullWidth(text) },
  {
    name: 'base64',
    of: undefined,
    isOuter: true,
    change: (text) => Buffer.from(text, 'utf8').toString('base64'),
  },
  { name: 'JSON in a field', of: undefined, isOuter: true, change: (text) => JSON.stringify({ a: [text] }) },
];

function percent(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

function allPercent(text: string): string {
  return Array.from(Buffer.from(text, 'utf8'), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function escapes(text: string, mark: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPlain = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
    out += isPlain ? text.charAt(at) : `${mark}${code.toString(16).padStart(4, '0')}`;
  }
  return out;
}

function entities(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1) out += `&#x${text.charCodeAt(at).toString(16)};`;
  return out;
}

/** Signs of the block that database drivers and browsers fold to ASCII (best fit). */
function fullWidth(text: string): string {
  return text.replaceAll(/['"<>/\\().=]/gu, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
}
