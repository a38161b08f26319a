// What people's visits look like on this site, and how far a visit is from that: log-odds of a machine against a
// person, as a sum of signs. What each sign is worth is measured on the visits of the time of learning: where people
// come without their pictures (an API, a cache in front), coming without them is no sign.

import type { Client } from './clients.ts';
import { mixed } from './hash.ts';
import { median, quantile } from './week.ts';

/** Pauses between the pages of a visit, as logarithms of seconds. */
export interface Pace {
  readonly mean: number;
  /** Variance of what visits have for a mean: between people, and for each pause. */
  readonly between: number;
  readonly within: number;
}

export interface VisitNorms {
  /** Of visits with one page, two, three or four, and more: the share that asked for no asset. */
  readonly bare: readonly number[];
  readonly pace: Pace;
  /** Pages that only one visit in two hundred has. */
  readonly manyPages: number;
  /** Of visits with three pages and more, the share of those without any referrer. */
  readonly direct: number;
  /** Of visits that asked for some files, the share of those without a page. */
  readonly filesAlone?: number;
  /** Of the requests, the share of those in visits that look like a machine's. */
  readonly machineShare: number;
}

/** Files of a visit. */
const SOME_FILES = 4;
const MANY_FILES = 20;
/** What is not known of a site. */
const FILES_ALONE = 0.2;

/** From these log-odds on a visit is taken for a machine's, and down to these for a person's. */
export const MACHINE_ODDS = 2.5;
export const PERSON_ODDS = 0.5;

const MOST_KEPT = 20_000;
const MOST_LOOKED_AT = 3000;
const MEMORY_VISITS = 5 * MOST_KEPT;
const FEW_VISITS = 200;

/** The norms of a site of which nothing is known: pages come with their assets. */
export const UNKNOWN_NORMS: VisitNorms = {
  bare: [0.2, 0.1, 0.05, 0.05],
  pace: { mean: 2.7, between: 0.5, within: 1 },
  manyPages: 60,
  direct: 0.1,
  machineShare: 0.1,
};

interface Visit {
  readonly pages: number;
  readonly assets: number;
  readonly errors: number;
  readonly posts: number;
  readonly unknown: number;
  readonly direct: number;
  readonly repeats: number;
  /** Mean of the logarithms of the pauses; undefined for fewer than three. */
  readonly pause: number | undefined;
  readonly isRegular: boolean;
  readonly isOver: boolean;
}

/** Returns the visit that a client is in, or was in last. */
export function visitOf(client: Client, nowS: number): Visit {
  const { pages } = client;
  return {
    pages,
    assets: client.assets,
    errors: client.errors,
    posts: client.posts,
    unknown: client.unknown,
    direct: client.direct,
    repeats: client.repeats,
    pause: pages > 3 ? pauseOf(client) : undefined,
    isRegular: client.days > 2,
    isOver: nowS - client.sinceS > ASSETS_WITHIN_S,
  };
}

/** Ten tabs at once and then some minutes of reading are no haste: the mean of the pauses is a measure as well. */
function pauseOf({ gaps, pages, seenS, sinceS }: Client): number {
  return Math.max(gaps / (pages - 1), Math.log(Math.max(1, seenS - sinceS) / (pages - 1)) - IN_ONE_GO);
}

/** So far may the mean logarithm be below the logarithm of the mean. */
const IN_ONE_GO = 2;

/** A browser asks for what a page needs in so many seconds. */
const ASSETS_WITHIN_S = 5;

/** Whether something speaks for a person: what belongs to pages was asked for, or links were followed. */
export function hasLifeSigns({ pages, assets, direct, isRegular }: Visit): boolean {
  return isRegular || (pages > 0 && (assets > 0 || direct < pages));
}

