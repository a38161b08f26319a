// Which paths a site has, how its requests are spread over them, and which are asked for far more than they are.
// Numbers in a path are one path (`/node/#`), so that a shop of a million articles is a few rows. What was asked for on
// an earlier day is known; what is asked for first today is not, which says little about one request and much about a
// thousand. The usual of a path is its share of the site's usual requests; how much shares vary from day to day is not
// learnt path by path, so that only a great multiple is a surge.

import { mixed } from './hash.ts';
import { upperTail } from './tails.ts';

export interface PathSurge {
  readonly path: string;
  readonly count: number;
  readonly expected: number;
  readonly improbability: number;
}

/** A path as it is written down. */
export type SavedPath = readonly [
  name: string,
  requests: number,
  firstDay: number,
  faded: number,
  quiet: number,
  peak?: number,
];

export interface SavedPaths {
  readonly paths: readonly SavedPath[];
  readonly requests: number;
  readonly usualFaded: number;
}

/** Windows fade: a minute counts half after this many. */
const HALF_LIFE_MINUTES = 5;
const FADE = 0.5 ** (1 / HALF_LIFE_MINUTES);
/** What was asked for is forgotten by half in two weeks. */
const DAY_FADE = 0.95;
const SPREAD = 0.5;
const IMPROBABLE = 12;
const LEAST_RATIO = 6;
const LEAST_COUNT = 60;
/** Beside its own usual, a path must carry so much of the site's. */
const LEAST_SITE_SHARE = 0.3;
/** A job asks for as much as it ever does: more than its peaks is a surge. */
const PEAK_RATIO = 1.5;
const QUIET_MINUTES = 60;
/** More are not told apart. */
const MAX_PATHS = 10_000;
/** Between these, rows of the least busy paths are given up for new ones. */
const SWEEP_AT = 4 * MAX_PATHS;
/** Characters of a path that are told apart. */
export const MAX_NAMED = 200;

const ASSET_ENDINGS =
  'css js mjs png jpg jpeg gif svg webp avif ico woff woff2 ttf otf eot map mp4 webm mp3 pdf'.split(' ');
/** Their characters as one number, seven bits each: an ending is looked up without making a text of it. */
const ASSET_CODES: ReadonlySet<number> = new Set(ASSET_ENDINGS.map((ending) => codeOf(ending)));
const ASSET_FOLDER = /^\/(?:assets?|static|themes?)\//;
/** What their names begin with. */
const LETTER = { a: 97, s: 115, t: 116 } as const;
const LONGEST_ENDING = 5;
const SLASH = 47;
const DOT = 46;
const QUESTION = 63;
const HASH = 35;

/** Returns the path without its query, with every run of digits as `#`. */
export function nameOf(rawPath: string): string {
  const query = rawPath.indexOf('?');
  return rawPath.slice(0, Math.min(query < 0 ? rawPath.length : query, MAX_NAMED)).replaceAll(/\d+/g, '#');
}

/** Reads a path once, without making a text of it. */
export class PathReader {
  /** Of the name. */
  hash = 0;
  /** Of the path as it is, with its numbers: `/node/7` after `/node/8` is another page. */
  exact = 0;
  isAsset = false;

  read(rawPath: string): void {
    let hash = 3;
    let exact = 5;
    let dot = -1;
    let ending = 0;
    let wasDigit = false;
    let end = 0;
    for (; end < rawPath.length; end++) {
      const code = rawPath.charCodeAt(end);
      if (code === QUESTION) break;
      const isDigit = code >= 48 && code <= 57;
      if (code === DOT) {
        dot = end;
        ending = 0;
      } else if (code === SLASH) dot = -1;
      else if (dot >= 0) ending = added(ending, code);
      exact = Math.imul(exact ^ code, 0x01000193);
      if (end < MAX_NAMED && !(isDigit && wasDigit))
        hash = Math.imul(hash ^ (isDigit ? HASH : code), 0x01000193);
      wasDigit = isDigit;
    }
    this.hash = mixed(hash);
    this.exact = mixed(exact);
    const hasEnding = dot > 0 && end - dot <= LONGEST_ENDING + 1;
    this.isAsset = (hasEnding && ASSET_CODES.has(ending)) || isInFolder(rawPath);
  }
}

function codeOf(ending: string): number {
  let code = 0;
  for (let i = 0; i < ending.length; i++) code = added(code, ending.charCodeAt(i));
  return code;
}

/** Adds a character to those of an ending; of a longer one than any of an asset, nothing is asked. */
function added(code: number, character: number): number {
  return code * 128 + character;
}

function isInFolder(rawPath: string): boolean {
  const first = rawPath.charCodeAt(1);
  return (first === LETTER.a || first === LETTER.s || first === LETTER.t) && ASSET_FOLDER.test(rawPath);
}

