// What a running engine tells the dashboard: alerts as they are made, a pulse each second, a sample of requests while
// somebody looks, counts of each minute for the picture of the day, and who was stopped and then did what a person
// does. Without a page that is open, a request costs two additions and a few comparisons.

import type { Feed, LiveRequest } from '@parapet/dashboard';
import type { Event } from '@parapet/engine';
import { parseIp, type Alert, type Decision } from '@parapet/kinds';
import { explainAlert, familyOf, scenarioTitle } from '@parapet/reports';
import { siteOfAlert, type HumanSign, type SiteMinute, type Store } from '@parapet/store';
import type { BotCounts } from './botCounts.ts';
import type { VisitorBook } from './visitorBook.ts';

const MINUTE_MS = 60_000;
const KEPT_MS = 8 * 86_400_000;
const MOST_FINDINGS = 5;
const LONGEST_TEXT = 300;
/** Who was stopped is remembered, in case they log in, for a day and for so many addresses. */
const MOST_STOPPED = 5000;
const STOPPED_FOR_MS = 86_400_000;
const MOST_SIGNS = 1000;
/** Visitors send any host. */
const MOST_HOSTS = 2000;
/** What the gateway did that somebody felt; `passed` is its own sign. */
const STOPS: ReadonlySet<string> = new Set(['attack', 'ban', 'captcha', 'throttle', 'tarpit']);

interface Slots {
  readonly source: number;
  readonly status: number;
  readonly path: number;
  readonly verb: number;
  readonly agent: number;
  readonly action: number;
  readonly record: number;
  readonly signal: number;
  readonly siteMs: number;
  readonly host: number;
  readonly site: number;
}

/** What came to a site. */
interface Counts {
  lines: number;
  stopped: number;
  alerts: number;
}

export class DashboardDesk {
  readonly #feed: Feed;
  readonly #nowMs: () => number;
  /** Requests that the gateway has answered itself since it started; 0 without one. */
  readonly #stopped: () => number;
  readonly findings: string[] = [];
  lastLineMs: number | undefined;
  #bots: BotCounts | undefined;
  #visitors: VisitorBook | undefined;
  #slots: Slots | undefined;
  #lines = 0;
  #alerts = 0;
  #linesToldMs = 0;
  #stoppedBefore = 0;
  #pending = { lines: 0, stopped: 0, alerts: 0 };
  /** The last one to be stopped stands last. */
  readonly #stoppedIps = new Map<string, { readonly record: string; readonly atMs: number }>();
  #signs = new Map<string, HumanSign>();

  /** Of each site, since the last pulse and since the last time it was written. */
  #second = new Map<string, Counts>();
  #unsaved = new Map<string, Counts>();
  /** Sites by host. */
  readonly #siteOfHost = new Map<string, string>();
  readonly #nameOf: (named: string) => string;

  constructor(
    feed: Feed,
    nowMs: () => number,
    stopped: () => number,
    nameOf: (named: string) => string = () => '',
  ) {
    this.#nameOf = nameOf;
    this.#feed = feed;
    this.#nowMs = nowMs;
    this.#stopped = stopped;
  }

  /** From now on visitors are counted, and programs among them. */
  countVisitors(bots: BotCounts, visitors: VisitorBook): void {
    this.#bots = bots;
    this.#visitors = visitors;
  }

  lines(count: number): void {
    this.#lines += count;
  }

