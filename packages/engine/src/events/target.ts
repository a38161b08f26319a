// Where a static writes: one of the bags, or a field of the event by its Go name (`evt.StrTime`,
// `evt.Line.Raw`, `evt.Overflow.Alert.Source.Value`). Resolved once, when the parser is loaded.

import { AnyMap, HostObject, ValueMap, type Value } from '../expressions/index.ts';
import type { Bag, Event, EventSchema } from './event.ts';

/** Writes a static's value; false when the event has no such place. */
export type Setter = (event: Event, value: string) => boolean;

/** A struct of which statics may set fields: the parts of an overflow that post-overflow parsers change. */
export abstract class WritableObject extends HostObject {
  /** Sets a field and says whether the type has it and it holds this kind of value. */
  abstract setField(name: string, value: Value): boolean;
}

function bagSetter(schema: EventSchema, bag: Bag, name: string): Setter {
  const slot = schema.slot(bag, name);
  return (event, value) => {
    event.set(slot, value);
    return true;
  };
}

/** Returns the setter for a target as written in a static, or undefined when events have no such field. */
export function targetSetter(schema: EventSchema, target: string): Setter | undefined {
  const [first = '', second, ...rest] = target.replace(/^evt\./, '').split('.');
  switch (first) {
    case 'Meta':
    case 'Parsed':
    case 'Enriched':
      return second === undefined ? undefined : bagSetter(schema, first, second);
    case 'Unmarshaled':
      return second === undefined ? undefined : unmarshaledSetter(second);
    case 'Line':
      return second === undefined ? undefined : lineSetter(second, rest[0]);
    case 'Overflow':
      return second === undefined ? undefined : overflowSetter([second, ...rest]);
    default:
      return second === undefined ? FIELD_SETTERS[first] : undefined;
  }
}

const FIELD_SETTERS: Readonly<Record<string, Setter | undefined>> = Object.assign(
  Object.create(null) as Record<string, Setter>, // no prototype: a target may be called `constructor`
  {
    StrTime: (event, value) => ((event.strTime = value), true),
    StrTimeFormat: (event, value) => ((event.strTimeFormat = value), true),
    MarshaledTime: (event, value) => ((event.marshaledTime = value), true),
    WhitelistReason: (event, value) => ((event.whitelistReason = value), true),
    Stage: (event, value) => ((event.stage = value), true),
  } satisfies Record<string, Setter>,
);

function unmarshaledSetter(name: string): Setter {
  return (event, value) => {
    (event.unmarshaled ??= new AnyMap()).set(name, value);
    return true;
  };
}

/** All lines of a source share its origin, so a changed one is a copy. */
function lineSetter(field: string, label: string | undefined): Setter | undefined {
  if (field === 'Raw') return (event, value) => ((event.raw = value), true);
  if (field === 'Src') {
    return (event, value) => {
      event.origin = { ...event.origin, src: value };
      return true;
    };
  }
  if (field === 'Module') {
    return (event, value) => {
      event.origin = { ...event.origin, module: value };
      return true;
    };
  }
  if (field !== 'Labels' || label === undefined) return undefined;
  return (event, value) => {
    event.origin = { ...event.origin, labels: { ...event.origin.labels, [label]: value } };
    return true;
  };
}

function overflowSetter(path: readonly string[]): Setter {
  const last = path.at(-1)!;
  return (event, value) => {
    let at: Value | undefined = event.overflow;
    for (const name of path.slice(0, -1)) {
      if (at instanceof HostObject) at = at.field(name);
      else if (at instanceof ValueMap) at = at.get(name);
      else return false;
    }
    if (at instanceof WritableObject) return at.setField(last, value);
    return false;
  };
}
