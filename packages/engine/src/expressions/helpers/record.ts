// Plain records as Go structs: what helpers answer with when the answer has fields.

import { HostObject, type Value } from '../value.ts';

type Method = (args: readonly Value[]) => Value;

export class RecordObject extends HostObject {
  readonly #fields: Readonly<Record<string, Value>>;
  readonly #methods: Readonly<Record<string, Method>>;
  constructor(fields: Readonly<Record<string, Value>>, methods: Readonly<Record<string, Method>> = {}) {
    super();
    this.#fields = fields;
    this.#methods = methods;
  }
  field(name: string): Value | undefined {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
  method(name: string): Method | undefined {
    return Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
  }
}
