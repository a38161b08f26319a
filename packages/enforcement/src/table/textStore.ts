// Decisions on anything that is no address: countries, autonomous systems, sessions, users, a scenario's own scopes.
// There are few of them, so a Map finds the value; what is kept is in typed arrays like everywhere else.

export class TextStore {
  #expires: Uint32Array = new Uint32Array(16);
  #records: Uint32Array = new Uint32Array(16);
  #classes: Uint16Array = new Uint16Array(16);
  /** The next decision on the same value, as slot + 1; 0 ends the chain. */
  #next: Uint32Array = new Uint32Array(16);
  size = 0;
  #sweep = 0;
  readonly #scopes = new Map<string, Map<string, number>>();
  readonly #names: ({ readonly scope: string; readonly value: string } | undefined)[] = [];
  readonly #free: number[] = [];

  hasScope(scope: string): boolean {
    return this.#scopes.has(scope);
  }

  /** The first decision on the value as slot + 1; 0 when there is none. */
  first(scope: string, value: string): number {
    return this.#scopes.get(scope)?.get(value) ?? 0;
  }

  /** The next decision on the same value as slot + 1, or 0. */
  nextOf(slot: number): number {
    return this.#next[slot]!;
  }

  expiresAt(slot: number): number {
    return this.#expires[slot]!;
  }

  recordAt(slot: number): number {
    return this.#records[slot]!;
  }

  classAt(slot: number): number {
    return this.#classes[slot]!;
  }

  set(slot: number, expires: number, record: number, kind: number): void {
    this.#expires[slot] = expires;
    this.#records[slot] = record;
    this.#classes[slot] = kind;
  }

  nameOf(slot: number): { readonly scope: string; readonly value: string } {
    return this.#names[slot]!;
  }

  insert(scope: string, value: string, expires: number, record: number, kind: number): void {
    const slot = this.#free.pop() ?? this.#names.length;
    if (slot === this.#expires.length) this.#grow();
    let values = this.#scopes.get(scope);
    if (values === undefined) this.#scopes.set(scope, (values = new Map()));
    this.#next[slot] = values.get(value) ?? 0;
    values.set(value, slot + 1);
    this.set(slot, expires, record, kind);
    this.#names[slot] = { scope, value };
    this.size++;
  }

  /** Takes a decision out and returns its class. */
  remove(slot: number): number {
    const { scope, value } = this.nameOf(slot);
    const values = this.#scopes.get(scope)!;
    const first = values.get(value)!;
    if (first !== slot + 1) {
      let before = first - 1;
      while (this.#next[before] !== slot + 1) before = this.#next[before]! - 1;
      this.#next[before] = this.#next[slot]!;
    } else if (this.#next[slot] !== 0) values.set(value, this.#next[slot]!);
    else {
      values.delete(value);
      if (values.size === 0) this.#scopes.delete(scope);
    }
    this.#names[slot] = undefined;
    this.#free.push(slot);
    this.size--;
    return this.#classes[slot]!;
  }

  /** Looks at some more slots, takes out those whose time is over and returns their classes. */
  tidy(nowSeconds: number, slots: number): readonly number[] {
    const gone: number[] = [];
    const end = this.#names.length;
    for (let left = Math.min(slots, end); left > 0; left--) {
      this.#sweep = this.#sweep + 1 < end ? this.#sweep + 1 : 0;
      const slot = this.#sweep;
      if (this.#names[slot] !== undefined && this.#expires[slot]! <= nowSeconds) gone.push(this.remove(slot));
    }
    return gone;
  }

  *slots(): Iterable<number> {
    for (let slot = 0; slot < this.#names.length; slot++) if (this.#names[slot] !== undefined) yield slot;
  }

  #grow(): void {
    const length = this.#expires.length * 2;
    const grown = (old: Uint32Array): Uint32Array => {
      const made = new Uint32Array(length);
      made.set(old);
      return made;
    };
    this.#expires = grown(this.#expires);
    this.#records = grown(this.#records);
    this.#next = grown(this.#next);
    const classes = new Uint16Array(length);
    classes.set(this.#classes);
    this.#classes = classes;
  }
}
