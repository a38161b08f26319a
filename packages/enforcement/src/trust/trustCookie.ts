// The trust cookie: its holder is the operator, or someone the CMS vouches for, and is never banned, challenged
// or slowed down. Bound to the site and an end, not to an address: operators move. Version 1:
//
//   1.KIND.EPOCH.EXPIRES.WHO.SIGNATURE     KIND `o` operator, `v` vouched for; numbers in base 36, EXPIRES in
//                                          seconds, WHO in base64url
//
// Raising the epoch ends all that were given out before.

import type { Client, RequestView } from '@parapet/kinds';
import { cookiesNamed, setCookie } from '../challenge/cookies.ts';
import { Signer } from '../challenge/keys.ts';

export const TRUST_COOKIE = 'parapet_trust';

/** `operator` came in by a one-time link, `vouched` is a session that the CMS spoke for. */
export type TrustKind = 'operator' | 'vouched';

export interface Trust {
  readonly kind: TrustKind;
  /** The name the operator or the CMS gave; for people to read, never compared. */
  readonly who: string;
  readonly expiresAtMs: number;
}

export interface GivenTrust {
  /** The Set-Cookie value. */
  readonly cookie: string;
  readonly given: Trust;
}

const OPERATOR_LIFE_MS = 30 * 86_400_000;
/** An operator's cookie that is older is replaced by a new one: who comes every month never has to ask again. */
const RENEWED_AFTER_MS = 86_400_000;
const LONGEST_VOUCH_MS = 7 * 86_400_000;
/** As a new store has it. */
const FIRST_EPOCH = 1;
const LONGEST_NAME = 64;
const MOST_REMEMBERED = 512;
const SHAPE = /^1\.([ov])\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.([\w-]{0,344})\.([\w-]{22})$/;

export class TrustOffice {
  readonly #signer: Signer;
  /** Cookies that were found valid; a signature costs microseconds and an operator sends the same one each time. */
  readonly #known = new Map<string, Trust>();
  #epoch: number;

  /**
   * `secrets`: the site secret, and older ones that are still taken. An epoch below 0 is not known yet, as while the
   * engine is away: then trust of any epoch counts, for an operator who is locked out could not mend it.
   */
  constructor(secrets: readonly Uint8Array[], epoch: number) {
    this.#signer = new Signer(secrets, 'trust');
    this.#epoch = epoch;
  }

  /** Ends the trust that was given out under an older epoch. */
  setEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#known.clear();
  }

  /** Makes the visitor an operator. */
  issueOperator(who: string, client: Client, site: string, nowMs: number): GivenTrust {
    const cookie = this.#issue('operator', who, OPERATOR_LIFE_MS, client, site, nowMs);
    return { cookie, given: { kind: 'operator', who, expiresAtMs: nowMs + OPERATOR_LIFE_MS } };
  }

  /** Returns the Set-Cookie value for a session that the CMS vouches for, for at most a week. */
  issueVouched(who: string, lifeMs: number, client: Client, site: string, nowMs: number): string {
    return this.#issue('vouched', who, Math.min(lifeMs, LONGEST_VOUCH_MS), client, site, nowMs);
  }

  /** Returns the Set-Cookie value that ends it. */
  end(client: Client): string {
    return setCookie(client, TRUST_COOKIE, '', 0);
  }

  /** Returns what valid trust the request shows. */
  check(request: RequestView, site: string, nowMs: number): Trust | undefined {
    const rawCookies = request.header('cookie');
    if (rawCookies === undefined || !rawCookies.includes(TRUST_COOKIE)) return undefined;
    let best: Trust | undefined;
    for (const rawTrust of cookiesNamed(request, TRUST_COOKIE)) {
      const trust = this.#read(rawTrust, site, nowMs);
      if (trust !== undefined && (best === undefined || trust.kind === 'operator')) best = trust;
    }
    return best;
  }

  /** Returns the Set-Cookie value that keeps an operator's trust rolling, when it is time for one. */
  renew(trust: Trust, client: Client, site: string, nowMs: number): string | undefined {
    const isDue =
      trust.kind === 'operator' && trust.expiresAtMs - nowMs < OPERATOR_LIFE_MS - RENEWED_AFTER_MS;
    return isDue ? this.issueOperator(trust.who, client, site, nowMs).cookie : undefined;
  }

  #issue(kind: TrustKind, who: string, lifeMs: number, client: Client, site: string, nowMs: number): string {
    const lifeSeconds = Math.max(1, Math.floor(lifeMs / 1000));
    const expires = Math.floor(nowMs / 1000) + lifeSeconds;
    const name = Buffer.from(who.slice(0, LONGEST_NAME), 'utf8').toString('base64url');
    const epoch = Math.max(FIRST_EPOCH, this.#epoch);
    const text = `1.${kind === 'operator' ? 'o' : 'v'}.${epoch.toString(36)}.${expires.toString(36)}.${name}`;
    return setCookie(client, TRUST_COOKIE, `${text}.${this.#signer.sign(boundTo(text, site))}`, lifeSeconds);
  }

  #read(rawTrust: string, site: string, nowMs: number): Trust | undefined {
    const key = boundTo(rawTrust, site);
    const known = this.#known.get(key);
    if (known !== undefined) return known.expiresAtMs > nowMs ? known : undefined;
    const match = SHAPE.exec(rawTrust);
    if (match === null) return undefined;
    const expiresAtMs = Number.parseInt(match[3]!, 36) * 1000;
    const isCurrent = this.#epoch < 0 || Number.parseInt(match[2]!, 36) === this.#epoch;
    if (!isCurrent || expiresAtMs <= nowMs) return undefined;
    const text = rawTrust.slice(0, -match[5]!.length - 1);
    if (!this.#signer.isSigned(boundTo(text, site), match[5]!)) return undefined;
    const who = Buffer.from(match[4]!, 'base64url').toString('utf8');
    const trust: Trust = { kind: match[1] === 'o' ? 'operator' : 'vouched', who, expiresAtMs };
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(key, trust);
    return trust;
  }
}

/** A line end is in no cookie and in no site's name. */
function boundTo(text: string, site: string): string {
  return `${text}\n${site}`;
}
