// The event: one line on its way through the stages. Parsed, Meta and Enriched are not maps but slots of
// one array, numbered when the parsers are loaded, so that a compiled expression reads a field by its index.
// One Event object is used for line after line (`reset`); whoever keeps something of it takes a copy.

import type { Line, LineMeta, LineOrigin } from '@parapet/kinds';
import { ValueMap, type AnyMap, type HostObject, type Value } from '../expressions/index.ts';

export type Bag = 'Parsed' | 'Meta' | 'Enriched';

/** Names can come from log lines (`evt.SetMeta(key, …)`); hub items need some 2,000. */
const MAX_FIELDS = 20_000;

/** Numbers the fields of events. Names met while loading get a slot; the numbering only grows. */
export class EventSchema {
  readonly #slots: Readonly<Record<Bag, Map<string, number>>> = {
    Parsed: new Map(),
    Meta: new Map(),
    Enriched: new Map(),
  };
  /** `Parsed.request`, `Meta.http_path`, … by slot. */
  readonly names: string[] = [];

  /** Returns the slot of a field, giving it one if it has none yet. */
  slot(bag: Bag, name: string): number {
    const slots = this.#slots[bag];
    let slot = slots.get(name);
    if (slot === undefined) {
      if (this.names.length >= MAX_FIELDS) throw new RangeError(`More than ${MAX_FIELDS} field names`);
      slot = this.names.length;
      this.names.push(`${bag}.${name}`);
      slots.set(name, slot);
    }
    return slot;
  }

  /** Returns the slot of a field, or -1 when no loaded item names it. */
  find(bag: Bag, name: string): number {
    return this.#slots[bag].get(name) ?? -1;
  }
}

const NO_META: LineMeta = [];
const NO_ORIGIN: LineOrigin = { src: '', module: 'stdin', labels: { type: '' } };

export class Event {
  readonly schema: EventSchema;
  /** By slot; undefined where the event has no such field. Write through `set`. */
  readonly values: (string | undefined)[] = [];
  /** The slots that are set, in the order they were set first; the first `touchedCount` are valid. */
  readonly touched: number[] = [];
  touchedCount = 0;

  kind: 'log' | 'overflow' = 'log';
  raw = '';
  origin: LineOrigin = NO_ORIGIN;
  /** What the source knows beside the line; `tellMeta` makes it fields. */
  lineMeta: LineMeta = NO_META;
  /** Which line it is: a number that the same line of the same source has again when it is read again. */
  identity = 0;
  /** When the line was read, milliseconds. */
  readAtMs = 0;
  stage = '';
  /** evt.Time: milliseconds since the epoch. */
  timeMs = 0;
  strTime = '';
  strTimeFormat = '';
  /** RFC 3339 with nanoseconds, '' while no date was parsed. */
  marshaledTime = '';
  whitelisted = false;
  whitelistReason = '';
  unmarshaled: AnyMap | undefined;
  /** evt.Overflow of an overflow that was re-injected, for events of kind `overflow`; made by detectors. */
  overflow: HostObject | undefined;
  /** The fields of the last `lineMeta`, and their slots. */
  readonly #metaNames: string[] = [];
  readonly #metaSlots: number[] = [];
  readonly #views: Partial<Record<Bag, ValueMap>> = {};

  constructor(schema: EventSchema) {
    this.schema = schema;
  }

  /** Makes this the event of another line; everything of the last one is gone. */
  reset(line: Line): void {
    this.resetTo(line.raw, line.origin, line.readAtMs, line.meta);
  }

  resetTo(raw: string, origin: LineOrigin, readAtMs: number, meta: LineMeta = NO_META): void {
    const { values, touched } = this;
    for (let i = 0; i < this.touchedCount; i++) values[touched[i]!] = undefined;
    this.touchedCount = 0;
    this.kind = 'log';
    this.raw = raw;
    this.origin = origin;
    this.lineMeta = meta;
    this.identity = 0;
    this.readAtMs = readAtMs;
    this.stage = '';
    this.timeMs = readAtMs;
    this.strTime = '';
    this.strTimeFormat = '';
    this.marshaledTime = '';
    this.whitelisted = false;
    this.whitelistReason = '';
    this.unmarshaled = undefined;
    this.overflow = undefined;
  }

  /** Sets what the source knows: after parsing, so that it has the last word over what a line claims. */
  tellMeta(): void {
    const { lineMeta, schema } = this;
    const names = this.#metaNames;
    const slots = this.#metaSlots;
    for (let i = 0; i < lineMeta.length; i++) {
      const [name, value] = lineMeta[i]!;
      // Line after line has the same fields in the same order, and looking them up costs more than setting them.
      if (names[i] !== name) {
        names[i] = name;
        slots[i] = schema.slot('Meta', name);
      }
      this.set(slots[i]!, value);
    }
  }

  set(slot: number, value: string): void {
    const { values } = this;
    while (values.length <= slot) values.push(undefined);
    if (values[slot] === undefined) this.touched[this.touchedCount++] = slot;
    values[slot] = value;
  }

  /** `set` for several at once. */
  setAll(slots: readonly number[], texts: readonly string[]): void {
    const { values, touched } = this;
    let count = this.touchedCount;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      while (values.length <= slot) values.push(undefined);
      if (values[slot] === undefined) touched[count++] = slot;
      values[slot] = texts[i]!;
    }
    this.touchedCount = count;
  }

  /** The bag as a map for expressions: reads and writes go to the event. */
  bag(bag: Bag): ValueMap {
    return (this.#views[bag] ??= new BagView(this, bag));
  }

  /** The set fields of a bag, in the order they were set first. */
  entries(bag: Bag): [name: string, value: string][] {
    const prefix = `${bag}.`;
    const entries: [string, string][] = [];
    for (let i = 0; i < this.touchedCount; i++) {
      const slot = this.touched[i]!;
      const name = this.schema.names[slot]!;
      const value = this.values[slot];
      if (value !== undefined && name.startsWith(prefix)) entries.push([name.slice(prefix.length), value]);
    }
    return entries;
  }
}

class BagView extends ValueMap {
  readonly #event: Event;
  readonly #bag: Bag;
  constructor(event: Event, bag: Bag) {
    super();
    this.#event = event;
    this.#bag = bag;
  }
  get(key: string): Value {
    return this.#event.values[this.#event.schema.find(this.#bag, key)] ?? '';
  }
  has(key: string): boolean {
    return this.#event.values[this.#event.schema.find(this.#bag, key)] !== undefined;
  }
  set(key: string, value: Value): void {
    if (typeof value !== 'string') throw new TypeError(`${this.#bag} holds strings only`);
    this.#event.set(this.#event.schema.slot(this.#bag, key), value);
  }
  keys(): Iterable<string> {
    return this.#event.entries(this.#bag).map(([name]) => name);
  }
  get size(): number {
    return this.#event.entries(this.#bag).length;
  }
}
