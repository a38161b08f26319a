// A week in numbers, for the report in plain words. Alerts are counted one by one as they are read, so that fifty
// thousand of them need no memory of their own.

import type { Alert } from '@parapet/kinds';
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

export type WeekTotals = Pick<
  WeekFacts,
  'requests' | 'stopped' | 'alertsBefore' | 'decisions' | 'people' | 'appealsOpen'
>;

export const WEEK_MS: number = 7 * 86_400_000;
const DAY_MS = 86_400_000;
const MOST_KINDS = 6;
const MOST_TOP = 5;

export class WeekCounter {
  readonly #untilMs: number;
  readonly #kinds = new Map<AttackKey, number>();
  readonly #sources = new Map<string, { readonly facts: SourceFacts; alerts: number }>();
  readonly #days = Array.from({ length: 7 }, () => 0);
  #alerts = 0;
  #watched = 0;

  constructor(untilMs: number) {
    this.#untilMs = untilMs;
  }

  add({ scenario, labels, source, knownAt, simulated }: Omit<Alert, 'events'>): void {
    const day = Math.floor((knownAt.getTime() - this.#untilMs + WEEK_MS) / DAY_MS);
    if (this.#days[day] === undefined) return;
    this.#days[day] += 1;
    this.#alerts += 1;
    if (simulated) this.#watched += 1;
    const attack = attackOfFamily(scenario, labels);
    this.#kinds.set(attack, (this.#kinds.get(attack) ?? 0) + 1);
    const known = this.#sources.get(source.value);
    if (known !== undefined) known.alerts += 1;
    else {
      const { value, countryCode, asName } = source;
      const facts = {
        value,
        ...(countryCode === undefined ? {} : { countryCode }),
        ...(asName === undefined ? {} : { asName }),
      };
      this.#sources.set(value, { facts, alerts: 1 });
    }
  }

  facts(totals: WeekTotals): WeekFacts {
    const most = <T extends { readonly alerts: number }>(all: readonly T[], count: number): readonly T[] =>
      all.toSorted((a, b) => b.alerts - a.alerts).slice(0, count);
    return {
      ...{ sinceMs: this.#untilMs - WEEK_MS, untilMs: this.#untilMs, ...totals },
      ...{ alerts: this.#alerts, watched: this.#watched, sources: this.#sources.size },
      kinds: most(
        [...this.#kinds].map(([attack, alerts]) => ({ attack, alerts })),
        MOST_KINDS,
      ),
      top: most(
        [...this.#sources.values()].map(({ facts, alerts }) => ({ ...facts, alerts })),
        MOST_TOP,
      ),
      days: this.#days,
    };
  }
}
