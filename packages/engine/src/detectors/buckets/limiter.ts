// The leak of a bucket: a token bucket as golang.org/x/time/rate keeps it, with its rounding, so that an
// event at the very edge overflows here exactly when it does there. A bucket starts with `capacity` tokens,
// each event takes one, `1 / leakspeed` come back per second.

export interface LeakRate {
  /** Tokens per second: 1 / leakspeed, computed as Go computes it; Infinity when nothing limits. */
  readonly tokensPerSecond: number;
  readonly burst: number;
}

export function leakRate(leakSpeedMs: number, capacity: number): LeakRate {
  return { tokensPerSecond: leakSpeedMs <= 0 ? Infinity : 1 / seconds(leakSpeedMs), burst: capacity };
}

/** Returns the tokens there are at `nowMs`, before any is taken. A clock that went back brings none. */
export function tokensAt(rate: LeakRate, tokens: number, lastMs: number, nowMs: number): number {
  const elapsedMs = nowMs - lastMs;
  if (elapsedMs <= 0) return tokens;
  const refilled = tokens + seconds(elapsedMs) * rate.tokensPerSecond;
  return refilled > rate.burst ? rate.burst : refilled;
}

/** Whether a token can be taken: waiting for the missing part would last less than a nanosecond. */
export function mayTake(rate: LeakRate, tokens: number): boolean {
  if (rate.tokensPerSecond === Infinity) return true;
  if (rate.burst < 1) return false;
  const after = tokens - 1;
  return after >= 0 || Math.trunc((-after / rate.tokensPerSecond) * 1e9) <= 0;
}

/** Go's Duration.Seconds: whole seconds and the rest are divided apart, which rounds a little differently. */
function seconds(ms: number): number {
  const whole = Math.trunc(ms / 1000);
  return whole + Math.round((ms - whole * 1000) * 1e6) / 1e9;
}