export function machineOdds(visit: Visit, norms: VisitNorms): number {
  const { pages, assets, errors, posts, unknown, direct, repeats, pause, isRegular, isOver } = visit;
  let odds = isRegular ? -2.5 : -0.5;
  if (pages === 0) {
    // Of one file or two, the page may be kept by somebody else's site, or by the browser.
    if (assets < SOME_FILES) return odds - 1;
    return odds + signOf(norms.filesAlone ?? FILES_ALONE) + (assets > MANY_FILES ? 1 : 0);
  }
  if (assets > 0) odds -= Math.min(1.5, (1.5 * assets) / pages);
  else if (isOver || pages > 1) odds += signOf(norms.bare[bareClass(pages)]!);
  // Who follows links from page to page may turn them quickly, as in a gallery or a manual.
  const isLinked = direct <= pages / 2;
  if (pause !== undefined) odds += haste(pause, pages - 1, norms.pace, isLinked ? PACES_OF_PEOPLE : 0);
  if (pages > norms.manyPages) odds += pages > 2 * norms.manyPages ? 3 : 1.5;
  if (isLinked) odds = Math.min(odds, MOST_OF_LINKED);
  if (errors > 2 && errors > pages / 2) odds += 2.5;
  if (unknown > 2 && unknown > pages * 0.6) odds += 2;
  if (repeats > 3 && repeats > pages * 0.6) odds += 2;
  if (posts > 3 && posts > pages / 2) odds += 2.5;
  if (pages > 2 && direct === pages) odds += signOf(norms.direct);
  return odds;
}

/** What it is worth that somebody goes on sooner than people do: nothing for the quickest in a hundred. */
function haste(pause: number, pauses: number, { mean, between, within }: Pace, leastBetween: number): number {
  const distance = (mean - pause) / Math.sqrt(Math.max(between, leastBetween) + within / pauses);
  return distance < QUICK ? 0 : Math.min(MOST_HASTE, 2 + (distance - QUICK) * 2);
}

/** Standard deviations that one visit in a hundred is away. */
const QUICK = 2.33;
const MOST_HASTE = 4;
/** Variance between people, of whom some look at pictures and some read. */
const PACES_OF_PEOPLE = 0.8;
/** What pages and pace alone say of somebody who follows links: enough to ask, too little to refuse. */
const MOST_OF_LINKED = 4.9;

