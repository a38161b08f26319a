// Alerts put together as people see them: one attack is one incident, from however many addresses it comes. An alert
// belongs to the incident in which its address was seen half an hour before; else to the one of its own kind that is
// still going on; else it begins one. Incidents are never merged and never last longer than a day, so that the noise
// of a busy site does not become one endless attack. They are made of the alerts in the store alone: the same alerts
// give the same incidents again, and nothing about them has to be kept.

import { setImmediate as pause } from 'node:timers/promises';
import { familyOf, scenarioTitle } from '@parapet/reports';
import type { AlertSummary, Store } from '@parapet/store';
import type { SourceView } from '../../wire.ts';
import { oneAtATime } from '../oneAtATime.ts';

/** What is remembered of an alert. */
export interface AlertNote {
  readonly number: number;
  readonly id: string;
  readonly atMs: number;
  readonly startMs: number;
  readonly stopMs: number;
  readonly scenario: string;
  readonly family: string;
  readonly title: string;
  readonly source: SourceView;
  readonly events: number;
  readonly isSimulated: boolean;
  readonly spared: string | undefined;
}

export interface Incident {
  /** The number of the first alert. */
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly firstMs: number;
  lastMs: number;
  events: number;
  readonly alerts: AlertNote[];
  /** By scope and value, the last one seen last. */
  readonly sources: Map<string, SourceNote>;
}

export interface SourceNote {
  readonly source: SourceView;
  alerts: number;
  events: number;
  lastMs: number;
}

/** What came within so long goes on. */
export const RECENT_MS: number = 10 * 60_000;
const SAME_SOURCE_MS = 30 * 60_000;
const SAME_KIND_MS = 10 * 60_000;
const LONGEST_MS = 86_400_000;
const REMEMBERED_MS = 7 * 86_400_000;
const MOST_ALERTS = 20_000;
const MOST_TITLES = 1000;
const WINDOW_MS = 6 * 3_600_000;

export class IncidentBook {
  readonly #store: Store;
  readonly #now: () => Date;
  /** The oldest first. */
  #incidents: Incident[] = [];
  readonly #byId = new Map<string, Incident>();
  readonly #ofAlert = new Map<string, string>();
  readonly #ofSource = new Map<string, Incident>();
  readonly #ofKind = new Map<string, Incident>();
  /** What scenarios are called; found out once for each version of one. */
  readonly #titles = new Map<string, { readonly family: string; readonly title: string }>();
  #last = -1;

