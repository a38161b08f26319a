// Which programs come, and what each of them costs the site: counted by the hour of the requests that the engine sees,
// by what they call themselves. Crawlers whose operators publish addresses are believed from there alone. It is kept in
// a file of the data directory; a killed engine forgets some minutes of it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CrawlerPolicy, type CrawlerPolicySettings } from '@parapet/enforcement';
import { SearchEngineRule } from '@parapet/engine';
import { ipBits, parseIp } from '@parapet/kinds';
import { writeWhole } from '../io/writeWhole.ts';
import { crawlerRanges } from './crawlerRanges.ts';
import { programName } from './programNames.ts';

/** `hidden`: what strangers did who look like browsers. */
export type BotKind = 'search' | 'ai' | 'impostor' | 'program' | 'hidden';

export interface BotVisit {
  readonly rawAgent: string;
  readonly rawIp: string;
  /** What the gateway did, or empty. */
  readonly action: string;
  readonly record: string;
  /** How long the site took; NaN where nobody measured. */
  readonly siteMs: number;
  readonly atMs: number;
}

export interface BotSum {
  readonly requests: number;
  /** Of them answered by us and not by the site. */
  readonly stopped: number;
  /** How long the site worked for it; undefined where nobody measured. */
  readonly siteMs: number | undefined;
}

export interface CountedBot {
  readonly kind: BotKind;
  readonly name: string;
  readonly lastMs: number;
  readonly day: BotSum;
  readonly week: BotSum;
}

/** Requests, stopped, milliseconds of the site, and how many of the requests were measured. */
type Hour = [requests: number, stopped: number, siteMs: number, measured: number];

interface Row {
  readonly kind: BotKind;
  readonly name: string;
  lastMs: number;
  readonly hours: Map<number, Hour>;
}

/** A crawler or program that somebody claims to be, and how to find out whether it is true. */
interface Claim {
  readonly kind: 'search' | 'ai' | 'program';
  readonly name: string;
}

const ENGINES: ReadonlyArray<readonly [token: string, name: string]> = [
  ['googlebot', 'Googlebot'],
  ['google-inspectiontool', 'Google-InspectionTool'],
  ['bingbot', 'bingbot'],
  ['yahoo! slurp', 'Yahoo! Slurp'],
  ['yandex', 'YandexBot'],
  ['baiduspider', 'Baiduspider'],
  ['applebot', 'Applebot'],
  ['archive.org_bot', 'archive.org_bot'],
];
const STOPPED: ReadonlySet<string> = new Set([
  ...['attack', 'ban', 'captcha', 'throttle', 'tarpit'],
  ...['cached', 'queue', 'closed'],
]);
/** The record of what the budget of costly pages keeps, see docs/crawlers.md. */
const COSTLY = 'costly-pages';
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
/** Names are made up by strangers. */
const MOST_ROWS = 400;
const OTHERS = '…';
/** Of what looks like a browser. */
const NOBODY = 'nobody';
const NOWHERE = { words: [0] };
const MOST_REMEMBERED = 4096;
const LONGEST_AGENT = 512;

export class BotCounts {
  readonly #file: string;
  readonly #engines = new SearchEngineRule([['published ranges', crawlerRanges().join('\n')]]);
  readonly #policy: CrawlerPolicy;
  readonly #claims = new Map<string, Claim | typeof NOBODY>();
  readonly #rows = new Map<string, Row>();
  #isChanged = false;

  /** Goes on with what is in the file; one that cannot be read begins anew. */
  constructor(dataDir: string, policy: CrawlerPolicySettings) {
    this.#file = path.join(dataDir, 'bot-counts.json');
    this.#policy = new CrawlerPolicy(policy);
    this.#read();
  }

  /** Whether a request may be a bot's: for a browser that nothing was done about it is one look into a table. */
  isOfInterest(rawAgent: string, action: string): boolean {
    return action !== '' || this.#claimOf(rawAgent) !== NOBODY;
  }

  count(visit: BotVisit): void {
    const { rawAgent, record, action } = visit;
    if (record === COSTLY) this.#add('hidden', action === 'observed' ? 'watched' : 'costly', visit);
    const claim = this.#claimOf(rawAgent);
    if (claim === NOBODY) {
      if (action === 'captcha' || action === 'passed') this.#add('hidden', action, visit);
      return;
    }
    const isTrue = claim.kind === 'program' || this.#isBelieved(claim.kind, visit);
    this.#add(isTrue ? claim.kind : 'impostor', claim.name, visit);
  }

