// A week in numbers, for the report in plain words: made of sums, so that it is the same work for fifty thousand alerts
// as for fifty.

import { attackOfFamily } from '../desk/weigh.ts';
import type { SourceFacts } from '../message.ts';
import type { AttackKey } from '../words/attacks.table.ts';

/** What is told of a week; plain data. */
export interface WeekFacts {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly requests: number;
  readonly stopped: number;
  readonly alerts: number;
  /** Of the week before. */
  readonly alertsBefore: number;
  readonly sources: number;
  /** Alerts of scenarios that only watch. */
  readonly watched: number;
  /** Decisions that were made. */
  readonly decisions: number;
  /** Who was stopped and looks like a person, or asked to be let in. */
  readonly people: number;
  readonly appealsOpen: number;
  /** The most first; at most a few. */
  readonly kinds: readonly { readonly attack: AttackKey; readonly alerts: number }[];
  readonly top: readonly (SourceFacts & { readonly alerts: number })[];
  /** Of each day, the first one first. */
  readonly days: readonly number[];
}

/** What is known of a week before it is told. */
export interface WeekSums extends Omit<WeekFacts, 'sinceMs' | 'alerts' | 'kinds' | 'days'> {
  /** By scenario, with the labels that say of which kind it is, and by day; the first day is 0. */
  readonly scenarios: ReadonlyArray<{
    readonly scenario: string;
    readonly labels: Readonly<Record<string, unknown>>;
    readonly step: number;
    readonly alerts: number;
  }>;
}

export const WEEK_MS: number = 7 * 86_400_000;
const DAYS = 7;
const MOST_KINDS = 6;

export function weekFacts({ scenarios, ...known }: WeekSums): WeekFacts {
  const kinds = new Map<AttackKey, number>();
  const days = Array.from({ length: DAYS }, () => 0);
  for (const { scenario, labels, step, alerts } of scenarios) {
    const attack = attackOfFamily(scenario, labels);
    kinds.set(attack, (kinds.get(attack) ?? 0) + alerts);
    days[step] = (days[step] ?? 0) + alerts;
  }
  return {
    ...known,
    sinceMs: known.untilMs - WEEK_MS,
    alerts: days.reduce((all, one) => all + one, 0),
    kinds: [...kinds]
      .map(([attack, alerts]) => ({ attack, alerts }))
      .toSorted((a, b) => b.alerts - a.alerts)
      .slice(0, MOST_KINDS),
    days,
  };
}
