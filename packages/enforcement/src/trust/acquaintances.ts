// Which clients have been here for a while and behaved as browsers do: they loaded a page and what belongs to it. Kept
// by address in a table of fixed size; forgotten after half an hour of silence. A key lives in one of eight neighbouring
// places, and a newcomer takes that of one who never loaded a file before anybody else's: a crawl of ever new addresses
// does not drive people out.

import type { Client } from '@parapet/kinds';
import { ROUTES, STATIC_FILE } from '../routes/routes.table.ts';
import { mix } from '../table/mix.ts';
import { keyHigh, keyLow } from '../throttle/rateTable.ts';

const PLACES = 65_536;
const WAYS = 8;
const FORGOTTEN_S = 1800;
/** A page and so many of its files, and so long after the first of them. */
const FILES = 2;
const LEAST_S = 3;
const MOST = 0xffff;
/** What belongs to pages; the site serves it without work. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(
  ROUTES.filter(({ kind }) => kind === STATIC_FILE).flatMap(({ paths }) =>
    paths.map((path) => path.slice(2)),
  ),
);

export class Acquaintances {
  readonly #high = new Uint32Array(PLACES);
  readonly #low = new Uint32Array(PLACES);
  readonly #sinceS = new Float64Array(PLACES);
  readonly #seenS = new Float64Array(PLACES);
  readonly #pages = new Uint16Array(PLACES);
  readonly #files = new Uint16Array(PLACES);

  /** A page, or a file of one, was asked for. */
  saw({ words }: Client, isFile: boolean, nowMs: number): void {
    const high = keyHigh(words);
    const low = keyLow(words);
    const nowS = nowMs / 1000;
    let place = this.#find(high, low, nowS);
    if (place < 0) {
      place = this.#leastOf(firstOf(high, low), nowS);
      this.#high[place] = high;
      this.#low[place] = low;
      this.#sinceS[place] = nowS;
      this.#pages[place] = this.#files[place] = 0;
    }
    this.#seenS[place] = nowS;
    const counts = isFile ? this.#files : this.#pages;
    if (counts[place]! < MOST) counts[place]!++;
  }

  isKnown({ words }: Client, nowMs: number): boolean {
    const nowS = nowMs / 1000;
    const place = this.#find(keyHigh(words), keyLow(words), nowS);
    if (place < 0 || this.#pages[place] === 0) return false;
    return this.#files[place]! >= FILES && nowS - this.#sinceS[place]! >= LEAST_S;
  }

  /** Returns the place of one who was here lately, or -1. */
  #find(high: number, low: number, nowS: number): number {
    const first = firstOf(high, low);
    for (let place = first; place < first + WAYS; place++)
      if (this.#high[place] === high && this.#low[place] === low)
        return nowS - this.#seenS[place]! < FORGOTTEN_S ? place : -1;
    return -1;
  }

  /** The place of whoever is worth least: who was here longest ago, and half an hour less for each who loaded a file. */
  #leastOf(first: number, nowS: number): number {
    let least = first;
    let leastWorth = Number.POSITIVE_INFINITY;
    for (let place = first; place < first + WAYS; place++) {
      const isGone = nowS - this.#seenS[place]! >= FORGOTTEN_S;
      const worth = isGone ? 0 : this.#seenS[place]! + (this.#files[place]! > 0 ? FORGOTTEN_S : 0);
      if (worth >= leastWorth) continue;
      least = place;
      leastWorth = worth;
    }
    return least;
  }
}

function firstOf(high: number, low: number): number {
  return (mix(low ^ Math.imul(high, 0x9e3779b1), 0x2c1b3c6d) >>> 16) & (PLACES - 1) & ~(WAYS - 1);
}

/** Whether the address is that of a file which belongs to pages, by its ending. */
export function isFileOf(rawTarget: string): boolean {
  const query = rawTarget.indexOf('?');
  const end = query < 0 ? rawTarget.length : query;
  const dot = rawTarget.lastIndexOf('.', end);
  return dot >= 0 && end - dot <= 6 && FILE_ENDINGS.has(rawTarget.slice(dot, end).toLowerCase());
}
