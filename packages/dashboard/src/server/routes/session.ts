// Coming in and going out: the first user, logging in, one's own password and second factor.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { User } from '@parapet/store';
import { z } from 'zod';
import type { SessionView } from '../../wire.ts';
import { readInvitation } from '../access/links.ts';
import { BusyError, LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../access/passwords.ts';
import { isRole } from '../access/roles.ts';
import { newTotpSecret, totpStep, totpUri } from '../access/totp.ts';
import { Problem } from '../problem.ts';
import { callerOf, get, post, type Asked, type Caller, type Reply, type Route } from '../route.ts';

const name = z.string().regex(/^[\w.@+-]{1,64}$/);
const anyName = z.string().max(64);
const password = z.string().max(LONGEST_PASSWORD);
const code = z.string().max(16);

export const SESSION_ROUTES: readonly Route[] = [
  get('/session', 'everybody', async (asked) => ({ body: await sessionView(asked) })),
  post(
    '/login',
    'everybody',
    z.strictObject({ name: anyName, password, code: code.optional() }),
    async (asked) => login(asked, asked.body),
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
  post('/account/password', 'viewer', z.strictObject({ old: password, password }), (asked) =>
    changePassword(asked, asked.body),
  ),
  post('/account/totp', 'viewer', z.strictObject({ password }), async (asked) => {
    const { user } = callerOf(asked);
    await confirm(asked, user, asked.body.password);
    const secret = newTotpSecret();
    return { body: { secret, uri: totpUri(secret, user.name, 'Parapet') } };
  }),
  post(
    '/account/totp/confirm',
    'viewer',
    z.strictObject({ secret: z.string().regex(/^[A-Z2-7]{32}$/), code, password }),
    (asked) => confirmTotp(asked, asked.body),
  ),
  post('/account/totp/remove', 'viewer', z.strictObject({ password, code }), (asked) =>
    removeTotp(asked, asked.body),
  ),
  post('/account/sessions/end', 'viewer', z.strictObject({}), async (asked) => {
    const { user, session } = callerOf(asked);
    const ended = await asked.options.store.users.endSessions(user.name, session.hash);
    await note(asked.options, {
      ...{ who: user.name, ip: asked.ip, act: 'sessions.end', target: user.name, details: { ended } },
    });
    return { body: { ended } };
  }),
];

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
  },
): Promise<void> {
  await options.store.audit.add({ details: {}, ...entry });
}

async function sessionView({ options, by }: Asked<undefined>): Promise<SessionView> {
  const hasUsers = by !== undefined || (await options.store.users.list()).length > 0;
  if (by === undefined) return { hasUsers, version: '' };
  return {
    ...viewOf(by.user),
    csrf: csrfOf(options.secret, by.session.hash),
    hasUsers,
    version: options.version,
  };
}

function viewOf({ name: own, role, totpSecret }: User): Pick<SessionView, 'user'> {
  return isRole(role) ? { user: { name: own, role, hasTotp: totpSecret !== undefined } } : {};
}

async function login(
  asked: Asked<unknown>,
  given: { readonly name: string; readonly password: string; readonly code?: string | undefined },
): Promise<Reply> {
  const { options, ip } = asked;
  const user = await options.store.users.find(given.name);
  await confirm(asked, user, given.password, given.name);
  if (user === undefined) throw wrong();
  if (user.totpSecret !== undefined) {
    // Only who knows the password learns that there is a second factor.
    if (given.code === undefined || given.code === '')
      throw new Problem(401, 'E_DASHBOARD_CODE_NEEDED', 'the code of the second factor is missing');
    await takeCode(asked, user, given.code);
  }
  asked.attempts.succeeded(ip, given.name);
  await note(options, { who: user.name, ip, act: 'login', target: user.name });
  return begin(asked, user);
}

/** Checks a password, slowly for who guesses; throws when it does not fit. */
async function confirm(
  asked: Asked<unknown>,
  user: User | undefined,
  given: string,
  claimedName: string = user?.name ?? '',
): Promise<void> {
  const { options, attempts, passwords, ip } = asked;
  const nowMs = options.now().getTime();
  const seconds = attempts.waitSeconds(ip, claimedName, nowMs);
  if (seconds > 0) throw new Problem(429, 'E_DASHBOARD_WAIT', 'too many tries', { seconds });
  // Counted before it is checked: tries at the same time are tries too.
  attempts.failed(ip, claimedName, nowMs);
  if (await fits(passwords, given, user)) {
    attempts.succeeded(ip, claimedName);
    return;
  }
  // The log never forgets: tries with names that nobody has are counted, and written down once a minute.
  const strangers = user === undefined ? attempts.strangers(nowMs) : 0;
  if (strangers !== undefined)
    await note(options, {
      ...{ who: user?.name ?? '', ip, act: 'login.failed', target: user?.name ?? '(nobody)' },
      details: strangers > 1 ? { tries: strangers } : {},
    });
  throw wrong();
}

async function fits(
  passwords: Asked<unknown>['passwords'],
  given: string,
  user: User | undefined,
): Promise<boolean> {
  try {
    return await passwords.fits(given, user?.passwordHash);
  } catch (error) {
    if (error instanceof BusyError) throw new Problem(503, 'E_DASHBOARD_BUSY', error.message, { seconds: 5 });
    throw error;
  }
}

