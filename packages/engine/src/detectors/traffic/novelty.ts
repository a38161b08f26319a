// What a hole that nobody knows yet looks like from outside: a script that was never asked for before is answered as if
// it belonged there (a web shell), or requests with parameters that nobody ever sent end in errors of the server. Both
// happen on ordinary days as well, on some sites often: how often is learnt, and only more is told.

import { mixed } from './hash.ts';
import { nameOf } from './paths.ts';

export type Novelty =
  | { readonly kind: 'new-script'; readonly path: string }
  | {
      readonly kind: 'new-errors';
      readonly path: string;
      readonly count: number;
      readonly usualADay: number;
    };

/** Shapes with the days on which they were seen first and last, and how often news come in a day. */
export interface SavedNovelties {
  readonly shapes: Uint32Array;
  readonly firstDays: Uint16Array;
  readonly lastDays: Uint16Array;
  readonly day: number;
  readonly scriptsADay: number;
  readonly errorsADay: number;
}

/** Others (.py, .sh) are files to be downloaded more often than not. */
const SCRIPT = /\.(?:php\d?|phtml|phar|aspx?|ashx|jspx?|cgi)(?:\/|$)/i;
/** Those that come with Drupal and WordPress, some of which are asked for once a year. */
const OWN_SCRIPT =
  /^\/(?:(?:index|update|cron|xmlrpc|wp-cron|wp-login)\.php|core\/(?:authorize|install|rebuild)\.php|wp-admin\/[\w-]+\.php)(?:\/|$)/;
/** A server that is down or too busy fails whatever is asked. */
const DOWN: ReadonlySet<number> = new Set([503, 504]);
const HOUR_S = 3600;
const DAY_S = 86_400;
const LEAST_ERRORS = 3;
/** So many errors of what is known, for one of what is new, are trouble of the site's own. */
const OWN_TROUBLE = 3;
/** On a site that has more new scripts in a day, they say nothing. */
const MOST_SCRIPTS_A_DAY = 0.5;
/** Half of what was learnt is of the last week. */
const DAY_STEP = 0.1;
const MOST_SHAPES = 30_000;
const KEPT_DAYS = 28;
const MOST_TOLD = 1000;
const EQUALS = 61;
const AMPERSAND = 38;
const PERCENT = 37;
const BRACKET = 91;
/** More parameters are not told apart. */
const MOST_QUERY = 2048;

interface Shape {
  readonly first: number;
  last: number;
}

export class Novelties {
  /** Paths with the names of their parameters that were answered without an error, by hash. */
  readonly #shapes = new Map<number, Shape>();
  /** Those since the last save. */
  #changed = new Set<number>();
  #day = 0;
  /** News of today, and what a day has of them. */
  #scripts = 0;
  #errors = 0;
  #scriptsADay = 0;
  #errorsADay = 0;
  /** Strangers invent parameters, and nothing can be learnt of them: nothing is told before tomorrow. */
  #isFlooded = false;
  readonly #told = new Set<number>();
  #hour = 0;
  #newErrors = 0;
  #ownErrors = 0;
  #areErrorsTold = false;

