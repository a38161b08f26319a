// Globs: a pattern with `*` against a name, in time bounded by the product of both lengths.

/**
 * Returns whether the name matches the whole pattern, in which `*` stands for any characters or none. `matchOne`
 * returns where the pattern goes on after one character of the name, or undefined when it does not match there; it is
 * never asked at a `*` or behind the pattern's end.
 */
export function matchStars(
  pattern: string,
  name: string,
  matchOne: (pattern: string, at: number, character: string) => number | undefined,
): boolean {
  let p = 0;
  let n = 0;
  // Where to take up again when the rest does not match: the last star, and one character more for it.
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      starName = n;
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, name[n]!) : undefined;
    if (next !== undefined) {
      p = next;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++starName;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
