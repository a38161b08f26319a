// What the CMS says about its sessions in the headers of its answers: who is signed in, and for whom it vouches.

import type { Action, Client, RequestView, ResponseView } from '@parapet/kinds';
import type { Sessions } from '../trust/sessions.ts';
import type { Trust, TrustOffice } from '../trust/trustCookie.ts';
import { readVouching, vouchingKey, type Vouching } from '../trust/vouching.ts';
import type { Sightings } from './sightings.ts';

export interface CmsVoiceOptions {
  readonly secrets: readonly Uint8Array[];
  readonly sessions: Sessions;
  readonly trust: TrustOffice;
  readonly sightings: Sightings;
}

export interface Heard {
  /** Who is signed in, unless it is someone trusted, on whom no decision acts. */
  readonly user?: string;
  /** The trust cookie that is to be set or ended. */
  readonly action?: Action;
}

export class CmsVoice {
  readonly #options: CmsVoiceOptions;
  readonly #keys = new Map<string, readonly Buffer[]>();

  constructor(options: CmsVoiceOptions) {
    this.#options = options;
  }

  /** Returns what the answer says and proves; undefined for nearly all, which say nothing. */
  hear(
    request: RequestView,
    response: ResponseView,
    client: Client,
    site: string,
    nowMs: number,
  ): Heard | undefined {
    if (response.header('x-parapet-user') === undefined && response.header('x-parapet-trust') === undefined)
      return undefined;
    const { sessions, trust: office, sightings } = this.#options;
    const session = sessions.hashOf(request);
    const vouching = readVouching(response, this.#keysOf(site), session, nowMs);
    if (vouching === undefined) return undefined;
    const held = office.check(request, site, nowMs);
    const { user, trust } = vouching;
    if (typeof trust === 'object') {
      const given: Trust = { kind: 'vouched', who: trust.who, expiresAtMs: nowMs + trust.forMs };
      sightings.saw(given, client, site, nowMs);
    }
    if (user !== undefined && session !== undefined) sessions.learn(site, session, user);
    const action = this.#cookieFor(trust, held, client, site, nowMs);
    const isTrusted = held !== undefined || typeof trust === 'object';
    return {
      ...(user === undefined || isTrusted ? {} : { user }),
      ...(action === undefined ? {} : { action }),
    };
  }

  #cookieFor(
    trust: Vouching['trust'],
    held: Trust | undefined,
    client: Client,
    site: string,
    nowMs: number,
  ): Action | undefined {
    const { trust: office } = this.#options;
    if (trust === undefined || held?.kind === 'operator') return undefined;
    if (trust === 'end') {
      return held === undefined ? undefined : { kind: 'pass', setCookies: [office.end(client)] };
    }
    const { who, forMs } = trust;
    // Not with each answer: while more than half of the time is left, the cookie that is there does.
    if (held !== undefined && held.who === who && held.expiresAtMs - nowMs > forMs / 2) return undefined;
    return { kind: 'pass', setCookies: [office.issueVouched(who, forMs, client, site, nowMs)] };
  }

  #keysOf(site: string): readonly Buffer[] {
    let keys = this.#keys.get(site);
    if (keys === undefined) {
      keys = this.#options.secrets.map((secret) => vouchingKey(secret, site));
      this.#keys.set(site, keys);
    }
    return keys;
  }
}
