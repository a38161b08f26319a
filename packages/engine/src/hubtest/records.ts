// What a hub test looks at: for every line and every parser it met, the event as it was afterwards; for every
// overflow, the overflow. Names and zero values are those of CrowdSec's own dump, since the tests name them.

import { AnyMap, GoTime, HostObject, ValueMap, type Value } from '../expressions/index.ts';
import type { Overflow } from '../detectors/buckets/index.ts';
import type { Event, ParserTrace } from '../events/index.ts';

/** A Go map[string]T: a missing key is T's zero value, which is no error to look into. */
class TypedMap extends AnyMap {
  readonly #zero: Value;

  constructor(entries: Map<string, Value>, zero: Value) {
    super(entries);
    this.#zero = zero;
  }
  override get(key: string): Value {
    return super.get(key) ?? this.#zero;
  }
}

/** A Go struct with plain fields. */
class Struct extends HostObject {
  readonly #fields: Readonly<Record<string, Value>>;

  constructor(fields: Readonly<Record<string, Value>>) {
    super();
    this.#fields = fields;
  }
  field(name: string): Value | undefined {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
  method(): undefined {
    return undefined;
  }
}

/** A copy of an event that stays as it is, with the fields that tests name. */
function recordEvent(event: Event): HostObject {
  const texts = (bag: 'Parsed' | 'Meta' | 'Enriched'): Value => new TypedMap(new Map(event.entries(bag)), '');
  const { origin } = event;
  return new Struct({
    Type: event.kind === 'log' ? 0 : 1,
    Stage: event.stage,
    Whitelisted: event.whitelisted,
    WhitelistReason: event.whitelistReason,
    Parsed: texts('Parsed'),
    Meta: texts('Meta'),
    Enriched: texts('Enriched'),
    Unmarshaled: event.unmarshaled === undefined ? new AnyMap() : copyMap(event.unmarshaled),
    StrTime: event.strTime,
    StrTimeFormat: event.strTimeFormat,
    MarshaledTime: event.marshaledTime,
    Time: new GoTime(event.timeMs),
    Overflow: event.overflow ?? null,
    Line: new Struct({
      Raw: event.raw,
      Src: origin.src,
      Module: origin.module,
      Labels: new TypedMap(new Map(Object.entries(origin.labels)), ''),
    }),
  });
}

function copyMap(map: ValueMap): AnyMap {
  return new AnyMap(new Map([...map.keys()].map((key) => [key, copyValue(map.get(key))])));
}

function copyValue(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: Value) => copyValue(item));
  return value instanceof ValueMap ? copyMap(value) : value;
}

const NO_RESULTS: Value = [];
const NO_PARSERS: Value = new TypedMap(new Map(), NO_RESULTS);

/** Collects what parsers did, as `results["s01-parse"]["author/name"][i]`. */
export class ParserRecorder implements ParserTrace {
  // CrowdSec's dump starts with a stage called success that holds nothing, and tests count the stages.
  readonly #stages = new Map<string, Map<string, Value[]>>([['success', new Map()]]);

  onNode(stage: string, node: string, success: boolean, event: Event, depth: number): void {
    if (depth > 0) return;
    let nodes = this.#stages.get(stage);
    if (nodes === undefined) this.#stages.set(stage, (nodes = new Map()));
    let results = nodes.get(node);
    if (results === undefined) nodes.set(node, (results = []));
    results.push(new Struct({ Evt: recordEvent(event), Success: success, Idx: 0 }));
  }

  results(): Value {
    const stages = new Map<string, Value>();
    for (const [stage, nodes] of this.#stages)
      stages.set(stage, new TypedMap(new Map<string, Value>(nodes), NO_RESULTS));
    return new TypedMap(stages, NO_PARSERS);
  }
}

/** Collects overflows, as `results[i].Overflow`. */
export class OverflowRecorder {
  readonly #overflows: { key: string; overflow: Overflow }[] = [];

  add(overflow: Overflow): void {
    const sources = [...overflow.facts.sources.keys()].toSorted().join('@');
    this.#overflows.push({ key: `${overflow.facts.scenario.name}${sources}`, overflow });
  }

  /** By scenario and sources. CrowdSec's own order is descending. */
  results(order: 'descending' | 'ascending'): Value {
    const sorted = this.#overflows.toSorted((a, b) => (a.key === b.key ? 0 : a.key < b.key ? 1 : -1));
    if (order === 'ascending') sorted.reverse();
    return sorted.map(
      ({ overflow }) => new Struct({ Type: 1, Whitelisted: overflow.whitelisted, Overflow: overflow }),
    );
  }
}
