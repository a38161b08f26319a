// What each source did, in a few counters and in bounded memory. This runs for every event of a log, so
// the counters of a source are one row of a typed array that is found by a 64-bit hash of the address:
// a Map of objects took four times as long, nearly all of it waiting for memory.
//
// A heavy-hitter table in the manner of lossy counting (Manku and Motwani 2002): when it is full, the
// quieter half goes. What has an alert counts as loud, so those who may be banned stay. A source that went
// and came back may lack as many requests as the loudest that ever went.

import type { Behaviour } from './people.ts';
import {
  agentFingerprint,
  detach,
  isAssetPath,
  isEditingPath,
  pathEnd,
  pathFingerprint,
  referrerFingerprint,
} from './request-signs.ts';

/** The fields of one event as the parser found them; empty or `-` where there is none. */
export interface EventFields {
  /** The event's own time, milliseconds since the epoch. */
  readonly atMs: number;
  /** The address. */
  readonly source: string;
  /** `200`, or empty for events that are not HTTP. */
  readonly status: string;
  readonly path: string;
  readonly referrer: string;
  readonly userAgent: string;
  /** The account, where the log names one that is logged in. */
  readonly user: string;
}

export interface SourceCounts extends Omit<Behaviour, 'hostileActs' | 'failedLogins' | 'accountsTried'> {
  readonly notFound: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

// A row is two cache lines; what every event touches is in the first.
const STRIDE = 32;
const HASH_A = 0;
const HASH_B = 1;
const REQUESTS = 2;
const OK = 3;
const AGENT = 4;
/** Times are tenths of a second since the first event of the log: six years fit in 31 bits. */
const FIRST_AT = 5;
const LAST_AT = 6;
const LAST_PAGE_AT = 7;
const ASSETS = 8;
const PAGES = 9;
/** Pages at most a second after the one before. */
const FAST_PAGES = 10;
/** Pages after a pause in which a person could have read. */
const READ_PAGES = 11;
const NOT_MODIFIED = 12;
/** Requests whose referrer is a page that this source had just read. */
const LINKED = 13;
const SIGNED_IN = 14;
const NEXT_PAGE = 15;
const RECENT_PAGES = 16;
const RECENT_COUNT = 4;
/** One bit for each of 64 fingerprints of refused paths: enough to tell 3 from 30. */
const REFUSED_BITS = 20;
/** 400, 403 and 404 on anything that is not a page asset. */
const REFUSED = 22;
const NOT_FOUND = 23;
const AGENT_CHANGES = 24;
const IS_KEPT = 25;

const TICK_MS = 100;
const FAST_TICKS = 10;
const READING_TICKS = 30;
/** Loudness is compared up to this; sources that are to be kept are above it. */
const LOUDEST = 1023;

export class SourceTable {
  readonly #capacity: number;
  readonly #counts: Int32Array;
  /** Open addressing by HASH_A: row + 1, or 0. */
  readonly #index: Int32Array;
  readonly #agents: string[] = [];
  readonly #free: number[] = [];
  #baseMs = Number.NaN;
  #used = 0;
  #created = 0;
  #missedUpTo = 0;
  #sweepFrom = 0;
  #sweepLast = 0;

