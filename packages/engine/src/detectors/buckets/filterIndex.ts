// Which scenarios an event concerns.

import type { BucketFrame } from './environment.ts';
import type { Scenario } from './scenario.ts';
import type { BucketFaults } from './faults.ts';

export interface FilterIndex {
  /**
   * Returns the numbers of the scenarios whose filter is true for the frame's event, in load order. Filters
   * may write to the event (evt.SetMeta), so an implementation keeps their order where that can be seen.
   */
  matching(frame: BucketFrame): readonly number[];
}

/** Evaluates every filter in order. A filter that fails is false for this event, and counted. */
export class EveryFilter implements FilterIndex {
  readonly #scenarios: readonly Scenario[];
  readonly #faults: BucketFaults;
  readonly #matching: number[] = [];

  constructor(scenarios: readonly Scenario[], faults: BucketFaults) {
    this.#scenarios = scenarios;
    this.#faults = faults;
  }

  matching(frame: BucketFrame): readonly number[] {
    this.#matching.length = 0;
    for (const [i, scenario] of this.#scenarios.entries()) {
      if (this.#faults.isTrue(scenario, 'filter', scenario.filter, frame) === true) this.#matching.push(i);
    }
    return this.#matching;
  }
}
