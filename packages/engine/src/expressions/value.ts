// What an expr-lang expression computes with. Strings, booleans and lists are JavaScript's own. Go tells
// integers from floats and shows it (a static prints 5 as "5" and 5.0 as "5.000000"), so an integer is a
// number and a float is a Float.

export type Value =
  | string
  | number
  | boolean
  | null
  | Float
  | GoTime
  | GoDuration
  | readonly Value[]
  | ValueMap
  | HostObject;

/** A Go float64. Integers are plain numbers; JSON numbers, divisions and distances are Floats. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A Go time.Time, as milliseconds since the epoch; methods such as Hour() count in UTC. */
export class GoTime {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A Go time.Duration, in milliseconds (fractions allowed). */
export class GoDuration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A Go map with string keys. `get` of a missing key returns the zero value of the map's element type. */
export abstract class ValueMap {
  abstract get(key: string): Value;
  abstract has(key: string): boolean;
  abstract set(key: string, value: Value): void;
  abstract keys(): Iterable<string>;
  abstract readonly size: number;
}

/** A Go struct with methods (an event, an alert, a queue); fields and methods are looked up by Go name. */
export abstract class HostObject {
  /** Returns the field's value, or undefined when the type has no such field. */
  abstract field(name: string): Value | undefined;
  /** Returns the bound method, or undefined when the type has no such method. */
  abstract method(name: string): ((args: readonly Value[]) => Value) | undefined;
}

/** A map[string]any backed by a Map; a missing key is nil. */
export class AnyMap extends ValueMap {
  readonly #entries: Map<string, Value>;
  constructor(entries: Map<string, Value> = new Map()) {
    super();
    this.#entries = entries;
  }
  get(key: string): Value {
    return this.#entries.get(key) ?? null;
  }
  has(key: string): boolean {
    return this.#entries.has(key);
  }
  set(key: string, value: Value): void {
    this.#entries.set(key, value);
  }
  keys(): Iterable<string> {
    return this.#entries.keys();
  }
  get size(): number {
    return this.#entries.size;
  }
}
