// Addresses and ranges that nothing is decided on: what the operator wrote down, with a comment and perhaps an
// end. Asked before a decision is made; a new entry also lifts the decisions it covers (DecisionSet.liftWithin).

import { parseIpOrCidr, type Cidr } from '@parapet/kinds';
import { CidrMap, type AllowlistView } from '../verdicts/index.ts';

export interface AllowlistEntry {
  /** A range; a single address is the range of that address alone. */
  readonly range: Cidr;
  /** As it was written. */
  readonly value: string;
  readonly comment: string;
  /** Absent: for ever. */
  readonly expiresAt?: Date;
}

/** An entry as the operator wrote it. */
export interface AllowlistItem {
  readonly value: string;
  readonly comment: string;
  readonly expiresAt?: Date;
}

export class Allowlist implements AllowlistView {
  #entries = new CidrMap<AllowlistEntry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Adds an address or range, or replaces its entry; undefined when the value is neither. */
  add(value: string, comment: string, expiresAt?: Date): AllowlistEntry | undefined {
    const range = parseIpOrCidr(value.trim());
    if (range === undefined) return undefined;
    const entry = { range, value: value.trim(), comment, ...(expiresAt === undefined ? {} : { expiresAt }) };
    this.#entries.set(range, entry);
    return entry;
  }

  /** Removes the entry of exactly this address or range. */
  remove(value: string): boolean {
    const range = parseIpOrCidr(value.trim());
    return range !== undefined && this.#entries.delete(range);
  }

  /** Replaces all entries; returns those that are in force now and were not before. */
  replace(items: Iterable<AllowlistItem>, nowMs: number): readonly AllowlistEntry[] {
    const before = this.#entries;
    this.#entries = new CidrMap();
    const fresh: AllowlistEntry[] = [];
    for (const { value, comment, expiresAt } of items) {
      const entry = this.add(value, comment, expiresAt);
      if (entry === undefined || !isInForce(entry, nowMs)) continue;
      const old = before.get(entry.range);
      if (old === undefined || !isInForce(old, nowMs)) fresh.push(entry);
    }
    return fresh;
  }

  /** An entry in force that holds the range or lies in it: a ban of a range must not hit one allowed address. */
  find(range: Cidr, atMs: number): AllowlistEntry | undefined {
    const isValid = (entry: AllowlistEntry): boolean => isInForce(entry, atMs);
    return this.#entries.covering(range).find(isValid) ?? this.#entries.within(range).find(isValid);
  }
}

function isInForce({ expiresAt }: AllowlistEntry, atMs: number): boolean {
  return expiresAt === undefined || expiresAt.getTime() > atMs;
}
