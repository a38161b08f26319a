// An attack while it goes on: alerts of one kind against one site, and whatever else its sources do. It is counted, not
// kept: the alerts themselves are in the store.

import type { Alert, Decision } from '@parapet/kinds';
import { plain } from '@parapet/reports';
import { OUTCOMES, type AttackFacts, type Outcome, type Severity, type SourceFacts } from '../message.ts';
import type { AttackKey } from '../words/attacks.table.ts';
import { attackOf, deservesReview, graver, lastMeta, outcomeOf, severityOf } from './weigh.ts';

/** More different sources than this are "more than". */
const MAX_SOURCES = 20_000;
const MAX_SHOWN = 3;
const MAX_NAMES = 5;
const MAX_PATH = 80;

/** An alert as far as it matters here. */
export interface Happening {
  readonly id: string;
  readonly site: string;
  readonly attack: AttackKey;
  readonly outcome: Outcome;
  readonly source: SourceFacts;
  readonly sourceHash: number;
  readonly scenario: string;
  readonly path: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly events: number;
}

/** Plain values, for the disk. */
export interface IncidentState {
  readonly id: string;
  readonly site: string;
  readonly attack: AttackKey;
  readonly openedMs: number;
  readonly seenMs: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly alerts: number;
  readonly events: number;
  /** Hashes of the sources, four bytes each, base64. */
  readonly sources: string;
  readonly isMore: boolean;
  readonly shown: readonly SourceFacts[];
  readonly scenarios: readonly string[];
  readonly paths: readonly string[];
  readonly alertId: string;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** When each channel was told, by its name. */
  readonly told: Readonly<Record<string, number>>;
  readonly escalated: readonly string[];
  readonly isAcknowledged: boolean;
}

