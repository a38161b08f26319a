// Numbers that only rise. `change` is the number of the last transaction that touched decisions,
// `allowlist-change` that of the last one that touched allowlists: others see by them what is new. Changes
// start at 1, so that token 0 can mean "from the beginning". Trust given out under a lower `trust-epoch` has ended.
// `feedback-change` rises when somebody has said something about an inspection, or taken it back.
import { numberOf } from '../column.ts';
import type { Database } from '../database.ts';

export class CounterTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  value(name: 'change' | 'allowlist-change' | 'trust-epoch' | 'feedback-change'): number {
    const row = this.#db.one('SELECT value FROM counters WHERE name = ?', [name]);
    return row === undefined ? 0 : numberOf(row, 'value');
  }

  /** Returns the number of a new change; the transaction it belongs to must be open. */
  nextChange(): number {
    return numberOf(
      this.#db.one(`UPDATE counters SET value = value + 1 WHERE name = 'change' RETURNING value`)!,
      'value',
    );
  }

  markAllowlists(change: number): void {
    this.#db.run(`UPDATE counters SET value = ? WHERE name = 'allowlist-change'`, [change]);
  }

  /** Returns the new epoch. */
  raiseTrustEpoch(): number {
    return numberOf(
      this.#db.one(`UPDATE counters SET value = value + 1 WHERE name = 'trust-epoch' RETURNING value`)!,
      'value',
    );
  }

  raiseFeedbackChange(): void {
    this.#db.run(`UPDATE counters SET value = value + 1 WHERE name = 'feedback-change'`);
  }
}
