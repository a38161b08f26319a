// What people's visits look like on this site, and how far a visit is from that: log-odds of a machine against a
// person, as a sum of signs. What each sign is worth is measured on the visits of the time of learning: where people
// come without their pictures (an API, a cache in front), coming without them is no sign.

import type { ClientTable } from './clients.ts';
import { quantile } from './week.ts';

export interface VisitNorms {
  /** Of visits with one page, two, three or four, and more: the share that asked for no asset. */
  readonly bare: readonly number[];
  /** The pause between pages, as a logarithm of seconds, that only one visit in a hundred falls short of. */
  readonly shortPause: number;
  /** Pages that only one visit in two hundred has. */
  readonly manyPages: number;
  /** Of visits with three pages and more, the share of those without any referrer. */
  readonly direct: number;
  /** Of the requests, the share of those in visits that look like a machine's. */
  readonly machineShare: number;
}

/** From these log-odds on a visit is taken for a machine's, and down to these for a person's. */
export const MACHINE_ODDS = 2.5;
export const PERSON_ODDS = 0.5;

const MOST_KEPT = 20_000;
const FEW_VISITS = 200;

/** The norms of a site of which nothing is known: pages come with their assets. */
const UNKNOWN_NORMS: VisitNorms = {
  bare: [0.2, 0.1, 0.05, 0.05],
  shortPause: 0.7,
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

export function visitAt(clients: ClientTable, row: number, nowS: number): Visit {
  const all = clients.columns;
  const pages = all.pages[row]!;
  return {
    pages,
    assets: all.assets[row]!,
    errors: all.errors[row]!,
    posts: all.posts[row]!,
    unknown: all.unknown[row]!,
    direct: all.direct[row]!,
    repeats: all.repeats[row]!,
    pause: pages > 3 ? all.gaps[row]! / (pages - 1) : undefined,
    isRegular: all.days[row]! > 2,
    isOver: nowS - all.sinceS[row]! > ASSETS_WITHIN_S,
  };
}

/** A browser asks for what a page needs in so many seconds. */
const ASSETS_WITHIN_S = 5;

/** Whether something speaks for a person: what belongs to pages was asked for, or links were followed. */
export function hasLifeSigns({ pages, assets, direct, isRegular }: Visit): boolean {
  return isRegular || (pages > 0 && (assets > 0 || direct < pages));
}

export function machineOdds(visit: Visit, norms: VisitNorms): number {
  const { pages, assets, errors, posts, unknown, direct, repeats, pause, isRegular, isOver } = visit;
  let odds = isRegular ? -2.5 : -0.5;
  if (pages === 0) return odds - 1;
  if (assets > 0) odds -= Math.min(1.5, (1.5 * assets) / pages);
  else if (isOver || pages > 1) odds += signOf(norms.bare[bareClass(pages)]!);
  if (pause !== undefined && pause < norms.shortPause)
    odds += 2 + Math.min(2, (norms.shortPause - pause) * 2);
  if (pages > norms.manyPages) odds += pages > 2 * norms.manyPages ? 3 : 1.5;
  if (errors > 2 && errors > pages / 2) odds += 2.5;
  if (unknown > 2 && unknown > pages * 0.6) odds += 2;
  if (repeats > 3 && repeats > pages * 0.6) odds += 2;
  if (posts > 3 && posts > pages / 2) odds += 2.5;
  if (pages > 2 && direct === pages) odds += Math.min(1.5, signOf(norms.direct));
  return odds;
}

/** What a sign is worth that this share of people's visits has. */
function signOf(share: number): number {
  return Math.min(3.5, Math.max(0, -Math.log(share + 0.01)));
}

function bareClass(pages: number): number {
  return pages < 3 ? pages - 1 : pages < 5 ? 2 : 3;
}

/** Keeps visits of the time of learning, each as likely as any other. */
export class VisitSample {
  readonly #kept: Visit[] = [];
  #seen = 0;
  #state = 1;

  add(visit: Visit): void {
    if (visit.pages === 0) return;
    this.#seen++;
    if (this.#kept.length < MOST_KEPT) {
      this.#kept.push(visit);
      return;
    }
    // Vitter's algorithm R; the numbers are the same for the same lines.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    const place = Math.floor((this.#state / 2 ** 32) * this.#seen);
    if (place < MOST_KEPT) this.#kept[place] = visit;
  }

  norms(): VisitNorms {
    const all = this.#kept;
    // Machines ask for pages alone; what is left are those that people's norms are taken from.
    const people = all.filter(({ assets }) => assets > 0);
    if (all.length < FEW_VISITS) return UNKNOWN_NORMS;
    const isAssetSite = people.length > all.length * 0.3;
    const bare = [0, 1, 2, 3].map((group) => {
      const inGroup = all.filter(({ pages }) => bareClass(pages) === group);
      const count = inGroup.filter(({ assets }) => assets === 0).length;
      return isAssetSite ? (count + 1) / (inGroup.length + 10) : 1;
    });
    const norms = isAssetSite ? people : all;
    const pauses = norms.flatMap(({ pause }) => pause ?? []);
    const long = norms.filter(({ pages }) => pages > 2);
    const found: VisitNorms = {
      bare,
      shortPause: pauses.length < 50 ? UNKNOWN_NORMS.shortPause : quantile(pauses, 0.01),
      manyPages: Math.max(
        10,
        quantile(
          norms.map(({ pages }) => pages),
          0.995,
        ),
      ),
      direct:
        long.length < 50 ? 0.1 : long.filter(({ pages, direct }) => direct === pages).length / long.length,
      machineShare: 0,
    };
    const requests = (visits: readonly Visit[]): number =>
      visits.reduce((sum, { pages, assets }) => sum + pages + assets, 0);
    const machines = all.filter((visit) => machineOdds(visit, found) >= MACHINE_ODDS);
    return { ...found, machineShare: requests(machines) / Math.max(1, requests(all)) };
  }
}
