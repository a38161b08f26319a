// What the gateway's budget of costly pages would have said of the requests of a log: a crawl over many addresses, each
// of which asks for one to three pages. Times are taken where an event has them, as those of the gateway do, and where
// the log has them behind the usual fields; in a plain log every page counts the same, and costly are those of which
// there are more addresses than anybody wants. A running engine watches with the same eyes.

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Acquaintances, isFileOf } from '@parapet/enforcement';
import {
  readSavedCosts,
  SearchEngineRule,
  SiteCosts,
  trafficReader,
  type Event,
  type Pipeline,
} from '@parapet/engine';
import { ipBits, parseIp, type PageCost } from '@parapet/kinds';
import { writeWhole } from '../io/writeWhole.ts';
import { crawlerRanges } from '../up/crawlerRanges.ts';
import type { CrawlerCostFinding } from './alertOf.ts';
import { loggedCost } from './loggedCost.ts';

const FILE = 'page-costs.json';
const LEARN_MS = 1_800_000;
const MINUTE_MS = 60_000;
/** A page whose time nobody knows. */
const UNTIMED_MS = 100;
/** So many requests beyond the budget in a minute, of so many addresses, are a crawl. */
const LEAST_BEYOND = 30;
const LEAST_ADDRESSES = 20;
const MOST_ADDRESSES = 100_000;
/** A crawl that rests for so long is over. */
const QUIET_MS = 1_800_000;

interface SiteState {
  minute: number;
  beyond: number;
  readonly addresses: Set<string>;
  lastMs: number;
}

export class CostWatch {
  readonly costs: SiteCosts = new SiteCosts(LEARN_MS);
  readonly #read: ReturnType<typeof trafficReader>;
  readonly #upstreamMs: number;
  readonly #cacheStatus: number;
  readonly #tell: (finding: CrawlerCostFinding) => void;
  readonly #known = new Acquaintances();
  readonly #crawlers = new SearchEngineRule([['published ranges', crawlerRanges().join('\n')]]);
  readonly #sites = new Map<string, SiteState>();

  constructor({ stages }: Pipeline, tell: (finding: CrawlerCostFinding) => void) {
    const { schema } = stages.event;
    this.#read = trafficReader(schema);
    this.#upstreamMs = schema.slot('Meta', 'upstream_ms');
    this.#cacheStatus = schema.slot('Meta', 'cache_status');
    this.#tell = tell;
  }

  observe(event: Event): void {
    const request = this.#read(event);
    const ip = request === undefined ? undefined : parseIp(request.ip);
    if (request === undefined || ip === undefined) return;
    const { site, rawPath, method, status, atMs } = request;
    const client = { ip, words: ipBits(ip), peerIp: ip, scheme: 'http' } as const;
    const isFile = isFileOf(rawPath);
    this.#known.saw(client, isFile, atMs);
    if (isFile || (method !== 'GET' && method !== 'HEAD')) return;
    const cost = this.costs.weigh(site, rawPath, atMs);
    if (cost !== undefined && !this.#isFree(client, atMs) && this.costs.spend(site, cost, atMs) > 0)
      this.#beyond(site, request.ip, cost, atMs);
    const timed = event.values[this.#upstreamMs];
    const logged = timed === undefined ? loggedCost(event.raw, isApache(event)) : undefined;
    const ms = logged?.ms ?? Number(timed);
    this.costs.ended(site, rawPath, {
      status,
      upstreamMs: ms >= 0 ? ms : UNTIMED_MS,
      cacheStatus: event.values[this.#cacheStatus] ?? logged?.cacheStatus ?? '',
      atMs,
    });
  }

  #isFree(client: Parameters<Acquaintances['saw']>[0], atMs: number): boolean {
    const { ip } = client;
    return (
      this.#known.isKnown(client, atMs) || this.#crawlers.spare({ scope: 'ip', value: ip, ip }) !== undefined
    );
  }

  #beyond(site: string, ip: string, cost: PageCost, atMs: number): void {
    let state = this.#sites.get(site);
    if (state === undefined) {
      state = { minute: 0, beyond: 0, addresses: new Set(), lastMs: Number.NEGATIVE_INFINITY };
      this.#sites.set(site, state);
    }
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute !== state.minute) {
      state.minute = minute;
      state.beyond = 0;
      state.addresses.clear();
    }
    state.beyond++;
    if (state.addresses.size < MOST_ADDRESSES) state.addresses.add(ip);
    if (state.beyond < LEAST_BEYOND || state.addresses.size < LEAST_ADDRESSES) return;
    const isNew = atMs - state.lastMs > QUIET_MS;
    state.lastMs = atMs;
    if (!isNew) return;
    const { beyond, addresses } = state;
    this.#tell({ kind: 'crawler-cost', site, atMs, cost, beyond, addresses: addresses.size });
  }
}

function isApache({ origin }: Event): boolean {
  return origin.labels['type']?.startsWith('apache') === true;
}

/** Takes over what was learned before; returns whether there was anything. */
export function restoreCosts(dataDir: string, { costs }: CostWatch): boolean {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(dataDir, FILE), 'utf8'));
  } catch {
    return false; // there is none, or it is damaged: it is learned anew
  }
  const saved = readSavedCosts(value);
  if (saved === undefined) return false;
  costs.restore(saved);
  return true;
}

/** Forgets what was learned. */
export function removeCosts(dataDir: string): void {
  rmSync(path.join(dataDir, FILE), { force: true });
}

/** Writes down what was learned. */
export function saveCosts(dataDir: string, { costs }: CostWatch): void {
  writeWhole(path.join(dataDir, FILE), JSON.stringify(costs.save()), 0o600);
}
