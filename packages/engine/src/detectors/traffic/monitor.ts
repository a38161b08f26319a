// Watches a site's requests, tells what is not normal, and learns on. A request is taken into the account of its
// client; when a minute is over, the minute is judged. Nothing is known before the minute is over but what one client
// does. What is normal is made anew some times a day, a step each minute, so that everything depends on requests and
// their times alone.

import { asUsual, type TimesUsual } from './calendar.ts';
import { SAID, type Client } from './clients.ts';
import { clientSurge, type ClientSurge } from './clientSurge.ts';
import { normSteps, normsOf, type SiteNorms } from './norms.ts';
import type { PathSurge } from './paths.ts';
import { Populations, type PopulationMinute, type SavedPopulations } from './populations.ts';
import { MOST_MINUTES } from './minutes.ts';
import type { Novelty } from './novelty.ts';
import type { TrafficRequest } from './request.ts';
import {
  noCounts,
  SERIES,
  SiteTraffic,
  type KnownTraffic,
  type SeriesCounts,
  type SeriesName,
} from './siteTraffic.ts';
import { SurgeWatch, type SavedSurge, type Surge } from './surge.ts';
import { UNKNOWN_NORMS } from './visits.ts';

export type TrafficFinding = { readonly site: string; readonly atMs: number } & (
  | { readonly kind: 'site-surge'; readonly series: SeriesName; readonly surge: Surge }
  | { readonly kind: 'credential-stuffing' | 'card-testing'; readonly surge: Surge }
  | { readonly kind: 'outage'; readonly count: number; readonly expected: number }
  | { readonly kind: 'client-surge'; readonly ip: string; readonly surge: ClientSurge }
  | { readonly kind: 'scraper'; readonly ip: string; readonly pages: number; readonly minutes: number }
  | { readonly kind: 'path-surge'; readonly surge: PathSurge }
  | (Novelty & { readonly ip: string })
  | {
      readonly kind: 'attack-wave' | 'flash-crowd';
      readonly minute: PopulationMinute;
      readonly surge: Surge | undefined;
    }
  /** A client that belongs to the wave that is going on. */
  | { readonly kind: 'hostile-client'; readonly ip: string; readonly odds: number }
);

export type Tell = (finding: TrafficFinding) => void;

/** A site's part of what is written down; whoever takes parts over in their order knows the same. */
export interface TrafficPart extends KnownTraffic {
  readonly site: string;
  readonly norms?: SiteNorms;
  readonly now?: SavedNow;
}

/** What goes on in this minute. */
interface SavedNow {
  readonly minute: number;
  readonly isOut: boolean;
  readonly surgeUntil: number;
  readonly surges: Readonly<Partial<Record<SeriesName, SavedSurge>>>;
  readonly populations: SavedPopulations;
}

const MINUTE_MS = 60_000;
/** A clock that jumps must not be followed minute by minute. */
const FOLLOWED_MINUTES = 1440;
const DAY_MINUTES = 1440;
/** Without so much of it, nothing is told about the site as a whole. */
export const LEAST_DAYS = 3;
/** Lines that are later than this are learnt from and not judged. */
const LATE_MINUTES = 5;
/** As long as a visit may pause. */
const SETTLING_MINUTES = 30;
/** After a longer pause, what went on before it does not go on. */
const PAUSE_MINUTES = 60;
/** What is normal is made anew each day; in the first week, twice a day. */
const RELEARN_MINUTES = 1440;
const FIRST_RELEARN_MINUTES = 720;
const FIRST_MINUTES = 7 * DAY_MINUTES;

/** How much more forms to log in or to pay must have grown than visitors have. */
const GUESSING_GROWTH = 2.5;
/** What follows a surge so soon is the same one, seen in another series. */
const QUIET_MINUTES = 30;

export class SiteMonitor {
  readonly site: string;
  readonly traffic: SiteTraffic = new SiteTraffic();
  #norms: SiteNorms | undefined;
  #watches: Readonly<Record<SeriesName, SurgeWatch>> | undefined;
  readonly #populations = new Populations(this.traffic.clients, UNKNOWN_NORMS);
  readonly #counts = noCounts();
  readonly #late = noCounts();
  /** What was going on when it was written down. */
  #now: SavedNow | undefined;
  #steps: Generator<undefined, SiteNorms> | undefined;
  #hasNewNorms = false;
  /** Minutes before this one are known from before: they are not counted twice. */
  #knownTo = -1;
  #minute = -1;
  #settledAt = -1;
  #lastMinute: { readonly requests: number; readonly usual?: number } = { requests: 0 };
  #isOut = false;
  #surgeUntil = 0;

