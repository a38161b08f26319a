// One line of a list of decisions, whatever its format: texts as they were written, with their place.

export interface ListItem {
  readonly line: number;
  readonly value: string;
  readonly scope?: string;
  readonly type?: string;
  readonly duration?: string;
  /** When it ends; more exact than a duration, which counts from the import on. */
  readonly expiresAt?: string;
  readonly reason?: string;
}

export interface ListProblem {
  readonly line: number;
  readonly problem: string;
}

export type ListFormat = 'csv' | 'json' | 'plain';
