// What a language has to be able to say. Each language is one file with the same keys in the same order; adding one
// means copying one, and adding its names to attacks.table.ts.

import type { Outcome } from '../message.ts';

/** Things other than attacks that somebody has to know. */
export type AttentionKey = 'appeal' | 'store' | 'store-ok' | 'set-up' | 'dead-channel';

export interface Words {
  /** As `Intl` knows it. */
  readonly locale: string;
  /** `2:35` or `02:35`. */
  readonly hour: 'numeric' | '2-digit';
  /** `blocked at 2:35 AM, review suggested`, behind the name of an attack. */
  readonly done: (outcome: Outcome, time: string, needsReview: boolean) => string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly stillOn: string;
  readonly over: string;
  readonly attention: Readonly<Record<AttentionKey, string>>;
  readonly digest: (attacks: string) => string;
  readonly held: (attacks: string) => string;
  readonly allHandled: string;
  readonly needsLook: (count: number) => string;
  readonly test: string;
  readonly testBody: string;
  readonly attacks: (count: string, isOne: boolean) => string;
  readonly sources: (count: string, isOne: boolean) => string;
  readonly moreThan: (count: string) => string;
  readonly more: (count: string) => string;
  readonly suchAs: string;
  readonly label: Readonly<Record<Label, string>>;
}

export type Label =
  | 'site'
  | 'when'
  | 'from'
  | 'events'
  | 'pages'
  | 'done'
  | 'explain'
  | 'undo'
  | 'takeOver'
  | 'link'
  | 'period';
