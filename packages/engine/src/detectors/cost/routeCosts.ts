// What each route costs, in typical pages of the site, and which routes have more addresses than anybody wants. On a
// machine that others keep busy everything takes longer, and no route costs more for it. A request counts for
// its route, for its path with any query, and for everything below the first folder: a route that was hardly ever seen
// is judged by the wider ones, so that made-up parameters and made-up paths are no way around. Memory has a bound: of
// routes that were asked for once or twice the ones that came first are forgotten first.

import type { PageCost } from '@parapet/kinds';
import { hashOf } from '../traffic/hash.ts';
import { RouteKeys } from './routeKeys.ts';

/** What is known of a route, or of a group of them. */
interface Row {
  /** Answers that were timed. */
  count: number;
  /** About the median of what they cost, in typical pages. */
  pages: number;
  /** Of the last some hundred requests, how many were for an address that was not asked for lately; both decay. */
  fresh: number;
  asked: number;
}

export interface SavedCosts {
  readonly rows: readonly (readonly [
    name: string,
    count: number,
    ms: number,
    fresh: number,
    asked: number,
  ])[];
  readonly typicalMs: number;
  readonly timed: number;
}

const MAX_ROWS = 10_000;
const MAX_SAVED = 2000;
/** So many answers say what a route costs. */
const ENOUGH = 4;
/** A mean until then, afterwards a step towards each answer, which is about their median and heeds no single one. */
const MEAN_OF = 8;
const STEP = 0.05;
const TYPICAL_STEP = 0.01;
/** A page is costly from here on, and from so many times what is typical for the site. */
const LEAST_MS = 20;
const TIMES_TYPICAL = 3;
/** A route explodes when of so many requests more than this share are for an address that nobody asked for lately. */
const EXPLODING_FROM = 40;
const EXPLODING_SHARE = 0.6;
const DECAY_AT = 512;
/** Milliseconds, or pages: nothing is taken for less. */
const LEAST = 0.05;
const SEEN_PLACES = 65_536;

export class RouteCosts {
  readonly #rows = new Map<string, Row>();
  readonly #keys = new RouteKeys();
  readonly #seen = new Uint32Array(SEEN_PLACES);
  #typicalMs = 0;
  #timed = 0;
  #hasCostly = false;

  /** Whether any route was costly when it was last judged or reviewed; where none is, none has to be judged. */
  get hasCostly(): boolean {
    return this.#hasCostly;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Some page took so long: what is typical for the site. */
  tookMs(ms: number): void {
    this.#typicalMs = stepped(this.#typicalMs, this.#timed++, ms, TYPICAL_STEP);
  }

  /** Returns how many typical pages take so long. */
  pagesOf(ms: number): number {
    return ms / this.#typical;
  }

  get #typical(): number {
    return Math.max(1, this.#typicalMs);
  }

  /** Takes an answer in. While the site is strained only routes that are new are timed. */
  learn(rawTarget: string, ms: number, isStrained: boolean): void {
    const hash = hashOf(rawTarget, 7);
    const pages = this.pagesOf(ms);
    const isFresh = this.#seen[hash % SEEN_PLACES] !== hash;
    this.#seen[hash % SEEN_PLACES] = hash;
    for (const key of this.#keys.of(rawTarget)) {
      const row = this.#rowOf(key);
      if (!isStrained || row.count < MEAN_OF) {
        row.pages = stepped(row.pages, row.count, pages, STEP);
        row.count++;
      }
      row.asked++;
      if (isFresh) row.fresh++;
      if (row.asked >= DECAY_AT) {
        row.asked /= 2;
        row.fresh /= 2;
      }
    }
  }

  /** Returns the cost when it is high, by the narrowest group that is known. */
  judge(rawTarget: string): PageCost | 'cheap' | 'unknown' {
    for (const key of this.#keys.of(rawTarget)) {
      const row = this.#rows.get(key);
      if (row === undefined || row.count < ENOUGH) continue;
      if (!this.#isCostly(row)) return 'cheap';
      this.#hasCostly = true;
      const { pages } = row;
      return { route: key, pages, ms: pages * this.#typical, isExploding: isExplodingRow(row) };
    }
    return 'unknown';
  }

  /** Asks of all routes again whether they are costly: what is typical may have changed. */
  review(): void {
    this.#hasCostly = false;
    for (const row of this.#rows.values())
      if (row.count >= ENOUGH && this.#isCostly(row)) {
        this.#hasCostly = true;
        return;
      }
  }

  #isCostly(row: Row): boolean {
    if (row.pages * this.#typical < LEAST_MS) return false;
    return row.pages >= TIMES_TYPICAL || isExplodingRow(row);
  }

  save(): SavedCosts {
    const rows = [...this.#rows]
      .filter(([, { count }]) => count >= ENOUGH)
      .toSorted(([, one], [, other]) => other.count * other.pages - one.count * one.pages)
      .slice(0, MAX_SAVED)
      .map(([name, { count, pages, fresh, asked }]) => [name, count, pages, fresh, asked] as const);
    return { rows, typicalMs: this.#typicalMs, timed: this.#timed };
  }

  restore({ rows, typicalMs, timed }: SavedCosts): void {
    this.#rows.clear();
    for (const [name, count, pages, fresh, asked] of rows.slice(0, MAX_SAVED))
      this.#rows.set(name, { count, pages, fresh, asked });
    this.#typicalMs = typicalMs;
    this.#timed = timed;
    this.review();
  }

  #rowOf(key: string): Row {
    let row = this.#rows.get(key);
    if (row !== undefined) return row;
    if (this.#rows.size >= MAX_ROWS) this.#sweep();
    row = { count: 0, pages: 0, fresh: 0, asked: 0 };
    this.#rows.set(key, row);
    return row;
  }

  /** Forgets a quarter, of which little is known: the oldest of those asked for seldom. */
  #sweep(): void {
    let left = MAX_ROWS / 4;
    for (const least of [ENOUGH, Number.POSITIVE_INFINITY])
      for (const [key, { count }] of this.#rows) {
        if (left === 0) return;
        if (count >= least) continue;
        this.#rows.delete(key);
        left--;
      }
  }
}

function isExplodingRow({ asked, fresh }: Row): boolean {
  return asked >= EXPLODING_FROM && fresh >= EXPLODING_SHARE * asked;
}

function stepped(before: number, count: number, value: number, step: number): number {
  if (count < MEAN_OF) return (before * count + value) / (count + 1);
  return Math.max(LEAST, before + (value > before ? 1 : -1) * Math.max(LEAST, before * step));
}
