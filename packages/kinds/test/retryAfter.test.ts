import { expect, it } from 'vitest';
import { retryAfterMs } from '../src/index.ts';

const EIGHT = 'Wed, 21 Oct 2015 08:00:00 GMT';
const NINE = 'Wed, 21 Oct 2015 09:00:00 GMT';

it('is seconds, or a date by the clock of who says it', () => {
  expect(retryAfterMs({ 'retry-after': '120' })).toBe(120_000);
  expect(retryAfterMs({ 'retry-after': NINE, date: EIGHT })).toBe(3_600_000);
});

it('is nothing when it is not said, cannot be read, or is over', () => {
  for (const after of [undefined, '', 'soon', '-7', '0', '1e9', '1'.repeat(40), ['7'], EIGHT])
    expect([after, retryAfterMs({ 'retry-after': after, date: NINE })]).toEqual([after, undefined]);
  expect(retryAfterMs({ 'retry-after': NINE })).toBeUndefined();
});