async function takeCode(asked: Asked<unknown>, user: User, given: string): Promise<void> {
  const { options, attempts, ip } = asked;
  const nowMs = options.now().getTime();
  const seconds = attempts.waitSeconds(ip, `code ${user.name}`, nowMs);
  if (seconds > 0) throw new Problem(429, 'E_DASHBOARD_WAIT', 'too many tries', { seconds });
  attempts.failed(ip, `code ${user.name}`, nowMs);
  const step = totpStep(user.totpSecret ?? '', given.replace(/\s/g, ''), nowMs);
  if (step !== undefined && (await options.store.users.takeStep(user.name, step))) {
    attempts.succeeded(ip, `code ${user.name}`);
    return;
  }
  await note(options, {
    who: user.name,
    ip,
    act: 'login.failed',
    target: user.name,
    details: { code: true },
  });
  throw new Problem(401, 'E_DASHBOARD_CODE_WRONG', 'this code does not fit, or was used before');
}

function wrong(): Problem {
  return new Problem(401, 'E_DASHBOARD_WRONG', 'name and password do not belong together');
}

/** Begins a session with a token that nobody had before: whatever cookie came with the request is worth nothing. */
async function begin({ options, ip, agent, by }: Asked<unknown>, user: User): Promise<Reply> {
  const token = randomBytes(32).toString('base64url');
  const hash = hashOfSession(token);
  if (by !== undefined) await options.store.users.endSession(by.session.hash);
  const at = options.now();
  await options.store.users.addSession({
    ...{ hash, user: user.name, ip, agent: agent.slice(0, 200), createdAt: at, seenAt: at },
  });
  const csrf = csrfOf(options.secret, hash);
  const body: SessionView = { ...viewOf(user), csrf, hasUsers: true, version: options.version };
  return { body, session: { token } };
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
  if (invitation.user !== undefined && known === undefined)
    throw new Problem(403, 'E_DASHBOARD_LINK', 'there is nobody any more whom this link is for');
  checkPassword(given.password, own);
  const passwordHash = await passwords.hash(given.password);
  if (!(await store.useLink(invitation.nonce, invitation.expiresAt)))
    throw new Problem(403, 'E_DASHBOARD_LINK', 'this link was used before');
  // Who forgot a password may have lost the second factor with it: the link is worth both.
  const fresh: User = { name: own, role: invitation.role, passwordHash, totpStep: 0, createdAt: now() };
  const { totpSecret: _lost, ...kept } = known ?? fresh;
  const user: User = { ...kept, passwordHash };
  await store.users.put(user);
  await store.users.endSessions(own);
  const act = known === undefined ? 'user.add' : 'user.reset';
  await note(options, { who: own, ip, act, target: own, details: { role: user.role } });
  return begin(asked, user);
}

function checkPassword(given: string, own: string): void {
  const isShort = given.length < SHORTEST_PASSWORD;
  const hasName = own.length >= 4 && given.toLowerCase().includes(own.toLowerCase());
  const isPlain = new Set(given).size < 5 || hasName;
  if (isShort || (isPlain && given.length < 2 * SHORTEST_PASSWORD))
    throw new Problem(422, 'E_DASHBOARD_PASSWORD', 'the password is too short or too plain', {
      shortest: SHORTEST_PASSWORD,
    });
}

async function changePassword(
  asked: Asked<unknown>,
  given: { readonly old: string; readonly password: string },
): Promise<Reply> {
  const { user } = callerOf(asked);
  await confirm(asked, user, given.old);
  checkPassword(given.password, user.name);
  const passwordHash = await asked.passwords.hash(given.password);
  return rekeyed(asked, { ...user, passwordHash }, 'password.change');
}

async function confirmTotp(
  asked: Asked<unknown>,
  given: { readonly secret: string; readonly code: string; readonly password: string },
): Promise<Reply> {
  const { user } = callerOf(asked);
  await confirm(asked, user, given.password);
  const step = totpStep(given.secret, given.code.replace(/\s/g, ''), asked.options.now().getTime());
  if (step === undefined)
    throw new Problem(422, 'E_DASHBOARD_CODE_WRONG', 'this code does not fit: is the clock right?');
  return rekeyed(asked, { ...user, totpSecret: given.secret, totpStep: step }, 'totp.add');
}

async function removeTotp(
  asked: Asked<unknown>,
  given: { readonly password: string; readonly code: string },
): Promise<Reply> {
  const { user } = callerOf(asked);
  await confirm(asked, user, given.password);
  if (user.totpSecret !== undefined) await takeCode(asked, user, given.code);
  const { totpSecret: _removed, ...kept } = user;
  return rekeyed(asked, kept, 'totp.remove');
}

/** With what proves who somebody is changed, all sessions end, and this one goes on under a new token. */
async function rekeyed(asked: Asked<unknown>, user: User, act: string): Promise<Reply> {
  const { options, ip } = asked;
  const caller: Caller = callerOf(asked);
  await options.store.users.put({ ...user, seenAt: options.now() });
  await options.store.users.endSessions(caller.user.name);
  await note(options, { who: user.name, ip, act, target: user.name });
  return begin(asked, user);
}
