// An event as a bucket kept it, to be read by expressions (`queue.Queue[-1].Meta.source_ip`) and by alerts.

import { AnyMap, GoTime, HostObject, ValueMap, type Value } from '../../expressions/index.ts';

/** The fields of one bag, sorted by name; names and values side by side. */
export interface Fields {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

export interface KeptFields {
  readonly kind: 'log' | 'overflow';
  /** evt.Time, milliseconds. */
  readonly timeMs: number;
  /** '' when no date was parsed. */
  readonly marshaledTime: string;
  readonly meta: Fields;
  readonly enriched: Fields;
  readonly parsed: Fields;
  readonly unmarshaled: AnyMap | undefined;
  /** Of an event that is an overflow itself. */
  readonly overflow: HostObject | undefined;
}

export const NO_FIELDS: Fields = { names: [], values: [] };

/** Returns the value, or undefined when the event had no such field. A few dozen names at most: a walk is fastest. */
export function fieldOf({ names, values }: Fields, name: string): string | undefined {
  const at = names.indexOf(name);
  return at < 0 ? undefined : values[at];
}

export class KeptEvent extends HostObject {
  readonly fields: KeptFields;

  constructor(fields: KeptFields) {
    super();
    this.fields = fields;
  }

  meta(name: string): string | undefined {
    return fieldOf(this.fields.meta, name);
  }

  enriched(name: string): string | undefined {
    return fieldOf(this.fields.enriched, name);
  }

  field(name: string): Value | undefined {
    const { fields } = this;
    switch (name) {
      case 'Meta':
        return new FieldMap(fields.meta);
      case 'Enriched':
        return new FieldMap(fields.enriched);
      case 'Parsed':
        return new FieldMap(fields.parsed);
      case 'Unmarshaled':
        return fields.unmarshaled ?? new AnyMap();
      case 'Time':
        return new GoTime(fields.timeMs);
      case 'MarshaledTime':
        return fields.marshaledTime;
      case 'Type':
        return fields.kind === 'log' ? 0 : 1;
      case 'Overflow':
        return fields.overflow ?? null;
      default:
        return undefined;
    }
  }

  method(name: string): ((args: readonly Value[]) => Value) | undefined {
    if (name === 'GetType') return () => this.fields.kind;
    if (name === 'GetMeta') return ([key]) => (typeof key === 'string' ? (this.meta(key) ?? '') : '');
    return undefined;
  }
}

/** A map[string]string that expressions may read; what is evidence is not written to. */
class FieldMap extends ValueMap {
  readonly #fields: Fields;
  constructor(fields: Fields) {
    super();
    this.#fields = fields;
  }
  get(key: string): Value {
    return fieldOf(this.#fields, key) ?? '';
  }
  has(key: string): boolean {
    return this.#fields.names.includes(key);
  }
  set(): void {
    throw new TypeError('The events of a queue cannot be changed');
  }
  keys(): Iterable<string> {
    return this.#fields.names;
  }
  get size(): number {
    return this.#fields.names.length;
  }
}
