// `evt` in expressions. A path known when the expression is compiled (`evt.Meta.http_path`) becomes one read
// of a slot; only what is computed at run time (`evt.Meta[key]`, `evt` passed on) walks through objects.

import type { LineOrigin } from '@parapet/kinds';
import {
  AnyMap,
  GoTime,
  HostObject,
  ValueMap,
  type MemberGetter,
  type Value,
  type Variable,
} from '../expressions/index.ts';
import type { Bag, Event, EventSchema } from './event.ts';

/** What a frame has to hold for expressions about events. */
export interface EventFrame {
  readonly evt: Event;
}

/** Returns the variable `evt` for an environment. Fields that expressions name get their slots from the schema. */
export function eventVariable<F extends EventFrame>(schema: EventSchema): Variable<F> {
  return {
    get: (frame) => eventObject(frame.evt),
    member: (path) => member(schema, path),
    fields: [...FIELDS.keys()],
  };
}

/** The event as a Go struct with methods, for expressions that pass it on or call its methods. */
function eventObject(event: Event): HostObject {
  let object = objects.get(event);
  if (object === undefined) objects.set(event, (object = new EventObject(event)));
  return object;
}

/** The sources of an overflow: what `evt.Overflow.Sources` has for keys. */
export function overflowSources(event: Event): Iterable<string> {
  const sources = event.overflow?.field('Sources');
  return sources instanceof ValueMap ? sources.keys() : [];
}

const objects = new WeakMap<Event, EventObject>();

interface Field {
  readonly get: (event: Event) => Value;
  readonly isString: boolean;
}

const text = (get: (event: Event) => string): Field => ({ get, isString: true });
const other = (get: (event: Event) => Value): Field => ({ get, isString: false });

// Go's int constants for the kinds of events (pkg/pipeline/constants.go).
const KIND_NUMBER = { log: 0, overflow: 1 } as const;

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['Type', other((event) => KIND_NUMBER[event.kind])],
  ['ExpectMode', other(() => 0)],
  ['Process', other(() => true)],
  ['Whitelisted', other((event) => event.whitelisted)],
  ['WhitelistReason', text((event) => event.whitelistReason)],
  ['Stage', text((event) => event.stage)],
  ['StrTime', text((event) => event.strTime)],
  ['StrTimeFormat', text((event) => event.strTimeFormat)],
  ['MarshaledTime', text((event) => event.marshaledTime)],
  ['Time', other((event) => new GoTime(event.timeMs))],
  ['Meta', other((event) => event.bag('Meta'))],
  ['Parsed', other((event) => event.bag('Parsed'))],
  ['Enriched', other((event) => event.bag('Enriched'))],
  ['Unmarshaled', other((event) => (event.unmarshaled ??= new AnyMap()))],
  ['Line', other((event) => new LineObject(event))],
  ['Overflow', other((event) => event.overflow ?? NO_OVERFLOW)],
  ['Appsec', other(() => NO_APPSEC)],
]);

const LINE_FIELDS: ReadonlyMap<string, Field> = new Map([
  ['Raw', text((event) => event.raw)],
  ['Src', text((event) => event.origin.src)],
  ['Module', text((event) => event.origin.module)],
  ['Time', other((event) => new GoTime(event.readAtMs))],
  ['Process', other(() => true)],
  ['Labels', other((event) => labelsOf(event.origin))],
]);

const BAGS: ReadonlySet<string> = new Set<Bag>(['Meta', 'Parsed', 'Enriched']);

function member<F extends EventFrame>(
  schema: EventSchema,
  path: readonly string[],
): MemberGetter<F> | undefined {
  const [first, second, third] = path;
  if (first === undefined) return undefined;
  if (BAGS.has(first) && second !== undefined) {
    // The set above holds exactly the names of the bags.
    const slot = schema.slot(first as Bag, second);
    return {
      get: (frame) => frame.evt.values[slot] ?? '',
      steps: 2,
      reads: `${first}.${second}`,
      isString: true,
      slot,
    };
  }
  if (first === 'Line' && second === 'Labels' && third !== undefined) {
    // A label named like something every object has (`constructor`) is looked up the careful way.
    const isPlain = !(third in Object.prototype);
    return {
      get: isPlain
        ? (frame) => frame.evt.origin.labels[third] ?? ''
        : (frame) => labelsOf(frame.evt.origin).get(third),
      steps: 3,
      reads: `Line.Labels.${third}`,
      isString: true,
    };
  }
  const isOfLine = first === 'Line' && second !== undefined;
  const field = isOfLine ? LINE_FIELDS.get(second) : FIELDS.get(first);
  if (field === undefined) return undefined;
  const { get, isString } = field;
  return {
    get: (frame) => get(frame.evt),
    steps: isOfLine ? 2 : 1,
    reads: isOfLine ? `Line.${second}` : first,
    isString,
  };
}

