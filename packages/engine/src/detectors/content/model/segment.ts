// Which stretch of a text speaks the most for an attack. Evidence is summed while it lasts and forgotten slowly, and a
// stretch ends where more has spoken against than for it: padding in front, behind or around changes nothing, and a
// long article does not add up to an attack. (The best local alignment of Smith and Waterman, 1981, with a leak.)

/** What is left of the evidence one symbol later: half of it after 138 symbols. */
export const MEMORY = 0.995;

export interface Segment {
  readonly evidence: number;
  /** The first and the last symbol; the last is before the first when nothing speaks for an attack. */
  readonly first: number;
  readonly last: number;
}

/** Returns the strongest stretch of a row of contributions; the earliest of equals. */
export function strongestSegment(contributions: Float64Array): Segment {
  let evidence = 0;
  let first = 0;
  let last = -1;
  let sum = 0;
  let start = 0;
  for (let at = 0; at < contributions.length; at += 1) {
    sum = sum * MEMORY + (contributions[at] ?? 0);
    if (sum <= 0) {
      sum = 0;
      start = at + 1;
    } else if (sum > evidence) {
      evidence = sum;
      first = start;
      last = at;
    }
  }
  return { evidence, first, last };
}
