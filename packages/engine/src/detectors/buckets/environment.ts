// What the expressions of a scenario may name. Filter, groupby, distinct, cancel_on and the scope see the
// event; condition and bayesian conditions see the queue and the bucket too; overflow_filter sees the queue,
// the bucket and the signal that is about to be sent.

import { eventVariable, type EventFrame } from '../../events/index.ts';
import type { EventSchema } from '../../events/index.ts';
import {
  GoDuration,
  GoTime,
  HostObject,
  type Environment,
  type HelperFunction,
  type MemberGetter,
  type Value,
  type Variable,
} from '../../expressions/index.ts';
import type { KeptEvent } from './keptEvent.ts';
import type { Overflow } from './overflow.ts';
import type { Scenario } from './scenario.ts';

/** A bucket as its expressions see it, while they are evaluated. */
export interface BucketView {
  readonly scenario: Scenario;
  readonly key: string;
  readonly totalCount: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly overflowMs: number;
  readonly queue: readonly KeptEvent[];
}

export interface BucketFrame extends EventFrame {
  readonly bucket: BucketView | undefined;
  readonly signal: Overflow | undefined;
}

export interface BucketEnvironments {
  readonly event: Environment<BucketFrame>;
  readonly condition: Environment<BucketFrame>;
  readonly overflowFilter: Environment<BucketFrame>;
}

export function bucketEnvironments(
  schema: EventSchema,
  functions: Readonly<Record<string, HelperFunction>>,
): BucketEnvironments {
  const evt = eventVariable<BucketFrame>(schema);
  const queue = structVariable(QUEUE_FIELDS, (view) => new QueueObject(view));
  const leaky = structVariable(LEAKY_FIELDS, (view) => new LeakyObject(view));
  return {
    event: { variables: { evt }, functions },
    condition: { variables: { evt, queue, leaky }, functions },
    overflowFilter: { variables: { queue, leaky, signal: SIGNAL }, functions },
  };
}

type Fields = ReadonlyMap<string, (view: BucketView) => Value>;

const NO_TIME = new GoTime(Date.UTC(0, 0, 1) - 59_958_230_400_000); // Go's zero time, year 1
const timeOf = (ms: number): GoTime => (Number.isNaN(ms) ? NO_TIME : new GoTime(ms));

const QUEUE_FIELDS: Fields = new Map<string, (view: BucketView) => Value>([
  ['Queue', (view) => view.queue],
  ['L', (view) => Math.min(view.scenario.queueLimit, Number.MAX_SAFE_INTEGER)],
]);

const LEAKY_FIELDS: Fields = new Map<string, (view: BucketView) => Value>([
  ['Queue', (view) => new QueueObject(view)],
  ['Total_count', (view) => view.totalCount],
  ['First_ts', (view) => timeOf(view.firstMs)],
  ['Last_ts', (view) => timeOf(view.lastMs)],
  ['Ovflw_ts', (view) => timeOf(view.overflowMs)],
  ['Duration', (view) => new GoDuration(view.scenario.lifetimeMs)],
  ['Mapkey', (view) => `${view.scenario.name} ${view.key}`],
  ['Name', (view) => view.scenario.name],
  ['Capacity', (view) => view.scenario.capacity],
  ['Leakspeed', (view) => new GoDuration(view.scenario.leakSpeedMs)],
]);

function structVariable(fields: Fields, object: (view: BucketView) => HostObject): Variable<BucketFrame> {
  return {
    get: ({ bucket }) => (bucket === undefined ? null : object(bucket)),
    member: ([name]): MemberGetter<BucketFrame> | undefined => {
      const read = name === undefined ? undefined : fields.get(name);
      if (read === undefined) return undefined;
      return {
        get: ({ bucket }) => (bucket === undefined ? null : read(bucket)),
        steps: 1,
        reads: `bucket.${name}`,
        isString: false,
      };
    },
  };
}

const SIGNAL: Variable<BucketFrame> = {
  get: ({ signal }) => signal ?? null,
  member: ([name]) =>
    name === undefined || !SIGNAL_FIELDS.has(name)
      ? undefined
      : {
          get: ({ signal }) => signal?.field(name) ?? null,
          steps: 1,
          reads: `signal.${name}`,
          isString: false,
        },
};

const SIGNAL_FIELDS: ReadonlySet<string> = new Set([
  'Mapkey',
  'BucketId',
  'Whitelisted',
  'Reprocess',
  'Sources',
  'Alert',
  'APIAlerts',
]);

class QueueObject extends HostObject {
  readonly #view: BucketView;
  constructor(view: BucketView) {
    super();
    this.#view = view;
  }
  field(name: string): Value | undefined {
    return QUEUE_FIELDS.get(name)?.(this.#view);
  }
  method(name: string): (() => Value) | undefined {
    return name === 'GetQueue' ? () => this.#view.queue : undefined;
  }
}

class LeakyObject extends HostObject {
  readonly #view: BucketView;
  constructor(view: BucketView) {
    super();
    this.#view = view;
  }
  field(name: string): Value | undefined {
    return LEAKY_FIELDS.get(name)?.(this.#view);
  }
  method(): undefined {
    return undefined;
  }
}
