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

const role = z.enum(ROLES);
const name = z.string().max(64);

export const PEOPLE_ROUTES: readonly Route[] = [
  get('/users', 'admin', async ({ options }) => ({
    body: await Promise.all(
      (await options.store.users.list()).map(
        async ({ name: own, role: his, ...user }): Promise<UserView> => ({
          ...{ name: own, role: his, hasTotp: user.totpSecret !== undefined },
          passkeys: (await options.store.passkeys.list(own)).length,
          isOfProvider: user.subject !== undefined,
          createdMs: user.createdAt.getTime(),
          ...(user.seenAt === undefined ? {} : { seenMs: user.seenAt.getTime() }),
        }),
      ),
    ),
  })),
  post('/users/invite', 'admin', z.strictObject({ role, user: name.optional() }), async (asked) => {
    const { options, body, ip } = asked;
    const who = callerOf(asked).user.name;
    const expiresAt = new Date(options.now().getTime() + LINK_MS);
    const { user } = body;
    if (user !== undefined) refuseOfProvider(await options.store.users.find(user));
    const given = { role: body.role, expiresAt, ...(user === undefined ? {} : { user }) };
    const token = makeInvitation(options.secret, given);
    await note(options, {
      ...{ who, ip, act: 'user.invite', target: user ?? '', details: { role: body.role } },
    });
    return { body: { token, expiresMs: expiresAt.getTime() } };
  }),
  post('/users/role', 'admin', z.strictObject({ user: name, role }), async (asked) => {
    const { options, body, ip } = asked;
    const who = callerOf(asked).user.name;
    const user = await options.store.users.find(body.user);
    refuseOfProvider(user);
    if (user.role === 'admin' && body.role !== 'admin') await keepAnAdmin(asked, body.user);
    await options.store.users.put({ ...user, role: body.role });
    await note(options, {
      ...{ who, ip, act: 'user.role', target: body.user, details: { from: user.role, to: body.role } },
    });
    return { body: {} };
  }),
  post('/users/remove', 'admin', z.strictObject({ user: name }), async (asked) => {
    const { options, body, ip } = asked;
    const who = callerOf(asked).user.name;
    const user = await options.store.users.find(body.user);
    if (user === undefined) throw absent();
    if (user.role === 'admin') await keepAnAdmin(asked, body.user);
    await options.store.users.remove(body.user);
    await note(options, { who, ip, act: 'user.remove', target: body.user });
    return { body: {} };
  }),
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

function absent(): Problem {
  return new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no user of this name');
}
