// What a bucket keeps of an event. An Event object is used for line after line, and its texts are slices that
// hold on to whole log lines, so evidence is a copy: one flat string per event with its time and its Meta,
// shared by all buckets the event is poured into. The names are kept once, as a shape that events of one kind
// have in common; values that come again and again (a log type, a user agent) are kept once too. Only
// scenarios whose expressions look into the queue keep more.

import type { Bag, Event, EventSchema } from '../../events/index.ts';
import { parseRfc3339 } from './goTime.ts';
import { KeptEvent, NO_FIELDS, type Fields } from './keptEvent.ts';

/** Packed, or as it is read where packing would not do. */
export type Evidence = string | KeptEvent;

/** Parts of a packed event before the values: shape, time as text, time as number where there is no text. */
const HEAD = 3;
const SEPARATOR = '\u0000';
/** Starts a part that is the number of a value in its slot's dictionary. */
const CODED = '\u0001';
/** A value that is the event's time once more. */
const SAME_TIME = '\u0002';
const META = 'Meta.';
const ENRICHED = 'Enriched.';
/** Enriched fields that say more about a source. */
const SOURCE_FIELDS: ReadonlySet<string> = new Set(
  ['ASNumber', 'ASNNumber', 'ASNOrg', 'IsoCode', 'Latitude', 'Longitude'].map((name) => ENRICHED + name),
);
/** Names of fields can come from log lines; honest logs have a few dozen shapes. */
const MAX_SHAPES = 4096;
const MAX_CODES = 2048;
const MIN_CODED_LENGTH = 6;
const MAX_CODED_LENGTH = 512;

/** Which fields a packed event has, and where each stands in it. */
interface Shape {
  readonly slots: readonly number[];
  /** Scratch for packing; the first part is the shape's number and stays. */
  readonly parts: string[];
  readonly meta: Places;
  readonly enriched: Places;
}

interface Places {
  readonly names: readonly string[];
  /** Indexes into `slots`. */
  readonly at: readonly number[];
}

interface Dictionary {
  readonly codes: Map<string, string>;
  readonly values: string[];
  /** Once full: hits less misses. A field whose values hardly ever come again closes its dictionary. */
  score: number;
  isClosed: boolean;
  /** The last value found: many fields hold the same one line after line. */
  lastValue: string;
  lastCode: string;
}

export class EvidenceKeeper {
  readonly #schema: EventSchema;
  /** By slot: whether alerts tell it; filled as slots are met. */
  readonly #isTold: boolean[] = [];
  readonly #shapes: Shape[] = [];
  readonly #shapesByHash = new Map<number, readonly Shape[]>();
  readonly #dictionaries: Dictionary[] = [];
  readonly #slots: number[] = [];

  constructor(schema: EventSchema) {
    this.#schema = schema;
  }

