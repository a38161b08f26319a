// The decisions in force. A repeated alert prolongs the decision there is instead of adding another; adding,
// lifting and finding cost the same however many there are.

import { parseIp, type Cidr, type Decision, type Target } from '@parapet/kinds';
import { TimerHeap, type RunningDecisions } from '../detectors/index.ts';
import { CidrMap, rangeOf } from '../verdicts/index.ts';

export interface Added {
  /** `covered`: one that lasts at least as long was there, and nothing changed. */
  readonly outcome: 'added' | 'prolonged' | 'covered';
  /** The decision in force for the target now. */
  readonly decision: Decision;
}

export class DecisionSet implements RunningDecisions {
  /** One decision per target, remediation, origin and mode. */
  readonly #byKey = new Map<string, Decision>();
  readonly #byId = new Map<string, string>();
  /** Keys of the decisions on addresses and ranges, by range. */
  readonly #ranges = new CidrMap<Set<string>>();
  readonly #byOther = new Map<string, Set<string>>();
  readonly #ends = new TimerHeap();
  readonly #endKeys: string[] = [];
  readonly #freeEnds: number[] = [];
  /** Alerts that are known, and that lines which are read again will lead to once more. */
  readonly #expected = new Set<string>();

  get size(): number {
    return this.#byKey.size;
  }

  /** All decisions, those too whose end has come and that `expire` has not taken out yet. */
  list(): readonly Decision[] {
    return [...this.#byKey.values()];
  }

  add(decision: Decision): Added {
    const key = keyOf(decision);
    const current = this.#byKey.get(key);
    if (current === undefined) {
      this.#insert(key, decision);
      return { outcome: 'added', decision };
    }
    if (current.expiresAt.getTime() >= decision.expiresAt.getTime())
      return { outcome: 'covered', decision: current };
    // The record a visitor was shown keeps its id; its `ends` entry is looked at again when it comes up.
    const prolonged = { ...current, expiresAt: decision.expiresAt };
    this.#byKey.set(key, prolonged);
    return { outcome: 'prolonged', decision: prolonged };
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
    while (this.#ends.nextAt <= nowMs) {
      const slot = this.#ends.pop();
      const key = this.#endKeys[slot]!;
      const decision = this.#byKey.get(key);
      const endMs = decision?.expiresAt.getTime() ?? -Infinity;
      if (endMs > nowMs) {
        this.#ends.push(endMs, slot);
        continue;
      }
      this.#freeEnds.push(slot);
      if (decision === undefined) continue;
      this.#remove(key, decision);
      expired.push(decision);
    }
    return expired;
  }

  /** Lifts one decision by its id. */
  lift(id: string): Decision | undefined {
    const key = this.#byId.get(id);
    const decision = key === undefined ? undefined : this.#byKey.get(key);
    if (decision === undefined) return undefined;
    this.#remove(key!, decision);
    return decision;
  }

  /** Lifts every decision on exactly this target. */
  liftTarget(target: Target): readonly Decision[] {
    return this.#liftKeys(this.#keysOf(target));
  }

  /** Lifts every decision on an address or range that an allowlist entry holds, or that would hit some of it. */
  liftWithin(range: Cidr): readonly Decision[] {
    const keys = [...this.#ranges.within(range), ...this.#ranges.covering(range)].flatMap((set) => [...set]);
    return this.#liftKeys(new Set(keys));
  }

  /** The decisions in force on exactly this target. */
  find(target: Target, atMs: number): readonly Decision[] {
    return this.#inForce(this.#keysOf(target), atMs);
  }

  /** The decisions in force that hit the address: its own and those of ranges that hold it. */
  covering(ip: string, atMs: number): readonly Decision[] {
    const address = parseIp(ip);
    if (address === undefined || this.#ranges.size === 0) return [];
    return this.#ranges.covering(address).flatMap((keys) => this.#inForce(keys, atMs));
  }

  isEnforcedOn(ip: string, atMs: number): boolean {
    return this.covering(ip, atMs).some(
      (decision) => decision.mode === 'live' && !this.#isAheadOf(decision, atMs),
    );
  }

  #isAheadOf({ alertId, startAt }: Decision, atMs: number): boolean {
    return alertId !== undefined && this.#expected.has(alertId) && startAt.getTime() >= atMs;
  }

  #insert(key: string, decision: Decision): void {
    this.#byKey.set(key, decision);
    this.#byId.set(decision.id, key);
    const range = rangeOf(decision.target);
    const keys = this.#keysOf(decision.target);
    if (keys !== undefined) keys.add(key);
    else if (range === undefined) this.#byOther.set(targetKey(decision.target), new Set([key]));
    else this.#ranges.set(range, new Set([key]));
    const slot = this.#freeEnds.pop() ?? this.#endKeys.length;
    this.#endKeys[slot] = key;
    this.#ends.push(decision.expiresAt.getTime(), slot);
  }

  #remove(key: string, decision: Decision): void {
    this.#byKey.delete(key);
    this.#byId.delete(decision.id);
    const keys = this.#keysOf(decision.target);
    keys?.delete(key);
    if (keys?.size !== 0) return;
    const range = rangeOf(decision.target);
    if (range === undefined) this.#byOther.delete(targetKey(decision.target));
    else this.#ranges.delete(range);
  }

  #keysOf(target: Target): Set<string> | undefined {
    const range = rangeOf(target);
    return range === undefined ? this.#byOther.get(targetKey(target)) : this.#ranges.get(range);
  }

  #liftKeys(keys: ReadonlySet<string> | undefined): readonly Decision[] {
    const lifted: Decision[] = [];
    for (const key of keys ?? []) {
      const decision = this.#byKey.get(key);
      if (decision !== undefined) lifted.push(decision);
    }
    for (const decision of lifted) this.#remove(keyOf(decision), decision);
    return lifted;
  }

  #inForce(keys: ReadonlySet<string> | undefined, atMs: number): Decision[] {
    const decisions: Decision[] = [];
    for (const key of keys ?? []) {
      const decision = this.#byKey.get(key);
      if (decision !== undefined && decision.expiresAt.getTime() > atMs) decisions.push(decision);
    }
    return decisions;
  }
}

function targetKey({ scope, value }: Target): string {
  return `${scope} ${value}`;
}

function keyOf({ target, remediation, origin, mode }: Decision): string {
  return `${mode} ${origin} ${remediation} ${rangeOf(target)?.text ?? targetKey(target)}`;
}
