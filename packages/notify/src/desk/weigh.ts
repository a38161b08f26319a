// What an alert is about, what was done, and how much it matters. Most of what scanners do is stopped and forgotten;
// what matters is what goes on, what comes from many, what aims at accounts, and what was not stopped.

import type { Alert, AlertEvent, Decision } from '@parapet/kinds';
import { familyOf } from '@parapet/reports';
import { OUTCOMES, rankOf, SEVERITIES, worse, type Outcome, type Severity } from '../message.ts';
import { ATTACKS, CLASS_ATTACKS, type AttackKey } from '../words/attacks.table.ts';

const BASE: Readonly<Partial<Record<AttackKey, Severity>>> = {
  intrusion: 'critical',
  spray: 'high',
  travel: 'high',
  flood: 'high',
  fraud: 'high',
  decoy: 'low',
  'sensitive-files': 'low',
  'admin-pages': 'low',
  'bad-agent': 'low',
  'open-proxy': 'low',
  'user-enumeration': 'low',
  probing: 'low',
  crawl: 'low',
  scan: 'low',
  spam: 'low',
  other: 'low',
};
/** So many sources act together. */
const MANY_SOURCES = 20;
const VERY_MANY_SOURCES = 1000;
/** One source that goes on like this means this site. */
const MANY_EVENTS = 50;

/** Returns the value of a key in the last event that has it. */
export function lastMeta(events: readonly AlertEvent[], key: string): string {
  for (let i = events.length - 1; i >= 0; i--) {
    for (const pair of events[i]!.meta) if (pair[0] === key && pair[1] !== '') return pair[1];
  }
  return '';
}

/** Returns what kind of attack it is: as inspection says, else as the scenario's family. */
export function attackOf(alert: Alert): AttackKey {
  const found = lastMeta(alert.events, 'attack_class');
  if (Object.hasOwn(CLASS_ATTACKS, found)) return CLASS_ATTACKS[found]!;
  return attackOfFamily(alert.scenario, alert.labels);
}

/** Returns what kind of attack a scenario is about. */
export function attackOfFamily(scenario: string, labels: Alert['labels']): AttackKey {
  const family = familyOf(scenario, labels)?.key ?? 'other';
  // Each family of reports has its names here; `audit` and the like have none.
  return Object.hasOwn(ATTACKS, family) ? (family as AttackKey) : 'other';
}

/** Returns what was done about it; `isEnforced` says whether decisions are acted on at all. */
export function outcomeOf(alert: Alert, decisions: readonly Decision[], isEnforced: boolean): Outcome {
  if (alert.spared !== undefined) return 'spared';
  if (alert.simulated) return 'observed';
  const action = lastMeta(alert.events, 'gateway_action');
  if (action === 'observed') return 'observed';
  const live = decisions.filter(({ mode }) => mode === 'live');
  if (live.length > 0) {
    if (!isEnforced) return 'observed';
    const done = live.map(({ remediation }): Outcome => {
      if (remediation === 'captcha') return 'checked';
      return remediation === 'throttle' || remediation === 'tarpit' ? 'slowed' : 'blocked';
    });
    return OUTCOMES.find((outcome) => done.includes(outcome))!;
  }
  if (decisions.length > 0) return 'observed';
  if (action === 'attack') return 'blocked';
  return action === 'captcha' ? 'checked' : 'told';
}

export interface Weighed {
  readonly attack: AttackKey;
  readonly outcome: Outcome;
  readonly sources: number;
  readonly events: number;
}

/** Returns how much it matters, as far as it is known by now. */
export function severityOf({ attack, outcome, sources, events }: Weighed): Severity {
  const base = baseOf(attack);
  let severity = base;
  const isStopped = outcome === 'blocked' || outcome === 'checked' || outcome === 'slowed';
  if (rankOf(base) >= rankOf('medium')) {
    if (!isStopped && outcome !== 'spared') severity = worse(severity, 'high');
    if (sources >= MANY_SOURCES || events >= MANY_EVENTS) severity = worse(severity, 'high');
  } else if (sources >= MANY_SOURCES) severity = worse(severity, 'medium');
  if (sources >= VERY_MANY_SOURCES) severity = worse(severity, 'high');
  return severity;
}

/** Returns whether somebody should look: it was not stopped, or few requests may have been a person's. */
export function deservesReview({ attack, outcome, sources, events }: Weighed): boolean {
  if (rankOf(baseOf(attack)) < rankOf('medium')) return false;
  if (outcome === 'observed' || outcome === 'told' || outcome === 'spared') return true;
  return sources < 3 && events < 10;
}

/** Returns the one that matters more. */
export function graver(one: AttackKey, other: AttackKey): AttackKey {
  return rankOf(baseOf(other)) > rankOf(baseOf(one)) ? other : one;
}

function baseOf(attack: AttackKey): Severity {
  return BASE[attack] ?? SEVERITIES[1];
}
