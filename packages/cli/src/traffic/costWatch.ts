// What the gateway's budget of costly pages would have said of the requests of a log: a crawl over many addresses, each
// of which asks for one to three pages. Times are taken where an event has them, as those of the gateway do; in a plain
// log every page counts the same, and costly are those of which there are more addresses than anybody wants.

import { readFileSync } from 'node:fs';
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
import { alertOf, type CrawlerCostFinding } from './alertOf.ts';

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
    const timed = Number(event.values[this.#upstreamMs] ?? -1);
    this.costs.ended(site, rawPath, {
      status,
      upstreamMs: timed >= 0 ? timed : UNTIMED_MS,
      cacheStatus: event.values[this.#cacheStatus] ?? '',
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

/** Returns a watch with what was learned of past logs; undefined when nothing was. */
export function costWatchOf(dataDir: string, pipeline: Pipeline): CostWatch | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(dataDir, FILE), 'utf8'));
  } catch {
    return undefined; // there is none, or it is damaged: training writes it anew
  }
  const saved = readSavedCosts(value);
  if (saved === undefined) return undefined;
  const watch = new CostWatch(pipeline, (finding) => pipeline.ingest(alertOf(finding), []));
  watch.costs.restore(saved);
  return watch;
}

/** Writes down what was learned. */
export function saveCosts(dataDir: string, { costs }: CostWatch): void {
  writeWhole(path.join(dataDir, FILE), JSON.stringify(costs.save()), 0o600);
}
