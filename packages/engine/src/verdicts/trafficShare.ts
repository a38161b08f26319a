// Which address carries most of the traffic. When a proxy in front of the site is not configured, its address
// is the visitor of every line, and banning it bans everybody. A flood comes from one address too, so that the
// share alone proves nothing: a proxy also shows many user agents, or a forwarded-for header, and most of what
// it asks for is there.
//
// The last hour is six slices; each counts its total and, after Misra and Gries (1982), the few addresses that
// could be in the majority, never too high and too low by at most a sixteenth of the slice.

import { detach } from '../detectors/buckets/index.ts';
import type { Event, EventSchema } from '../events/index.ts';
import { misconfiguredProxy, type Finding } from './finding.ts';

/** A busy slice is sampled: one event in eight stands for all eight. */
const COUNTED_ONE_BY_ONE = 4096;
const SAMPLE = 8;
const SLICE_MS = 600_000;
const SLICES = 6;
const CANDIDATES = 15;
const ENOUGH_EVENTS = 1000;
const MANY_AGENTS = 20;
/** With nearly all of the traffic, fewer signs do. */
const NEARLY_ALL = 0.9;
const FEW_EVENTS = 200;
const SOME_AGENTS = 8;
const MAX_AGENTS_KEPT = 32;
/** A new majority is looked for at every so many events. */
const CHECK_EVERY = 128;
const FORWARDED_FIELDS = ['x_forwarded_for', 'http_x_forwarded_for', 'forwarded_for'] as const;

/** Everything that later answers depend on. */
export interface SavedTraffic {
  readonly slices: readonly Slice[];
  readonly proxies: ReadonlyMap<string, string>;
  readonly latest: number;
  readonly events: number;
}

interface Candidate {
  count: number;
  answered: number;
  found: number;
  readonly agents: Set<string>;
  forwarded: boolean;
}

interface Slice {
  number: number;
  total: number;
  candidates: Map<string, Candidate>;
}

interface Share {
  readonly count: number;
  readonly total: number;
  readonly agents: number;
  readonly forwarded: boolean;
  /** Of the requests whose answer is known, the part that was not an error. */
  readonly foundRatio: number;
}

