// Keeps a worker's decisions as the engine says them. A whole table is built beside the one in use, which is left
// only when the new one is complete: no decision is out of force in between.

import { applyDelta, DecisionTable, type DecisionName, type TableDecision } from '@parapet/enforcement';

/** A little at a time: all at once was measured to hold up requests for 5 ms. */
const TIDY_SLOTS = 1024;

export class TableKeeper {
  readonly #onTable: (table: DecisionTable) => void;
  #table: DecisionTable;
  #next: DecisionTable | undefined;
  #allowlist: readonly string[] = [];
  #refused = 0;

  /** `onTable` is told when another table takes the place of the one in use. */
  constructor(table: DecisionTable, onTable: (table: DecisionTable) => void) {
    this.#table = table;
    this.#onTable = onTable;
  }

  get table(): DecisionTable {
    return this.#table;
  }

  /** Decisions that the table could not take. */
  get refused(): number {
    return this.#refused;
  }

  part(decisions: readonly TableDecision[], isFirst: boolean, isLast: boolean): void {
    if (isFirst || this.#next === undefined) this.#next = new DecisionTable();
    this.#refused += applyDelta(this.#next, { add: decisions }).refused;
    if (!isLast) return;
    // The engine says the allowlist before the first part.
    applyDelta(this.#next, { allowlist: this.#allowlist });
    this.#table = this.#next;
    this.#next = undefined;
    this.#onTable(this.#table);
  }

  change(added: readonly TableDecision[], removed: readonly DecisionName[]): void {
    this.#refused += applyDelta(this.#table, { remove: removed, add: added }).refused;
  }

  allowlist(ranges: readonly string[]): void {
    this.#allowlist = ranges;
    applyDelta(this.#table, { allowlist: ranges });
  }

  tidy(nowMs: number): void {
    this.#table.tidy(Math.floor(nowMs / 1000), TIDY_SLOTS);
  }
}
