// The numbers of the changes that this store object made, as intervals: an engine that is alone makes one
// long interval, however long it runs.

export class OwnChanges {
  #intervals: Array<{ first: number; last: number }> = [];

  /** Changes are added in rising order. */
  add(change: number): void {
    const latest = this.#intervals.at(-1);
    if (latest !== undefined && latest.last + 1 === change) latest.last = change;
    else this.#intervals.push({ first: change, last: change });
    // What is forgotten is at worst reported once more to the one who did it.
    if (this.#intervals.length > 10_000) this.#intervals = this.#intervals.slice(-5000);
  }

  has(change: number): boolean {
    return this.hasAll(change, change);
  }

  /** Whether each change of these was one of them. */
  hasAll(from: number, to: number): boolean {
    return this.#intervals.some(({ first, last }) => first <= from && to <= last);
  }
}