  /** Reads alerts that have come since; to be awaited before anything is asked. */
  readonly refresh: () => Promise<void> = oneAtATime(() => this.#read());

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** The latest first. */
  latest(): readonly Incident[] {
    return this.#incidents.toSorted((a, b) => b.lastMs - a.lastMs);
  }

  find(id: string): Incident | undefined {
    return this.#byId.get(id);
  }

  /** Returns the id of the incident that the alert is part of, if it is remembered. */
  ofAlert(alertId: string): string | undefined {
    return this.#ofAlert.get(alertId);
  }

  async #read(): Promise<void> {
    const nowMs = this.#now().getTime();
    const alerts =
      this.#last < 0 ? await this.#readFirst(nowMs) : await this.#store.listAlerts({ after: this.#last });
    if (this.#last < 0) this.#last = 0;
    for (const alert of alerts) this.#last = Math.max(this.#last, alert.number);
    for (const alert of alerts.toSorted((a, b) => a.knownAt.getTime() - b.knownAt.getTime()))
      this.#add(this.#noteOf(alert));
    this.#forget(nowMs - REMEMBERED_MS);
  }

  /** A few hours at a time, the latest first: in between, the engine has other things to do. */
  async #readFirst(nowMs: number): Promise<readonly AlertSummary[]> {
    const found: AlertSummary[] = [];
    // A clock that was set back has left alerts of later.
    let until = nowMs + REMEMBERED_MS;
    for (let since = nowMs - WINDOW_MS; until > nowMs - REMEMBERED_MS; since -= WINDOW_MS) {
      const limit = MOST_ALERTS - found.length;
      if (limit <= 0) break;
      found.push(
        ...(await this.#store.listAlerts(
          { since: new Date(Math.max(since, nowMs - REMEMBERED_MS)), until: new Date(until) },
          { limit, newestFirst: true },
        )),
      );
      until = since;
      await pause();
    }
    return found;
  }

  #add(alert: AlertNote): void {
    const source = sourceKey(alert.source);
    const incident = this.#incidentFor(alert, source) ?? this.#begin(alert);
    incident.alerts.push(alert);
    incident.events += alert.events;
    incident.lastMs = Math.max(incident.lastMs, alert.atMs);
    const known = incident.sources.get(source);
    if (known === undefined)
      incident.sources.set(source, {
        ...{ source: alert.source, alerts: 1, events: alert.events, lastMs: alert.atMs },
      });
    else {
      known.alerts += 1;
      known.events += alert.events;
      known.lastMs = Math.max(known.lastMs, alert.atMs);
    }
    this.#ofAlert.set(alert.id, incident.id);
    this.#ofSource.set(source, incident);
  }

  #incidentFor(alert: AlertNote, source: string): Incident | undefined {
    const bySource = this.#ofSource.get(source);
    const seenMs = bySource?.sources.get(source)?.lastMs ?? -Infinity;
    if (bySource !== undefined && alert.atMs - seenMs <= SAME_SOURCE_MS && isYoung(bySource, alert))
      return bySource;
    const byKind = this.#ofKind.get(kindOf(alert));
    const isGoingOn = byKind !== undefined && alert.atMs - byKind.lastMs <= SAME_KIND_MS;
    return isGoingOn && isYoung(byKind, alert) ? byKind : undefined;
  }

  #begin(alert: AlertNote): Incident {
    const incident: Incident = {
      id: String(alert.number),
      family: alert.family,
      title: alert.title,
      firstMs: Math.min(alert.startMs, alert.atMs),
      lastMs: alert.atMs,
      events: 0,
      alerts: [],
      sources: new Map(),
    };
    this.#incidents.push(incident);
    this.#byId.set(incident.id, incident);
    this.#ofKind.set(kindOf(alert), incident);
    return incident;
  }

  #noteOf(alert: AlertSummary): AlertNote {
    return {
      number: alert.number,
      id: alert.id,
      atMs: alert.knownAt.getTime(),
      startMs: alert.startAt.getTime(),
      stopMs: alert.stopAt.getTime(),
      scenario: alert.scenario,
      ...this.#titleOf(alert),
      source: sourceView(alert.source),
      events: alert.eventsCount,
      isSimulated: alert.simulated,
      spared: alert.spared,
    };
  }

  #titleOf({ scenario, scenarioHash, labels }: AlertSummary): {
    readonly family: string;
    readonly title: string;
  } {
    const key = `${scenario} ${scenarioHash}`;
    let known = this.#titles.get(key);
    if (known === undefined) {
      known = { family: familyOf(scenario, labels)?.key ?? '', title: scenarioTitle(scenario, labels) };
      if (this.#titles.size >= MOST_TITLES) this.#titles.clear();
      this.#titles.set(key, known);
    }
    return known;
  }

  #forget(beforeMs: number): void {
    if ((this.#incidents[0]?.lastMs ?? Infinity) >= beforeMs) return;
    const isOld = ({ lastMs }: Incident): boolean => lastMs < beforeMs;
    for (const { id, alerts } of this.#incidents.filter(isOld)) {
      this.#byId.delete(id);
      for (const alert of alerts) this.#ofAlert.delete(alert.id);
    }
    for (const map of [this.#ofSource, this.#ofKind])
      for (const [key, incident] of map) if (isOld(incident)) map.delete(key);
    this.#incidents = this.#incidents.filter((incident) => !isOld(incident));
  }
}

function isYoung(incident: Incident, alert: AlertNote): boolean {
  return alert.atMs - incident.firstMs <= LONGEST_MS;
}

function kindOf({ family, scenario, isSimulated }: AlertNote): string {
  return `${family === '' ? scenario : family} ${isSimulated}`;
}

function sourceKey({ scope, value }: SourceView): string {
  return `${scope} ${value}`;
}

function sourceView(source: AlertSummary['source']): SourceView {
  const { scope, value, countryCode, asn, asName } = source;
  const network = asName ?? (asn === undefined || asn === '' || asn === '0' ? undefined : `AS${asn}`);
  return {
    scope,
    value,
    ...(countryCode === undefined || countryCode === '' ? {} : { country: countryCode }),
    ...(network === undefined || network === '' ? {} : { network }),
  };
}
