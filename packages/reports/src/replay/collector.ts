// Gathers a ReplaySummary while a replay runs: counts for each event, notes for each alert. Memory is
// bounded whatever the log holds; where something had to be left out, the summary says so.

import type { Alert, Decision } from '@parapet/kinds';
import { accountOf, explainAct, explainAlert, familyOf, scenarioTitle } from '../words/explain.ts';
import { evidenceOf } from './evidence.ts';
import { assess } from './people.ts';
import { detach } from './request-signs.ts';
import { SourceTable, type EventFields } from './source-table.ts';
import type {
  AlertNote,
  Finding,
  InspectionReport,
  ReplaySummary,
  ScenarioReport,
  SourceReport,
  UnparsedLines,
} from './summary.ts';
import { TimelineCounter } from './timeline.ts';

export interface CollectorLimits {
  /** Sources that are counted at the same time. */
  readonly sources: number;
  readonly timelineBuckets: number;
  /** Alerts and decisions that are kept; all are counted. */
  readonly notes: number;
  /** Sources in the finished summary, apart from those that look like people. */
  readonly reportedSources: number;
}

const DEFAULT_LIMITS: CollectorLimits = {
  sources: 32_768,
  timelineBuckets: 2880,
  notes: 5000,
  reportedSources: 200,
};

/** What only the caller knows, at the end. */
export interface ReplayTotals {
  readonly files: readonly string[];
  readonly lines: number;
  readonly parsed: number;
  readonly seconds: number;
  readonly findings?: readonly Finding[];
  readonly inspection?: InspectionReport;
  /** Scenario name to its own description. */
  readonly descriptions?: ReadonlyMap<string, string>;
}

interface ScenarioTally {
  readonly title: string;
  readonly example: string;
  readonly sources: Set<string>;
  alerts: number;
  decisions: number;
}

/** What is remembered of a value that alerts or decisions are about. */
interface Attacker {
  readonly scope: string;
  readonly value: string;
  alerts: number;
  decisions: number;
  decision?: Decision;
  countryCode?: string | undefined;
  asn?: string | undefined;
  asName?: string | undefined;
  readonly scenarios: string[];
  readonly notes: AlertNote[];
  failedLogins: number;
  readonly accounts: Set<string>;
}

const NOTES_PER_SOURCE = 4;
const SCENARIOS_PER_SOURCE = 20;
const MAX_PER_SCENARIO = 100_000;
const MAX_ACCOUNTS = 50;
const UNPARSED_KINDS = 50;
const UNPARSED_SHOWN = 8;

export class ReplayCollector {
  readonly #limits: CollectorLimits;
  readonly #sources: SourceTable;
  readonly #timeline: TimelineCounter;
  readonly #scenarios = new Map<string, ScenarioTally>();
  readonly #attackersByKey = new Map<string, Attacker>();
  readonly #alerts: AlertNote[] = [];
  readonly #spared: AlertNote[] = [];
  readonly #decisions: Decision[] = [];
  readonly #unparsedKinds = new Map<string, { count: number; sample: string; reason?: string }>();
  readonly #findings: Finding[] = [];
  #unparsed = 0;
  #alertsTotal = 0;
  #sparedTotal = 0;
  #decisionsTotal = 0;
  #attackers = 0;
  #banned = 0;
  #firstMs = Infinity;
  #lastMs = -Infinity;

  constructor(limits: Partial<CollectorLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#sources = new SourceTable(this.#limits.sources);
    this.#timeline = new TimelineCounter(this.#limits.timelineBuckets);
  }

  /** Counts one event. The fields are not kept, so the caller may use the same object again. */
  event(event: EventFields): void {
    const atMs = event.atMs;
    if (atMs < this.#firstMs) this.#firstMs = atMs;
    if (atMs > this.#lastMs) this.#lastMs = atMs;
    this.#timeline.event(atMs, event.status);
    if (event.source.length > 0) this.#sources.count(event);
  }

  /** Counts a line that no parser took. */
  unparsed(rawLine: string, reason?: string): void {
    this.#unparsed++;
    const kind = reason ?? rawLine.slice(0, 80).replace(/[0-9]+/g, '0');
    const known = this.#unparsedKinds.get(kind);
    if (known !== undefined) known.count++;
    else if (this.#unparsedKinds.size < UNPARSED_KINDS) {
      const sample = detach(rawLine.slice(0, 300));
      this.#unparsedKinds.set(detach(kind), {
        count: 1,
        sample,
        ...(reason === undefined ? {} : { reason }),
      });
    }
  }

