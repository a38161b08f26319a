// Coming in through a provider of identities (OpenID Connect Core 1.0, authorization code flow with PKCE, RFC 7636).
// Where somebody is on the way is in a cookie of their browser, sealed: a state that comes back with the code, until
// when, and from which origin they left. The verifier of PKCE and the nonce are made of the state with our key, so they
// never leave before they have to, and nothing is remembered for strangers.

import { createHmac, randomBytes } from 'node:crypto';
import type { Configuration } from 'openid-client';
import type { OidcOptions, RoleValues } from '../options.ts';
import { ROLES, type Role } from './roles.ts';
import { seal, unseal } from './sealed.ts';

const LASTS_MS = 600_000;
/** Clocks of providers and ours may be that far apart. */
const SKEW_SECONDS = 60;
const PATIENCE_SECONDS = 10;
const AWAY_MS = 5000;
const PURPOSE = 'oidc journey';
/** Where providers send people back to, below `/data`. */
export const OIDC_BACK = '/login/oidc/back';

/** Somebody is on the way to the provider and back. */
export interface Journey {
  readonly state: string;
  readonly origin: string;
  readonly expiresAt: Date;
}

/** Whom the provider speaks of. */
export interface Identity {
  /** Issuer and subject: together they are nobody else's. */
  readonly subject: string;
  readonly name: string;
  /** The highest that the claims give; undefined for none. */
  readonly role: Role | undefined;
  /** Those for single sites, where the claims give any. */
  readonly siteRoles: ReadonlyMap<string, Role>;
}

export class OidcClient {
  readonly #options: OidcOptions;
  readonly #secret: Uint8Array;
  #configuration: Promise<Configuration> | undefined;

  constructor(options: OidcOptions, secret: Uint8Array) {
    this.#options = options;
    this.#secret = secret;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Returns where to send the browser, and what it has to bring back. Rejects when the provider cannot be reached. */
  async leave(origin: string, now: Date): Promise<{ readonly url: string; readonly journey: string }> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import('openid-client');
    const state = randomBytes(32).toString('base64url');
    const url = buildAuthorizationUrl(await this.#configured(), {
      redirect_uri: `${origin}/data${OIDC_BACK}`,
      scope: this.#options.scopes.join(' '),
      response_type: 'code',
      state,
      nonce: this.#derived('nonce', state),
      code_challenge: await calculatePKCECodeChallenge(this.#derived('verifier', state)),
      code_challenge_method: 'S256',
    });
    const journey = seal(this.#secret, PURPOSE, [state, origin, now.getTime() + LASTS_MS]);
    return { url: url.href, journey };
  }

  /** Returns the journey that a browser brings back, when it is ours and not over. */
  journeyOf(sealed: string, now: Date): Journey | undefined {
    const claims = unseal(this.#secret, PURPOSE, sealed);
    if (claims === undefined) return undefined;
    const [state, origin, expiresMs] = claims as [string, string, number]; // sealed by `leave`
    return expiresMs > now.getTime() ? { state, origin, expiresAt: new Date(expiresMs) } : undefined;
  }

  /**
   * Takes the code that the browser was sent back with, and returns whom the provider speaks of. Rejects when state,
   * nonce, signature, issuer, audience or time do not fit, or the provider cannot be reached.
   */
  async arrive({ state, origin }: Journey, query: URLSearchParams): Promise<Identity> {
    const { authorizationCodeGrant } = await import('openid-client');
    const tokens = await authorizationCodeGrant(
      await this.#configured(),
      new URL(`${origin}/data${OIDC_BACK}?${query.toString()}`),
      {
        expectedState: state,
        expectedNonce: this.#derived('nonce', state),
        pkceCodeVerifier: this.#derived('verifier', state),
        idTokenExpected: true,
      },
    );
    const claims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
    const { nameClaim, roleClaim, roles, siteRoles = new Map<string, RoleValues>() } = this.#options;
    const claim = claimAt(claims, roleClaim);
    return {
      subject: `${String(claims['iss'])} ${String(claims['sub'])}`,
      name: nameOf([claims[nameClaim], claims['email'], claims['sub']]),
      role: roleOf(claim, roles),
      siteRoles: new Map(
        [...siteRoles].flatMap(([site, values]) => {
          const role = roleOf(claim, values);
          return role === undefined ? [] : [[site, role] as const];
        }),
      ),
    };
  }

  async #configured(): Promise<Configuration> {
    this.#configuration ??= this.#discover().catch((error: unknown) => {
      // It may be back later; until then it is left alone, however many come.
      setTimeout(() => (this.#configuration = undefined), AWAY_MS).unref();
      throw error;
    });
    return this.#configuration;
  }

  async #discover(): Promise<Configuration> {
    const { allowInsecureRequests, clockTolerance, discovery, enableNonRepudiationChecks, None } =
      await import('openid-client');
    const { issuer, clientId, clientSecret } = this.#options;
    const server = new URL(issuer);
    // The configuration allows it on this machine only.
    const execute = [
      enableNonRepudiationChecks,
      ...(server.protocol === 'http:' ? [allowInsecureRequests] : []),
    ];
    return discovery(
      server,
      clientId,
      {
        [clockTolerance]: SKEW_SECONDS,
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      },
      clientSecret === undefined ? None() : undefined,
      { execute, timeout: PATIENCE_SECONDS },
    );
  }

  #derived(what: 'nonce' | 'verifier', state: string): string {
    return createHmac('sha256', this.#secret).update(`oidc ${what} ${state}`).digest('base64url');
  }
}

/** Returns the highest role of which the claim names a value; `*` stands for everybody whom the provider knows. */
export function roleOf(claim: unknown, roles: RoleValues): Role | undefined {
  const values = (Array.isArray(claim) ? claim : [claim]).filter((one) => typeof one === 'string');
  return ROLES.findLast((role) => roles[role].some((one) => one === '*' || values.includes(one)));
}

/** Returns the claim of the name, or, with dots in it, that of objects in objects. */
export function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** Returns the first that can be a name here, without what names cannot have. */
export function nameOf(claims: readonly unknown[]): string {
  for (const claim of claims) {
    const name = typeof claim === 'string' ? claim.normalize('NFKC').replace(/[^\w.@+-]+/g, '-') : '';
    const trimmed = name.replace(/^-+|-+$/g, '').slice(0, 60);
    if (trimmed !== '') return trimmed;
  }
  return 'somebody';
}
