// What a bucket keeps of an event. An Event object is used for line after line, and its texts are slices that
// hold on to whole log lines, so evidence is a copy: one flat string per event with its time and its Meta,
// shared by all buckets the event is poured into. The names are kept once, as a shape that events of one kind
// have in common; values that come again and again (a log type, a user agent) are kept once too. Only
// scenarios whose expressions look into the queue keep more.

import type { LineMeta, LineOrigin } from '@parapet/kinds';
import type { Bag, Event, EventSchema } from '../../events/index.ts';
import { parseRfc3339 } from './goTime.ts';
import { KeptEvent, NO_FIELDS, type Fields } from './keptEvent.ts';

/** The line itself, packed, or as it is read where neither would do. */
export type Evidence = LineEvidence | string | KeptEvent;

/** The line that the event was made of: to be parsed once more if it ever becomes part of an alert. */
export class LineEvidence {
  readonly raw: string;
  readonly origin: LineOrigin;
  readonly readAtMs: number;
  readonly meta: LineMeta;

  constructor(raw: string, origin: LineOrigin, readAtMs: number, meta: LineMeta) {
    this.raw = raw;
    this.origin = origin;
    this.readAtMs = readAtMs;
    this.meta = meta;
  }
}

/** Parses a line again, as it was parsed the first time. The event is valid until the next line. */
export type ReadAgain = (line: LineEvidence) => Event;

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
/** Digits of the highest code. */
const MAX_CODE_LENGTH = (MAX_CODES - 1).toString(36).length;
/** From so many on, looking which values are named costs more than writing all of them down. */
const MANY_PACKED = 20_000;

/** What packed events need to be read, by the names of fields: numbers of slots differ from load to load. */
export interface SavedPacking {
  /** For each shape, numbers of `fields`. */
  readonly shapes: readonly Uint32Array[];
  readonly fields: readonly string[];
  readonly dictionaries: readonly SavedDictionary[];
}

interface SavedDictionary {
  readonly field: string;
  readonly size: number;
  readonly score: number;
  readonly isClosed: boolean;
  /** Values and where each stands; only those that saved events name. */
  readonly at: Uint32Array;
  readonly values: readonly string[];
}

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
  readonly #readAgain: ReadAgain | undefined;

  /** `readAgain` where parsing a line twice gives the same twice: then nothing has to be packed. */
  constructor(schema: EventSchema, readAgain?: ReadAgain) {
    this.#schema = schema;
    this.#readAgain = readAgain;
  }

  /** What costs least: the line where it can be read again, else the packed event. */
  note(event: Event): Evidence {
    // An event that took its time from the clock would have another one the next time.
    const hasOwnTime = event.timeMs !== event.readAtMs;
    if (this.#readAgain === undefined || event.kind !== 'log' || !hasOwnTime) return this.pack(event);
    return new LineEvidence(event.raw, event.origin, event.readAtMs, event.lineMeta);
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
    if (evidence instanceof LineEvidence) return this.read(this.pack(this.#readAgain!(evidence))); // note() made it
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

  /** What it takes to read these packed events later. */
  save(packed: readonly string[]): SavedPacking {
    const numbers = new Map<number, number>();
    const shapes = this.#shapes.map(({ slots }) =>
      Uint32Array.from(slots, (slot) => {
        if (!numbers.has(slot)) numbers.set(slot, numbers.size);
        return numbers.get(slot)!;
      }),
    );
    const used = packed.length > MANY_PACKED ? undefined : this.#codesIn(packed);
    const dictionaries: SavedDictionary[] = [];
    for (const [slot, { values, score, isClosed }] of this.#dictionaries.entries()) {
      if (values.length === 0) continue;
      const at =
        used === undefined ? Uint32Array.from(values.keys()) : Uint32Array.from(used.get(slot) ?? []);
      dictionaries.push({
        field: this.#schema.names[slot]!,
        size: values.length,
        score,
        isClosed,
        at,
        values: used === undefined ? values : Array.from(at, (index) => values[index]!),
      });
    }
    return { shapes, fields: [...numbers.keys()].map((slot) => this.#schema.names[slot]!), dictionaries };
  }

  /** Makes events that were packed before readable; nothing may have been packed yet. */
  restore({ shapes, fields, dictionaries }: SavedPacking): void {
    const slots = fields.map((field) => this.#slotOf(field));
    for (const shape of shapes) this.#addShape(Array.from(shape, (number) => slots[number]!));
    for (const { field, size, score, isClosed, at, values } of dictionaries) {
      const dictionary = this.#newDictionary(this.#slotOf(field));
      // Values that no event names have lost their place; the dictionary is as full as it was.
      for (let i = 0; i < size; i++) dictionary.values.push('');
      for (const [i, value] of values.entries()) {
        dictionary.values[at[i]!] = value;
        if (!isClosed) dictionary.codes.set(value, CODED + at[i]!.toString(36));
      }
      dictionary.score = score;
      dictionary.isClosed = isClosed;
    }
  }

  #slotOf(field: string): number {
    const dot = field.indexOf('.');
    // Names of fields are made by the schema, as bag and name.
    return this.#schema.slot(field.slice(0, dot) as Bag, field.slice(dot + 1));
  }

  /** By slot, the numbers of the dictionary's values that packed events name. */
  #codesIn(packed: readonly string[]): ReadonlyMap<number, ReadonlySet<number>> {
    const used = new Map<number, Set<number>>();
    for (const text of packed) {
      const { slots } = this.#shapes[Number.parseInt(text, 10)]!;
      // Walked instead of split: this is most of the time that a small state takes.
      let place = 0;
      let counted = 0;
      for (let at = text.indexOf(CODED); at >= 0; at = text.indexOf(CODED, at + 1)) {
        if (text.charCodeAt(at - 1) !== 0) continue; // inside a value
        while (counted < at) if (text.charCodeAt(counted++) === 0) place++;
        const slot = slots[place - HEAD]!;
        let codes = used.get(slot);
        if (codes === undefined) used.set(slot, (codes = new Set()));
        // A code ends where its part ends: at a separator, which is no digit, or with the text.
        codes.add(Number.parseInt(text.slice(at + 1, at + 1 + MAX_CODE_LENGTH), 36));
      }
    }
    return used;
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
    return this.#addShape(slots.slice(0, count), hash);
  }

  #addShape(slots: readonly number[], hash = hashOf(slots)): Shape {
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
    this.#shapesByHash.set(hash, [...(this.#shapesByHash.get(hash) ?? []), shape]);
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

function hashOf(slots: readonly number[]): number {
  let hash = 0;
  for (const slot of slots) hash = (Math.imul(hash, 31) + slot) | 0;
  return hash;
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
