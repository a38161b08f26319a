// Counts of what experiments found: how many of how many, by name.

export interface TrafficRow {
  readonly name: string;
  readonly value: string;
  readonly wanted: string;
}

interface Count {
  readonly hits: number;
  readonly all: number;
  readonly most: number;
}

export class Tally {
  readonly #counts = new Map<string, Count>();
  readonly #whole: Tally | undefined;

  /** `whole`: where all of it is counted as well. */
  constructor(whole?: Tally) {
    this.#whole = whole;
  }

  get names(): string[] {
    return [...this.#counts.keys()];
  }

  of(name: string): Count {
    return this.#counts.get(name) ?? { hits: 0, all: 0, most: 0 };
  }

  add(name: string, hits: number, all: number): void {
    const entry = this.of(name);
    this.#counts.set(name, { ...entry, hits: entry.hits + hits, all: entry.all + all });
    this.#whole?.add(name, hits, all);
  }

  count(name: string, isHit: boolean, of = 1): void {
    this.add(name, isHit ? 1 : 0, of);
  }

  /** Counts one of a number of things, of which the greatest number is kept. */
  most(name: string, hits: number): void {
    const { hits: before, all, most } = this.of(name);
    this.#counts.set(name, { hits: before + hits, all: all + 1, most: Math.max(most, hits) });
    this.#whole?.most(name, hits);
  }

  /** The share as people read it: `97.2 %`. */
  share(name: string): string {
    const { hits, all } = this.of(name);
    const share = all === 0 ? 0 : (100 * hits) / all;
    return `${share.toFixed(share > 0 && share < 1 ? 2 : 1)} %`;
  }

  row(title: string, name: string, wanted: string): TrafficRow {
    const { all } = this.of(name);
    return { name: title, value: `${this.share(name)} of ${all.toLocaleString('en')}`, wanted };
  }
}
