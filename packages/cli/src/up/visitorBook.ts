// Who visits: how many requests of each address the site answered as usual, by the day, and which addresses logged in.
// It answers whom a decision on an address or a range would hit. Of a crowd only a share of the addresses is counted,
// chosen by a hash, and the sums are estimates (P. Gibbons, Distinct sampling, VLDB 2001). It is kept in a file of the
// data directory; a killed engine forgets some minutes of it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { VisitsView } from '@parapet/dashboard';
import { CidrMap } from '@parapet/engine';
import { parseIp, type Cidr } from '@parapet/kinds';
import { writeWhole } from '../io/writeWhole.ts';

/** Of one day: of the addresses, one in 2 ** level is counted. */
interface Day {
  level: number;
  readonly requests: Map<string, number>;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
const LOGIN_DAYS = 30;
const MOST_ADDRESSES = 10_000;
const MOST_LOGINS = 10_000;
const LONGEST_ADDRESS = 45;

export class VisitorBook {
  readonly #file: string;
  /** By the number of the day since 1970, in UTC. */
  readonly #days = new Map<number, Day>();
  /** Addresses and when somebody last logged in from there; who came last stands last. */
  readonly #logins = new Map<string, number>();
  #isChanged = false;

  /** Goes on with what is in the file; one that cannot be read begins anew. */
  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'visitors.json');
    this.#read();
  }

  /** Counts a request that the site answered as usual; a new address costs a hash, a known one a look-up. */
  visit(rawIp: string, atMs: number): void {
    const number = Math.floor(atMs / DAY_MS);
    let day = this.#days.get(number);
    if (day === undefined) this.#days.set(number, (day = { level: 0, requests: new Map() }));
    const known = day.requests.get(rawIp);
    if (known === undefined && (rawIp.length > LONGEST_ADDRESS || !isSampled(rawIp, day.level))) return;
    day.requests.set(rawIp, (known ?? 0) + 1);
    this.#isChanged = true;
    while (day.requests.size > MOST_ADDRESSES) {
      day.level += 1;
      for (const ip of day.requests.keys()) if (!isSampled(ip, day.level)) day.requests.delete(ip);
    }
  }

  login(rawIp: string, atMs: number): void {
    const ip = parseIp(rawIp);
    if (ip === undefined) return;
    this.#logins.delete(ip);
    if (this.#logins.size >= MOST_LOGINS)
      for (const first of this.#logins.keys()) {
        this.#logins.delete(first);
        break;
      }
    this.#logins.set(ip, atMs);
    this.#isChanged = true;
  }

  /** Who came from these addresses and ranges in the last week, and who of them logged in within the last month. */
  within(places: readonly Cidr[], nowMs: number, people: ReadonlySet<string> = new Set()): VisitsView {
    const isInside = insideOf(places);
    const first = Math.floor(nowMs / DAY_MS) - DAYS + 1;
    const days = [...this.#days].filter(([number]) => number >= first).map(([, day]) => day);
    const level = Math.max(0, ...days.map((day) => day.level));
    const addresses = new Set<string>();
    let requests = 0;
    for (const day of days)
      for (const [ip, count] of day.requests) {
        if (!isSampled(ip, level) || !(addresses.has(ip) || isInside(ip))) continue;
        addresses.add(ip);
        requests += count;
      }
    const logins = [...this.#logins].filter(
      ([ip, atMs]) => atMs > nowMs - LOGIN_DAYS * DAY_MS && isInside(ip),
    );
    return {
      ...{ requests: requests * 2 ** level, addresses: addresses.size * 2 ** level, isEstimate: level > 0 },
      people: [...people].filter(isInside).length,
      ...{ logins: logins.length, examples: logins.slice(-3).map(([ip]) => ip) },
      days: days.length,
    };
  }

  /** Writes what was counted, if anything was; throws when that is not possible. */
  save(nowMs: number): void {
    if (!this.#isChanged) return;
    const today = Math.floor(nowMs / DAY_MS);
    for (const number of this.#days.keys()) if (number <= today - DAYS) this.#days.delete(number);
    for (const [ip, atMs] of this.#logins) if (atMs <= nowMs - LOGIN_DAYS * DAY_MS) this.#logins.delete(ip);
    const days = [...this.#days].map(([number, { level, requests }]) => [number, level, [...requests]]);
    writeWhole(this.#file, JSON.stringify({ days, logins: [...this.#logins] }), 0o600);
    this.#isChanged = false;
  }

  #read(): void {
    try {
      // Written by `save` alone; what does not fit throws, and it begins anew.
      const { days, logins } = JSON.parse(readFileSync(this.#file, 'utf8')) as {
        readonly days: ReadonlyArray<readonly [number, number, ReadonlyArray<readonly [string, number]>]>;
        readonly logins: ReadonlyArray<readonly [string, number]>;
      };
      for (const [number, level, requests] of days)
        this.#days.set(number, { level, requests: new Map(requests) });
      for (const [ip, atMs] of logins) this.#logins.set(ip, atMs);
    } catch {
      this.#days.clear();
      this.#logins.clear();
    }
  }
}

/** Single addresses are looked up as they are written; in ranges each address is looked for. */
function insideOf(places: readonly Cidr[]): (rawIp: string) => boolean {
  const isAddress = ({ version, prefixLength }: Cidr): boolean => prefixLength === (version === 4 ? 32 : 128);
  const singles = new Set(places.filter(isAddress).map(({ text }) => text.split('/')[0]));
  const ranges = new CidrMap<true>();
  for (const place of places) if (!isAddress(place)) ranges.set(place, true);
  return (rawIp) => {
    if (singles.has(rawIp)) return true;
    const ip = ranges.size === 0 ? undefined : parseIp(rawIp);
    return ip !== undefined && ranges.covering(ip).length > 0;
  };
}

/** FNV-1a, of which the lowest bits say whether an address is in the sample. */
function isSampled(ip: string, level: number): boolean {
  if (level === 0) return true;
  let hash = 0x811c9dc5;
  for (let i = 0; i < ip.length; i += 1) hash = Math.imul(hash ^ ip.charCodeAt(i), 0x01000193);
  // Its lowest bits alone see the lowest bits of the text.
  return ((hash ^ (hash >>> 15)) & (2 ** level - 1)) === 0;
}
