// The decisions in force. A repeated alert prolongs the decision there is instead of adding another; adding,
// lifting and finding cost the same however many there are.

import { ipBits, parseIp, type Cidr, type Decision, type Target } from '@parapet/kinds';
import { TimerHeap, type RunningDecisions } from '../detectors/index.ts';
import { rangeOf } from '../verdicts/index.ts';
import { DecisionRows, type KindCount } from './decisionRows.ts';

export interface Added {
  /** `covered`: one that lasts at least as long was there, and nothing changed. */
  readonly outcome: 'added' | 'prolonged' | 'covered';
  /** The decision in force for the target now. */
  readonly decision: Decision;
}

/** One decision per target, remediation, origin and mode. */
export class DecisionSet implements RunningDecisions {
  readonly #rows = new DecisionRows();
  readonly #ends = new TimerHeap();
  /** Alerts that are known, and that lines which are read again will lead to once more. */
  readonly #expected = new Set<string>();

  get size(): number {
    return this.#rows.size;
  }

  /** Makes room for so many, where it is known how many will come. */
  reserve(count: number): void {
    this.#rows.reserve(count);
    this.#ends.reserve(count);
  }

  /** All decisions, those too whose end has come and that `expire` has not taken out yet. */
  list(): readonly Decision[] {
    return [...this.#rows.alive()].map((row) => this.#rows.read(row));
  }

  /** How many there are of each kind. */
  counts(): readonly KindCount[] {
    return this.#rows.counts();
  }

  add(decision: Decision): Added {
    const rows = this.#rows;
    const range = rangeOf(decision.target);
    const row = rows.same(decision, range);
    if (row < 0) {
      this.#ends.push(decision.expiresAt.getTime(), rows.insert(decision, range));
      return { outcome: 'added', decision };
    }
    const endMs = decision.expiresAt.getTime();
    const isCovered = rows.endMs(row) >= endMs;
    // The record a visitor was shown keeps its id; its end is looked at again when it comes up.
    if (!isCovered) rows.prolong(row, endMs);
    return { outcome: isCovered ? 'covered' : 'prolonged', decision: rows.read(row) };
  }

  /**
   * Says which alerts will come again after a restart. Until one has, its decisions are no reason to drop lines
   * that are no later than it: when those were read first, it had not been made.
   */
  expect(alertIds: Iterable<string>): void {
    for (const id of alertIds) this.#expected.add(id);
  }

  /** Whether an alert has been expected, and so has been decided on before; it no longer is. */
  hasCome(alertId: string): boolean {
    return this.#expected.size > 0 && this.#expected.delete(alertId);
  }

  /** Takes out and returns the decisions whose time is over. */
  expire(nowMs: number): readonly Decision[] {
    const expired: Decision[] = [];
    const rows = this.#rows;
    while (this.#ends.nextAt <= nowMs) {
      const row = this.#ends.pop();
      if (!rows.isAlive(row)) {
        rows.release(row); // it was lifted
        continue;
      }
      if (rows.endMs(row) > nowMs) {
        this.#ends.push(rows.endMs(row), row);
        continue;
      }
      expired.push(rows.read(row));
      rows.remove(row);
      rows.release(row);
    }
    return expired;
  }

  /** Lifts one decision by its id. */
  lift(id: string): Decision | undefined {
    const row = this.#rows.findId(id);
    return row < 0 ? undefined : this.#lifted([row])[0];
  }

  /** Lifts every decision on exactly this target. */
  liftTarget(target: Target): readonly Decision[] {
    return this.#lifted(this.#chain(this.#rows.head(target, rangeOf(target))));
  }

  /** Lifts every decision on an address or range that an allowlist entry holds, or that would hit some of it. */
  liftWithin(range: Cidr): readonly Decision[] {
    const found = new Set(this.#around(range.words, range.prefixLength));
    const isOneAddress = range.prefixLength === (range.version === 4 ? 32 : 128);
    if (!isOneAddress)
      for (const row of this.#rows.alive()) if (this.#rows.isWithin(row, range)) found.add(row);
    return this.#lifted([...found]);
  }

  /** The decisions in force on exactly this target. */
  find(target: Target, atMs: number): readonly Decision[] {
    return this.#inForce(this.#chain(this.#rows.head(target, rangeOf(target))), atMs).map((row) =>
      this.#rows.read(row),
    );
  }

  /** The decisions in force that hit the address: its own and those of ranges that hold it. */
  covering(ip: string, atMs: number): readonly Decision[] {
    return this.#coveringRows(ip, atMs).map((row) => this.#rows.read(row));
  }

  isEnforcedOn(ip: string, atMs: number): boolean {
    return this.#coveringRows(ip, atMs).some(
      (row) => this.#rows.mode(row) === 'live' && !this.#isAheadOf(row, atMs),
    );
  }

  #isAheadOf(row: number, atMs: number): boolean {
    const alertId = this.#rows.alertId(row);
    return alertId !== undefined && this.#expected.has(alertId) && this.#rows.startMs(row) >= atMs;
  }

  #coveringRows(ip: string, atMs: number): readonly number[] {
    const address = this.#rows.size === 0 ? undefined : parseIp(ip);
    if (address === undefined) return NO_ROWS;
    const words = ipBits(address);
    return this.#inForce(this.#around(words, 32 * words.length), atMs);
  }

  /** Rows of all targets that hold the whole of an address or range. */
  #around(words: readonly number[], prefixLength: number): readonly number[] {
    const found: number[] = [];
    for (const length of this.#rows.lengths(words.length === 1 ? 4 : 6, prefixLength))
      found.push(...this.#chain(this.#rows.headOf(words, length)));
    return found;
  }

  #chain(head: number): readonly number[] {
    if (head < 0) return NO_ROWS;
    const rows: number[] = [];
    for (let row = head; row >= 0; row = this.#rows.next(row)) rows.push(row);
    return rows;
  }

  #lifted(rows: readonly number[]): readonly Decision[] {
    // Their numbers are taken again when their end comes up.
    return rows.map((row) => {
      const decision = this.#rows.read(row);
      this.#rows.remove(row);
      return decision;
    });
  }

  #inForce(rows: readonly number[], atMs: number): readonly number[] {
    return rows.filter((row) => this.#rows.endMs(row) > atMs);
  }
}

const NO_ROWS: readonly number[] = [];
