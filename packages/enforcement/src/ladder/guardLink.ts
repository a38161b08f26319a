// What a guard tells the engine and asks it. In a worker it is a socket; in tests and in applications without an
// engine it is the one in localLink.ts. Nothing here may throw, and nothing but `ask` and `redeem` is waited for.

import type { Client, Exchange, Ip, Refusal, RequestView } from '@parapet/kinds';
import type { Appeal } from '../pages/appeals.ts';
import type { Told } from './told.ts';

export interface GuardLink {
  /** Whether the engine is there now. */
  readonly isConnected: boolean;
  /** When it was heard last, or when this process began to wait for it. */
  readonly lastHeardAtMs: number;
  /** A request has ended; `told` is what the ladder did about it, when it did anything. */
  event(exchange: Exchange, told: Told | undefined): void;
  refusal(refusal: Refusal): void;
  /**
   * Shows the engine a request at once, without waiting for its end, and resolves with true when a decision came
   * of it that the table holds by now; false after 50 ms at the latest. Its event comes at its end, as for all: the
   * link knows by the request that the engine has seen it.
   */
  ask(question: Question): Promise<boolean>;
  /** Returns false when there is no room for it: the sender is told to try again. */
  appeal(appeal: Appeal): boolean;
  /** A one-time value was used here; the others learn of it. */
  used(nonce: string, expiresAtMs: number): void;
  /** Someone opened a one-time link: is it the first time, and if so, lift what is decided on this address. */
  redeem(redemption: Redemption): Promise<Redeemed>;
  /** An operator, or someone whom the CMS vouches for, uses this address. */
  trusted(sighting: TrustedSighting): void;
  /** What the throttle has taken since the last time, for the other workers; see Throttle.drain. */
  poured(rows: Uint32Array): void;
}

export interface Question {
  readonly request: RequestView;
  readonly client: Client;
  readonly site: string;
  readonly status: number;
  readonly atMs: number;
}

export interface Redemption {
  /** Hex. */
  readonly nonce: string;
  readonly expiresAtMs: number;
  readonly ip: Ip;
  readonly site: string;
}

/** `unreachable`: nobody can say; the worker's own memory has to do. */
export interface Redeemed {
  readonly outcome: 'first' | 'used' | 'unreachable';
  /** Decisions that were lifted. */
  readonly lifted: number;
}

export interface TrustedSighting {
  readonly ip: Ip;
  readonly site: string;
  readonly who: string;
  readonly kind: 'operator' | 'vouched';
  readonly atMs: number;
  /** Until when the cookie holds. */
  readonly untilMs: number;
}