  /** Of each event; most are not looked at. */
  event(event: Event): void {
    const site = this.#siteOf(event);
    if (site !== '') {
      const counts = countsIn(this.#second, site);
      counts.lines += 1;
      if (STOPS.has(event.values[this.#slotsOf(event).action] ?? '')) counts.stopped += 1;
    }
    this.#lookForPeople(event, site);
    if (this.#bots !== undefined) this.#countBot(this.#bots, event);
    if (this.#visitors !== undefined) this.#countVisit(this.#visitors, event);
    if (!this.#feed.isWatched || !this.#feed.wants()) return;
    this.#feed.request(this.#requestOf(event, site));
  }

  alert(alert: Alert, decisions: readonly Decision[]): void {
    this.#alerts += 1;
    const site = siteOfAlert(alert, this.#nameOf);
    if (site !== '') countsIn(this.#second, site).alerts += 1;
    const { scope, value, countryCode, asName } = alert.source;
    const [decision] = decisions;
    const told = {
      family: familyOf(alert.scenario, alert.labels)?.key ?? '',
      title: scenarioTitle(alert.scenario, alert.labels),
      source: {
        ...{ scope, value },
        ...(countryCode === undefined ? {} : { country: countryCode }),
        ...(asName === undefined ? {} : { network: asName }),
      },
      sentence: explainAlert(alert),
      ...(decision === undefined ? {} : { remediation: decision.remediation }),
    };
    this.#feed.tell({ kind: 'alert', atMs: alert.knownAt.getTime(), alert: told }, site);
    if (decisions.length > 0) this.#feed.tell({ kind: 'changed', what: 'decisions' }, site);
  }

  finding(text: string): void {
    this.findings.push(text);
    if (this.findings.length > MOST_FINDINGS) this.findings.shift();
  }

  /** To be called each second: tells how much came, and counts it. */
  pulse(): void {
    const atMs = this.#nowMs();
    const stoppedNow = this.#stopped();
    // Counters of workers that were replaced may be back before they are summed again.
    const stopped = Math.max(0, stoppedNow - this.#stoppedBefore);
    this.#stoppedBefore = stoppedNow;
    const [lines, alerts] = [this.#lines, this.#alerts];
    [this.#lines, this.#alerts] = [0, 0];
    if (lines > 0) this.lastLineMs = atMs;
    this.#pending.lines += lines;
    this.#pending.stopped += stopped;
    this.#pending.alerts += alerts;
    if (this.#feed.size > 0 && (lines > 0 || this.#linesToldMs > 0))
      this.#feed.tell({ kind: 'pulse', atMs, lines, stopped }, '', this.#second);
    for (const [site, counts] of this.#second) addTo(countsIn(this.#unsaved, site), counts);
    this.#second = new Map();
    this.#linesToldMs = lines > 0 ? atMs : 0;
  }

  /** Writes what was counted; what cannot be written now is written the next time. */
  async save({ minutes, humanSigns }: Pick<Store, 'minutes' | 'humanSigns'>): Promise<void> {
    const before = new Date(this.#nowMs() - KEPT_MS);
    const { lines, stopped, alerts } = this.#pending;
    if (lines + stopped + alerts > 0) {
      const at = new Date(Math.floor(this.#nowMs() / MINUTE_MS) * MINUTE_MS);
      const ofSites = this.#unsaved;
      const rows = [...ofSites].map(([site, counts]): SiteMinute => ({ site, at, ...counts }));
      this.#unsaved = new Map();
      try {
        await minutes.add([{ at, lines, stopped, alerts }], rows);
      } catch (error) {
        for (const [site, counts] of ofSites) addTo(countsIn(this.#unsaved, site), counts);
        throw error;
      }
      this.#pending.lines -= lines;
      this.#pending.stopped -= stopped;
      this.#pending.alerts -= alerts;
      await minutes.forget(before);
    }
    if (this.#signs.size === 0) return;
    const signs = [...this.#signs.entries()];
    await humanSigns.add(signs.map(([, sign]) => sign));
    for (const [key, sign] of signs) if (this.#signs.get(key) === sign) this.#signs.delete(key);
    await humanSigns.forget(before);
  }

  #countBot(bots: BotCounts, event: Event): void {
    const { values, timeMs } = event;
    const { source, verb, agent, action, record, siteMs } = this.#slotsOf(event);
    const rawAgent = values[agent] ?? '';
    const did = values[action] ?? '';
    if ((values[verb] ?? '') === '' || !bots.isOfInterest(rawAgent, did)) return;
    const measured = values[siteMs] ?? '';
    bots.count({
      ...{ rawAgent, rawIp: values[source] ?? '', atMs: timeMs },
      ...{ action: did, record: values[record] ?? '' },
      siteMs: measured === '' ? Number.NaN : Number(measured),
    });
  }

  /** A request that the site answered as usual, and a login. */
  #countVisit(visitors: VisitorBook, event: Event): void {
    const { values, timeMs } = event;
    const { source, status, action, signal } = this.#slotsOf(event);
    const isUsual = /^[23]/.test(values[status] ?? '');
    if (isUsual && !STOPS.has(values[action] ?? '')) visitors.visit(values[source] ?? '', timeMs);
    if (values[signal] === 'login.ok') visitors.login(values[source] ?? '', timeMs);
  }

  /** Who solved the check, and who logs in after having been stopped, may be a person. */
  #lookForPeople(event: Event, site: string): void {
    const { values, timeMs } = event;
    const { source, action, record, signal } = this.#slotsOf(event);
    const did = values[action] ?? '';
    const isLogin = values[signal] === 'login.ok';
    if (did === '' && !isLogin) return;
    const ip = values[source] ?? '';
    if (STOPS.has(did)) {
      this.#stoppedIps.delete(ip);
      if (this.#stoppedIps.size >= MOST_STOPPED)
        for (const first of this.#stoppedIps.keys()) {
          this.#stoppedIps.delete(first);
          break;
        }
      this.#stoppedIps.set(ip, { record: values[record] ?? '', atMs: timeMs });
    } else if (did === 'passed') this.#sign('passed', ip, values[record] ?? '', timeMs, site);
    else if (isLogin) {
      const stop = this.#stoppedIps.get(ip);
      if (stop !== undefined && timeMs - stop.atMs < STOPPED_FOR_MS)
        this.#sign('login', ip, stop.record, timeMs, site);
    }
  }

  #sign(kind: HumanSign['kind'], rawIp: string, record: string, atMs: number, site: string): void {
    const ip = parseIp(rawIp);
    const key = `${kind} ${rawIp} ${record}`;
    if (ip === undefined || record === '' || (this.#signs.size >= MOST_SIGNS && !this.#signs.has(key)))
      return;
    this.#signs.set(key, {
      ...{ ip, kind, record, at: new Date(atMs) },
      ...(site === '' ? {} : { site }),
    });
  }

  #slotsOf({ schema }: Event): Slots {
    this.#slots ??= {
      source: schema.slot('Meta', 'source_ip'),
      status: schema.slot('Meta', 'http_status'),
      path: schema.slot('Meta', 'http_path'),
      verb: schema.slot('Meta', 'http_verb'),
      agent: schema.slot('Meta', 'http_user_agent'),
      action: schema.slot('Meta', 'gateway_action'),
      record: schema.slot('Meta', 'gateway_record'),
      signal: schema.slot('Meta', 'signal_type'),
      siteMs: schema.slot('Meta', 'upstream_ms'),
      host: schema.slot('Meta', 'target_fqdn'),
      site: schema.slot('Meta', 'site'),
    };
    return this.#slots;
  }

  /** The site that an event names, or that its host belongs to; empty for none. */
  #siteOf(event: Event): string {
    const { host, site } = this.#slotsOf(event);
    const named = event.values[site] ?? '';
    const key = named === '' ? (event.values[host] ?? '') : named;
    if (key === '') return '';
    let known = this.#siteOfHost.get(key);
    if (known === undefined) {
      known = this.#nameOf(key.toLowerCase());
      if (this.#siteOfHost.size >= MOST_HOSTS) this.#siteOfHost.clear();
      this.#siteOfHost.set(key, known);
    }
    return known;
  }

  #requestOf(event: Event, site: string): LiveRequest {
    const { values, timeMs } = event;
    const text = (slot: number): string => (values[slot] ?? '').slice(0, LONGEST_TEXT);
    const { source, status, path, verb, agent, action } = this.#slotsOf(event);
    return {
      atMs: timeMs,
      ip: text(source),
      method: text(verb),
      path: text(path),
      status: text(status),
      agent: text(agent),
      action: text(action),
      ...(site === '' ? {} : { site }),
    };
  }
}

function countsIn(counts: Map<string, Counts>, site: string): Counts {
  const known = counts.get(site);
  if (known !== undefined) return known;
  const fresh = { lines: 0, stopped: 0, alerts: 0 };
  counts.set(site, fresh);
  return fresh;
}

function addTo(sum: Counts, more: Counts): void {
  sum.lines += more.lines;
  sum.stopped += more.stopped;
  sum.alerts += more.alerts;
}