export class TrafficShare {
  readonly #ip: number;
  readonly #agent: number;
  readonly #status: number;
  readonly #forwarded: readonly number[];
  readonly #slices: readonly Slice[] = Array.from({ length: SLICES }, () => ({
    number: -1,
    total: 0,
    candidates: new Map<string, Candidate>(),
  }));
  /** Why each is taken for a proxy. */
  readonly #proxies = new Map<string, string>();
  #findings: Finding[] = [];
  #latest = -1;
  #events = 0;

  constructor(schema: EventSchema) {
    this.#ip = schema.slot('Meta', 'source_ip');
    this.#agent = schema.slot('Meta', 'http_user_agent');
    this.#status = schema.slot('Meta', 'http_status');
    this.#forwarded = FORWARDED_FIELDS.flatMap((name) => [
      schema.slot('Parsed', name),
      schema.slot('Meta', name),
    ]);
  }

  /** Counts an event of a web server's log; others say nothing about proxies. */
  observe(event: Event, atMs: number): void {
    const { values } = event;
    const ip = values[this.#ip];
    const status = values[this.#status];
    const agent = values[this.#agent];
    if (ip === undefined || (status === undefined && agent === undefined) || Number.isNaN(atMs)) return;
    const slice = this.#sliceAt(atMs);
    if (slice === undefined) return;
    const weight = slice.total < COUNTED_ONE_BY_ONE ? 1 : SAMPLE;
    slice.total++;
    if (weight > 1 && slice.total % SAMPLE !== 0) return;
    const candidate = slice.candidates.get(ip) ?? newCandidate(slice, ip, weight);
    if (candidate === undefined) return;
    candidate.count += weight;
    if (status !== undefined) {
      candidate.answered++;
      if (status < '4') candidate.found++;
    }
    if (agent !== undefined && candidate.agents.size < MAX_AGENTS_KEPT && !candidate.agents.has(agent)) {
      candidate.agents.add(detach(agent));
    }
    if (!candidate.forwarded) candidate.forwarded = this.#forwarded.some((slot) => isNamed(values[slot]));
    if (++this.#events % CHECK_EVERY === 0) this.proxyReason(ip);
  }

  /** Says why the address is taken for a proxy; undefined when it is not. Once a proxy, always a proxy. */
  proxyReason(ip: string): string | undefined {
    const known = this.#proxies.get(ip);
    if (known !== undefined) return known;
    const share = this.#share(ip);
    if (!looksLikeProxy(share)) return undefined;
    const percent = Math.floor((share.count / share.total) * 100);
    const reason = `${percent} % of the last hour's ${share.total} requests come from it, ${signOf(share)}`;
    this.#proxies.set(ip, reason);
    this.#findings.push(misconfiguredProxy(ip, reason));
    return reason;
  }

  /** Proxies found since the last call. Decisions on them that were made before are to be lifted. */
  takeFindings(): readonly Finding[] {
    if (this.#findings.length === 0) return [];
    const findings = this.#findings;
    this.#findings = [];
    return findings;
  }

  /** What `restore` takes; it is only lent, and to be written down before the next event. */
  save(): SavedTraffic {
    return {
      slices: this.#slices,
      proxies: this.#proxies,
      latest: this.#latest,
      events: this.#events,
    };
  }

  /** Takes over what was saved, and tells once more of the proxies that were known. */
  restore({ slices, proxies, latest, events }: SavedTraffic): void {
    for (const [i, slice] of slices.entries()) Object.assign(this.#slices[i]!, slice);
    for (const [ip, reason] of proxies) {
      this.#proxies.set(ip, reason);
      this.#findings.push(misconfiguredProxy(ip, reason));
    }
    this.#latest = latest;
    this.#events = events;
  }

  #share(ip: string): Share {
    let count = 0;
    let total = 0;
    let answered = 0;
    let found = 0;
    let forwarded = false;
    const agents = new Set<string>();
    for (const slice of this.#slices) {
      if (slice.number <= this.#latest - SLICES) continue;
      total += slice.total;
      const candidate = slice.candidates.get(ip);
      if (candidate === undefined) continue;
      count += candidate.count;
      answered += candidate.answered;
      found += candidate.found;
      forwarded ||= candidate.forwarded;
      for (const agent of candidate.agents) agents.add(agent);
    }
    return {
      count,
      total,
      agents: agents.size,
      forwarded,
      foundRatio: answered === 0 ? 0 : found / answered,
    };
  }

  #sliceAt(atMs: number): Slice | undefined {
    const number = Math.max(0, Math.floor(atMs / SLICE_MS));
    if (number > this.#latest) this.#latest = number;
    else if (number <= this.#latest - SLICES) return undefined;
    const slice = this.#slices[number % SLICES]!;
    if (slice.number !== number) {
      slice.number = number;
      slice.total = 0;
      slice.candidates.clear();
    }
    return slice;
  }
}

function newCandidate(slice: Slice, ip: string, weight: number): Candidate | undefined {
  const { candidates } = slice;
  if (candidates.size >= CANDIDATES) {
    for (const [other, candidate] of candidates)
      if ((candidate.count -= weight) <= 0) candidates.delete(other);
    return undefined;
  }
  const candidate = { count: 0, answered: 0, found: 0, agents: new Set<string>(), forwarded: false };
  candidates.set(detach(ip), candidate);
  return candidate;
}

function looksLikeProxy({ count, total, agents, forwarded, foundRatio }: Share): boolean {
  if (count * 2 <= total || foundRatio < 0.5) return false;
  if (total >= ENOUGH_EVENTS && (forwarded || agents >= MANY_AGENTS)) return true;
  if (count < total * NEARLY_ALL) return false;
  if (total >= FEW_EVENTS && (forwarded || agents >= SOME_AGENTS)) return true;
  return total >= ENOUGH_EVENTS && agents === 0 && foundRatio >= NEARLY_ALL;
}

function signOf({ forwarded, agents }: Share): string {
  if (forwarded) return 'with a forwarded-for header';
  if (agents === 0) return 'and nearly all of it finds what it asks for';
  return `with ${agents >= MAX_AGENTS_KEPT ? `${MAX_AGENTS_KEPT} or more` : agents} different user agents`;
}

function isNamed(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '-';
}
