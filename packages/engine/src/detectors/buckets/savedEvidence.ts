// Evidence as it is written down. Packed events are texts already; events that were kept whole, and overflows that
// were poured themselves, become plain objects. What is met twice is written once.

import { AnyMap, Float, GoDuration, GoTime, ValueMap, type Value } from '../../expressions/index.ts';
import { Source, type SourceFields } from './alertObject.ts';
import type { LineMeta, LineOrigin } from '@parapet/kinds';
import { LineEvidence, type Evidence } from './evidence.ts';
import { KeptEvent, type KeptFields } from './keptEvent.ts';
import { Overflow, type OverflowFacts } from './overflow.ts';
import type { Scenario } from './scenario.ts';

export type SavedEvidence = string | SavedEvent | SavedLine;

/** A line that is read again; the origin is shared by all lines of a source. */
export interface SavedLine {
  readonly raw: string;
  readonly origin: LineOrigin;
  readonly readAtMs: number;
  /** Absent for lines that were nothing but themselves. */
  readonly meta?: LineMeta;
}

export type SavedEvent = Omit<KeptFields, 'unmarshaled' | 'overflow'> & {
  readonly unmarshaled: SavedValue | undefined;
  readonly overflow: SavedOverflow | undefined;
};

type SavedOverflow = Omit<OverflowFacts, 'scenario' | 'events' | 'sources'> & {
  /** Number of the scenario. */
  readonly scenario: number;
  readonly events: readonly SavedEvent[];
  readonly sources: ReadonlyMap<string, SourceFields>;
  readonly whitelisted: boolean;
  /** The sources of its alerts, which post-overflow parsers may have changed. */
  readonly alertSources: readonly SourceFields[];
};

type SavedValue =
  | string
  | number
  | boolean
  | null
  | readonly SavedValue[]
  | { readonly kind: 'float' | 'time' | 'duration'; readonly value: number }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: string, value: SavedValue])[] };

/** Writes down an event of the log, which leads to no scenario. */
export function saveEvent(event: KeptEvent): SavedEvent {
  return new EvidenceWriter(() => -1).save(event);
}

export function readEvent(saved: SavedEvent): KeptEvent | undefined {
  return new EvidenceReader(() => undefined).read(saved);
}

/** Gives pieces of evidence numbers, and writes each down once. */
export class EvidenceWriter {
  readonly pieces: SavedEvidence[] = [];
  readonly #scenarioNumber: (scenario: Scenario) => number;
  readonly #numbers = new Map<Evidence, number>();
  readonly #overflows = new Map<Overflow, SavedOverflow>();

  constructor(scenarioNumber: (scenario: Scenario) => number) {
    this.#scenarioNumber = scenarioNumber;
  }

  /** Made once, to be handed on. */
  readonly numberOf = (evidence: Evidence): number => {
    let number = this.#numbers.get(evidence);
    if (number === undefined) {
      number = this.pieces.length;
      this.#numbers.set(evidence, number);
      this.pieces.push(this.#piece(evidence));
    }
    return number;
  };

  #piece(evidence: Evidence): SavedEvidence {
    if (typeof evidence === 'string') return evidence;
    if (evidence instanceof LineEvidence) {
      const { raw, origin, readAtMs, meta } = evidence;
      return { raw, origin, readAtMs, ...(meta.length === 0 ? {} : { meta }) };
    }
    return this.save(evidence);
  }

  save({ fields }: KeptEvent): SavedEvent {
    const { unmarshaled, overflow } = fields;
    return {
      ...fields,
      unmarshaled: unmarshaled === undefined ? undefined : saveValue(unmarshaled),
      overflow: overflow instanceof Overflow ? this.#overflow(overflow) : undefined,
    };
  }

  #overflow(overflow: Overflow): SavedOverflow {
    let saved = this.#overflows.get(overflow);
    if (saved === undefined) {
      const { facts, whitelisted, alerts } = overflow;
      saved = {
        ...facts,
        scenario: this.#scenarioNumber(facts.scenario),
        events: facts.events.map((event) => this.save(event)),
        sources: new Map([...facts.sources].map(([key, { fields }]) => [key, fields])),
        whitelisted,
        alertSources: alerts.map(({ fields }) => fields.source.fields),
      };
      this.#overflows.set(overflow, saved);
    }
    return saved;
  }
}

/** Reads evidence back; undefined for what came from a scenario that is no longer there. */
export class EvidenceReader {
  readonly #scenarioOf: (number: number) => Scenario | undefined;
  readonly #overflows = new Map<SavedOverflow, Overflow>();

  constructor(scenarioOf: (number: number) => Scenario | undefined) {
    this.#scenarioOf = scenarioOf;
  }

  piece(saved: SavedEvidence): Evidence | undefined {
    if (typeof saved === 'string') return saved;
    if ('raw' in saved) {
      return new LineEvidence(saved.raw, saved.origin, saved.readAtMs, saved.meta ?? []);
    }
    return this.read(saved);
  }

  read(saved: SavedEvent): KeptEvent | undefined {
    const overflow = saved.overflow === undefined ? undefined : this.#overflow(saved.overflow);
    if (saved.overflow !== undefined && overflow === undefined) return undefined;
    const unmarshaled = saved.unmarshaled === undefined ? undefined : readValue(saved.unmarshaled);
    return new KeptEvent({
      ...saved,
      unmarshaled: unmarshaled instanceof AnyMap ? unmarshaled : undefined,
      overflow,
    });
  }

  #overflow(saved: SavedOverflow): Overflow | undefined {
    const known = this.#overflows.get(saved);
    if (known !== undefined) return known;
    const { whitelisted, alertSources, ...facts } = saved;
    const scenario = this.#scenarioOf(facts.scenario);
    const events = facts.events.flatMap((event) => this.read(event) ?? []);
    if (scenario === undefined || events.length < facts.events.length) return undefined;
    const sources = new Map([...facts.sources].map(([key, fields]) => [key, new Source(fields)]));
    const overflow = new Overflow({ ...facts, scenario, events, sources });
    overflow.whitelisted = whitelisted;
    for (const [i, { fields }] of overflow.alerts.entries()) {
      Object.assign(fields.source.fields, alertSources[i]);
    }
    this.#overflows.set(saved, overflow);
    return overflow;
  }
}

function saveValue(value: Value): SavedValue {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Float) return { kind: 'float', value: value.value };
  if (value instanceof GoTime) return { kind: 'time', value: value.ms };
  if (value instanceof GoDuration) return { kind: 'duration', value: value.ms };
  if (value instanceof ValueMap) {
    return { kind: 'map', entries: [...value.keys()].map((key) => [key, saveValue(value.get(key))]) };
  }
  // What was read from JSON or XML holds no other objects.
  return Array.isArray(value) ? value.map((each: Value) => saveValue(each)) : null;
}

function readValue(saved: SavedValue): Value {
  if (saved === null || typeof saved !== 'object') return saved;
  if (!('kind' in saved)) return saved.map(readValue);
  switch (saved.kind) {
    case 'float':
      return new Float(saved.value);
    case 'time':
      return new GoTime(saved.value);
    case 'duration':
      return new GoDuration(saved.value);
    case 'map':
      return new AnyMap(new Map(saved.entries.map(([key, value]) => [key, readValue(value)])));
  }
}
