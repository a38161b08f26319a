// What goes wrong while scenarios are evaluated. One event's trouble never stops the engine: it is counted,
// by scenario and expression, with one example, and told on request.

import type { BucketFrame } from './environment.ts';
import type { Program, Scenario } from './scenario.ts';

export type FaultPlace =
  | 'filter'
  | 'groupby'
  | 'distinct'
  | 'cancel_on'
  | 'overflow_filter'
  | 'condition'
  | 'bayesian_conditions'
  | 'scope'
  /** The events of an overflow told of no source, so that there is nobody to alert about. */
  | 'source';

export interface BucketFault {
  readonly scenario: string;
  readonly place: FaultPlace;
  readonly count: number;
  /** The first one's message. */
  readonly example: string;
}

export class BucketFaults {
  readonly #faults = new Map<
    string,
    { scenario: string; place: FaultPlace; count: number; example: string }
  >();

  count(scenario: Scenario, place: FaultPlace, example: string): void {
    const key = `${place} ${scenario.name}`;
    const fault = this.#faults.get(key);
    if (fault === undefined) this.#faults.set(key, { scenario: scenario.name, place, count: 1, example });
    else fault.count++;
  }

  /** All faults so far, the most frequent first. */
  list(): readonly BucketFault[] {
    return [...this.#faults.values()].map((fault) => ({ ...fault })).toSorted((a, b) => b.count - a.count);
  }

  /** Evaluates a condition; undefined (and counted) when it fails or gives neither true nor false. */
  isTrue(scenario: Scenario, place: FaultPlace, program: Program, frame: BucketFrame): boolean | undefined {
    try {
      const value = program.evaluate(frame);
      if (typeof value === 'boolean') return value;
      this.count(scenario, place, 'The expression gave neither true nor false');
    } catch (error) {
      this.count(scenario, place, messageOf(error));
    }
    return undefined;
  }

  /** Evaluates to a text; `orElse` when it gives something else, undefined (and counted) when it fails. */
  text(
    scenario: Scenario,
    place: FaultPlace,
    program: Program,
    frame: BucketFrame,
    orElse: string | undefined,
  ): string | undefined {
    try {
      const value = program.evaluate(frame);
      if (typeof value === 'string') return value;
      if (orElse === undefined) this.count(scenario, place, 'The expression gave no text');
      return orElse;
    } catch (error) {
      this.count(scenario, place, messageOf(error));
      return undefined;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
