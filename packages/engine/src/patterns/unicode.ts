// The named character classes of RE2 and its case folding (Unicode simple folding), as code point sets.
// Unicode data is asked from the runtime and only when a pattern needs it: no tables of our own to keep current.

import {
  ALL_CHARS,
  charSet,
  intersect,
  MAX_CODE_POINT,
  negate,
  union,
  WORD_CHARS,
  type CharSet,
} from './charSet.ts';

const DIGITS: CharSet = [0x30, 0x39];
const SPACES: CharSet = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20];
const LOWER: CharSet = [0x61, 0x7a];
const UPPER: CharSet = [0x41, 0x5a];
const LETTERS: CharSet = [0x41, 0x5a, 0x61, 0x7a];

/** `\d`, `\s`, `\w` and their negations: ASCII only in RE2, and `\s` has no vertical tab. */
const PERL_CLASSES: ReadonlyMap<string, CharSet> = new Map([
  ['d', DIGITS],
  ['s', SPACES],
  ['w', WORD_CHARS],
]);

/** The names allowed in `[[:name:]]`. */
export const POSIX_CLASSES: ReadonlyMap<string, CharSet> = new Map([
  ['alnum', union(DIGITS, LETTERS)],
  ['alpha', LETTERS],
  ['ascii', [0, 0x7f]],
  ['blank', [0x09, 0x09, 0x20, 0x20]],
  ['cntrl', [0, 0x1f, 0x7f, 0x7f]],
  ['digit', DIGITS],
  ['graph', [0x21, 0x7e]],
  ['lower', LOWER],
  ['print', [0x20, 0x7e]],
  ['punct', [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]],
  ['space', [0x09, 0x0d, 0x20, 0x20]],
  ['upper', UPPER],
  ['word', WORD_CHARS],
  ['xdigit', [0x30, 0x39, 0x41, 0x46, 0x61, 0x66]],
]);

const properties = new Map<string, CharSet | undefined>();

/** The set of a Unicode general category (`L`, `Lu`) or script (`Greek`); undefined if there is no such name. */
export function unicodeClass(name: string): CharSet | undefined {
  if (!properties.has(name)) properties.set(name, readProperty(name));
  return properties.get(name);
}

function readProperty(name: string): CharSet | undefined {
  if (name === 'Any') return ALL_CHARS;
  if (!/^[A-Za-z_]+$/.test(name)) return undefined;
  let matcher: RegExp;
  try {
    // RE2 knows categories by their short names only.
    matcher = new RegExp(name.length <= 2 ? `\\p{gc=${name}}` : `\\p{sc=${name}}`, 'u');
  } catch {
    return undefined;
  }
  const out: number[] = [];
  for (let c = 0; c <= MAX_CODE_POINT; c++) {
    if (!matcher.test(String.fromCodePoint(c))) continue;
    if (out.length > 0 && out[out.length - 1] === c - 1) out[out.length - 1] = c;
    else out.push(c, c);
  }
  return out;
}

/** The set with every other spelling of its letters added. */
export function foldCase(set: CharSet): CharSet {
  const [only = 0x80, last] = set;
  if (set.length === 2 && only === last && only < 0x80) return (foldedAscii[only] ??= foldAny(set));
  return foldAny(set);
}

/** Nearly all that is folded: the letters of words. */
const foldedAscii: CharSet[] = [];

function foldAny(set: CharSet): CharSet {
  const ascii = intersect(set, [0, 0x7f]);
  const added: number[] = [];
  for (let i = 0; i < ascii.length; i += 2) {
    for (let c = ascii[i]!; c <= ascii[i + 1]!; c++) {
      if ((c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)) added.push(c ^ 0x20, c ^ 0x20);
      // The two ASCII letters with partners elsewhere: the Kelvin sign and the long s.
      if (c === 0x4b || c === 0x6b) added.push(0x212a, 0x212a);
      if (c === 0x53 || c === 0x73) added.push(0x17f, 0x17f);
    }
  }
  const rest = intersect(set, [0x80, MAX_CODE_POINT]);
  // A set that has all letters outside ASCII has all their partners too, but for those inside.
  if (rest.length === 2 && rest[0] === 0x80 && rest[1] === MAX_CODE_POINT) {
    added.push(0x4b, 0x4b, 0x6b, 0x6b, 0x53, 0x53, 0x73, 0x73);
  } else if (rest.length > 0) {
    for (const [from, partners] of foldPartners()) {
      if (inRanges(rest, from)) for (const partner of partners) added.push(partner, partner);
    }
  }
  return added.length === 0 ? set : charSet([...set, ...added]);
}

function inRanges(set: CharSet, c: number): boolean {
  for (let i = 0; i < set.length; i += 2) if (c >= set[i]! && c <= set[i + 1]!) return true;
  return false;
}

let partnersOf: ReadonlyMap<number, readonly number[]> | undefined;

/** For each letter outside ASCII the letters equal to it under simple folding. */
function foldPartners(): ReadonlyMap<number, readonly number[]> {
  if (partnersOf !== undefined) return partnersOf;
  const groups = new Map<number, Set<number>>();
  const join = (a: number, b: number): void => {
    const merged = new Set([...(groups.get(a) ?? [a]), ...(groups.get(b) ?? [b])]);
    for (const member of merged) groups.set(member, merged);
  };
  // No cased letter lies above this block (Adlam), so the rest of Unicode need not be walked.
  for (let c = 0x80; c <= 0x1e943; c++) {
    const text = String.fromCodePoint(c);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      const d = other.codePointAt(0)!;
      if (d === c || other.length !== String.fromCodePoint(d).length) continue;
      // toLowerCase also knows special mappings; the iu flags know exactly the simple folding.
      if (new RegExp(`^\\u{${c.toString(16)}}$`, 'iu').test(other)) join(c, d);
    }
  }
  const out = new Map<number, readonly number[]>();
  for (const [c, group] of groups) out.set(c, [...group]);
  partnersOf = out;
  return out;
}

export function perlClass(letter: string): CharSet {
  const set = PERL_CLASSES.get(letter.toLowerCase()) ?? [];
  return letter === letter.toLowerCase() ? set : negate(set);
}
