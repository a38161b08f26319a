// Decisions as the store has them, each by its id: what has to be told again to those who act on them. Unlike a
// DecisionSet it keeps two of one kind on one target apart, so that lifting one leaves the other.

import type { Decision } from '@parapet/kinds';
import { rangeOf } from '../verdicts/index.ts';
import { DecisionRows } from './decisionRows.ts';

export class DecisionsById {
  readonly #rows = new DecisionRows();
  /** How far those that have ended have been looked for. */
  #sweptTo = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** Keeps the decision, in place of the one with its id. */
  put(decision: Decision): void {
    this.delete(decision.id);
    this.#rows.insert(decision, rangeOf(decision.target));
  }

  /** Returns whether there was one with this id. */
  delete(id: string): boolean {
    const row = this.#rows.findId(id);
    if (row < 0) return false;
    this.#takeOut(row);
    return true;
  }

  /** Takes out those among the next `count` that have ended; to be called again and again. */
  sweep(nowMs: number, count: number): void {
    const end = Math.min(this.#sweptTo + count, this.#rows.length);
    for (let row = this.#sweptTo; row < end; row++)
      if (this.#rows.isAlive(row) && this.#rows.endMs(row) <= nowMs) this.#takeOut(row);
    this.#sweptTo = end === this.#rows.length ? 0 : end;
  }

  /** Those that end later. One that is put while this goes on may be left out. */
  *inForce(nowMs: number): Generator<Decision> {
    for (const row of this.#rows.alive()) if (this.#rows.endMs(row) > nowMs) yield this.#rows.read(row);
  }

  #takeOut(row: number): void {
    this.#rows.remove(row);
    this.#rows.release(row);
  }
}
