// From sums of weights to log-odds with a meaning: in each place the sum that few honest requests reach which the model
// has not learnt from becomes the log-odds from which requests are blocked.

import {
  PLACEMENT_GROUPS,
  type Calibration,
  type Calibrations,
  type ContentModel,
  type PlacementGroup,
} from '@parapet/engine';
import type { Example } from './sources.ts';

/** The log-odds from which the verdict blocks by default. */
const BLOCKED_AT = 5;
/** Of a million honest requests, so many reach that in one place. */
const PER_MILLION = 500;
/** Honest texts that nobody has sent yet are odder than those at hand. */
const MARGIN = 0.5;
/**
 * No place is so orderly that less evidence than this is enough. In rich text the site's filter stands behind us, and
 * people quote what they write about.
 */
const LEAST_SUMS: Readonly<Record<PlacementGroup, number>> = {
  path: 1,
  value: 1,
  header: 1,
  name: 1,
  body: 1.5,
  rich: 3.5,
};
/** How much odds rise with a sum: honest requests become ten times rarer with each 1.15 of it. */
const SLOPE = 2;

/** Returns the calibration from honest requests that an uncalibrated model has not learnt from. */
export function calibrate(model: ContentModel, honest: readonly Example[]): Calibrations {
  const entries = PLACEMENT_GROUPS.map((group): readonly [string, Calibration] => {
    const scores = Float64Array.from(honest, ({ texts }) =>
      texts.reduce(
        (most, text) => (text.group === group ? Math.max(most, model.score(text.text, group)) : most),
        -Infinity,
      ),
    ).toSorted((one, other) => other - one);
    const reached = scores[Math.floor((honest.length * PER_MILLION) / 1_000_000)] ?? 0;
    const block = Math.max(LEAST_SUMS[group], reached + MARGIN);
    return [group, { slope: SLOPE, offset: BLOCKED_AT - SLOPE * block }];
  });
  return Object.fromEntries(entries) as Calibrations; // made from all groups
}
