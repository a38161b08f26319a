// Sessions: how one begins, what of it is kept, and what the page is told of who is here.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { User } from '@parapet/store';
import type { SessionView } from '../../wire.ts';
import { callerOf, type Asked, type Reply } from '../route.ts';
import { highestRole, isRole, reachOf, type Role } from './roles.ts';

/** Returns what the store keeps of a session's token. */
export function hashOfSession(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Returns what has to come back with each change: only pages of ours can know it. */
export function csrfOf(secret: Uint8Array, sessionHash: string): string {
  return createHmac('sha256', secret).update(`csrf ${sessionHash}`).digest('base64url');
}

export async function note(
  options: Asked<unknown>['options'],
  entry: {
    readonly who: string;
    readonly ip: string;
    readonly act: string;
    readonly target: string;
    readonly details?: Readonly<Record<string, unknown>>;
    /** Where it was about one site: its admins see the entry. */
    readonly site?: string | undefined;
  },
): Promise<void> {
  const { site, details = {}, ...rest } = entry;
  const isOfSite = site !== undefined && site !== '';
  await options.store.audit.add({ ...rest, details: isOfSite ? { ...details, site } : details });
}

export async function sessionView({ options, by }: Asked<undefined>): Promise<SessionView> {
  const hasUsers = by !== undefined || (await options.store.users.list()).length > 0;
  if (by === undefined)
    return { hasUsers, version: '', ...(options.oidc === undefined ? {} : { provider: options.oidc.name }) };
  return viewOf(options, by.user, by.session.hash);
}

/** Begins a session with a token that nobody had before: whatever cookie came with the request is worth nothing. */
export async function begin({ options, ip, agent, by }: Asked<unknown>, user: User): Promise<Reply> {
  const token = randomBytes(32).toString('base64url');
  const hash = hashOfSession(token);
  if (by !== undefined) await options.store.users.endSession(by.session.hash);
  const at = options.now();
  await options.store.users.addSession({
    ...{ hash, user: user.name, ip, agent: agent.slice(0, 200), createdAt: at, seenAt: at },
  });
  return { body: viewOf(options, user, hash), session: { token } };
}

/** With what proves who somebody is changed, all sessions end, and this one goes on under a new token. */
export async function rekeyed(
  asked: Asked<unknown>,
  user: User,
  act: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<Reply> {
  const { options, ip } = asked;
  const own = callerOf(asked).user.name;
  await options.store.users.put({ ...user, seenAt: options.now() });
  await options.store.users.endSessions(own);
  await note(options, { who: user.name, ip, act, target: user.name, details });
  return begin(asked, user);
}

function viewOf(options: Asked<unknown>['options'], user: User, sessionHash: string): SessionView {
  const { name, role, siteRoles = new Map<string, string>(), totpSecret, subject } = user;
  const reach = reachOf(user, 'viewer') ?? [];
  const known = options.siteNames();
  return {
    ...(highestRole(user) === undefined
      ? {}
      : {
          user: {
            ...{ name, hasTotp: totpSecret !== undefined, isOfProvider: subject !== undefined },
            ...(isRole(role) ? { role } : {}),
            siteRoles: Object.fromEntries(
              [...siteRoles].filter((one): one is [string, Role] => isRole(one[1])),
            ),
          },
          sites: reach === 'all' ? known : reach,
        }),
    csrf: csrfOf(options.secret, sessionHash),
    hasUsers: true,
    version: options.version,
  };
}
