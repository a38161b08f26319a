// Addresses that no decision is applied to: ranges, merged to intervals that do not overlap, in order. It is replaced
// as a whole, and asked only about addresses that something else was found for.

import type { Cidr } from '@parapet/kinds';

type Words = readonly number[];

export class AllowedRanges {
  /** First and last word of each interval. */
  #four: Uint32Array = new Uint32Array(0);
  /** The four words of the first and of the last address of each interval. */
  #six: Uint32Array = new Uint32Array(0);

  isEmpty = true;

  set(ranges: Iterable<Cidr>): void {
    const four: Words[] = [];
    const six: Words[] = [];
    for (const range of ranges) (range.version === 4 ? four : six).push([...range.words, ...lastOf(range)]);
    this.restore(merge(four, 1), merge(six, 4));
  }

  /** The intervals as they are kept, for a snapshot. */
  intervals(version: 4 | 6): Uint32Array {
    return version === 4 ? this.#four : this.#six;
  }

  restore(four: Uint32Array, six: Uint32Array): void {
    this.#four = four;
    this.#six = six;
    this.isEmpty = four.length === 0 && six.length === 0;
  }

  has(words: Words): boolean {
    const width = words.length;
    const intervals = width === 1 ? this.#four : this.#six;
    let low = 0;
    let high = intervals.length / (2 * width);
    // The last interval that begins at or before the address.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(intervals, middle * 2 * width, words) > 0) high = middle;
      else low = middle + 1;
    }
    return low > 0 && compare(intervals, (low - 1) * 2 * width + width, words) >= 0;
  }
}

/** Whether the address at an offset is before (negative), at (0) or behind (positive) the other. */
function compare(intervals: Uint32Array, at: number, words: Words): number {
  for (let i = 0; i < words.length; i++) {
    const difference = intervals[at + i]! - words[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function lastOf({ words, prefixLength }: Cidr): number[] {
  return words.map((word, i) => {
    const bits = Math.min(32, Math.max(0, prefixLength - i * 32));
    return bits === 32 ? word : (word | (0xffffffff >>> bits)) >>> 0;
  });
}

function merge(ranges: Words[], width: 1 | 4): Uint32Array {
  const order = (a: Words, b: Words, from: number, to: number): number => {
    for (let i = 0; i < width; i++) if (a[from + i] !== b[to + i]) return a[from + i]! - b[to + i]!;
    return 0;
  };
  const merged: number[][] = [];
  for (const range of ranges.toSorted((a, b) => order(a, b, 0, 0))) {
    const last = merged.at(-1);
    if (last === undefined || order(range, last, 0, width) > 0) merged.push([...range]);
    else if (order(range, last, width, width) > 0) last.splice(width, width, ...range.slice(width));
  }
  return Uint32Array.from(merged.flat());
}