type Method = (args: readonly Value[]) => Value;

class EventObject extends HostObject {
  readonly #event: Event;
  constructor(event: Event) {
    super();
    this.#event = event;
  }
  field(name: string): Value | undefined {
    return FIELDS.get(name)?.get(this.#event);
  }
  method(name: string): Method | undefined {
    const event = this.#event;
    switch (name) {
      case 'GetType':
        return () => event.kind;
      case 'GetMeta':
        return ([key]) => (typeof key === 'string' ? getMeta(event, key) : '');
      case 'SetMeta':
        return (args) => setString(event, 'Meta', args);
      case 'SetParsed':
        return (args) => setString(event, 'Parsed', args);
      default:
        return undefined;
    }
  }
}

function setString(event: Event, bag: Bag, [key, value]: readonly Value[]): boolean {
  if (typeof key !== 'string' || typeof value !== 'string') {
    throw new TypeError(`Set${bag} takes a name and a text`);
  }
  event.set(event.schema.slot(bag, key), value);
  return true;
}

/** Of an overflow: the first of its events that has it, in any of its alerts. */
function getMeta(event: Event, key: string): string {
  if (event.kind === 'log') return event.values[event.schema.find('Meta', key)] ?? '';
  const alerts = event.overflow?.field('APIAlerts');
  for (const alert of Array.isArray(alerts) ? (alerts as readonly Value[]) : []) {
    const events = alert instanceof HostObject ? alert.field('Events') : undefined;
    for (const evidence of Array.isArray(events) ? (events as readonly Value[]) : []) {
      const value = evidence instanceof HostObject ? evidence.method('GetMeta')?.([key]) : undefined;
      if (typeof value === 'string' && value !== '') return value;
    }
  }
  return '';
}

class LineObject extends HostObject {
  readonly #event: Event;
  constructor(event: Event) {
    super();
    this.#event = event;
  }
  field(name: string): Value | undefined {
    return LINE_FIELDS.get(name)?.get(this.#event);
  }
  method(): undefined {
    return undefined;
  }
}

/** What the fields of an absent struct read as: Go's zero values. */
class ZeroObject extends HostObject {
  readonly #fields: ReadonlyMap<string, Value>;
  readonly #methods: ReadonlyMap<string, Value>;
  constructor(fields: Record<string, Value>, methods: Record<string, Value>) {
    super();
    this.#fields = new Map(Object.entries(fields));
    this.#methods = new Map(Object.entries(methods));
  }
  field(name: string): Value | undefined {
    return this.#fields.get(name);
  }
  method(name: string): Method | undefined {
    const answer = this.#methods.get(name);
    return answer === undefined ? undefined : () => answer;
  }
}

const NO_OVERFLOW = new ZeroObject(
  {
    Mapkey: '',
    BucketId: '',
    Whitelisted: false,
    Reprocess: false,
    Sources: new AnyMap(),
    Alert: null,
    APIAlerts: [],
  },
  { GetSources: [] },
);

const NO_MATCHED_RULES = new ZeroObject({}, { GetRuleIDs: [], GetName: '', GetMatchedZones: [] });

const NO_APPSEC = new ZeroObject(
  {
    HasInBandMatches: false,
    HasOutBandMatches: false,
    MatchedRules: NO_MATCHED_RULES,
    Vars: new AnyMap(),
    HookVars: new AnyMap(),
  },
  { GetVar: '', GetRuleIDs: [], GetName: '', GetMatchedZones: [] },
);

const labelMaps = new WeakMap<LineOrigin, LabelMap>();

function labelsOf(origin: LineOrigin): ValueMap {
  let labels = labelMaps.get(origin);
  if (labels === undefined) labelMaps.set(origin, (labels = new LabelMap(origin)));
  return labels;
}

/** Labels as a map of strings; they belong to the source, so that writing to them is refused. */
class LabelMap extends ValueMap {
  readonly #labels: Readonly<Record<string, string>>;
  constructor(origin: LineOrigin) {
    super();
    this.#labels = origin.labels;
  }
  get(key: string): Value {
    return this.has(key) ? this.#labels[key]! : '';
  }
  has(key: string): boolean {
    return Object.hasOwn(this.#labels, key);
  }
  set(): void {
    throw new TypeError('The labels of a line cannot be changed');
  }
  keys(): Iterable<string> {
    return Object.keys(this.#labels);
  }
  get size(): number {
    return Object.keys(this.#labels).length;
  }
}
