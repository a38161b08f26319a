// Where in a text a template is, with some tokens more, fewer or other ones: Sellers' algorithm (1980), the edit
// distance of a pattern to the part of the text that is nearest to it. Order counts here, and being close together.

/** Templates are cut to so many tokens; see `coreOf`. */
export const MAX_CORE = 64;

/** Returns the smallest number of changes that make a part of the text the pattern, or `most + 1` when it is more. */
export function distanceIn(pattern: Uint8Array, text: Uint8Array, most: number): number {
  const length = Math.min(pattern.length, MAX_CORE);
  const column = COLUMN;
  for (let row = 0; row <= length; row++) column[row] = row;
  let best = length;
  for (const token of text) {
    let diagonal = 0;
    for (let row = 1; row <= length; row++) {
      const above = column[row - 1]!;
      const left = column[row]!;
      const changed = diagonal + (pattern[row - 1] === token ? 0 : 1);
      diagonal = left;
      column[row] = Math.min(changed, above + 1, left + 1);
    }
    best = Math.min(best, column[length]!);
  }
  return Math.min(best, most + 1);
}

const COLUMN = new Uint16Array(MAX_CORE + 1);
