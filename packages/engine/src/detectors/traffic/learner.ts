// Learns what is normal for a site from its past requests. What comes out is small, is plain data, and says what it
// knows; the same lines give the same.

import { Minutes, type SavedMinutes } from './minutes.ts';
import { PathCounts, type SavedPaths } from './paths.ts';
import type { TrafficRequest } from './request.ts';
import { Taker } from './siteTraffic.ts';
import { visitAt, VisitSample, type VisitNorms } from './visits.ts';
import { median, quantile } from './week.ts';
import type { SavedClients } from './clients.ts';

export const TRAFFIC_MODEL_VERSION = 2;

export interface ClientNorms {
  /** Requests that a client has in a day, in the middle. */
  readonly typical: number;
  /** How much the days of one client differ beyond chance: variance over squared mean, in the middle. */
  readonly spread: number;
  /** Requests in a day that only one client in a thousand ever had. */
  readonly heavyDay: number;
}

export interface SiteModel {
  readonly site: string;
  readonly requests: SavedMinutes;
  /** Different clients of each minute. */
  readonly visitors: SavedMinutes;
  readonly errors: SavedMinutes;
  readonly posts: SavedMinutes;
  /** Forms to log in, and to pay. */
  readonly logins: SavedMinutes;
  readonly payments: SavedMinutes;
  readonly paths: SavedPaths;
  readonly clients: SavedClients;
  readonly clientNorms: ClientNorms;
  readonly visits: VisitNorms;
}

export interface TrafficModel {
  readonly version: typeof TRAFFIC_MODEL_VERSION;
  readonly sites: readonly SiteModel[];
}

/** Clients of which a day was seen, kept for the norms. */
const MOST_DAYS = 200_000;

export class SiteLearner {
  readonly #site: string;
  readonly #requests = new Minutes();
  readonly #visitors = new Minutes();
  readonly #errors = new Minutes();
  readonly #posts = new Minutes();
  readonly #logins = new Minutes();
  readonly #payments = new Minutes();
  readonly #paths = new PathCounts();
  readonly #visits = new VisitSample();
  readonly #taker = new Taker(() => true);
  #nowS = 0;

  constructor(site: string) {
    this.#site = site;
    this.#taker.clients.onVisitEnd = (row) => this.#endVisit(row);
  }

  /** Days that were seen so far. */
  get days(): number {
    return this.#requests.length / 1440;
  }

  learn(request: TrafficRequest): void {
    const { minute, isFirstOfMinute, isError, isPost, isLogin, isPayment, path } = this.#taker.take(request);
    this.#nowS = Math.floor(request.atMs / 1000);
    this.#requests.add(minute);
    this.#visitors.add(minute, isFirstOfMinute ? 1 : 0);
    this.#errors.add(minute, isError ? 1 : 0);
    this.#posts.add(minute, isPost ? 1 : 0);
    this.#logins.add(minute, isLogin ? 1 : 0);
    this.#payments.add(minute, isPayment ? 1 : 0);
    if (path !== '') this.#paths.add(path);
  }

  model(): SiteModel {
    const { clients } = this.#taker;
    clients.endDay();
    clients.forEach((row) => this.#endVisit(row));
    return {
      site: this.#site,
      requests: this.#requests.save(),
      visitors: this.#visitors.save(),
      errors: this.#errors.save(),
      posts: this.#posts.save(),
      logins: this.#logins.save(),
      payments: this.#payments.save(),
      paths: this.#paths.save(),
      clients: clients.save(),
      clientNorms: this.#clientNorms(),
      visits: this.#visits.norms(),
    };
  }

  #endVisit(row: number): void {
    this.#visits.add({ ...visitAt(this.#taker.clients, row, this.#nowS), isOver: true, isRegular: false });
  }

  #clientNorms(): ClientNorms {
    const { clients } = this.#taker;
    const all = clients.columns;
    const means: number[] = [];
    const peaks: number[] = [];
    const spreads: number[] = [];
    clients.forEach((row) => {
      const days = all.days[row]!;
      if (days === 0 || means.length >= MOST_DAYS) return;
      const mean = all.requests[row]! / days;
      means.push(mean);
      peaks.push(all.most[row]!);
      if (days > 3 && mean > 1) spreads.push((all.squares[row]! / days - mean ** 2 - mean) / mean ** 2);
    });
    return {
      typical: Math.max(1, median(means)),
      spread: spreads.length < 20 ? 1 : Math.min(2, Math.max(0.05, median(spreads))),
      heavyDay: Math.max(100, quantile(peaks, 0.999)),
    };
  }
}

/** Learns of all sites that a log tells of. */
export class TrafficLearner {
  readonly #sites = new Map<string, SiteLearner>();

  /** More sites than this in one log are taken for one. */
  static readonly mostSites = 200;

  learn(request: TrafficRequest): void {
    const name =
      this.#sites.has(request.site) || this.#sites.size < TrafficLearner.mostSites ? request.site : '';
    let site = this.#sites.get(name);
    if (site === undefined) this.#sites.set(name, (site = new SiteLearner(name)));
    site.learn(request);
  }

  get days(): number {
    return Math.max(0, ...[...this.#sites.values()].map(({ days }) => days));
  }

  model(): TrafficModel {
    return { version: TRAFFIC_MODEL_VERSION, sites: [...this.#sites.values()].map((site) => site.model()) };
  }
}
