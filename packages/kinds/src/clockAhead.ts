// By how much a client's clock is ahead of ours: it may say its time with a request (RFC 9110, 6.6.1), in whole seconds.

const HALF_A_SECOND_MS = 500;
/** What is farther off is no clock that somebody has set wrong, but no date. */
const FARTHEST_MS = 366 * 86_400_000;

/** Returns milliseconds, less than 0 for a clock that is behind; undefined when the client does not say its time. */
export function clockAheadMs(rawDate: string | number | undefined, nowMs: number): number | undefined {
  if (rawDate === undefined) return undefined;
  const atMs = typeof rawDate === 'number' ? rawDate : Date.parse(rawDate);
  const aheadMs = Math.round(atMs + HALF_A_SECOND_MS - nowMs);
  return Math.abs(aheadMs) <= FARTHEST_MS ? aheadMs : undefined;
}
