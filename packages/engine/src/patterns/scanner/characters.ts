// JavaScript conditions on one UTF-16 unit for a set of code points.

import { ALL_CHARS, contains, intersect, negate, NOT_NEWLINE, overlaps, type CharSet } from '../charSet.ts';

/** Thrown where no scanner can be made; the pattern then runs on its RegExp alone. */
export class Unsupported extends Error {}

const NON_ASCII: CharSet = [0x80, 0x10ffff];

/** Whether the set has all characters outside ASCII, none, or some. */
function beyondAscii(set: CharSet): 'all' | 'none' | 'some' {
  if (!overlaps(set, NON_ASCII)) return 'none';
  return overlaps(negate(set), NON_ASCII) ? 'some' : 'all';
}

export function isNotNewline(set: CharSet): boolean {
  return set.length === NOT_NEWLINE.length && set.every((c, i) => c === NOT_NEWLINE[i]);
}

export function isEverything(set: CharSet): boolean {
  return set.length === 2 && set[0] === ALL_CHARS[0] && set[1] === ALL_CHARS[1];
}

/** The one character that the set lacks, if it is ASCII and the only one. */
export function onlyMissing(set: CharSet): number | undefined {
  const missing = negate(set);
  return missing.length === 2 && missing[0] === missing[1] && missing[0]! < 128 ? missing[0] : undefined;
}

/** Tables of sets that conditions refer to, as the variables `t0`, `t1`, … of the generated function. */
export class Tables {
  readonly tables: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();

  /** A condition that is true when the unit in variable `c` is in the set. */
  has(set: CharSet, c: string): string {
    const beyond = beyondAscii(set);
    if (beyond === 'some') {
      const wide = intersect(set, NON_ASCII);
      // A unit of a pair does not tell whether its character is in the set.
      if (set[set.length - 1]! >= 0xd800 || wide.length > 12) throw new Unsupported('a set beyond ASCII');
      return `(${this.has(intersect(set, [0, 127]), c)} || ${ranges(wide, c)})`;
    }
    const ascii = intersect(set, [0, 127]);
    const missing = intersect(negate(set), [0, 127]);
    if (beyond === 'all') {
      if (missing.length === 0) return 'true';
      if (missing.length <= 4) return `!(${ranges(missing, c)})`;
      return `(${c} > 127 || t${this.#table(ascii)}[${c}] === 1)`;
    }
    if (ascii.length === 0) return 'false';
    if (ascii.length <= 4) return `(${ranges(ascii, c)})`;
    return `(${c} < 128 && t${this.#table(ascii)}[${c}] === 1)`;
  }

  #table(ascii: CharSet): number {
    const key = ascii.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.tables.length;
      this.tables.push(Uint8Array.from({ length: 128 }, (_, c) => (contains(ascii, c) ? 1 : 0)));
      this.#numbers.set(key, number);
    }
    return number;
  }
}

function ranges(set: CharSet, c: string): string {
  const parts: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const [lo, hi] = [set[i]!, set[i + 1]!];
    if (lo === hi) parts.push(`${c} === ${lo}`);
    else if (lo === 0) parts.push(`${c} <= ${hi}`);
    else parts.push(`${c} >= ${lo} && ${c} <= ${hi}`);
  }
  return parts.length === 1 ? parts[0]! : parts.map((part) => `(${part})`).join(' || ');
}

/** Whether every character of the set is one unit. */
export function excludesSurrogates(set: CharSet): boolean {
  return set.length === 0 || set[set.length - 1]! < 0xd800;
}
