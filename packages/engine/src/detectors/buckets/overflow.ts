// What comes out of a bucket that has had enough: CrowdSec's RuntimeAlert, with the names that expressions and
// hub tests use. One API alert per source; `Alert` is the first of them.

import { WritableObject } from '../../events/index.ts';
import { AnyMap, type Value } from '../../expressions/index.ts';
import { AlertEventObject, AlertObject, type Source } from './alertObject.ts';
import type { KeptEvent } from './keptEvent.ts';
import type { Scenario } from './scenario.ts';

/** The facts of one overflow. */
export interface OverflowFacts {
  readonly scenario: Scenario;
  /** The groupby value of the bucket. */
  readonly key: string;
  /** Says which overflow this is: the same lines, read again, say the same. */
  readonly origin: string;
  /** First event poured, last event poured, and the moment it was too much; milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly overflowMs: number;
  /** All events poured; `events` may hold fewer. */
  readonly eventsCount: number;
  readonly events: readonly KeptEvent[];
  /** By value, in the order they were met first. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly simulated: boolean;
  readonly message: string;
}

export class Overflow extends WritableObject {
  readonly facts: OverflowFacts;
  /** One per source; none when the events told of no source. */
  readonly alerts: readonly AlertObject[];
  /** Set by a post-overflow whitelist. */
  whitelisted = false;

  constructor(facts: OverflowFacts) {
    super();
    this.facts = facts;
    const { scenario } = facts;
    const events = facts.events.map(
      ({ fields }) => new AlertEventObject(fields.timeMs, fields.marshaledTime, fields.meta),
    );
    this.alerts = [...facts.sources.values()].map(
      (source) =>
        new AlertObject({
          scenario: scenario.name,
          scenarioHash: scenario.hash,
          scenarioVersion: scenario.version,
          capacity: scenario.capacity,
          leakSpeedMs: scenario.leakSpeedMs,
          eventsCount: facts.eventsCount,
          events,
          message: facts.message,
          source: source.copy(),
          startMs: facts.firstMs,
          stopMs: facts.overflowMs,
          simulated: facts.simulated,
          remediation: scenario.remediation,
        }),
    );
  }

  field(name: string): Value | undefined {
    switch (name) {
      case 'Mapkey':
        return `${this.facts.scenario.name} ${this.facts.key}`;
      case 'BucketId':
        return '';
      case 'Whitelisted':
        return this.whitelisted;
      case 'Reprocess':
        return this.facts.scenario.reprocess;
      case 'Sources':
        return new AnyMap(new Map<string, Value>(this.facts.sources));
      case 'Alert':
        return this.alerts[0] ?? null;
      case 'APIAlerts':
        return this.alerts;
      default:
        return undefined;
    }
  }

  setField(name: string, value: Value): boolean {
    if (name !== 'Whitelisted' || typeof value !== 'boolean') return false;
    this.whitelisted = value;
    return true;
  }

  method(name: string): ((args: readonly Value[]) => Value) | undefined {
    return name === 'GetSources' ? () => [...this.facts.sources.keys()] : undefined;
  }
}