interface Row {
  readonly hash: number;
  readonly name: string;
  /** The day, since the epoch, on which it was asked for first. */
  readonly firstDay: number;
  /** Requests so far, those of long ago counting less. */
  requests: number;
  /** Of this minute. */
  count: number;
  faded: number;
  quiet: number;
  /** The most that it had at once: today, and on the days before, of which long ago counts less. */
  today: number;
  peak: number;
}

export class PathTable {
  readonly #rows = new Map<number, Row>();
  /** Those that were asked for lately. */
  readonly #busy = new Set<Row>();
  #requests = 0;
  #usualFaded = 0;
  #today = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** Counts a request; returns whether the path was asked for on an earlier day. */
  count(hash: number, rawPath: string, day: number): boolean {
    let row = this.#rows.get(hash | 0);
    if (row === undefined) {
      if (this.#rows.size >= SWEEP_AT) this.#sweep();
      row = {
        hash: hash | 0,
        name: nameOf(rawPath),
        firstDay: day,
        requests: 0,
        count: 0,
        faded: 0,
        quiet: 0,
        today: 0,
        peak: 0,
      };
      this.#rows.set(row.hash, row);
    }
    if (row.count++ === 0) this.#busy.add(row);
    return row.firstDay < day;
  }

  /**
   * Takes the minute that is over and learns from it unless told not to; judges it where `usual` says how many
   * requests the site usually has in it.
   */
  endMinute(minute: number, usual: number | undefined, isLearning: boolean): readonly PathSurge[] {
    this.#beginDay(Math.floor(minute / 1440));
    this.#usualFaded = this.#usualFaded * FADE + (usual ?? 0);
    const surges: PathSurge[] = [];
    for (const row of this.#busy) {
      row.faded = row.faded * FADE + row.count;
      if (row.faded > row.today) row.today = row.faded;
      if (row.quiet > 0) row.quiet--;
      const surge = row.quiet === 0 && usual !== undefined ? this.#surgeOf(row) : undefined;
      if (surge !== undefined) {
        row.quiet = QUIET_MINUTES;
        surges.push(surge);
      }
      if (isLearning) {
        row.requests += row.count;
        this.#requests += row.count;
      }
      row.count = 0;
      if (row.faded < 0.5 && row.quiet === 0) this.#busy.delete(row);
    }
    return surges;
  }

  /** Those that were asked for lately, or all, the busiest first. */
  save(of: 'busy' | 'all'): SavedPaths {
    const rows = of === 'busy' ? [...this.#busy] : this.#busiest(MAX_PATHS);
    return {
      paths: rows.map(({ name, requests, firstDay, faded, quiet, today, peak }) => [
        name,
        requests,
        firstDay,
        faded,
        quiet,
        Math.max(today, peak),
      ]),
      requests: this.#requests,
      usualFaded: this.#usualFaded,
    };
  }

  restore({ paths, requests, usualFaded }: SavedPaths): void {
    const reader = new PathReader();
    for (const [name, count, firstDay, faded, quiet, peak = 0] of paths) {
      reader.read(name);
      const hash = reader.hash | 0;
      const old = this.#rows.get(hash);
      if (old !== undefined) this.#busy.delete(old);
      const row = { hash, name, firstDay, requests: count, count: 0, faded, quiet, today: 0, peak };
      this.#rows.set(hash, row);
      if (faded > 0.5 || quiet > 0) this.#busy.add(row);
    }
    this.#requests = requests;
    this.#usualFaded = usualFaded;
  }

  #surgeOf({ name, requests, faded, peak }: Row): PathSurge | undefined {
    const expected = (requests / Math.max(1, this.#requests)) * this.#usualFaded + 1;
    const least = Math.max(LEAST_COUNT, expected * LEAST_RATIO, this.#usualFaded * LEAST_SITE_SHARE);
    if (faded <= Math.max(least, peak * PEAK_RATIO)) return undefined;
    const improbability = upperTail(faded, expected, SPREAD);
    return improbability > IMPROBABLE
      ? { path: name, count: Math.round(faded), expected, improbability }
      : undefined;
  }

  #beginDay(day: number): void {
    if (day === this.#today) return;
    const isNext = this.#today > 0;
    this.#today = day;
    if (!isNext) return;
    this.#requests *= DAY_FADE;
    for (const row of this.#rows.values()) {
      row.requests *= DAY_FADE;
      // What is far beyond all days before may be an attack: it becomes usual step by step.
      row.peak = Math.max(row.peak * DAY_FADE, Math.min(row.today, 3 * row.peak + LEAST_COUNT));
      row.today = 0;
    }
  }

  #busiest(count: number): Row[] {
    return [...this.#rows.values()]
      .toSorted((one, other) => other.requests + other.count - one.requests - one.count)
      .slice(0, count);
  }

  #sweep(): void {
    const kept = new Set(this.#busiest(2 * MAX_PATHS));
    for (const row of this.#rows.values()) {
      if (kept.has(row)) continue;
      this.#rows.delete(row.hash);
      this.#busy.delete(row);
    }
  }
}
