// Coming in and going out: by a one-time link, with a password and a second factor, with a passkey.

import type { User } from '@parapet/store';
import { z } from 'zod';
import type { PasskeyChallenge } from '../../wire.ts';
import { readInvitation, type Invitation } from '../access/links.ts';
import { passkeyProof } from '../access/passkeys.ts';
import { checkPassword, LONGEST_PASSWORD } from '../access/passwords.ts';
import {
  cameIn,
  challengeAlone,
  confirm,
  confirmSecond,
  userOfPasskey,
  type SecondProof,
} from '../access/proof.ts';
import { begin, note, sessionView } from '../access/session.ts';
import { Problem } from '../problem.ts';
import { get, post, type Asked, type Reply, type Route } from '../route.ts';
import { passkeyPlace } from './passkeys.ts';

const name = z.string().regex(/^[\w.@+-]{1,64}$/);
const anyName = z.string().max(64);
const password = z.string().max(LONGEST_PASSWORD);
const code = z.string().max(16);

export const LOGIN_ROUTES: readonly Route[] = [
  get('/session', 'everybody', async (asked) => {
    // The first page is next: what it needs is read while somebody types. What goes wrong is told to who asks for it.
    asked.incidents.refresh().catch(() => {});
    return { body: await sessionView(asked) };
  }),
  post(
    '/login',
    'everybody',
    z.strictObject({ name: anyName, password, code: code.optional(), passkey: passkeyProof.optional() }),
    async (asked) => login(asked, asked.body),
  ),
  post('/login/passkey/challenge', 'everybody', z.strictObject({}), async (asked) => {
    const body: PasskeyChallenge = { host: passkeyPlace(asked), challenge: challengeAlone(asked) };
    return { body };
  }),
  post('/login/passkey', 'everybody', passkeyProof, async (asked) =>
    begin(asked, await userOfPasskey(asked, asked.body)),
  ),
  post('/logout', 'everybody', z.strictObject({}), async ({ by, options, ip }) => {
    if (by !== undefined) {
      await options.store.users.endSession(by.session.hash);
      await note(options, { who: by.user.name, ip, act: 'logout', target: by.user.name });
    }
    return { body: {}, session: 'end' };
  }),
  post('/welcome', 'everybody', z.strictObject({ token: z.string().max(2048), name, password }), (asked) =>
    welcome(asked, asked.body),
  ),
];

async function login(
  asked: Asked<unknown>,
  given: { readonly name: string; readonly password: string } & SecondProof,
): Promise<Reply> {
  const user = await asked.options.store.users.find(given.name);
  await confirm(asked, user, given.password, given.name);
  if (user === undefined) throw new Error('a password fitted nobody');
  await confirmSecond(asked, user, given);
  asked.attempts.succeeded(asked.ip, given.name);
  await cameIn(asked, user);
  return begin(asked, user);
}

async function welcome(
  asked: Asked<unknown>,
  given: { readonly token: string; readonly name: string; readonly password: string },
): Promise<Reply> {
  const { options, ip, passwords, attempts } = asked;
  const { store, now, secret } = options;
  const nowMs = now().getTime();
  const seconds = attempts.waitSeconds(ip, 'link', nowMs);
  if (seconds > 0) throw new Problem(429, 'E_DASHBOARD_WAIT', 'too many tries', { seconds });
  const invitation = readInvitation(secret, given.token, now());
  if (invitation === undefined) {
    attempts.failed(ip, 'link', nowMs);
    throw new Problem(403, 'E_DASHBOARD_LINK', 'this link is over, or none of ours');
  }
  const own = invitation.user ?? given.name;
  const known = await store.users.find(own);
  if (invitation.user === undefined && known !== undefined)
    throw new Problem(409, 'E_DASHBOARD_NAME', 'somebody has this name already');
  // Who was removed after the link was made does not come back by it.
  if (invitation.user !== undefined && (known === undefined || known.subject !== undefined))
    throw new Problem(403, 'E_DASHBOARD_LINK', 'there is nobody any more whom this link is for');
  checkPassword(given.password, own);
  const passwordHash = await passwords.hash(given.password);
  if (!(await store.useLink(invitation.nonce, invitation.expiresAt)))
    throw new Problem(403, 'E_DASHBOARD_LINK', 'this link was used before');
  // Who forgot a password may have lost the second factor with it: the link is worth both.
  const fresh: User = { name: own, ...rolesOf(invitation), passwordHash, totpStep: 0, createdAt: now() };
  const { totpSecret: _lost, ...kept } = known ?? fresh;
  const user: User = { ...kept, passwordHash };
  await store.passkeys.removeAll(own);
  await store.users.put(user);
  await store.users.endSessions(own);
  const act = known === undefined ? 'user.add' : 'user.reset';
  attempts.succeeded(ip, own);
  options.onAccess({ type: 'seen', ip, user });
  const { siteRoles = new Map<string, string>() } = user;
  const details = { role: user.role, ...(siteRoles.size === 0 ? {} : { sites: [...siteRoles.keys()] }) };
  await note(options, { who: own, ip, act, target: own, details });
  return begin(asked, user);
}

function rolesOf({ role, sites }: Invitation): Pick<User, 'role' | 'siteRoles'> {
  return sites === undefined
    ? { role }
    : { role: '', siteRoles: new Map(sites.map((site) => [site, role] as const)) };
}
