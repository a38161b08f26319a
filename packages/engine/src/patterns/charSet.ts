// Sets of code points as sorted, disjoint, inclusive ranges in one flat array: [lo, hi, lo, hi, …].
// Everything the pattern compiler knows about characters (classes, folding, first sets) is computed on these.

export type CharSet = readonly number[];

export const MAX_CODE_POINT = 0x10ffff;
export const NO_CHARS: CharSet = [];
export const ALL_CHARS: CharSet = [0, MAX_CODE_POINT];
export const NOT_NEWLINE: CharSet = [0, 9, 11, MAX_CODE_POINT];
export const WORD_CHARS: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];

/** The set of the given ranges, which may come in any order and overlap. */
export function charSet(ranges: readonly number[]): CharSet {
  if (ranges.length <= 2) return ranges;
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [lo, hi] of pairs) {
    const last = out.length - 1;
    if (last > 0 && lo <= out[last]! + 1) out[last] = Math.max(out[last]!, hi);
    else out.push(lo, hi);
  }
  return out;
}

export function oneChar(codePoint: number): CharSet {
  return [codePoint, codePoint];
}

export function union(a: CharSet, b: CharSet): CharSet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return charSet([...a, ...b]);
}

export function negate(set: CharSet): CharSet {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) out.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= MAX_CODE_POINT) out.push(next, MAX_CODE_POINT);
  return out;
}

export function intersect(a: CharSet, b: CharSet): CharSet {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const lo = Math.max(a[i]!, b[j]!);
    const hi = Math.min(a[i + 1]!, b[j + 1]!);
    if (lo <= hi) out.push(lo, hi);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return out;
}

export function overlaps(a: CharSet, b: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (Math.max(a[i]!, b[j]!) <= Math.min(a[i + 1]!, b[j + 1]!)) return true;
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return false;
}

export function contains(set: CharSet, codePoint: number): boolean {
  let lo = 0;
  let hi = set.length >> 1;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (codePoint > set[2 * middle + 1]!) lo = middle + 1;
    else hi = middle;
  }
  return lo < set.length >> 1 && codePoint >= set[2 * lo]!;
}

/** The code point if the set has exactly one, else undefined. */
export function onlyChar(set: CharSet): number | undefined {
  return set.length === 2 && set[0] === set[1] ? set[0] : undefined;
}

export function sizeOf(set: CharSet): number {
  let size = 0;
  for (let i = 0; i < set.length; i += 2) size += set[i + 1]! - set[i]! + 1;
  return size;
}

/** Whether the set has code points that JavaScript strings spell with two units. */
export function hasAstral(set: CharSet): boolean {
  return set.length > 0 && set[set.length - 1]! > 0xffff;
}