  /** Those that came in the last week, the most requests first. */
  list(nowMs: number): readonly CountedBot[] {
    const hour = Math.floor(nowMs / HOUR_MS);
    return [...this.#rows.values()]
      .map(({ kind, name, lastMs, hours }) => ({
        ...{ kind, name, lastMs },
        day: sumOf(hours, hour - DAY_HOURS),
        week: sumOf(hours, hour - WEEK_HOURS),
      }))
      .filter(({ week }) => week.requests > 0)
      .toSorted((one, other) => other.week.requests - one.week.requests);
  }

  /** Writes what was counted, if anything was; throws when that is not possible. */
  save(nowMs: number): void {
    if (!this.#isChanged) return;
    const first = Math.floor(nowMs / HOUR_MS) - WEEK_HOURS;
    for (const [key, { hours }] of this.#rows) {
      for (const hour of hours.keys()) if (hour <= first) hours.delete(hour);
      if (hours.size === 0) this.#rows.delete(key);
    }
    const rows = [...this.#rows.values()].map((row) => ({ ...row, hours: [...row.hours] }));
    writeWhole(this.#file, JSON.stringify(rows), 0o600);
    this.#isChanged = false;
  }

  #claimOf(rawAgent: string): Claim | typeof NOBODY {
    const known = this.#claims.get(rawAgent);
    if (known !== undefined) return known;
    const claim = this.#claimIn(rawAgent.slice(0, LONGEST_AGENT));
    if (this.#claims.size >= MOST_REMEMBERED) this.#claims.clear();
    if (rawAgent.length <= LONGEST_AGENT) this.#claims.set(rawAgent, claim);
    return claim;
  }

  #claimIn(agent: string): Claim | typeof NOBODY {
    const ai = this.#policy.meet(agent, NOWHERE);
    if (ai !== undefined) return { kind: 'ai', name: ai.row.name };
    const text = agent.toLowerCase();
    const engine = ENGINES.find(([token]) => text.includes(token));
    if (engine !== undefined) return { kind: 'search', name: engine[1] };
    const program = programName(agent);
    return program === undefined ? NOBODY : { kind: 'program', name: program };
  }

  #isBelieved(kind: 'search' | 'ai', { rawAgent, rawIp }: BotVisit): boolean {
    const ip = parseIp(rawIp);
    if (ip === undefined) return false;
    if (kind === 'search') return this.#engines.spare({ scope: 'ip', value: ip }) !== undefined;
    return this.#policy.meet(rawAgent, { words: ipBits(ip) })?.isBelieved !== false;
  }

  #add(kind: BotKind, name: string, { action, siteMs, atMs }: BotVisit): void {
    const row = this.#rowOf(kind, name);
    const hour = Math.floor(atMs / HOUR_MS);
    const sums: Hour = row.hours.get(hour) ?? [0, 0, 0, 0];
    sums[0] += 1;
    if (STOPPED.has(action)) sums[1] += 1;
    if (siteMs >= 0) {
      sums[2] += siteMs;
      sums[3] += 1;
    }
    row.hours.set(hour, sums);
    row.lastMs = Math.max(row.lastMs, atMs);
    this.#isChanged = true;
  }

  #rowOf(kind: BotKind, wanted: string): Row {
    const isFull = this.#rows.size >= MOST_ROWS && !this.#rows.has(`${kind} ${wanted}`);
    const name = isFull ? OTHERS : wanted;
    const key = `${kind} ${name}`;
    let row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, (row = { kind, name, lastMs: 0, hours: new Map() }));
    return row;
  }

  #read(): void {
    try {
      // Written by `save` alone; what does not fit throws, and it begins anew.
      const rows = JSON.parse(readFileSync(this.#file, 'utf8')) as ReadonlyArray<
        Omit<Row, 'hours'> & { readonly hours: ReadonlyArray<readonly [number, Hour]> }
      >;
      for (const { kind, name, lastMs, hours } of rows.slice(0, MOST_ROWS + 1))
        this.#rows.set(`${kind} ${name}`, { kind, name, lastMs, hours: new Map(hours) });
    } catch {
      this.#rows.clear();
    }
  }
}

function sumOf(hours: ReadonlyMap<number, Hour>, after: number): BotSum {
  let [requests, stopped, siteMs, measured] = [0, 0, 0, 0];
  for (const [hour, sums] of hours) {
    if (hour <= after) continue;
    requests += sums[0];
    stopped += sums[1];
    siteMs += sums[2];
    measured += sums[3];
  }
  return { requests, stopped, siteMs: measured === 0 ? undefined : siteMs };
}