  finding(finding: Finding): void {
    this.#findings.push(finding);
  }

  alert(alert: Alert): void {
    const note = noteOf(alert);
    if (alert.spared !== undefined) {
      this.#sparedTotal++;
      if (this.#spared.length < this.#limits.notes) this.#spared.push(note);
      return;
    }
    const attacker = this.#attackerOf(alert.source.scope, note.value);
    if (attacker.alerts++ === 0) this.#attackers++;
    this.#alertsTotal++;
    if (this.#alerts.length < this.#limits.notes) this.#alerts.push(note);
    this.#timeline.alert(alert.knownAt.getTime());
    remember(attacker, alert, note);
    this.#tally(alert, note.value);
  }

  decision(decision: Decision): void {
    this.#decisionsTotal++;
    if (this.#decisions.length < this.#limits.notes) this.#decisions.push(decision);
    this.#timeline.decision(decision.startAt.getTime());
    const attacker = this.#attackerOf(decision.target.scope, decision.target.value);
    if (attacker.decisions++ === 0) this.#banned++;
    attacker.decision ??= decision;
    const scenario = this.#scenarios.get(decision.scenario);
    if (scenario !== undefined) scenario.decisions++;
  }

  /** Returns everything that was gathered; more may be gathered afterwards. */
  finish(totals: ReplayTotals): ReplaySummary {
    const hasTimes = Number.isFinite(this.#firstMs) && Number.isFinite(this.#lastMs);
    return {
      files: totals.files,
      lines: totals.lines,
      parsed: totals.parsed,
      unparsed: this.#finishUnparsed(),
      ...(hasTimes ? { firstAt: new Date(this.#firstMs), lastAt: new Date(this.#lastMs) } : {}),
      seconds: totals.seconds,
      timeline: this.#timeline.finish(),
      sourcesSeen: this.#sources.seen,
      sourcesExact: this.#sources.missedUpTo === 0,
      attackers: this.#attackers,
      banned: this.#banned,
      sources: this.#finishSources(),
      scenarios: this.#finishScenarios(totals.descriptions ?? new Map()),
      alertsTotal: this.#alertsTotal,
      alerts: [...this.#alerts],
      decisionsTotal: this.#decisionsTotal,
      decisions: [...this.#decisions],
      sparedTotal: this.#sparedTotal,
      spared: [...this.#spared],
      findings: [...(totals.findings ?? []), ...this.#findings],
      ...(totals.inspection === undefined ? {} : { inspection: totals.inspection }),
    };
  }

  /** Beyond the limit an attacker is counted, and that may be twice, but not described. */
  #attackerOf(scope: string, value: string): Attacker {
    const key = `${scope.toLowerCase()} ${value}`;
    const known = this.#attackersByKey.get(key);
    if (known !== undefined) return known;
    const attacker = {
      scope,
      value: detach(value),
      alerts: 0,
      decisions: 0,
      scenarios: [],
      notes: [],
      failedLogins: 0,
      accounts: new Set<string>(),
    };
    if (this.#attackersByKey.size < this.#limits.sources / 4) {
      this.#attackersByKey.set(key, attacker);
      if (scope.toLowerCase() === 'ip') this.#sources.keep(value);
    }
    return attacker;
  }

  #tally(alert: Alert, source: string): void {
    let tally = this.#scenarios.get(alert.scenario);
    if (tally === undefined) {
      const title = scenarioTitle(alert.scenario, alert.labels);
      tally = { title, example: explainAlert(alert), sources: new Set(), alerts: 0, decisions: 0 };
      this.#scenarios.set(alert.scenario, tally);
    }
    tally.alerts++;
    if (tally.sources.size < MAX_PER_SCENARIO) tally.sources.add(source);
  }

  #finishUnparsed(): UnparsedLines {
    const kinds = [...this.#unparsedKinds.values()].sort((a, b) => b.count - a.count);
    return { count: this.#unparsed, kinds: kinds.slice(0, UNPARSED_SHOWN) };
  }

  #finishSources(): SourceReport[] {
    const reports = [...this.#attackersByKey.values()]
      .map((attacker) => this.#report(attacker))
      .sort((a, b) => b.alerts - a.alerts || b.requests - a.requests || (a.value < b.value ? -1 : 1));
    return reports.filter((report, rank) => {
      const isCared = report.assessment.verdict === 'probably a person' && report.decisions > 0;
      return rank < this.#limits.reportedSources || isCared;
    });
  }

  #report(attacker: Attacker): SourceReport {
    const isAddress = attacker.scope.toLowerCase() === 'ip';
    const counts = this.#sources.countsOf(isAddress ? attacker.value : '');
    const { countryCode, asn, asName, decision } = attacker;
    return {
      scope: attacker.scope,
      value: attacker.value,
      ...(countryCode === undefined ? {} : { countryCode }),
      ...(asn === undefined ? {} : { asn }),
      ...(asName === undefined ? {} : { asName }),
      ...(decision === undefined ? {} : { decision }),
      ...(counts.requests === 0
        ? {}
        : { firstAt: new Date(counts.firstMs), lastAt: new Date(counts.lastMs) }),
      requests: counts.requests,
      missedUpTo: this.#sources.missedUpTo,
      notFoundShare: counts.requests === 0 ? 0 : counts.notFound / counts.requests,
      userAgent: counts.userAgent,
      alerts: attacker.alerts,
      decisions: attacker.decisions,
      scenarios: [...attacker.scenarios],
      notes: [...attacker.notes],
      assessment: assess({
        ...counts,
        hostileActs: [...new Set(attacker.notes.filter((note) => note.hostile).map((note) => note.act))],
        failedLogins: attacker.failedLogins,
        accountsTried: attacker.accounts.size,
      }),
    };
  }

  #finishScenarios(descriptions: ReadonlyMap<string, string>): ScenarioReport[] {
    return [...this.#scenarios]
      .map(([name, tally]) => {
        const description = descriptions.get(name);
        return {
          name,
          title: tally.title,
          ...(description === undefined ? {} : { description }),
          alerts: tally.alerts,
          sources: tally.sources.size,
          decisions: tally.decisions,
          example: tally.example,
        };
      })
      .sort((a, b) => b.alerts - a.alerts || (a.name < b.name ? -1 : 1));
  }
}

function remember(attacker: Attacker, alert: Alert, note: AlertNote): void {
  attacker.countryCode ??= alert.source.countryCode;
  attacker.asn ??= alert.source.asn;
  attacker.asName ??= alert.source.asName;
  const isNew = !attacker.scenarios.includes(alert.scenario);
  if (isNew && attacker.scenarios.length < SCENARIOS_PER_SOURCE) attacker.scenarios.push(alert.scenario);
  // One note for each scenario says more than four of the first one.
  if (isNew && attacker.notes.length < NOTES_PER_SOURCE) attacker.notes.push(note);
  const key = familyOf(alert.scenario, alert.labels)?.key;
  if (key !== 'login' && key !== 'spray') return;
  attacker.failedLogins += alert.eventsCount;
  for (const event of alert.events) {
    const account = accountOf(event);
    if (account !== undefined && attacker.accounts.size < MAX_ACCOUNTS)
      attacker.accounts.add(detach(account));
  }
}

function noteOf(alert: Alert): AlertNote {
  return {
    id: alert.id,
    at: alert.knownAt,
    scenario: alert.scenario,
    scope: alert.source.scope,
    value: detach(alert.source.value),
    act: explainAct(alert),
    hostile: familyOf(alert.scenario, alert.labels)?.hostile ?? false,
    eventsCount: alert.eventsCount,
    simulated: alert.simulated,
    ...(alert.spared === undefined ? {} : { spared: alert.spared }),
    evidence: evidenceOf(alert),
  };
}