  constructor(capacity: number) {
    this.#capacity = Math.max(2, capacity);
    this.#counts = new Int32Array(this.#capacity * STRIDE);
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(this.#capacity * 2)));
  }

  /** Different sources met; too many by those that went and came back. */
  get seen(): number {
    return this.#created;
  }

  /** How many requests a source may lack; 0 while nothing had to go. */
  get missedUpTo(): number {
    return this.#missedUpTo;
  }

  count(event: EventFields): void {
    const row = this.#rowOf(event.source);
    const counts = this.#counts;
    const at = row * STRIDE;
    if (Number.isNaN(this.#baseMs)) this.#baseMs = event.atMs;
    const now = ((event.atMs - this.#baseMs) / TICK_MS) | 0;
    if (counts[at + REQUESTS]!++ === 0) counts[at + FIRST_AT] = now;
    counts[at + LAST_AT] = now;
    this.#countAgent(row, event.userAgent);
    const path = event.path;
    const end = pathEnd(path);
    const isAsset = isAssetPath(path, end);
    const status = event.status;
    const statusClass = status.charCodeAt(0);
    if (statusClass === 50 /* 2 */) counts[at + OK]!++;
    else if (statusClass === 51 /* 3 */) {
      if (status === '304') counts[at + NOT_MODIFIED]!++;
    } else if (statusClass === 52 /* 4 */) {
      if (status === '404') counts[at + NOT_FOUND]!++;
      const isRefused = status === '404' || status === '403' || status === '400';
      if (isRefused && !isAsset) this.#countRefused(at, pathFingerprint(path, 0, end));
    }
    if (event.referrer.length > 8) this.#countReferrer(at, event.referrer, path, end);
    if (isAsset) {
      counts[at + ASSETS]!++;
      return;
    }
    if (counts[at + PAGES]!++ > 0) {
      const gap = now - counts[at + LAST_PAGE_AT]!;
      if (gap <= FAST_TICKS) counts[at + FAST_PAGES]!++;
      else if (gap >= READING_TICKS) counts[at + READ_PAGES]!++;
    }
    counts[at + LAST_PAGE_AT] = now;
    if (event.user.length > 1 || (statusClass === 50 && isEditingPath(path))) counts[at + SIGNED_IN]!++;
    // A page that does not exist links to nothing, so nothing can be reached from it.
    if (statusClass === 52) return;
    const next = counts[at + NEXT_PAGE]!;
    counts[at + RECENT_PAGES + next] = pathFingerprint(path, 0, end);
    counts[at + NEXT_PAGE] = (next + 1) % RECENT_COUNT;
  }

  /** Sees to it that the source is not forgotten. At most half of the capacity may be kept. */
  keep(source: string): void {
    this.#counts[this.#rowOf(source) * STRIDE + IS_KEPT] = 1;
  }

  /** Returns what a source did; nothing where it was never met. */
  countsOf(source: string): SourceCounts {
    const row = this.#rowOf(source);
    const at = row * STRIDE;
    const get = (field: number): number => this.#counts[at + field]!;
    return {
      requests: get(REQUESTS),
      ok: get(OK),
      notModified: get(NOT_MODIFIED),
      refused: get(REFUSED),
      refusedPaths: this.#refusedPaths(at),
      notFound: get(NOT_FOUND),
      assets: get(ASSETS),
      pages: get(PAGES),
      linked: get(LINKED),
      fastPages: get(FAST_PAGES),
      readPages: get(READ_PAGES),
      signedIn: get(SIGNED_IN),
      agentChanges: get(AGENT_CHANGES),
      userAgent: this.#agents[row] ?? '',
      firstMs: this.#baseMs + get(FIRST_AT) * TICK_MS,
      lastMs: this.#baseMs + get(LAST_AT) * TICK_MS,
    };
  }

  /** Returns the row of a source, a new one where it is not known. */
  #rowOf(value: string): number {
    let a = 0x811c9dc5;
    let b = 0x2545f491;
    for (let i = 0; i < value.length; i++) {
      const letter = value.charCodeAt(i);
      a = Math.imul(a ^ letter, 0x01000193);
      b = Math.imul(b + letter, 0x5bd1e995) ^ (b >>> 15);
    }
    a ^= a >>> 15;
    const counts = this.#counts;
    const index = this.#index;
    const mask = index.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const row = index[slot]! - 1;
      if (row < 0) return this.#create(a, b);
      if (counts[row * STRIDE] === a && counts[row * STRIDE + HASH_B] === b) return row;
    }
  }

  #countAgent(row: number, userAgent: string): void {
    const counts = this.#counts;
    const at = row * STRIDE;
    const agent = agentFingerprint(userAgent);
    const known = counts[at + AGENT]!;
    if (agent === known) return;
    counts[at + AGENT] = agent;
    if (known === 0) this.#agents[row] = userAgent === '-' ? '' : detach(userAgent.slice(0, 300));
    else counts[at + AGENT_CHANGES]!++;
  }

  #countReferrer(at: number, referrer: string, path: string, end: number): void {
    const counts = this.#counts;
    const from = referrerFingerprint(referrer);
    if (from === 0) return;
    for (let i = at + RECENT_PAGES; i < at + RECENT_PAGES + RECENT_COUNT; i++) {
      if (counts[i] !== from) continue;
      // Feed readers and some tools name the page itself as its referrer: that follows no link.
      if (pathFingerprint(path, 0, end) !== from) counts[at + LINKED]!++;
      return;
    }
  }

  #countRefused(at: number, fingerprint: number): void {
    this.#counts[at + REFUSED]!++;
    const mixed = fingerprint ^ (fingerprint >>> 11);
    this.#counts[at + REFUSED_BITS + ((mixed >>> 6) & 1)]! |= 1 << ((mixed >>> 1) & 31);
  }

  /** Returns about how many different paths were refused; 64 stands for that many or more. */
  #refusedPaths(at: number): number {
    const zeros =
      64 - bitCount(this.#counts[at + REFUSED_BITS]!) - bitCount(this.#counts[at + REFUSED_BITS + 1]!);
    const estimate = zeros === 0 ? 64 : Math.round(64 * Math.log(64 / zeros));
    return Math.min(64, this.#counts[at + REFUSED]!, estimate);
  }

  #create(a: number, b: number): number {
    if (this.#used >= this.#capacity && this.#free.length === 0) this.#shed();
    const row = this.#free.pop() ?? this.#used++;
    const at = row * STRIDE;
    this.#counts.fill(0, at, at + STRIDE);
    this.#counts[at + HASH_A] = a;
    this.#counts[at + HASH_B] = b;
    this.#agents[row] = '';
    this.#link(row, a);
    this.#created++;
    return row;
  }

  #link(row: number, a: number): void {
    const mask = this.#index.length - 1;
    let slot = a & mask;
    while (this.#index[slot] !== 0) slot = (slot + 1) & mask;
    this.#index[slot] = row + 1;
  }

  #shed(): void {
    const histogram = new Uint32Array(LOUDEST + 1);
    for (let row = 0; row < this.#capacity; row++) histogram[this.#loudness(row)]!++;
    const half = Math.ceil(this.#capacity / 2);
    let threshold = 0;
    for (let quieter = histogram[0]!; quieter < half; quieter += histogram[threshold]!) threshold++;
    const gone = new Set<number>();
    // The sweep goes on where the last one stopped, so that newcomers are not always the first to go.
    for (let i = 0; i < this.#capacity && gone.size < half; i++) {
      const row = (this.#sweepFrom + i) % this.#capacity;
      if (this.#loudness(row) > threshold) continue;
      gone.add(row);
      this.#missedUpTo = Math.max(this.#missedUpTo, this.#counts[row * STRIDE + REQUESTS]!);
      this.#sweepLast = row;
    }
    this.#sweepFrom = (this.#sweepLast + 1) % this.#capacity;
    this.#free.push(...gone);
    this.#index.fill(0);
    for (let row = 0; row < this.#capacity; row++)
      if (!gone.has(row)) this.#link(row, this.#counts[row * STRIDE]!);
  }

  #loudness(row: number): number {
    const at = row * STRIDE;
    if (this.#counts[at + IS_KEPT] !== 0) return LOUDEST;
    return Math.min(this.#counts[at + REQUESTS]!, LOUDEST - 1);
  }
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
