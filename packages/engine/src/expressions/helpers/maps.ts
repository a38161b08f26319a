// Maps that helpers hand to expressions.

import { ValueMap, type Value } from '../value.ts';

/** A map[string]string: a missing key is ''. */
export class StringMap extends ValueMap {
  readonly #entries: Map<string, string>;
  constructor(entries: Map<string, string> = new Map()) {
    super();
    this.#entries = entries;
  }
  get(key: string): string {
    return this.#entries.get(key) ?? '';
  }
  has(key: string): boolean {
    return this.#entries.has(key);
  }
  set(key: string, value: Value): void {
    if (typeof value !== 'string') throw new TypeError('this map holds strings only');
    this.#entries.set(key, value);
  }
  keys(): Iterable<string> {
    return this.#entries.keys();
  }
  get size(): number {
    return this.#entries.size;
  }
}

/** A map[string][]string, as of a query or of headers: a missing key is an empty list. */
export class ListMap extends ValueMap {
  readonly #entries = new Map<string, Value[]>();
  get(key: string): readonly Value[] {
    return this.#entries.get(key) ?? [];
  }
  has(key: string): boolean {
    return this.#entries.has(key);
  }
  set(key: string, value: Value): void {
    if (!Array.isArray(value)) throw new TypeError('this map holds lists only');
    this.#entries.set(key, [...(value as readonly Value[])]); // isArray loses the element type
  }
  append(key: string, value: string): void {
    const values = this.#entries.get(key);
    if (values === undefined) this.#entries.set(key, [value]);
    else values.push(value);
  }
  keys(): Iterable<string> {
    return this.#entries.keys();
  }
  get size(): number {
    return this.#entries.size;
  }
}
