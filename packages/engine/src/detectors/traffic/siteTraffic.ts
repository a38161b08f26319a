// What is kept of a site's traffic while it runs: how much came in each minute, who its clients are and what they do
// in this visit, which paths it has, what visits look like. Learning and watching take a request in by the same hand.

import { CLIENT_BYTES, ClientTable, SAID, type Client } from './clients.ts';
import { Minutes, type SavedMinutes } from './minutes.ts';
import { Novelties, type Novelty, type SavedNovelties } from './novelty.ts';
import { PathReader, PathTable, type SavedPaths } from './paths.ts';
import type { TrafficRequest } from './request.ts';
import { VisitSample, visitOf, type SavedVisits } from './visits.ts';

/**
 * What is counted in each minute: visitors are the different clients of a minute, visits are those that begin in it,
 * errors are the visits that met their first error in it, so that one scanner's thousand is not the site's.
 */
export const SERIES = ['requests', 'visitors', 'visits', 'errors', 'posts', 'logins', 'payments'] as const;
export type SeriesName = (typeof SERIES)[number];
export type SeriesCounts = Record<SeriesName, number>;

/** What has changed, or all there is: whoever takes parts over in their order knows the same. */
export interface KnownTraffic {
  /** A series that an older version did not count is absent. */
  readonly minutes?: Readonly<Partial<Record<SeriesName, SavedMinutes>>>;
  readonly paths?: SavedPaths;
  readonly visits?: SavedVisits;
  readonly novelties?: SavedNovelties;
  /** Rows of the client table. */
  readonly clients?: Uint8Array;
}

interface Taken {
  row: number;
  isFirstOfMinute: boolean;
  novelty: Novelty | undefined;
}

export function noCounts(): SeriesCounts {
  return { requests: 0, visitors: 0, visits: 0, errors: 0, posts: 0, logins: 0, payments: 0 };
}

const LOGIN = /(?:^|\/)(?:log-?in|sign-?in|wp-login\.php|sessions?|authenticate)(?:[/.?]|$)/i;
const PAYMENT = /(?:^|\/)(?:checkout|payments?|pay|cards?|billing)(?:[/.?]|$)/i;
/** Lines come in about the order of their times: minutes that may still change. */
const LATE_MINUTES = 5;
/** Rows of clients that are written down in one piece. */
const ROWS_A_PART = 16_384;
/** In its first days a site has no unknown paths. */
const NEW_MINUTES = 3 * 1440;

export class SiteTraffic {
  readonly clients: ClientTable = new ClientTable();
  readonly paths: PathTable = new PathTable();
  readonly visits: VisitSample = new VisitSample();
  readonly #novelties = new Novelties();
  readonly minutes: Readonly<Record<SeriesName, Minutes>> = {
    requests: new Minutes(),
    visitors: new Minutes(),
    visits: new Minutes(),
    errors: new Minutes(),
    posts: new Minutes(),
    logins: new Minutes(),
    payments: new Minutes(),
  };
  readonly #reader = new PathReader();
  readonly #taken: Taken = { row: 0, isFirstOfMinute: true, novelty: undefined };
  readonly #onVisitEnd = (client: Client): void => this.#learnVisit(client);
  /** Clients that were here since the last part was written down, each once or more. */
  #changed: number[] = [];

  /** Minutes from the first request to the last. */
  get length(): number {
    return this.minutes.requests.length;
  }

  /** The minute after the last of which something is known; -1 for none. */
  get knownTo(): number {
    const { first, length } = this.minutes.requests;
    return first < 0 ? -1 : first + length;
  }