  /** Packs what an alert tells of an event. */
  pack(event: Event): Evidence {
    const shape = event.kind === 'log' ? this.#shapeOf(event) : undefined;
    if (shape === undefined) return this.keep(event);
    const { values, marshaledTime } = event;
    const { slots, parts } = shape;
    parts[1] = marshaledTime;
    parts[2] = marshaledTime === '' ? String(event.timeMs) : '';
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      const value = values[slot]!;
      if (value === marshaledTime) {
        parts[i + HEAD] = SAME_TIME;
        continue;
      }
      const code = this.#code(slot, value);
      if (code === undefined && isAmbiguous(value)) return this.keep(event);
      parts[i + HEAD] = code ?? value;
    }
    return parts.join(SEPARATOR); // join, unlike +, makes a flat string that holds on to nothing else
  }

  /** Copies all fields of an event, for expressions that look into the queue. */
  keep(event: Event): KeptEvent {
    return new KeptEvent({
      kind: event.kind,
      timeMs: event.timeMs,
      marshaledTime: event.marshaledTime,
      meta: copyFields(event, 'Meta'),
      enriched: copyFields(event, 'Enriched'),
      parsed: copyFields(event, 'Parsed'),
      unmarshaled: event.unmarshaled,
      overflow: event.overflow,
    });
  }

  /** Reads evidence back. */
  read(evidence: Evidence): KeptEvent {
    if (typeof evidence !== 'string') return evidence;
    const parts = evidence.split(SEPARATOR);
    const shape = this.#shapes[Number(parts[0])]!;
    const marshaledTime = parts[1]!;
    return new KeptEvent({
      kind: 'log',
      timeMs: marshaledTime === '' ? Number(parts[2]) : parseRfc3339(marshaledTime),
      marshaledTime,
      meta: this.#fieldsAt(shape, shape.meta, parts),
      enriched: this.#fieldsAt(shape, shape.enriched, parts),
      parsed: NO_FIELDS,
      unmarshaled: undefined,
      overflow: undefined,
    });
  }

  #fieldsAt({ slots }: Shape, { names, at }: Places, parts: readonly string[]): Fields {
    if (names.length === 0) return NO_FIELDS;
    const values = at.map((index) => {
      const part = parts[index + HEAD]!;
      if (part === SAME_TIME) return parts[1]!;
      if (!part.startsWith(CODED)) return part;
      return this.#dictionaries[slots[index]!]!.values[Number.parseInt(part.slice(1), 36)]!;
    });
    return { names, values };
  }

  /** The part that stands for a value known before; undefined when it has to be written out. */
  #code(slot: number, value: string): string | undefined {
    if (value.length < MIN_CODED_LENGTH || value.length > MAX_CODED_LENGTH) return undefined;
    const dictionary = this.#dictionaries[slot] ?? this.#newDictionary(slot);
    if (value === dictionary.lastValue) return dictionary.lastCode;
    if (dictionary.isClosed) return undefined;
    const { codes, values } = dictionary;
    const known = codes.get(value);
    const isFull = values.length >= MAX_CODES;
    if (known !== undefined) {
      if (isFull && dictionary.score < MAX_CODES) dictionary.score++;
      dictionary.lastValue = values[Number.parseInt(known.slice(1), 36)]!;
      dictionary.lastCode = known;
      return known;
    }
    if (isFull) {
      if (--dictionary.score < -MAX_CODES) close(dictionary);
      return undefined;
    }
    const own = detach(value);
    const code = CODED + values.length.toString(36);
    codes.set(own, code);
    values.push(own);
    return code;
  }

  #newDictionary(slot: number): Dictionary {
    while (this.#dictionaries.length <= slot) {
      this.#dictionaries.push({
        codes: new Map(),
        values: [],
        score: 0,
        isClosed: false,
        lastValue: '',
        lastCode: '',
      });
    }
    return this.#dictionaries[slot]!;
  }

  #shapeOf(event: Event): Shape | undefined {
    const { touched, touchedCount, values } = event;
    const slots = this.#slots;
    let count = 0;
    let hash = 0;
    for (let i = 0; i < touchedCount; i++) {
      const slot = touched[i]!;
      if (values[slot] === undefined || !(this.#isTold[slot] ?? this.#decide(slot))) continue;
      slots[count++] = slot;
      hash = (Math.imul(hash, 31) + slot) | 0;
    }
    const candidates = this.#shapesByHash.get(hash);
    if (candidates !== undefined) {
      for (const shape of candidates) if (isSame(shape.slots, slots, count)) return shape;
    }
    if (this.#shapes.length >= MAX_SHAPES) return undefined;
    const shape = this.#newShape(slots.slice(0, count));
    this.#shapesByHash.set(hash, [...(candidates ?? []), shape]);
    return shape;
  }

  #newShape(slots: readonly number[]): Shape {
    const placesOf = (prefix: string): Places => {
      const names = slots.map((slot) => this.#schema.names[slot]!);
      const at = names.flatMap((name, i) => (name.startsWith(prefix) ? [i] : []));
      at.sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
      return { names: at.map((i) => names[i]!.slice(prefix.length)), at };
    };
    const shape = {
      slots,
      parts: [String(this.#shapes.length), '', '', ...slots.map(() => '')],
      meta: placesOf(META),
      enriched: placesOf(ENRICHED),
    };
    this.#shapes.push(shape);
    return shape;
  }

  #decide(slot: number): boolean {
    while (this.#isTold.length <= slot) {
      const name = this.#schema.names[this.#isTold.length]!;
      this.#isTold.push(name.startsWith(META) || SOURCE_FIELDS.has(name));
    }
    return this.#isTold[slot]!;
  }
}

/** Returns the text as a string of its own: a slice of a log line would keep the whole line in memory. */
export function detach(text: string): string {
  // V8 makes slices from 13 characters on; shorter ones are copies already.
  return text.length < 13 ? text : [text, ''].join(SEPARATOR).slice(0, -1);
}

/** Values written before can still be read; nothing is looked up any more. */
function close(dictionary: Dictionary): void {
  dictionary.isClosed = true;
  dictionary.codes.clear();
}

function isAmbiguous(value: string): boolean {
  const first = value.charCodeAt(0);
  return first === 1 || first === 2 || value.includes(SEPARATOR);
}

function isSame(slots: readonly number[], others: readonly number[], count: number): boolean {
  if (slots.length !== count) return false;
  for (let i = 0; i < count; i++) if (slots[i] !== others[i]) return false;
  return true;
}

function copyFields(event: Event, bag: Bag): Fields {
  const entries = event.entries(bag).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { names: entries.map(([name]) => name), values: entries.map(([, value]) => detach(value)) };
}
