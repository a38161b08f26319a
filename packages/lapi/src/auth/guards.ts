// Who may ask what: bouncers by their key or certificate, machines by their token or certificate.

import { clockAheadMs, parseCidr, cidrContains, parseIp, type Cidr } from '@parapet/kinds';
import type { Bouncer } from '@parapet/store';
import type { MiddlewareHandler } from 'hono';
import { RequestError, type Env, type LapiContext, type Shared } from '../context.ts';
import { hashOfKey } from './keys.ts';

const MOST_KEY_CHARS = 1024;
const LOOPBACK: readonly Cidr[] = [parseCidr('127.0.0.0/8')!, parseCidr('::1/128')!];

export function bouncersOnly(shared: Shared): MiddlewareHandler<Env> {
  return async (c, next) => {
    const bouncer = await bouncerOf(shared, c);
    if (bouncer === undefined) throw new RequestError(403, 'access forbidden');
    c.set('bouncer', bouncer);
    await next();
  };
}

export function machinesOnly(shared: Shared): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set('machine', await machineOf(shared, c));
    await next();
  };
}

/** Either; which of the two is in the context. */
export function clientsOnly(shared: Shared): MiddlewareHandler<Env> {
  return async (c, next) => {
    const bouncer = await bouncerOf(shared, c);
    if (bouncer === undefined) c.set('machine', await machineOf(shared, c));
    else c.set('bouncer', bouncer);
    await next();
  };
}

/** Deleting is for this machine and for those that the configuration names. */
export function trustedOnly(shared: Shared): MiddlewareHandler<Env> {
  return async (c, next) => {
    const ip = parseIp(c.env.peer.ip);
    const ranges = shared.trustedRanges ?? LOOPBACK;
    if (c.env.peer.ip !== '' && (ip === undefined || !ranges.some((range) => cidrContains(range, ip))))
      throw new RequestError(403, `access forbidden from this IP (${c.env.peer.ip})`);
    await next();
  };
}

async function bouncerOf(shared: Shared, c: LapiContext): Promise<Bouncer | undefined> {
  const { store, now, attempts, memory, certificates } = shared;
  const { ip, certificate } = c.env.peer;
  const key = c.req.header('x-api-key');
  if (key !== undefined) {
    const found = key.length > MOST_KEY_CHARS ? undefined : await memory.findBouncer(hashOfKey(key));
    // A neighbour that guesses, or has an old key, must not keep a bouncer out that has always come from here.
    if (found?.ip !== ip) refuseWhenSlowed(shared, ip);
    if (found !== undefined) return seen(shared, found, c);
    attempts.failed(ip, now().getTime());
    return undefined;
  }
  if (
    certificate === undefined ||
    !certificate.units.some((unit) => certificates?.bouncerUnits.includes(unit))
  )
    return undefined;
  const name = `${certificate.commonName}@${ip}`;
  const known = await store.clients.findBouncer(name);
  if (known !== undefined) return seen(shared, known, c);
  const fresh = seen(shared, { name, ip: '', type: '', version: '', createdAt: now() }, c);
  // A store that cannot be written now must not keep a bouncer from its decisions.
  await store.clients.putBouncer(fresh).catch(() => {});
  return fresh;
}

function seen({ memory, now }: Shared, bouncer: Bouncer, c: LapiContext): Bouncer {
  const [type = '', version = ''] = (c.req.header('user-agent') ?? '').slice(0, 200).split('/');
  const at = now();
  const fresh: Bouncer = { ...bouncer, ip: c.env.peer.ip, type, version, pulledAt: at, ...clockOf(c, at) };
  memory.sawBouncer(fresh);
  return fresh;
}

/** How far the client's clock is off, where it says its time. */
export function clockOf(c: LapiContext, at: Date): { readonly clockAheadMs?: number } {
  const aheadMs = clockAheadMs(c.req.header('date'), at.getTime());
  return aheadMs === undefined ? {} : { clockAheadMs: aheadMs };
}

async function machineOf(shared: Shared, c: LapiContext): Promise<string> {
  const { store, now, tokens } = shared;
  const header = c.req.header('authorization') ?? '';
  if (header === '') throw new RequestError(401, 'cookie token is empty');
  const [kind, text = ''] = header.split(' ');
  const check = kind === 'Bearer' ? tokens.check(text, now()) : undefined;
  if (check === undefined || !check.ok) throw new RequestError(401, REASONS[check?.reason ?? 'malformed']);
  const machine = await store.clients.findMachine(check.machine);
  // Removed since, or no longer admitted.
  if (machine?.isValidated !== true) throw new RequestError(401, REASONS.forged);
  return machine.name;
}

const REASONS = {
  malformed: 'token contains an invalid number of segments',
  forged: 'signature is invalid',
  expired: 'Token is expired',
  early: 'Token used before issued',
} as const;

/** Throws a RequestError with 429 when the address has failed too often. */
export function refuseWhenSlowed({ attempts, now }: Shared, ip: string): void {
  const wait = attempts.waitSeconds(ip, now().getTime());
  if (wait > 0) throw new RequestError(429, 'too many failures, try again later', wait);
}
