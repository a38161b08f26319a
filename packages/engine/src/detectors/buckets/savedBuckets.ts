// The buckets of a manager as they are written down.

import type { SavedBlackhole } from './blackhole.ts';
import type { SavedTable } from './bucketTable.ts';
import type { SavedPacking } from './evidence.ts';
import type { SavedEvidence } from './savedEvidence.ts';
import type { Scenario } from './scenario.ts';

interface SavedRule {
  /** Buckets of a scenario that was changed are not taken over. */
  readonly version: string;
  readonly poured: number;
  readonly overflowed: number;
  readonly blackhole: SavedBlackhole | undefined;
}

/** Everything that later overflows depend on. The table names scenarios by their numbers in `rules`. */
export interface SavedBuckets {
  readonly rules: ReadonlyMap<number, SavedRule>;
  readonly table: SavedTable;
  readonly evidence: readonly SavedEvidence[];
  readonly packing: SavedPacking;
  readonly time: BucketTime;
}

export interface BucketTime {
  /** The latest time seen. */
  latestMs: number;
  /** Events since the last sweep, the earliest time among them, and that of as many before. */
  sinceSweep: number;
  earliestMs: number;
  earlierMs: number;
}

export const NO_TIME_YET: Readonly<BucketTime> = {
  latestMs: -Infinity,
  sinceSweep: 0,
  earliestMs: Infinity,
  earlierMs: Infinity,
};

/** For each scenario its name and hash, and a number if there are several such: the same in another load. */
export function versionsOf(scenarios: readonly Scenario[]): readonly string[] {
  const copies = new Map<string, number>();
  return scenarios.map(({ name, hash }) => {
    const version = `${name}\n${hash}`;
    const copy = copies.get(version) ?? 0;
    copies.set(version, copy + 1);
    return copy === 0 ? version : `${version}\n${copy}`;
  });
}
