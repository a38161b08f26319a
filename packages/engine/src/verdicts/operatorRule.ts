// Where people whom the site trusts have been seen lately: a decision there would lock out the one who could undo
// it. They are told to the engine as they are seen; nothing in the lines themselves makes anybody an operator.

import { cidrContains, type AlertSource, type Ip } from '@parapet/kinds';
import { rangeOf } from './cidrMap.ts';
import type { NeverRule } from './neverRules.ts';

export interface OperatorSighting {
  readonly ip: Ip;
  /** Who it is said to be. */
  readonly who: string;
  readonly atMs: number;
}

/** So long after an operator was seen nothing is decided on the address. */
export const OPERATOR_HOURS = 12;
const SPARED_MS = OPERATOR_HOURS * 3_600_000;
const MOST_REMEMBERED = 1000;

export class OperatorRule implements NeverRule {
  /** By address, the longest unseen first. */
  readonly #seen = new Map<Ip, OperatorSighting>();

  saw(sighting: OperatorSighting): void {
    const before = this.#seen.get(sighting.ip);
    if (before !== undefined && before.atMs > sighting.atMs) return;
    this.#seen.delete(sighting.ip);
    this.#seen.set(sighting.ip, sighting);
    if (this.#seen.size <= MOST_REMEMBERED) return;
    for (const ip of this.#seen.keys()) {
      this.#seen.delete(ip);
      break;
    }
  }

  /** All trust was ended. */
  forgetAll(): void {
    this.#seen.clear();
  }

  spare(source: AlertSource, atMs: number): string | undefined {
    const range = rangeOf(source);
    for (const { ip, who, atMs: seenAtMs } of this.#seen.values()) {
      if (Math.abs(atMs - seenAtMs) > SPARED_MS) continue;
      const isHit = range === undefined ? isUser(source, who) : cidrContains(range, ip);
      if (isHit) return sentence(source, ip, who, atMs - seenAtMs);
    }
    return undefined;
  }
}

function isUser({ scope, value }: AlertSource, who: string): boolean {
  return scope === 'user' && value === who;
}

function sentence({ scope, value }: AlertSource, ip: Ip, who: string, agoMs: number): string {
  const what = scope === 'ip' || scope === 'user' ? value : `${value} (with ${ip})`;
  return `${what} is where ${who}, whom the site trusts, was seen ${ago(agoMs)}: a decision would lock the operator out`;
}

/** Lines are read a little late, so a sighting may be ahead of them. */
function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'} before`;
  return `${Math.floor(minutes / 60)} hours before`;
}
