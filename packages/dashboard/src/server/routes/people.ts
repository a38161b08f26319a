// Users and the audit log: who may come in, and who did what.

import type { User } from '@parapet/store';
import { z } from 'zod';
import type { AuditView, UserView } from '../../wire.ts';
import { makeInvitation } from '../access/links.ts';
import { ROLES } from '../access/roles.ts';
import { note } from '../access/session.ts';
import { Problem } from '../problem.ts';
import { callerOf, get, post, type Asked, type Route } from '../route.ts';

const LINK_MS = 86_400_000;
const AUDIT_ROWS = 100;
const MOST_SITES = 2000;

const role = z.enum(ROLES);
const name = z.string().max(64);
const site = z.string().min(1).max(100);

export const PEOPLE_ROUTES: readonly Route[] = [
  get(
    '/users',
    'admin',
    async ({ options }) => ({
      body: await Promise.all(
        (await options.store.users.list()).map(
          async ({ name: own, role: his, siteRoles = new Map(), ...user }): Promise<UserView> => ({
            ...{ name: own, role: his, siteRoles: Object.fromEntries(siteRoles) as Record<string, string> },
            hasTotp: user.totpSecret !== undefined,
            passkeys: (await options.store.passkeys.list(own)).length,
            isOfProvider: user.subject !== undefined,
            createdMs: user.createdAt.getTime(),
            ...(user.seenAt === undefined ? {} : { seenMs: user.seenAt.getTime() }),
          }),
        ),
      ),
    }),
    'all',
  ),
  post(
    '/users/invite',
    'admin',
    z.strictObject({ role, user: name.optional(), sites: z.array(site).min(1).max(MOST_SITES).optional() }),
    async (asked) => {
      const { options, body, ip } = asked;
      const who = callerOf(asked).user.name;
      const expiresAt = new Date(options.now().getTime() + LINK_MS);
      const { user, sites } = body;
      if (user !== undefined) refuseOfProvider(await options.store.users.find(user));
      refuseUnknown(asked, sites ?? []);
      const token = makeInvitation(options.secret, {
        ...{ role: body.role, expiresAt },
        ...(user === undefined ? {} : { user }),
        ...(sites === undefined ? {} : { sites }),
      });
      const details = { role: body.role, ...(sites === undefined ? {} : { sites }) };
      await note(options, { who, ip, act: 'user.invite', target: user ?? '', details });
      return { body: { token, expiresMs: expiresAt.getTime() } };
    },
    'all',
  ),
  post(
    '/users/role',
    'admin',
    // Without a word on sites, roles for single ones stay as they are.
    z.strictObject({ user: name, role: role.or(z.literal('')), siteRoles: z.record(site, role).optional() }),
    async (asked) => {
      const { options, body, ip } = asked;
      const who = callerOf(asked).user.name;
      const user = await options.store.users.find(body.user);
      refuseOfProvider(user);
      if (user.role === 'admin' && body.role !== 'admin') await keepAnAdmin(asked, body.user);
      const before = user.siteRoles ?? new Map<string, string>();
      const siteRoles = body.siteRoles === undefined ? before : new Map(Object.entries(body.siteRoles));
      if (siteRoles.size > MOST_SITES) throw tooMany();
      // One that left the configuration meanwhile may stay.
      refuseUnknown(
        asked,
        [...siteRoles.keys()].filter((one) => !before.has(one)),
      );
      await options.store.users.put({ ...user, role: body.role, siteRoles });
      // Who may do something else comes in anew, under a token that nobody had before.
      await options.store.users.endSessions(body.user);
      const details = {
        ...{ from: user.role, to: body.role },
        ...(body.siteRoles === undefined ? {} : { sites: body.siteRoles }),
      };
      await note(options, { who, ip, act: 'user.role', target: body.user, details });
      return { body: {} };
    },
    'all',
  ),
  post(
    '/users/remove',
    'admin',
    z.strictObject({ user: name }),
    async (asked) => {
      const { options, body, ip } = asked;
      const who = callerOf(asked).user.name;
      const user = await options.store.users.find(body.user);
      if (user === undefined) throw absent();
      if (user.role === 'admin') await keepAnAdmin(asked, body.user);
      await options.store.users.remove(body.user);
      await note(options, { who, ip, act: 'user.remove', target: body.user });
      return { body: {} };
    },
    'all',
  ),
  get('/audit', 'admin', async ({ options, query }) => {
    // The page asks for the first of them with an empty one.
    const before = Number(query.get('before') ?? 0);
    const entries = await options.store.audit.list(before > 0 ? { before } : {}, {
      ...{ limit: AUDIT_ROWS, newestFirst: true },
    });
    const check = await options.store.audit.check();
    const body: AuditView = {
      entries: entries.map(({ at, hash: _hash, ...entry }) => ({ ...entry, atMs: at.getTime() })),
      isWhole: check.isWhole,
      ...(check.isWhole ? {} : { brokenAt: check.brokenAt }),
    };
    return { body };
  }),
];

async function keepAnAdmin({ options }: Asked<unknown>, but: string): Promise<void> {
  const others = (await options.store.users.list()).filter((one) => one.role === 'admin' && one.name !== but);
  if (others.length === 0)
    throw new Problem(409, 'E_DASHBOARD_LAST_ADMIN', 'this is the last one who may let people in');
}

/** What somebody of the provider may, and how they prove who they are, is said there. */
function refuseOfProvider(user: User | undefined): asserts user is User {
  if (user === undefined) throw absent();
  if (user.subject !== undefined)
    throw new Problem(409, 'E_DASHBOARD_OIDC_USER', 'this user comes in through the provider of identities');
}

function refuseUnknown({ options }: Asked<unknown>, sites: readonly string[]): void {
  const known = new Set(options.siteNames());
  const unknown = sites.find((one) => !known.has(one));
  if (unknown !== undefined)
    throw new Problem(422, 'E_DASHBOARD_SITE', 'the configuration has no such site', { site: unknown });
}

function tooMany(): Problem {
  return new Problem(422, 'E_DASHBOARD_BODY', `there may be roles for ${MOST_SITES} sites at most`);
}

function absent(): Problem {
  return new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no user of this name');
}
