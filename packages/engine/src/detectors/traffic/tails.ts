// How improbable a count is, as the negative decimal logarithm of an upper bound of the tail (Chernoff, 1952), for
// counts that vary more than chance alone would have it: negative binomial with variance mean + spread * mean ** 2.

/** Returns -log10 of P(X >= count) at most; 0 when the count is not above the mean. */
export function upperTail(count: number, mean: number, spread: number): number {
  return count <= mean ? 0 : bound(count, mean, spread);
}

/** Returns -log10 of P(X <= count) at most; 0 when the count is not below the mean. */
export function lowerTail(count: number, mean: number, spread: number): number {
  return count >= mean ? 0 : bound(count, mean, spread);
}

/**
 * Returns whether `upperTail` is at most `most`, without a logarithm; false may be either. The bound's exponent is the
 * integral of (count - t) / variance(t) from the mean to the count, and the variance grows with t.
 */
export function chernoffBelow(count: number, mean: number, spread: number, most: number): boolean {
  const beyond = count - mean;
  return beyond <= 0 || beyond * beyond * (Math.LOG10E / 2) <= most * (mean + spread * mean * mean);
}

function bound(count: number, mean: number, spread: number): number {
  const expected = Math.max(mean, 1e-9);
  const own = count > 0 ? count * Math.log(count / expected) : 0;
  if (spread < 1e-9) return (own - count + expected) * Math.LOG10E;
  const size = 1 / spread;
  return Math.max(0, own - (count + size) * Math.log((count + size) / (expected + size))) * Math.LOG10E;
}
