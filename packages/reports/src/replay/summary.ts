// What a replay found, as data: the text, the page and the machine-readable output are made from it.

import type { Decision } from '@parapet/kinds';
import type { Assessment } from './people.ts';

export interface ReplaySummary {
  readonly files: readonly string[];
  readonly lines: number;
  readonly parsed: number;
  readonly unparsed: UnparsedLines;
  /** Times of the first and the last event; absent when no event had a time. */
  readonly firstAt?: Date;
  readonly lastAt?: Date;
  /** How long the replay took. */
  readonly seconds: number;
  readonly timeline: Timeline;
  /** Different sources seen; at least this many when `sourcesExact` is false. */
  readonly sourcesSeen: number;
  readonly sourcesExact: boolean;
  /** Sources with at least one alert that was not spared. */
  readonly attackers: number;
  /** Different values that decisions were made on. */
  readonly banned: number;
  /** The most alerted first; every source that was decided on and looks like a person is among them. */
  readonly sources: readonly SourceReport[];
  readonly scenarios: readonly ScenarioReport[];
  readonly alertsTotal: number;
  /** The first ones, in order; `alertsTotal` counts all. */
  readonly alerts: readonly AlertNote[];
  readonly decisionsTotal: number;
  readonly decisions: readonly Decision[];
  /** Alerts that a never-rule kept from becoming decisions. */
  readonly sparedTotal: number;
  readonly spared: readonly AlertNote[];
  readonly findings: readonly Finding[];
  /** What was found inside requests; absent where nobody looked. */
  readonly inspection?: InspectionReport;
}

export interface InspectionReport {
  readonly requests: number;
  readonly refused: number;
  readonly classes: ReadonlyArray<{
    readonly class: string;
    readonly requests: number;
    readonly example: string;
  }>;
}

export interface UnparsedLines {
  readonly count: number;
  /** The commonest kinds first; a kind is a reason, or the line with its digits masked. */
  readonly kinds: ReadonlyArray<{
    readonly count: number;
    readonly sample: string;
    readonly reason?: string;
  }>;
}

export interface Timeline {
  readonly bucketMs: number;
  /** In order of time; times without an event have no bucket. */
  readonly buckets: readonly TimelineBucket[];
  /** Events whose time is so far from the others that drawing them would hide the rest. */
  readonly outside: number;
}

export interface TimelineBucket {
  readonly startMs: number;
  readonly events: number;
  /** Answers by class; events without an HTTP status are in none. */
  readonly ok: number;
  readonly redirected: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly alerts: number;
  readonly decisions: number;
}

export interface SourceReport {
  readonly scope: string;
  readonly value: string;
  readonly countryCode?: string;
  readonly asn?: string;
  readonly asName?: string;
  readonly requests: number;
  /** Requests that may be missing from `requests`, since memory is bounded. */
  readonly missedUpTo: number;
  readonly notFoundShare: number;
  readonly userAgent: string;
  readonly firstAt?: Date;
  readonly lastAt?: Date;
  readonly alerts: number;
  readonly decisions: number;
  /** Scenario names, the first that fired first. */
  readonly scenarios: readonly string[];
  /** What was decided first; absent when nothing was. */
  readonly decision?: Decision;
  /** A few alerts with their evidence. */
  readonly notes: readonly AlertNote[];
  readonly assessment: Assessment;
}

export interface ScenarioReport {
  readonly name: string;
  /** What it means in plain words. */
  readonly title: string;
  /** The scenario's own description, where the caller knows it. */
  readonly description?: string;
  readonly alerts: number;
  readonly sources: number;
  readonly decisions: number;
  readonly example: string;
}

/** What is kept of an alert: the sentence and a few lines of evidence, not the whole of it. */
export interface AlertNote {
  readonly id: string;
  readonly at: Date;
  readonly scenario: string;
  readonly scope: string;
  readonly value: string;
  /** `asked for 11 different pages …`, without who. */
  readonly act: string;
  /** Nobody does this by browsing or mistyping. */
  readonly hostile: boolean;
  readonly eventsCount: number;
  readonly simulated: boolean;
  readonly spared?: string;
  readonly evidence: readonly EvidenceLine[];
}

export interface EvidenceLine {
  readonly at: Date;
  /** The line in pieces; the marked ones are what the scenario saw. */
  readonly parts: ReadonlyArray<{ readonly text: string; readonly isMarked: boolean }>;
}

export interface Finding {
  readonly severity: 'problem' | 'warning' | 'note';
  readonly title: string;
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}
