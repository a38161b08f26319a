// What a language has to be able to say of what a source did. Each language is one file with the same keys; what is
// missing there does not compile. The sentences go on behind a name: `203.0.113.7 …`.

import type { FamilyKey } from '../families.table.ts';

export interface ActFacts {
  /** Events that were poured, and the same as people of that language write it. */
  readonly count: number;
  readonly n: string;
  /** All but the last of them. */
  readonly nBefore: string;
  /** ` in 20 seconds`, or empty where there was one event. */
  readonly over: string;
  /** `, such as /a and /b`, or empty. */
  readonly examples: string;
  /** `WordPress`, or empty where the service says nothing to a reader. */
  readonly service: string;
  /** `the weakness CVE-2021-41773 (path traversal)`, or `a known weakness`. */
  readonly weakness: string;
  /** ` for 3 different accounts`, or empty. */
  readonly accounts: string;
  /** `"sqlmap/1.7"`, or empty. */
  readonly program: string;
  /** What an application told first, `role.granted`; empty where none did. */
  readonly signal: string;
  /** What the application told it of, `editor and admin`; empty where it did not say. */
  readonly subjects: string;
}

export type Act = (facts: ActFacts) => string;

/** One and more of a unit, in the case that follows `in`. */
type Unit = readonly [one: string, more: string];

export interface ActWords {
  /** As `Intl` knows it. */
  readonly locale: string;
  readonly units: Readonly<Record<'second' | 'minute' | 'hour' | 'day', Unit>>;
  readonly over: (span: string) => string;
  readonly withinASecond: string;
  readonly suchAs: (examples: string) => string;
  readonly services: Readonly<Record<'mail' | 'mailbox', string>>;
  readonly knownWeakness: string;
  readonly weaknesses: (names: string, isOne: boolean) => string;
  readonly andOthers: (names: string) => string;
  readonly accounts: (n: string) => string;
  /** Of a scenario of which nothing is known but perhaps its label. */
  readonly unknown: (
    facts: { readonly count: number; readonly n: string; readonly over: string },
    label: string,
  ) => string;
  readonly source: Readonly<
    Record<'range' | 'country' | 'as' | 'user' | 'session', (value: string) => string>
  >;
  /** Of several sources: what the last one did. */
  readonly several: (sources: string, last: string, act: string) => string;
  readonly acts: Readonly<Record<FamilyKey, Act>>;
}

/** Returns the words for one, or those for more. */
export function many(
  { count, n }: { readonly count: number; readonly n: string },
  one: string,
  more: (n: string) => string,
): string {
  return count === 1 ? one : more(n);
}

/** Returns a text between two others, or nothing where it is empty. */
export function put(before: string, text: string, after = ''): string {
  return text === '' ? '' : `${before}${text}${after}`;
}

/** Returns what was done by the signal that tells it. */
export function deedOf(
  deeds: Readonly<Record<string, (subjects: string) => string>>,
  { signal, subjects }: ActFacts,
  otherwise: string,
): string {
  return Object.hasOwn(deeds, signal) ? deeds[signal]!(subjects) : otherwise;
}