/** Fits the pace to what visits had. */
function paceOf(visits: readonly Visit[]): Pace {
  const pauses = visits.flatMap(({ pause, pages }) => (pause === undefined ? [] : [{ pause, pages }]));
  if (pauses.length < 50) return UNKNOWN_NORMS.pace;
  const mean = median(pauses.map(({ pause }) => pause));
  // The squared distance of a visit is a straight line over 1 / pauses: between at 0, its slope is within.
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (const { pause, pages } of pauses) {
    const x = 1 / (pages - 1);
    const y = Math.min((pause - mean) ** 2, FAR_PAUSE ** 2);
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const count = pauses.length;
  const slope = (count * sumXY - sumX * sumY) / Math.max(1e-9, count * sumXX - sumX ** 2);
  const within = Math.max(0.1, slope);
  return { mean, within, between: Math.max(LEAST_BETWEEN, sumY / count - (within * sumX) / count) };
}

/** People differ. */
const LEAST_BETWEEN = 0.1;
/** Further away, no person is. */
const FAR_PAUSE = 3;

/** What a sign is worth that this share of people's visits has. */
function signOf(share: number): number {
  return Math.min(3.5, Math.max(0, -Math.log(share + 0.01)));
}

function bareClass(pages: number): number {
  return pages < 3 ? pages - 1 : pages < 5 ? 2 : 3;
}

/** Visits by their slot in the sample. */
export interface SavedVisits {
  readonly slots: Uint16Array;
  /** `FIELDS` numbers for each. */
  readonly values: Float32Array;
  readonly seen: number;
}

const FIELDS = 8;

/** Keeps some visits, each as likely as any other; those of long ago make room for new ones. */
export class VisitSample {
  readonly #values = new Float32Array(MOST_KEPT * FIELDS);
  #kept = 0;
  #seen = 0;
  readonly #changed = new Set<number>();

  get size(): number {
    return this.#kept;
  }

  add(visit: Visit): void {
    if (visit.pages === 0 && visit.assets < SOME_FILES) return;
    this.#seen++;
    const slot = this.#kept < MOST_KEPT ? this.#kept++ : this.#chance();
    if (slot >= MOST_KEPT) return;
    const { pages, assets, errors, posts, unknown, direct, repeats, pause = Number.NaN } = visit;
    this.#values.set([pages, assets, errors, posts, unknown, direct, repeats, pause], slot * FIELDS);
    this.#changed.add(slot);
  }

  saveChanges(): SavedVisits {
    const slots = Uint16Array.from(this.#changed);
    this.#changed.clear();
    return this.#save(slots);
  }

  saveAll(): SavedVisits {
    return this.#save(Uint16Array.from({ length: this.#kept }, (_, slot) => slot));
  }

  restore({ slots, values, seen }: SavedVisits): void {
    for (const [i, slot] of slots.entries()) {
      if (slot >= MOST_KEPT) continue;
      this.#values.set(values.subarray(i * FIELDS, (i + 1) * FIELDS), slot * FIELDS);
      this.#kept = Math.max(this.#kept, slot + 1);
    }
    this.#seen = seen;
  }

  #save(slots: Uint16Array): SavedVisits {
    const values = new Float32Array(slots.length * FIELDS);
    for (const [i, slot] of slots.entries())
      values.set(this.#values.subarray(slot * FIELDS, (slot + 1) * FIELDS), i * FIELDS);
    return { slots, values, seen: this.#seen };
  }

  /** Vitter's algorithm R, that forgets: no visit counts for more than so many. The same visits give the same. */
  #chance(): number {
    return mixed(this.#seen) % Math.min(this.#seen, MEMORY_VISITS);
  }

  #visit(slot: number): Visit {
    const values = this.#values;
    const at = slot * FIELDS;
    const pause = values[at + 7]!;
    return {
      pages: values[at]!,
      assets: values[at + 1]!,
      errors: values[at + 2]!,
      posts: values[at + 3]!,
      unknown: values[at + 4]!,
      direct: values[at + 5]!,
      repeats: values[at + 6]!,
      pause: Number.isNaN(pause) ? undefined : pause,
      isRegular: false,
      isOver: true,
    };
  }

  norms(): VisitNorms {
    // A part of them says as much about shares and quantiles.
    const stride = Math.ceil(this.#kept / MOST_LOOKED_AT);
    const kept = Array.from({ length: Math.ceil(this.#kept / stride) }, (_, i) => this.#visit(i * stride));
    const all = kept.filter(({ pages }) => pages > 0);
    const withFiles = kept.filter(({ assets }) => assets >= SOME_FILES);
    // Machines ask for pages alone; what is left are those that people's norms are taken from.
    const people = all.filter(({ assets }) => assets > 0);
    if (all.length < FEW_VISITS) return UNKNOWN_NORMS;
    // Visits of one page are those of feed readers and monitors as well, which may be the most.
    const several = all.filter(({ pages }) => pages > 1);
    const telling = several.length < FEW_VISITS ? all : several;
    const isAssetSite = telling.filter(({ assets }) => assets > 0).length > telling.length * 0.3;
    const bare = [0, 1, 2, 3].map((group) => {
      const inGroup = all.filter(({ pages }) => bareClass(pages) === group);
      const count = inGroup.filter(({ assets }) => assets === 0).length;
      return isAssetSite ? (count + 1) / (inGroup.length + 10) : 1;
    });
    const norms = isAssetSite ? people : all;
    const long = norms.filter(({ pages }) => pages > 2);
    const found: VisitNorms = {
      bare,
      pace: paceOf(norms),
      manyPages: Math.max(
        10,
        quantile(
          norms.map(({ pages }) => pages),
          0.995,
        ),
      ),
      direct:
        long.length < 50 ? 0.1 : long.filter(({ pages, direct }) => direct === pages).length / long.length,
      filesAlone: (kept.length - all.length + 1) / (withFiles.length + 10),
      machineShare: 0,
    };
    const requests = (visits: readonly Visit[]): number =>
      visits.reduce((sum, { pages, assets }) => sum + pages + assets, 0);
    const machines = all.filter((visit) => machineOdds(visit, found) >= MACHINE_ODDS);
    return { ...found, machineShare: requests(machines) / Math.max(1, requests(all)) };
  }
}
