// What people are told: one message for one attack, however many addresses it came from. A message is plain data,
// so that it can wait on disk; words are made of it when it is sent, in the language of its channel.

import type { AttackKey } from './words/attacks.table.ts';
import type { WeekFacts } from './weekly/week.ts';
import type { AttentionKey } from './words/language.ts';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What was done: the most that was, for an attack of several addresses. */
export const OUTCOMES = ['blocked', 'checked', 'slowed', 'observed', 'spared', 'told'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Who an attack came from, as far as it is shown. */
export interface SourceFacts {
  readonly value: string;
  readonly countryCode?: string;
  readonly asName?: string;
}

/** One attack, across addresses. */
export interface AttackFacts {
  readonly attack: AttackKey;
  readonly outcome: Outcome;
  /** Whether somebody should look: something was not stopped, or it may have been a mistake. */
  readonly needsReview: boolean;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly alerts: number;
  readonly events: number;
  /** How many different sources; `isMore` when they were too many to be counted. */
  readonly sources: number;
  readonly isMore: boolean;
  /** The first few. */
  readonly shown: readonly SourceFacts[];
  readonly scenarios: readonly string[];
  /** Paths without their query: what stands there may be about people. */
  readonly paths: readonly string[];
  /** The first alert: `parapet alerts show` explains it. */
  readonly alertId: string;
}

/** One line of a digest. */
export interface DigestLine {
  readonly attack: AttackKey;
  readonly site: string;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly firstAtMs: number;
  readonly attacks: number;
  readonly sources: number;
  readonly needsReview: boolean;
}

interface Heading {
  /** The same for every try to deliver it: receivers that know idempotency keys take it once. */
  readonly id: string;
  readonly severity: Severity;
  /** Empty when there is one site, or none is known. */
  readonly site: string;
  readonly atMs: number;
}

/** `attack` has begun, is `still-on` (an escalation), or is `over`. */
export interface AttackMessage extends Heading {
  readonly kind: 'attack' | 'still-on' | 'over';
  /** The same for all messages about one attack. */
  readonly incident: string;
  /** Others are told unless somebody says that he takes care of it. */
  readonly isEscalating?: true;
  readonly facts: AttackFacts;
}

/** The day, or what was held back. */
export interface DigestMessage extends Heading {
  readonly kind: 'digest' | 'held';
  readonly sinceMs: number;
  readonly lines: readonly DigestLine[];
  /** Attacks that have no line. */
  readonly more: number;
}

/** Something other than an attack that somebody has to know. */
export interface AttentionMessage extends Heading {
  readonly kind: 'attention';
  readonly about: AttentionKey;
  /** In the words of whoever noticed it. */
  readonly detail: string;
}

/** The report of a week. */
export interface WeekMessage extends Heading {
  readonly kind: 'week';
  readonly week: WeekFacts;
}

export interface TestMessage extends Heading {
  readonly kind: 'test';
}

export type Message = AttackMessage | DigestMessage | AttentionMessage | WeekMessage | TestMessage;

/** Returns a number that grows with the severity. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Returns the worse of two. */
export function worse(one: Severity, other: Severity): Severity {
  return rankOf(one) >= rankOf(other) ? one : other;
}
