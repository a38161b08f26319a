// Helpers over Go's package strings: cutting, joining, trimming, replacing, finding.

import { EvaluationError } from '../errors.ts';
import type { Value } from '../value.ts';
import { formatGo } from './format.ts';
import { impure, integer, pure, text, texts, type HelperTable } from './define.ts';
import { byteOffset, SPACES, toLower, toUpper, trimSpace } from './unicode.ts';

export const stringHelpers: HelperTable = {
  Upper: pure((args) => toUpper(text(args, 0)), 1),
  Lower: pure((args) => toLower(text(args, 0)), 1),
  Fields: pure(
    (args) =>
      text(args, 0)
        .split(SPACE_RUN)
        .filter((field) => field !== ''),
    1,
  ),
  Index: pure((args) => byteOffset(text(args, 0), text(args, 0).indexOf(text(args, 1))), 2),
  IndexAny: pure((args) => indexAny(text(args, 0), text(args, 1)), 2),
  Join: pure((args) => texts(args, 0).join(text(args, 1)), 2),
  Split: pure((args) => split(text(args, 0), text(args, 1), -1, false), 2),
  SplitN: pure((args) => split(text(args, 0), text(args, 1), integer(args, 2), false), 3),
  SplitAfter: pure((args) => split(text(args, 0), text(args, 1), -1, true), 2),
  SplitAfterN: pure((args) => split(text(args, 0), text(args, 1), integer(args, 2), true), 3),
  Replace: pure((args) => replace(text(args, 0), text(args, 1), text(args, 2), integer(args, 3)), 4),
  ReplaceAll: pure((args) => replace(text(args, 0), text(args, 1), text(args, 2), -1), 3),
  Trim: pure((args) => trim(text(args, 0), text(args, 1), true, true), 2),
  TrimLeft: pure((args) => trim(text(args, 0), text(args, 1), true, false), 2),
  TrimRight: pure((args) => trim(text(args, 0), text(args, 1), false, true), 2),
  TrimSpace: pure((args) => trimSpace(text(args, 0)), 1),
  TrimPrefix: pure((args) => {
    const [whole, prefix] = [text(args, 0), text(args, 1)];
    return whole.startsWith(prefix) ? whole.slice(prefix.length) : whole;
  }, 2),
  TrimSuffix: pure((args) => {
    const [whole, suffix] = [text(args, 0), text(args, 1)];
    return whole.endsWith(suffix) ? whole.slice(0, whole.length - suffix.length) : whole;
  }, 2),
  // An argument may be one of the event's maps, which change between two calls.
  Sprintf: impure((args) => formatGo(text(args, 0), args.slice(1)), 1, Infinity),
  ToString: pure((args) => (typeof args[0] === 'string' ? args[0] : ''), 1),
  Get: pure((args) => getElement(texts(args, 0), integer(args, 1)), 2),
  B64Decode: pure((args) => decodeBase64(text(args, 0)), 1),
};

const SPACE_RUN = new RegExp(`[${SPACES}]+`);

function indexAny(whole: string, wanted: string): number {
  const set = new Set(wanted);
  let offset = 0;
  for (const rune of whole) {
    if (set.has(rune)) return byteOffset(whole, offset);
    offset += rune.length;
  }
  return -1;
}

// `limit` pieces at most; below zero all. An empty separator cuts between characters.
function split(whole: string, separator: string, limit: number, isSeparatorKept: boolean): string[] {
  if (limit === 0) return [];
  if (separator === '') return splitRunes(whole, limit);
  const pieces: string[] = [];
  let from = 0;
  while (limit < 0 || pieces.length < limit - 1) {
    const at = whole.indexOf(separator, from);
    if (at < 0) break;
    pieces.push(whole.slice(from, isSeparatorKept ? at + separator.length : at));
    from = at + separator.length;
  }
  pieces.push(whole.slice(from));
  return pieces;
}

function splitRunes(whole: string, limit: number): string[] {
  const runes = Array.from(whole);
  if (limit < 0 || runes.length <= limit) return runes;
  return [...runes.slice(0, limit - 1), runes.slice(limit - 1).join('')];
}

// The first `limit` places; below zero all. An empty old text is found before every character and at the end.
function replace(whole: string, old: string, replacement: string, limit: number): string {
  if (limit === 0) return whole;
  if (old !== '') {
    return split(whole, old, limit < 0 ? -1 : limit + 1, false).join(replacement);
  }
  const runes = Array.from(whole);
  const places = limit < 0 ? runes.length + 1 : Math.min(limit, runes.length + 1);
  const replaced = runes.map((rune, i) => (i < places ? replacement + rune : rune)).join('');
  return places > runes.length ? replaced + replacement : replaced;
}

function trim(whole: string, cutset: string, isLeft: boolean, isRight: boolean): string {
  const cut = new Set(cutset);
  let from = 0;
  let to = whole.length;
  while (isLeft && from < to) {
    const rune = String.fromCodePoint(whole.codePointAt(from)!);
    if (!cut.has(rune)) break;
    from += rune.length;
  }
  while (isRight && from < to) {
    const low = whole.charCodeAt(to - 1);
    const isPair = low >= 0xdc00 && low <= 0xdfff && to - 2 >= from;
    const rune = isPair ? String.fromCodePoint(whole.codePointAt(to - 2)!) : whole[to - 1]!;
    if (!cut.has(rune)) break;
    to -= rune.length;
  }
  return whole.slice(from, to);
}

function getElement(elements: readonly string[], index: number): Value {
  if (index < 0) throw new EvaluationError(`index ${index} is out of range`);
  return elements[index] ?? '';
}

// Standard alphabet, padding demanded, line ends ignored.
function decodeBase64(encoded: string): string {
  const compact = encoded.replaceAll(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(compact.replace(/={1,2}$/, ''))) {
    throw new EvaluationError('the text is not base64');
  }
  return Buffer.from(compact, 'base64').toString();
}
