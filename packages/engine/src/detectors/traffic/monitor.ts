// Watches a site's requests with what was learnt of it, and tells what is not normal. A request is taken into the
// account of its client; when a minute is over, the minute is judged. Nothing is known before the minute is over but
// what one client does.

import { SAID } from './clients.ts';
import { clientSurge, type ClientSurge } from './clientSurge.ts';
import type { SiteModel, TrafficModel } from './learner.ts';
import { Minutes } from './minutes.ts';
import { PathWatch, type PathSurge } from './pathWatch.ts';
import { Populations, type PopulationMinute } from './populations.ts';
import type { TrafficRequest } from './request.ts';
import { Taker } from './siteTraffic.ts';
import { SurgeWatch, type Surge } from './surge.ts';

export type TrafficFinding = { readonly site: string; readonly atMs: number } & (
  | { readonly kind: 'site-surge'; readonly series: SeriesName; readonly surge: Surge }
  | { readonly kind: 'credential-stuffing' | 'card-testing'; readonly surge: Surge }
  | { readonly kind: 'outage'; readonly count: number; readonly expected: number }
  | { readonly kind: 'client-surge'; readonly ip: string; readonly surge: ClientSurge }
  | { readonly kind: 'scraper'; readonly ip: string; readonly pages: number; readonly minutes: number }
  | { readonly kind: 'path-surge'; readonly surge: PathSurge }
  | {
      readonly kind: 'attack-wave' | 'flash-crowd';
      readonly minute: PopulationMinute;
      readonly surge: Surge | undefined;
    }
  /** A client that belongs to the wave that is going on. */
  | { readonly kind: 'hostile-client'; readonly ip: string; readonly odds: number }
);

export type SeriesName = 'requests' | 'visitors' | 'errors' | 'posts' | 'logins' | 'payments';
const SERIES: readonly SeriesName[] = ['requests', 'visitors', 'errors', 'posts', 'logins', 'payments'];

const MINUTE_MS = 60_000;
/** A clock that jumps must not be followed minute by minute. */
const MOST_MINUTES = 1440;
/** Without so much of it, nothing is told about the site as a whole. */
const LEAST_MINUTES = 3 * 1440;

/** How much more forms to log in or to pay must have grown than visitors have. */
const GUESSING_GROWTH = 2.5;
/** What follows a surge so soon is the same one, seen in another series. */
const QUIET_MINUTES = 30;

