// Which paths are asked for far more than they are. The usual of a path is its share of the site's usual requests; how
// much shares vary from day to day is not learnt path by path, so that only a great multiple counts.

import type { SavedPaths } from './paths.ts';
import { upperTail } from './tails.ts';

export interface PathSurge {
  readonly path: string;
  readonly count: number;
  readonly expected: number;
  readonly improbability: number;
}

/** Windows fade: a minute counts half after this many. */
const HALF_LIFE_MINUTES = 5;
const FADE = 0.5 ** (1 / HALF_LIFE_MINUTES);
const SPREAD = 0.5;
const IMPROBABLE = 12;
const LEAST_RATIO = 6;
const LEAST_COUNT = 60;
/** Beside its own usual, a path must carry so much of the site's. */
const LEAST_SITE_SHARE = 0.3;
const QUIET_MINUTES = 60;
/** Paths that were not known before and are followed at a time. */
const MOST_NEW = 5000;

interface Row {
  readonly share: number;
  count: number;
  faded: number;
  quiet: number;
}

export class PathWatch {
  readonly #known = new Map<string, Row>();
  readonly #new = new Map<string, Row>();
  /** Those that were asked for lately. */
  readonly #busy = new Set<Row>();
  readonly #names = new Map<Row, string>();
  #usualFaded = 0;

  constructor({ paths, requests }: SavedPaths) {
    for (const [name, count] of paths)
      this.#known.set(name, { share: count / Math.max(1, requests), count: 0, faded: 0, quiet: 0 });
  }

  isKnown(path: string): boolean {
    return this.#known.has(path);
  }

  count(path: string): void {
    let row = this.#known.get(path) ?? this.#new.get(path);
    if (row === undefined) {
      if (this.#new.size >= MOST_NEW) return;
      this.#new.set(path, (row = { share: 0, count: 0, faded: 0, quiet: 0 }));
    }
    row.count++;
    if (!this.#busy.has(row)) {
      this.#busy.add(row);
      this.#names.set(row, path);
    }
  }

  /** Judges the minute that is over; `usual` is how many requests the site usually has in it. */
  endMinute(usual: number): readonly PathSurge[] {
    this.#usualFaded = this.#usualFaded * FADE + usual;
    const surges: PathSurge[] = [];
    for (const row of this.#busy) {
      row.faded = row.faded * FADE + row.count;
      row.count = 0;
      if (row.quiet > 0) row.quiet--;
      const expected = row.share * this.#usualFaded + 1;
      if (
        row.faded > Math.max(LEAST_COUNT, expected * LEAST_RATIO, this.#usualFaded * LEAST_SITE_SHARE) &&
        row.quiet === 0
      ) {
        const improbability = upperTail(row.faded, expected, SPREAD);
        if (improbability > IMPROBABLE) {
          row.quiet = QUIET_MINUTES;
          surges.push({ path: this.#names.get(row)!, count: Math.round(row.faded), expected, improbability });
        }
      }
      if (row.faded < 0.5 && row.quiet === 0) this.#rest(row);
    }
    return surges;
  }

  #rest(row: Row): void {
    this.#busy.delete(row);
    const name = this.#names.get(row)!;
    this.#names.delete(row);
    this.#new.delete(name);
  }
}
