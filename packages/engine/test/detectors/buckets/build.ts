// Small real things for the tests of buckets: events and scenarios without files.

import { Event, EventSchema } from '../../../src/events/event.ts';
import { compileExpression, type Environment, type Value } from '../../../src/expressions/index.ts';
import {
  BucketManager,
  type BucketFrame,
  type BucketOptions,
  type Overflow,
  type Program,
  type Scenario,
} from '../../../src/detectors/buckets/index.ts';

export const START = Date.UTC(2020, 0, 1, 10);

/** `seconds` after ten o'clock, as parsers write times. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

export interface EventDraft {
  readonly time?: string;
  readonly meta?: Readonly<Record<string, string>>;
  readonly parsed?: Readonly<Record<string, string>>;
  readonly enriched?: Readonly<Record<string, string>>;
}

export function eventOf(schema: EventSchema, draft: EventDraft): Event {
  const event = new Event(schema);
  event.readAtMs = START;
  event.marshaledTime = draft.time ?? '';
  event.timeMs = draft.time === undefined ? START : Date.parse(draft.time);
  const bags = { Meta: draft.meta, Parsed: draft.parsed, Enriched: draft.enriched } as const;
  for (const bag of ['Meta', 'Parsed', 'Enriched'] as const) {
    for (const [name, value] of Object.entries(bags[bag] ?? {})) event.set(schema.slot(bag, name), value);
  }
  return event;
}

const NOTHING: Environment<BucketFrame> = { variables: {}, functions: {} };

/** An expression that does what a function does. */
export function program(evaluate: (frame: BucketFrame) => Value, source = ''): Program {
  const compiled = compileExpression('true', NOTHING);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return { ...compiled.expression, source, evaluate, constant: undefined };
}

export function meta(name: string): Program {
  return program(({ evt }) => evt.bag('Meta').get(name), `evt.Meta.${name}`);
}

const ALWAYS: Program = program(() => true, 'true');

export function scenarioOf(draft: Partial<Scenario>): Scenario {
  const leakSpeedMs = draft.leakSpeedMs ?? 10_000;
  const capacity = draft.capacity ?? 1;
  return {
    name: 'test/leaky',
    type: 'leaky',
    description: 'a test',
    version: '',
    hash: '',
    format: '1.0',
    references: [],
    labels: {},
    remediation: true,
    debug: false,
    file: 'test.yaml',
    line: 1,
    filter: ALWAYS,
    groupBy: meta('source_ip'),
    distinct: undefined,
    cancelOn: undefined,
    overflowFilter: undefined,
    condition: undefined,
    bayesian: undefined,
    capacity,
    leakSpeedMs,
    lifetimeMs: (capacity + 1) * leakSpeedMs,
    isTimed: false,
    queueLimit: capacity,
    blackholeMs: undefined,
    reprocess: false,
    scope: { name: 'Ip', expression: undefined },
    readsQueue: false,
    data: [],
    ...draft,
  };
}

/** A manager with a short way to pour. */
export class Bench {
  readonly schema = new EventSchema();
  readonly manager: BucketManager;

  constructor(scenarios: readonly Partial<Scenario>[], options: Partial<BucketOptions> = {}) {
    this.manager = new BucketManager({
      scenarios: scenarios.map(scenarioOf),
      schema: this.schema,
      clock: 'event',
      ...options,
    });
  }

  /** Pours an event of an address at a second; the wall clock says the same. */
  pour(
    seconds: number,
    ip = '203.0.113.7',
    extra: Readonly<Record<string, string>> = {},
  ): readonly Overflow[] {
    const event = eventOf(this.schema, { time: at(seconds), meta: { source_ip: ip, ...extra } });
    return this.manager.pour(event, START + seconds * 1000);
  }
}