/** Returns what of an alert matters here. */
export function happeningOf(
  alert: Alert,
  decisions: readonly Decision[],
  isEnforced: (site: string) => boolean,
  siteOf: (host: string) => string,
): Happening {
  const { source, events } = alert;
  const named = lastMeta(events, 'site');
  const site = plain(named === '' ? siteOf(lastMeta(events, 'target_fqdn')) : named).slice(0, 100);
  const path = lastMeta(events, 'http_path').split(/[?#]/, 1)[0]!;
  return {
    id: alert.id,
    site,
    attack: attackOf(alert),
    outcome: outcomeOf(alert, decisions, isEnforced(site)),
    source: {
      value: source.value,
      ...(source.countryCode === undefined ? {} : { countryCode: source.countryCode }),
      ...(source.asName === undefined ? {} : { asName: source.asName }),
    },
    sourceHash: hashOf(`${source.scope} ${source.value}`),
    scenario: alert.scenario,
    path: path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path,
    firstAtMs: alert.startAt.getTime(),
    lastAtMs: alert.stopAt.getTime(),
    events: Math.max(1, alert.eventsCount),
  };
}

export class Incident {
  readonly id: string;
  readonly site: string;
  readonly openedMs: number;
  attack: AttackKey;
  seenMs: number;
  isAcknowledged = false;
  readonly told: Map<string, number> = new Map();
  readonly escalated: Set<string> = new Set();
  readonly #sources = new Set<number>();
  #isMore = false;
  #firstAtMs = Infinity;
  #lastAtMs = -Infinity;
  #alerts = 0;
  #events = 0;
  #alertId = '';
  readonly #shown: SourceFacts[] = [];
  readonly #scenarios: string[] = [];
  readonly #paths: string[] = [];
  readonly #outcomes = new Map<Outcome, number>();

  constructor(id: string, site: string, attack: AttackKey, nowMs: number) {
    this.id = id;
    this.site = site;
    this.attack = attack;
    this.openedMs = nowMs;
    this.seenMs = nowMs;
  }

  has(sourceHash: number): boolean {
    return this.#sources.has(sourceHash);
  }

  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  get scenarios(): readonly string[] {
    return this.#scenarios;
  }

  add(one: Happening, nowMs: number): void {
    this.attack = this.#alerts === 0 ? one.attack : graver(this.attack, one.attack);
    this.seenMs = nowMs;
    this.#alerts++;
    this.#events += one.events;
    this.#firstAtMs = Math.min(this.#firstAtMs, one.firstAtMs);
    this.#lastAtMs = Math.max(this.#lastAtMs, one.lastAtMs);
    if (this.#alertId === '') this.#alertId = one.id;
    if (!this.#sources.has(one.sourceHash)) {
      if (this.#sources.size < MAX_SOURCES) this.#sources.add(one.sourceHash);
      else this.#isMore = true;
      if (this.#shown.length < MAX_SHOWN) this.#shown.push(one.source);
    }
    keep(this.#scenarios, one.scenario);
    if (one.path !== '') keep(this.#paths, one.path);
    this.#outcomes.set(one.outcome, (this.#outcomes.get(one.outcome) ?? 0) + 1);
  }

  /** What was done about most of it. */
  get outcome(): Outcome {
    let most: Outcome = 'told';
    for (const outcome of OUTCOMES)
      if ((this.#outcomes.get(outcome) ?? 0) > (this.#outcomes.get(most) ?? 0)) most = outcome;
    return most;
  }

  get severity(): Severity {
    return severityOf(this.#weighed());
  }

  facts(): AttackFacts {
    const weighed = this.#weighed();
    return {
      attack: weighed.attack,
      outcome: weighed.outcome,
      needsReview: deservesReview(weighed),
      firstAtMs: this.#firstAtMs,
      lastAtMs: this.#lastAtMs,
      alerts: this.#alerts,
      events: this.#events,
      sources: this.#sources.size,
      isMore: this.#isMore,
      shown: [...this.#shown],
      scenarios: [...this.#scenarios],
      paths: this.#paths.slice(0, MAX_SHOWN),
      alertId: this.#alertId,
    };
  }

  save(): IncidentState {
    return {
      id: this.id,
      site: this.site,
      attack: this.attack,
      openedMs: this.openedMs,
      seenMs: this.seenMs,
      firstAtMs: this.#firstAtMs,
      lastAtMs: this.#lastAtMs,
      alerts: this.#alerts,
      events: this.#events,
      sources: packHashes(this.#sources),
      isMore: this.#isMore,
      shown: this.#shown,
      scenarios: this.#scenarios,
      paths: this.#paths,
      alertId: this.#alertId,
      outcomes: Object.fromEntries(this.#outcomes),
      told: Object.fromEntries(this.told),
      escalated: [...this.escalated],
      isAcknowledged: this.isAcknowledged,
    };
  }

  static restore(state: IncidentState): Incident {
    const incident = new Incident(state.id, state.site, state.attack, state.openedMs);
    incident.seenMs = state.seenMs;
    incident.isAcknowledged = state.isAcknowledged;
    incident.#firstAtMs = state.firstAtMs;
    incident.#lastAtMs = state.lastAtMs;
    incident.#alerts = state.alerts;
    incident.#events = state.events;
    incident.#isMore = state.isMore;
    incident.#alertId = state.alertId;
    for (const hash of unpackHashes(state.sources)) incident.#sources.add(hash);
    incident.#shown.push(...state.shown);
    incident.#scenarios.push(...state.scenarios);
    incident.#paths.push(...state.paths);
    for (const outcome of OUTCOMES) {
      const count = state.outcomes[outcome];
      if (count !== undefined) incident.#outcomes.set(outcome, count);
    }
    for (const [channel, atMs] of Object.entries(state.told)) incident.told.set(channel, atMs);
    for (const channel of state.escalated) incident.escalated.add(channel);
    return incident;
  }

  #weighed(): { attack: AttackKey; outcome: Outcome; sources: number; events: number } {
    return {
      attack: this.attack,
      outcome: this.outcome,
      sources: this.#sources.size,
      events: this.#events,
    };
  }
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function packHashes(hashes: Iterable<number>): string {
  const words = Uint32Array.from(hashes);
  return Buffer.from(words.buffer).toString('base64');
}

export function unpackHashes(text: string): readonly number[] {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return [...new Uint32Array(bytes.buffer, 0, bytes.length >>> 2)];
}

function keep(names: string[], name: string): void {
  if (names.length < MAX_NAMES && !names.includes(name)) names.push(name);
}
