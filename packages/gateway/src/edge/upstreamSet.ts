// The upstreams of one site, and which of them the next request goes to: the one with the fewest requests under way,
// of equals in turn. One that fails is left alone for a while that doubles each time, then tried with a single
// request, and after a success its share grows back slowly, because a server that has just started is slow. When all
// are down, all are tried: an answer that may come is better than one of ours that surely says no.

import type { UpstreamAddress } from './upstreamAddress.ts';

export interface Upstream {
  readonly address: UpstreamAddress;
  /** Requests under way. */
  readonly outstanding: number;
  /** False after failures in a row, or when the health check says so. */
  readonly isUp: boolean;
}

export interface UpstreamState {
  readonly url: string;
  readonly isUp: boolean;
  readonly outstanding: number;
  /** Failures since the last success. */
  readonly failures: number;
}

const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 30_000;
const SLOW_START_MS = 10_000;
/** The share with which an upstream begins again. */
const FIRST_SHARE = 0.1;

export class UpstreamSet {
  readonly #members: readonly Member[];
  #turn = 0;

  constructor(addresses: readonly UpstreamAddress[]) {
    this.#members = addresses.map((address) => new Member(address));
  }

  /**
   * Returns where the next request goes; `except` is one that has just failed it. Undefined only when there is no
   * upstream but that one. Who gets one says `taken`, and `released` when its request has ended.
   */
  pick(nowMs: number, except?: Upstream): Upstream | undefined {
    const members = this.#members;
    if (members.length === 1) return members[0] === except ? undefined : members[0];
    this.#turn++;
    return this.#least(nowMs, except, true) ?? this.#least(nowMs, except, false);
  }

  taken(upstream: Upstream): void {
    (upstream as Member).outstanding++;
  }

  released(upstream: Upstream): void {
    (upstream as Member).outstanding--;
  }

  /** It could not be reached, or broke off before it answered. An answer with status 500 is an answer. */
  failed(upstream: Upstream, nowMs: number): void {
    (upstream as Member).fail(nowMs);
  }

  /** It answered. */
  succeeded(upstream: Upstream, nowMs: number): void {
    const member = upstream as Member;
    if (member.failures > 0) member.recover(nowMs);
  }

  /** What the health check found. */
  checked(upstream: Upstream, isHealthy: boolean, nowMs: number): void {
    const member = upstream as Member;
    if (isHealthy && !member.isUp) member.recover(nowMs);
    member.isFoundDown = !isHealthy;
  }

  get members(): readonly Upstream[] {
    return this.#members;
  }

  state(): readonly UpstreamState[] {
    return this.#members.map(({ address, isUp, outstanding, failures }) => ({
      url: address.url,
      isUp,
      outstanding,
      failures,
    }));
  }

  #least(nowMs: number, except: Upstream | undefined, onlyUsable: boolean): Upstream | undefined {
    const members = this.#members;
    const first = this.#turn % members.length;
    let best: Member | undefined;
    let bestLoad = Infinity;
    for (let i = 0; i < members.length; i++) {
      const member = members[(first + i) % members.length]!;
      if (member === except || (onlyUsable && !member.isUsable(nowMs))) continue;
      const load = (member.outstanding + 1) / member.share(nowMs);
      if (load >= bestLoad) continue;
      best = member;
      bestLoad = load;
    }
    return best;
  }
}

class Member implements Upstream {
  readonly address: UpstreamAddress;
  outstanding = 0;
  failures = 0;
  isFoundDown = false;
  #restsUntilMs = 0;
  #recoveredAtMs = -Infinity;

  constructor(address: UpstreamAddress) {
    this.address = address;
  }

  get isUp(): boolean {
    return this.failures === 0 && !this.isFoundDown;
  }

  isUsable(nowMs: number): boolean {
    if (this.isFoundDown) return false;
    // After its rest, one request tries it; the others do not wait for how that ends.
    return this.failures === 0 || (nowMs >= this.#restsUntilMs && this.outstanding === 0);
  }

  share(nowMs: number): number {
    const grown = (nowMs - this.#recoveredAtMs) / SLOW_START_MS;
    return grown >= 1 ? 1 : Math.max(FIRST_SHARE, grown);
  }

  fail(nowMs: number): void {
    // Requests that were under way together fail together: that is one failure.
    if (this.failures > 0 && nowMs < this.#restsUntilMs) return;
    this.failures++;
    this.#restsUntilMs = nowMs + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (this.failures - 1));
  }

  recover(nowMs: number): void {
    this.failures = 0;
    this.isFoundDown = false;
    this.#recoveredAtMs = nowMs;
  }
}
