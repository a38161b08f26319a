// The rules of docs/guides/decisions.md, "Which decision applies", written down as plainly as they can be: a list
// that is gone through from end to end. What the table answers has to be the same.

import { cidrContains, parseIp, parseIpOrCidr, type Cidr, type Ip } from '@parapet/kinds';
import type { TableDecision } from '../../src/index.ts';

const STRICTNESS: Record<string, number> = { ban: 4, captcha: 3, throttle: 2, tarpit: 2 };
const TEXT_SPECIFICITY: Record<string, number> = { session: 400, user: 300, as: -1, country: -2 };

export class NaiveTable {
  decisions: TableDecision[] = [];
  allowed: readonly Cidr[] = [];

  add(decision: TableDecision): void {
    this.remove(decision.id, decision.target);
    this.decisions.push(decision);
  }

  remove(id: string, target: TableDecision['target']): boolean {
    const before = this.decisions.length;
    this.decisions = this.decisions.filter(
      (one) => one.id.slice(0, 8) !== id.slice(0, 8) || keyOf(one.target) !== keyOf(target),
    );
    return this.decisions.length < before;
  }

  lookup(address: string, nowSeconds: number): TableDecision | undefined {
    const ip = parseIp(address)!;
    if (this.allowed.some((range) => cidrContains(range, ip))) return undefined;
    return this.#best(nowSeconds, ({ target }) => holds(target, ip));
  }

  lookupText(scope: string, value: string, nowSeconds: number): TableDecision | undefined {
    return this.#best(nowSeconds, ({ target }) => keyOf(target) === keyOf({ scope, value }));
  }

  #best(nowSeconds: number, matches: (decision: TableDecision) => boolean): TableDecision | undefined {
    return this.decisions
      .filter((one) => Math.ceil(one.expiresAtMs / 1000) > nowSeconds && matches(one))
      .toSorted(
        (a, b) =>
          Number(a.simulated) - Number(b.simulated) ||
          (STRICTNESS[b.remediation] ?? 1) - (STRICTNESS[a.remediation] ?? 1) ||
          specificity(b.target) - specificity(a.target) ||
          Math.ceil(b.expiresAtMs / 1000) - Math.ceil(a.expiresAtMs / 1000) ||
          (a.id < b.id ? -1 : 1),
      )[0];
  }
}

function isAddress({ scope }: TableDecision['target']): boolean {
  return scope === 'ip' || scope === 'range';
}

function holds(target: TableDecision['target'], ip: Ip): boolean {
  return isAddress(target) && cidrContains(parseIpOrCidr(target.value)!, ip);
}

function keyOf(target: TableDecision['target']): string {
  return isAddress(target) ? parseIpOrCidr(target.value)!.text : `${target.scope} ${target.value}`;
}

function specificity(target: TableDecision['target']): number {
  if (!isAddress(target)) return TEXT_SPECIFICITY[target.scope] ?? -3;
  const range = parseIpOrCidr(target.value)!;
  return range.prefixLength === range.words.length * 32 ? 200 : range.prefixLength;
}
