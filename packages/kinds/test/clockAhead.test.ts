import { expect, it } from 'vitest';
import { clockAheadMs } from '../src/clockAhead.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

it('a client that says its time shows how far its clock is off, to half a second', () => {
  expect(clockAheadMs('Sun, 01 Mar 2026 12:00:42 GMT', NOON + 500)).toBe(42_000);
  expect(clockAheadMs('Sun, 01 Mar 2026 11:59:00 GMT', NOON + 500)).toBe(-60_000);
  expect(clockAheadMs(NOON, NOON + 900)).toBe(-400);
});

it('one that says none, or no date, shows nothing', () => {
  for (const raw of [undefined, '', 'yesterday', 0, Number.NaN, 1e300])
    expect(clockAheadMs(raw, NOON)).toBeUndefined();
});