  /** Takes a request into the counts of its minute, and into its client's account; valid until the next call. */
  take({ atMs, ip, method, rawPath, status, referrer }: TrafficRequest, counts: SeriesCounts): Taken {
    const { clients } = this;
    const taken = this.#taken;
    const nowS = Math.floor(atMs / 1000);
    const row = clients.rowOf(ip, nowS);
    const client = clients.at(row);
    const lastS = client.seenS;
    if (client.arrive(nowS, this.#onVisitEnd)) counts.visits++;
    const isFirst = client.countInMinute(Math.floor(nowS / 60));
    const isError = status >= 400 && status !== 429;
    const isPost = method === 'POST';
    taken.row = row;
    taken.isFirstOfMinute = isFirst;
    taken.novelty = undefined;
    counts.requests++;
    if (isFirst) {
      counts.visitors++;
      this.#changed.push(row);
    }
    if (isError) {
      if (client.errors === 0) counts.errors++;
      client.count('errors');
    }
    if (isPost) this.#takeForm(rawPath, counts);
    this.#reader.read(rawPath);
    if (this.#reader.isAsset) {
      client.count('assets');
      client.say(SAID.assets);
      return taken;
    }
    if (client.pages > 0) client.gaps += Math.log(Math.max(0.2, nowS - lastS));
    client.count('pages');
    if (isPost) client.count('posts');
    if (referrer === '') client.count('direct');
    const { hash, exact } = this.#reader;
    const isKnown = this.paths.count(hash, rawPath, Math.floor(nowS / 86_400));
    if (!isKnown && this.length > NEW_MINUTES) client.count('unknown');
    taken.novelty = this.#novelties.take(rawPath, method, status, isKnown, hash, nowS);
    if (client.lastPath === exact) client.count('repeats');
    client.lastPath = exact;
    return taken;
  }

  /** Learns what a minute has had; the counts begin anew. */
  learnMinute(minute: number, counts: SeriesCounts): void {
    for (const name of SERIES) {
      this.minutes[name].add(minute, counts[name]);
      counts[name] = 0;
    }
  }

  /** Ends the visits that are over, of some rows: who does not come again has ended its visit as well. */
  endVisits(nowS: number, from: number, to: number): void {
    this.clients.forEach((client) => client.endVisit(nowS, this.#onVisitEnd), from, to);
  }

  /** Returns what has changed since the last call of this or of `saveAll`. */
  saveChanges(): KnownTraffic {
    const rows = this.#changed;
    this.#changed = [];
    return {
      minutes: this.#saveMinutes(this.knownTo - LATE_MINUTES),
      paths: this.paths.save('busy'),
      visits: this.visits.saveChanges(),
      novelties: this.#novelties.save('changed'),
      clients: this.#saveRows(rows.length, (i) => rows[i]!),
    };
  }

  /** Returns everything, in parts that are made as they are asked for: what changes meanwhile may be in it or not. */
  *saveAll(): Generator<KnownTraffic> {
    this.#changed = [];
    this.visits.saveChanges();
    yield {
      minutes: this.#saveMinutes(0),
      paths: this.paths.save('all'),
      visits: this.visits.saveAll(),
      novelties: this.#novelties.save('all'),
    };
    for (let from = 0; from < this.clients.size; from += ROWS_A_PART)
      yield {
        clients: this.#saveRows(Math.min(ROWS_A_PART, this.clients.size - from), (i) => from + i),
      };
  }

  restore({ minutes, paths, visits, novelties, clients }: KnownTraffic): void {
    if (minutes !== undefined)
      for (const name of SERIES) {
        const saved = minutes[name];
        if (saved !== undefined) this.minutes[name].restore(saved);
      }
    if (paths !== undefined) this.paths.restore(paths);
    if (visits !== undefined) this.visits.restore(visits);
    if (novelties !== undefined) this.#novelties.restore(novelties);
    if (clients !== undefined) this.clients.restore(clients);
  }

  #takeForm(rawPath: string, counts: SeriesCounts): void {
    counts.posts++;
    if (LOGIN.test(rawPath)) counts.logins++;
    else if (PAYMENT.test(rawPath)) counts.payments++;
  }

  /** A visit that was told of as unusual says nothing about usual ones. */
  #learnVisit(client: Client): void {
    if ((client.said & ~SAID.assets) === 0) this.visits.add(visitOf(client, Number.POSITIVE_INFINITY));
  }

  #saveMinutes(from: number): Record<SeriesName, SavedMinutes> {
    const saved = SERIES.map((name) => [name, this.minutes[name].save(from)] as const);
    return Object.fromEntries(saved) as Record<SeriesName, SavedMinutes>; // each name of SERIES is among them
  }

  #saveRows(count: number, rowAt: (i: number) => number): Uint8Array {
    const bytes = new Uint8Array(count * CLIENT_BYTES);
    for (let i = 0; i < count; i++) bytes.set(this.clients.rowBytes(rowAt(i)), i * CLIENT_BYTES);
    return bytes;
  }
}
