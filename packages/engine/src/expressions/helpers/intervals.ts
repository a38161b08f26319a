// Helpers on how far apart things happened: steady gaps are a machine's.

import { EvaluationError } from '../errors.ts';
import { GoDuration } from '../value.ts';
import { pure, times, type HelperTable } from './define.ts';

export const intervalHelpers: HelperTable = {
  AverageInterval: pure((args) => {
    const gaps = gapsBetween(times(args, 0));
    return toDuration(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length);
  }, 1),
  MedianInterval: pure((args) => {
    const gaps = gapsBetween(times(args, 0)).toSorted((a, b) => a - b);
    const middle = gaps.length >> 1;
    const isOdd = gaps.length % 2 === 1;
    return toDuration(isOdd ? gaps[middle]! : (gaps[middle - 1]! + gaps[middle]!) / 2);
  }, 1),
};

function gapsBetween(instants: readonly number[]): number[] {
  if (instants.length < 2) throw new EvaluationError('an interval needs at least two times');
  const sorted = instants.toSorted((a, b) => a - b);
  return sorted.slice(1).map((instant, i) => instant - sorted[i]!);
}

// Go counts whole nanoseconds.
function toDuration(ms: number): GoDuration {
  return new GoDuration(Math.trunc(ms * 1e6) / 1e6);
}