  /**
   * Takes a request for a page; returns what is new and more than usual. `isKnownPath`: it was asked for on an earlier
   * day; `pathHash`: of the path with its digits as one.
   */
  take(
    rawPath: string,
    method: string,
    status: number,
    isKnownPath: boolean,
    pathHash: number,
    nowS: number,
  ): Novelty | undefined {
    const day = Math.floor(nowS / DAY_S);
    if (day !== this.#day) this.#beginDay(day);
    const shape = rawPath.includes('?') ? shapeOf(rawPath, pathHash) : undefined;
    if (status >= 500) {
      const first = shape === undefined ? undefined : this.#shapes.get(shape)?.first;
      const isKnown = shape === undefined ? isKnownPath : first !== undefined && first !== (day & 0xffff);
      return this.#takeError(rawPath, isKnown || DOWN.has(status), nowS);
    }
    if (status >= 400) return undefined;
    if (shape !== undefined) this.#learn(shape, day);
    if (isKnownPath || status >= 300 || method === 'HEAD') return undefined;
    return this.#takeScript(rawPath, pathHash);
  }

  save(of: 'changed' | 'all'): SavedNovelties {
    const hashes =
      of === 'all' ? [...this.#shapes.keys()] : [...this.#changed].filter((hash) => this.#shapes.has(hash));
    this.#changed = new Set();
    return {
      shapes: Uint32Array.from(hashes),
      firstDays: Uint16Array.from(hashes, (hash) => this.#shapes.get(hash)!.first),
      lastDays: Uint16Array.from(hashes, (hash) => this.#shapes.get(hash)!.last),
      day: this.#day,
      scriptsADay: this.#scriptsADay,
      errorsADay: this.#errorsADay,
    };
  }

  restore({ shapes, firstDays, lastDays, day, scriptsADay, errorsADay }: SavedNovelties): void {
    for (const [i, hash] of shapes.entries())
      this.#shapes.set(hash, { first: firstDays[i]!, last: lastDays[i]! });
    this.#day = day;
    this.#scriptsADay = scriptsADay;
    this.#errorsADay = errorsADay;
  }

  #takeScript(rawPath: string, hash: number): Novelty | undefined {
    const path = nameOf(rawPath);
    if (!SCRIPT.test(path) || OWN_SCRIPT.test(path)) return undefined;
    if (this.#told.has(hash) || this.#told.size >= MOST_TOLD) return undefined;
    this.#told.add(hash);
    // Many in one day are a site that answers anything, or one that was moved.
    if (++this.#scripts > 1 || this.#scriptsADay > MOST_SCRIPTS_A_DAY) return undefined;
    return { kind: 'new-script', path };
  }

  #takeError(rawPath: string, isOwn: boolean, nowS: number): Novelty | undefined {
    const hour = Math.floor(nowS / HOUR_S);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#newErrors = 0;
      this.#ownErrors = 0;
    }
    if (isOwn) {
      this.#ownErrors++;
      return undefined;
    }
    this.#errors++;
    const count = ++this.#newErrors;
    if (this.#isFlooded || this.#areErrorsTold || count < LEAST_ERRORS + 3 * this.#errorsADay)
      return undefined;
    if (this.#ownErrors > OWN_TROUBLE * count) return undefined;
    this.#areErrorsTold = true;
    return { kind: 'new-errors', path: nameOf(rawPath), count, usualADay: this.#errorsADay };
  }

  #learn(hash: number, day: number): void {
    const short = day & 0xffff;
    const known = this.#shapes.get(hash);
    if (known !== undefined) {
      if (known.last === short) return;
      known.last = short;
    } else if (this.#shapes.size < MOST_SHAPES) this.#shapes.set(hash, { first: short, last: short });
    else {
      this.#isFlooded = true;
      return;
    }
    this.#changed.add(hash);
  }

  #beginDay(day: number): void {
    if (this.#day > 0 && day > this.#day) {
      this.#scriptsADay += (this.#scripts - this.#scriptsADay) * DAY_STEP;
      this.#errorsADay += (this.#errors - this.#errorsADay) * DAY_STEP;
      for (const [hash, { last }] of this.#shapes)
        if (((day - last) & 0xffff) > KEPT_DAYS) this.#shapes.delete(hash);
      if (this.#isFlooded) this.#giveUpNewest(day);
    }
    this.#day = day;
    this.#scripts = 0;
    this.#errors = 0;
    this.#areErrorsTold = false;
    this.#told.clear();
  }

  /** What was invented was seen on one day only. */
  #giveUpNewest(day: number): void {
    for (const [hash, { first, last }] of this.#shapes)
      if (first === last && ((day - last) & 0xffff) > 0) this.#shapes.delete(hash);
    this.#isFlooded = this.#shapes.size > MOST_SHAPES / 2;
  }
}

/** A hash of a path with the names of its parameters in any order, with their digits and indices left out. */
export function shapeOf(rawPath: string, pathHash: number): number {
  let names = 0;
  let name = 0;
  let isName = true;
  const end = Math.min(rawPath.length, MOST_QUERY);
  for (let i = rawPath.indexOf('?') + 1; i < end; i++) {
    const code = rawPath.charCodeAt(i);
    if (code === AMPERSAND) {
      names += mixed(name);
      name = 0;
      isName = true;
    } else if (code === EQUALS || code === BRACKET || code === PERCENT) isName = false;
    else if (isName && (code < 48 || code > 57)) name = Math.imul(name ^ code, 0x01000193) + 1;
  }
  return mixed(pathHash ^ (names + mixed(name)));
}
