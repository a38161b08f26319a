// One's own account: the password, the code of an app, other sessions.

import { z } from 'zod';
import { checkPassword, LONGEST_PASSWORD } from '../access/passwords.ts';
import { confirm, takeCode } from '../access/proof.ts';
import { note, rekeyed } from '../access/session.ts';
import { newTotpSecret, totpStep, totpUri } from '../access/totp.ts';
import { Problem } from '../problem.ts';
import { callerOf, post, type Asked, type Reply, type Route } from '../route.ts';

const password = z.string().max(LONGEST_PASSWORD);
const code = z.string().max(16);

export const ACCOUNT_ROUTES: readonly Route[] = [
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
