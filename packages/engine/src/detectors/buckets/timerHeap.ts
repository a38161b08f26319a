// A binary heap of (time, number) pairs in typed arrays: what is due first is on top. Entries are never
// moved when a time changes; whoever pops one looks whether it is really due and puts it back if not.

/** A heap as it is written down: both columns, entry by entry. */
export interface SavedHeap {
  readonly times: Float64Array;
  readonly items: Int32Array;
}

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

  /** The heap as it stands, with the order of entries of the same time; it is only lent. */
  save(): SavedHeap {
    return { times: this.#times.subarray(0, this.#size), items: this.#items.subarray(0, this.#size) };
  }

  /** Takes a saved heap over, without the entries whose item is not `isKept`. */
  restore({ times, items }: SavedHeap, isKept: (item: number) => boolean = () => true): void {
    this.#size = 0;
    // A heap pushed in its own order stays as it is.
    for (const [i, time] of times.entries()) if (isKept(items[i]!)) this.push(time, items[i]!);
  }

  /** Makes room for so many entries at once. */
  reserve(entries: number): void {
    if (entries > this.#times.length) this.#resize(entries);
  }

  #grow(): void {
    this.#resize(this.#times.length * 2);
  }

  #resize(entries: number): void {
    const times = new Float64Array(entries);
    const items = new Int32Array(entries);
    times.set(this.#times);
    items.set(this.#items);
    this.#times = times;
    this.#items = items;
  }
}