export class SiteMonitor {
  readonly #site: string;
  readonly #model: SiteModel;
  readonly #taker: Taker;
  readonly #watches: Readonly<Record<SeriesName, SurgeWatch>>;
  readonly #counts: Record<SeriesName, number> = {
    requests: 0,
    visitors: 0,
    errors: 0,
    posts: 0,
    logins: 0,
    payments: 0,
  };
  readonly #paths: PathWatch;
  readonly #populations: Populations;
  readonly #isSure: boolean;
  #minute = -1;
  #isOut = false;
  #surgeUntil = 0;

  constructor(model: SiteModel) {
    this.#site = model.site;
    this.#model = model;
    this.#paths = new PathWatch(model.paths);
    this.#taker = new Taker((path) => this.#paths.isKnown(path));
    const learnt = (name: SeriesName): SurgeWatch => {
      const minutes = new Minutes();
      minutes.restore(model[name]);
      return SurgeWatch.learn(minutes.counts, minutes.first, name !== 'visitors');
    };
    this.#watches = {
      requests: learnt('requests'),
      visitors: learnt('visitors'),
      errors: learnt('errors'),
      posts: learnt('posts'),
      logins: learnt('logins'),
      payments: learnt('payments'),
    };
    const minutes = new Minutes();
    minutes.restore(model.requests);
    this.#isSure = minutes.length >= LEAST_MINUTES;
    this.#taker.clients.restore(model.clients, (minutes.first + minutes.length) * 60);
    this.#populations = new Populations(this.#taker.clients, model.visits);
  }

  get clients(): { readonly count: number; readonly bytes: number } {
    const { size, bytes } = this.#taker.clients;
    return { count: size, bytes };
  }

  /** What is going on beside the usual. */
  get state(): 'attack-wave' | 'flash-crowd' | 'usual' {
    if (this.#populations.isWave) return 'attack-wave';
    return this.#populations.isCrowd ? 'flash-crowd' : 'usual';
  }

  /** Takes a request; `tell` is called with what is found. Requests come in about the order of their times. */
  observe(request: TrafficRequest, tell: (finding: TrafficFinding) => void): void {
    const minute = Math.floor(request.atMs / MINUTE_MS);
    if (minute > this.#minute) this.#endMinutes(minute, tell);
    const { row, isFirstOfMinute, isError, isPost, isLogin, isPayment, path } = this.#taker.take(request);
    this.#counts.requests++;
    if (isFirstOfMinute) this.#counts.visitors++;
    if (isError) this.#counts.errors++;
    if (isPost) this.#counts.posts++;
    if (isLogin) this.#counts.logins++;
    if (isPayment) this.#counts.payments++;
    if (path !== '') this.#paths.count(path);
    if (isFirstOfMinute) this.#populations.arrive(row, request.ip, minute);
    this.#ofClient(row, request, tell);
  }

  /** Tells the time when no request comes. */
  advance(nowMs: number, tell: (finding: TrafficFinding) => void): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (this.#minute >= 0 && minute > this.#minute) this.#endMinutes(minute, tell);
  }

  #ofClient(row: number, { ip, atMs }: TrafficRequest, tell: (finding: TrafficFinding) => void): void {
    const { said } = this.#taker.clients.columns;
    const before = said[row]!;
    if ((before & SAID.surge) === 0) {
      const surge = clientSurge(this.#taker.clients, row, this.#model.clientNorms);
      if (surge !== undefined) {
        said[row] = before | SAID.surge;
        tell({ kind: 'client-surge', site: this.#site, atMs, ip, surge });
      }
    }
    if ((said[row]! & SAID.scraper) === 0 && this.#populations.isScraping(row, Math.floor(atMs / 1000))) {
      said[row]! |= SAID.scraper;
      const { pages, sinceS } = this.#taker.clients.columns;
      const minutes = Math.ceil((atMs / 1000 - sinceS[row]!) / 60);
      tell({ kind: 'scraper', site: this.#site, atMs, ip, pages: pages[row]!, minutes });
    }
    if (!this.#populations.isWave || (said[row]! & SAID.hostile) !== 0) return;
    const odds = this.#populations.hostility(row, Math.floor(atMs / 1000));
    if (odds === undefined) return;
    said[row]! |= SAID.hostile;
    tell({ kind: 'hostile-client', site: this.#site, atMs, ip, odds });
  }

  /** A crowd logs in and pays more as well: only what grows far more than the visitors is told. */
  #isGuessing({ count, expected }: Surge): boolean {
    const crowd = this.#watches.visitors.surge;
    const growth = crowd === undefined ? 1 : crowd.count / Math.max(1, crowd.expected);
    return count > GUESSING_GROWTH * growth * Math.max(1, expected);
  }

  #endMinutes(next: number, tell: (finding: TrafficFinding) => void): void {
    if (this.#minute < 0 || next - this.#minute > MOST_MINUTES) this.#minute = next - 1;
    else for (; this.#minute < next; this.#minute++) this.#endMinute(this.#minute, tell);
    this.#minute = next;
  }

  #endMinute(minute: number, tell: (finding: TrafficFinding) => void): void {
    const site = this.#site;
    const atMs = (minute + 1) * MINUTE_MS;
    const watch = this.#watches.requests;
    const usual = watch.usual(minute);
    for (const series of SERIES) {
      const surge = this.#watches[series].add(minute, this.#counts[series]);
      this.#counts[series] = 0;
      if (surge === undefined || !this.#isSure) continue;
      if (series === 'logins' || series === 'payments') {
        const kind = series === 'logins' ? 'credential-stuffing' : 'card-testing';
        if (this.#isGuessing(surge)) tell({ kind, site, atMs, surge });
        continue;
      }
      if (minute >= this.#surgeUntil) tell({ kind: 'site-surge', site, atMs, series, surge });
      this.#surgeUntil = minute + QUIET_MINUTES;
    }
    const silence = this.#isSure ? watch.silence() : undefined;
    if (silence !== undefined && !this.#isOut) tell({ kind: 'outage', site, atMs, ...silence });
    this.#isOut = silence !== undefined;
    for (const surge of this.#paths.endMinute(usual))
      if (this.#isSure) tell({ kind: 'path-surge', site, atMs, surge });
    if (!this.#isSure) return;
    const surge = watch.surge ?? this.#watches.visitors.surge;
    const verdict = this.#populations.endMinute(minute, usual, surge !== undefined, watch.isGusty);
    if (verdict?.begins === true) tell({ kind: verdict.kind, site, atMs, minute: verdict.minute, surge });
    if (this.#populations.isWave)
      this.#populations.hostileNow(minute, (row, ip, odds) => {
        const { said } = this.#taker.clients.columns;
        if ((said[row]! & SAID.hostile) !== 0) return;
        said[row]! |= SAID.hostile;
        tell({ kind: 'hostile-client', site, atMs, ip, odds });
      });
  }
}

/** Watches all sites of a model; a site that was not learnt is not watched. */
export class TrafficMonitor {
  readonly #sites: ReadonlyMap<string, SiteMonitor>;

  constructor(model: TrafficModel) {
    this.#sites = new Map(model.sites.map((site) => [site.site, new SiteMonitor(site)]));
  }

  observe(request: TrafficRequest, tell: (finding: TrafficFinding) => void): void {
    this.#sites.get(request.site)?.observe(request, tell);
  }

  advance(nowMs: number, tell: (finding: TrafficFinding) => void): void {
    for (const site of this.#sites.values()) site.advance(nowMs, tell);
  }
}
