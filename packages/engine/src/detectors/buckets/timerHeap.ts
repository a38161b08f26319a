// A binary heap of (time, number) pairs in typed arrays: what is due first is on top. Entries are never
// moved when a time changes; whoever pops one looks whether it is really due and puts it back if not.

export class TimerHeap {
  #times = new Float64Array(64);
  #items = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest time, Infinity when the heap is empty. */
  get nextAt(): number {
    return this.#size === 0 ? Infinity : this.#times[0]!;
  }

  push(time: number, item: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const items = this.#items;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= time) break;
      times[at] = times[parent]!;
      items[at] = items[parent]!;
      at = parent;
    }
    times[at] = time;
    items[at] = item;
  }

  /** Takes the earliest entry off and returns its item. The heap must not be empty. */
  pop(): number {
    const times = this.#times;
    const items = this.#items;
    const top = items[0]!;
    const size = --this.#size;
    const time = times[size]!;
    const item = items[size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= time) break;
      times[at] = times[child]!;
      items[at] = items[child]!;
      at = child;
    }
    times[at] = time;
    items[at] = item;
    return top;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const items = new Int32Array(this.#items.length * 2);
    items.set(this.#items);
    this.#items = items;
  }
}