  readonly #learnsOn: boolean;
  readonly #times: TimesUsual;

  /**
   * `learnsOn`: what is normal is made anew some times a day; without it, by `finish` alone. `times`: what the calendar
   * has for the site.
   */
  constructor(site: string, learnsOn = true, times: TimesUsual = asUsual) {
    this.site = site;
    this.#learnsOn = learnsOn;
    this.#times = times;
  }

  /** What is going on beside the usual. */
  get state(): 'attack-wave' | 'flash-crowd' | 'usual' {
    if (this.#populations.isWave) return 'attack-wave';
    return this.#populations.isCrowd ? 'flash-crowd' : 'usual';
  }

  /** What is normal; undefined before the first day is over. */
  get norms(): SiteNorms | undefined {
    return this.#norms;
  }

  /** Whether enough is known to tell about the site as a whole. */
  get isSure(): boolean {
    return this.#norms !== undefined && this.#norms.minutes >= LEAST_DAYS * DAY_MINUTES;
  }

  /** Of the last minute that is over: how many requests it had, and how many are usual then. */
  get lastMinute(): { readonly requests: number; readonly usual?: number } {
    return this.#lastMinute;
  }

  /** Takes a request; `tell` is called with what is found. Requests come in about the order of their times. */
  observe(request: TrafficRequest, tell: Tell): void {
    const minute = Math.floor(request.atMs / MINUTE_MS);
    if (minute > this.#minute) this.#endMinutes(minute, tell);
    const isLate = minute < this.#minute - LATE_MINUTES;
    const { row, isFirstOfMinute, novelty } = this.traffic.take(request, isLate ? this.#late : this.#counts);
    if (isLate) {
      this.#learnMinute(minute, this.#late);
      return;
    }
    if (isFirstOfMinute) this.#populations.arrive(row, request.ip, minute);
    if (this.#norms !== undefined) this.#ofClient(row, request, this.#norms, tell);
    if (novelty !== undefined && this.isSure)
      tell({ ...novelty, site: this.site, atMs: request.atMs, ip: request.ip });
  }

  /** Tells the time when no request comes. */
  advance(nowMs: number, tell: Tell): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (this.#minute >= 0 && minute > this.#minute) this.#endMinutes(minute, tell);
  }

  /** Ends past logs: their last day is over, and what is normal is made. */
  finish(): void {
    if (this.#minute < 0) return;
    this.#endMinute(this.#minute, () => {});
    this.traffic.clients.forEach((client) => client.endDay());
    this.learn();
  }

  /** Makes at once what is normal. */
  learn(): void {
    this.#takeNorms(normsOf(this.traffic, this.#times));
  }

  /** Returns what has changed since the last call of this or of `saveAll`. */
  saveChanges(): TrafficPart {
    return { site: this.site, ...this.#saveNow(), ...this.traffic.saveChanges() };
  }

  /** Returns everything, in parts that are made as they are asked for. */
  *saveAll(): Generator<TrafficPart> {
    this.#hasNewNorms = true;
    yield { site: this.site, ...this.#saveNow() };
    for (const part of this.traffic.saveAll()) yield { site: this.site, ...part };
  }

  /** Takes parts over; `resume` is to be called after the last. */
  restore({ norms, now, ...traffic }: TrafficPart): void {
    this.traffic.restore(traffic);
    if (norms !== undefined) this.#norms = norms;
    if (now !== undefined) this.#now = now;
  }

  /** Goes on where the saved one stood. */
  resume(): void {
    this.#knownTo = this.traffic.knownTo;
    if (this.#norms === undefined) return;
    // An older version may have counted less.
    const { series, visits } = this.#norms;
    if (SERIES.every((name) => series[name] !== undefined) && visits.pace !== undefined)
      this.#takeNorms(this.#norms);
    else this.learn();
    this.#hasNewNorms = false;
  }

  #ofClient(row: number, { ip, atMs }: TrafficRequest, norms: SiteNorms, tell: Tell): void {
    const client = this.traffic.clients.at(row);
    const { site } = this;
    if ((client.said & SAID.surge) === 0) {
      const surge = clientSurge(client, norms.clients, norms.visits);
      if (surge !== undefined) {
        client.say(SAID.surge);
        tell({ kind: 'client-surge', site, atMs, ip, surge });
      }
    }
    const nowS = Math.floor(atMs / 1000);
    if ((client.said & SAID.scraper) === 0 && this.#populations.isScraping(client, nowS)) {
      client.say(SAID.scraper);
      const minutes = Math.ceil((nowS - client.sinceS) / 60);
      tell({ kind: 'scraper', site, atMs, ip, pages: client.pages, minutes });
    }
    if (this.#populations.isWave)
      this.#ofWave(client, ip, this.#populations.hostility(client, nowS), atMs, tell);
  }

  #ofWave(client: Client, ip: string, odds: number | undefined, atMs: number, tell: Tell): void {
    if (odds === undefined || (client.said & SAID.hostile) !== 0) return;
    client.say(SAID.hostile);
    tell({ kind: 'hostile-client', site: this.site, atMs, ip, odds });
  }

  #learnMinute(minute: number, counts: SeriesCounts): void {
    if (minute >= this.#knownTo) this.traffic.learnMinute(minute, counts);
    else Object.assign(counts, noCounts());
  }

  #endMinutes(next: number, tell: Tell): void {
    if (this.#minute < 0) this.#begin(next);
    else if (next - this.#minute > FOLLOWED_MINUTES) this.#minute = next;
    else for (; this.#minute < next; this.#minute++) this.#endMinute(this.#minute, tell);
  }

  /** The first minute after the start: what was going on goes on when the pause was short. */
  #begin(minute: number): void {
    this.#minute = minute;
    const watches = this.#watches;
    if (watches === undefined) return;
    const pause = minute - this.#knownTo;
    if (Math.abs(pause) > LATE_MINUTES) this.#settledAt = minute + SETTLING_MINUTES;
    for (const name of SERIES) {
      const minutes = this.traffic.minutes[name];
      // What came in the pause is not known; it is taken for usual.
      for (let at = Math.max(this.#knownTo, minute - MOST_MINUTES); at < minute; at++)
        minutes.add(at, Math.round(watches[name].usual(at)));
      watches[name].remember(minutes, minute);
    }
    if (this.#now === undefined || pause < -LATE_MINUTES || pause > PAUSE_MINUTES) return;
    const { isOut, surgeUntil, surges, populations } = this.#now;
    this.#isOut = isOut;
    this.#surgeUntil = surgeUntil;
    for (const name of SERIES) {
      const surge = surges[name];
      if (surge !== undefined) watches[name].restore(surge);
    }
    this.#populations.restore(populations, minute);
  }

  #endMinute(minute: number, tell: Tell): void {
    // After a pause everybody seems to begin a visit.
    if (minute < this.#settledAt)
      this.#counts.visits = Math.round(this.#watches?.visits.usual(minute) ?? this.#counts.visits);
    const counts = { ...this.#counts };
    const usual = this.#watches?.requests.usual(minute);
    this.#lastMinute = {
      requests: counts.requests,
      ...(usual === undefined ? {} : { usual: Math.round(usual) }),
    };
    this.#learnMinute(minute, this.#counts);
    if (this.#watches === undefined || this.#norms === undefined) {
      this.traffic.paths.endMinute(minute, undefined, true);
      this.#populations.forget();
    } else this.#judge(minute, counts, this.#watches, tell);
    this.#relearn(minute);
  }

  #judge(
    minute: number,
    counts: SeriesCounts,
    watches: Readonly<Record<SeriesName, SurgeWatch>>,
    tell: Tell,
  ): void {
    const { site, isSure } = this;
    const atMs = (minute + 1) * MINUTE_MS;
    const watch = watches.requests;
    const usual = watch.usual(minute);
    for (const series of SERIES) {
      const surge = watches[series].add(minute, counts[series]);
      // What is counted since an update has to be learnt first.
      const isKnown = this.traffic.minutes[series].length >= LEAST_DAYS * DAY_MINUTES;
      if (surge !== undefined && isSure && isKnown)
        this.#ofSurge(series, surge, watches.visitors.surge, minute, tell);
    }
    const silence = isSure ? watch.silence() : undefined;
    if (silence !== undefined && !this.#isOut) tell({ kind: 'outage', site, atMs, ...silence });
    this.#isOut = silence !== undefined;
    const isLearning = !this.#populations.isWave;
    for (const surge of this.traffic.paths.endMinute(minute, isSure ? usual : undefined, isLearning))
      tell({ kind: 'path-surge', site, atMs, surge });
    if (!isSure) {
      this.#populations.forget();
      return;
    }
    const people = [watches.visitors, watches.visits];
    const surge = watch.surge ?? watches.visitors.surge ?? watches.visits.surge;
    const verdict = this.#populations.endMinute(minute, usual, {
      isSurge: surge !== undefined,
      areMore: people.some((series) => series.surge !== undefined || series.isStirring),
      isGusty: watch.isGusty,
    });
    if (verdict?.begins === true) tell({ kind: verdict.kind, site, atMs, minute: verdict.minute, surge });
    if (this.#populations.isWave)
      this.#populations.hostileNow(minute, (client, ip, odds) => this.#ofWave(client, ip, odds, atMs, tell));
  }

  #ofSurge(series: SeriesName, surge: Surge, crowd: Surge | undefined, minute: number, tell: Tell): void {
    const { site } = this;
    const atMs = (minute + 1) * MINUTE_MS;
    if (series === 'logins' || series === 'payments') {
      const kind = series === 'logins' ? 'credential-stuffing' : 'card-testing';
      if (isGuessing(surge, crowd)) tell({ kind, site, atMs, surge });
      return;
    }
    if (minute >= this.#surgeUntil) tell({ kind: 'site-surge', site, atMs, series, surge });
    this.#surgeUntil = minute + QUIET_MINUTES;
  }

  /** Begins anew to make what is normal when it is time, and goes one step on. */
  #relearn(minute: number): void {
    const { length } = this.traffic;
    const each = length < FIRST_MINUTES ? FIRST_RELEARN_MINUTES : RELEARN_MINUTES;
    if (this.#learnsOn && minute % each === 0 && length >= DAY_MINUTES)
      this.#steps = normSteps(this.traffic, this.#times);
    const step = this.#steps?.next();
    if (step?.done !== true) return;
    this.#steps = undefined;
    this.#takeNorms(step.value);
  }

  #takeNorms(norms: SiteNorms): void {
    this.#norms = norms;
    this.#hasNewNorms = true;
    this.#populations.relearn(norms.visits);
    const { minutes } = this.traffic;
    const isWatching = this.#watches !== undefined;
    this.#watches ??= watchesOf(norms, this.#times);
    for (const name of SERIES) {
      if (isWatching) this.#watches[name].relearn(norms.series[name], minutes[name], this.#minute);
      else this.#watches[name].remember(minutes[name], this.#minute);
    }
  }

  #saveNow(): Pick<TrafficPart, 'norms' | 'now'> {
    const norms = this.#hasNewNorms && this.#norms !== undefined ? { norms: this.#norms } : {};
    this.#hasNewNorms = false;
    if (this.#watches === undefined || this.#minute < 0) return norms;
    const surges = SERIES.map((name) => [name, this.#watches![name].save()] as const);
    return {
      ...norms,
      now: {
        minute: this.#minute,
        isOut: this.#isOut,
        surgeUntil: this.#surgeUntil,
        surges: Object.fromEntries(surges),
        populations: this.#populations.save(),
      },
    };
  }
}

/** A crowd logs in and pays more as well: only what grows far more than the visitors is told. */
function isGuessing({ count, expected }: Surge, crowd: Surge | undefined): boolean {
  const growth = crowd === undefined ? 1 : crowd.count / Math.max(1, crowd.expected);
  return count > GUESSING_GROWTH * growth * Math.max(1, expected);
}

function watchesOf({ series }: SiteNorms, times: TimesUsual): Readonly<Record<SeriesName, SurgeWatch>> {
  const watches = SERIES.map((name) => [name, new SurgeWatch(series[name], times)] as const);
  return Object.fromEntries(watches) as Record<SeriesName, SurgeWatch>; // each name of SERIES has one
}
