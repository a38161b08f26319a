// One's own passkeys: to see, to make, to remove.

import type { Passkey } from '@parapet/store';
import { z } from 'zod';
import type { NewPasskeyProof, NewPasskeyView, PasskeyView } from '../../wire.ts';
import {
  challengeIn,
  makeChallenge,
  newPasskeyProof,
  passkeyHost,
  readChallenge,
  readNewPasskey,
  userHandle,
} from '../access/passkeys.ts';
import { LONGEST_PASSWORD } from '../access/passwords.ts';
import { confirm } from '../access/proof.ts';
import { rekeyed } from '../access/session.ts';
import { Problem } from '../problem.ts';
import { callerOf, get, post, type Asked, type Reply, type Route } from '../route.ts';

const MOST_PASSKEYS = 20;

const password = z.string().max(LONGEST_PASSWORD);
const name = z.string().trim().min(1).max(64);

export const PASSKEY_ROUTES: readonly Route[] = [
  get('/account/passkeys', 'viewer', async (asked) => {
    const own = await asked.options.store.passkeys.list(callerOf(asked).user.name);
    return { body: own.map(passkeyView) };
  }),
  post('/account/passkeys/challenge', 'viewer', z.strictObject({ password }), async (asked) => ({
    body: await offer(asked, asked.body.password),
  })),
  post(
    '/account/passkeys',
    'viewer',
    z.strictObject({ password, name, passkey: newPasskeyProof }),
    async (asked) => add(asked, asked.body),
  ),
  post('/account/passkeys/remove', 'viewer', z.strictObject({ password, id: z.string() }), async (asked) => {
    const { user } = callerOf(asked);
    await confirm(asked, user, asked.body.password);
    const { passkeys } = asked.options.store;
    const known = await passkeys.find(asked.body.id);
    if (known === undefined || !(await passkeys.remove(user.name, known.id)))
      throw new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no such passkey, or not any more');
    return rekeyed(asked, user, 'passkey.remove', { passkey: known.name, host: known.host });
  }),
];

/** Returns the host for which passkeys count here; throws where there can be none. */
export function passkeyPlace({ host }: Asked<unknown>): string {
  const place = passkeyHost(host);
  if (place === undefined)
    throw new Problem(
      409,
      'E_DASHBOARD_PASSKEY_ADDRESS',
      'passkeys need a name: open the dashboard as localhost, or under a name of dashboard.hosts',
    );
  return place;
}

function passkeyView({ id, name: own, host, isSynced, createdAt, usedAt }: Passkey): PasskeyView {
  return {
    ...{ id, name: own, host, isSynced, createdMs: createdAt.getTime() },
    ...(usedAt === undefined ? {} : { usedMs: usedAt.getTime() }),
  };
}

async function offer(asked: Asked<unknown>, given: string): Promise<NewPasskeyView> {
  const { user } = callerOf(asked);
  const { secret, now, store } = asked.options;
  const host = passkeyPlace(asked);
  await confirm(asked, user, given);
  const known = await store.passkeys.list(user.name);
  if (known.length >= MOST_PASSKEYS)
    throw new Problem(409, 'E_DASHBOARD_PASSKEYS', 'there are too many passkeys', { most: MOST_PASSKEYS });
  return {
    host,
    challenge: makeChallenge(secret, purposeOf(asked), now()),
    user: { id: userHandle(secret, user), name: user.name },
    known: known.filter((one) => one.host === host).map(({ id }) => id),
  };
}

async function add(
  asked: Asked<unknown>,
  given: { readonly password: string; readonly name: string; readonly passkey: NewPasskeyProof },
): Promise<Reply> {
  const { user } = callerOf(asked);
  const { store, secret, now } = asked.options;
  const host = passkeyPlace(asked);
  await confirm(asked, user, given.password);
  const challenge = challengeIn(given.passkey.clientData);
  const endsAt = readChallenge(secret, purposeOf(asked), challenge, now());
  const made = endsAt === undefined ? undefined : await readNewPasskey(given.passkey, challenge, asked.host);
  if (endsAt === undefined || made === undefined || !(await store.useLink(challenge, endsAt)))
    throw new Problem(422, 'E_DASHBOARD_PASSKEY_WRONG', 'this passkey was not made for here, or too slowly');
  const passkey: Passkey = { ...made, user: user.name, name: given.name, host, createdAt: now() };
  if (!(await store.passkeys.add(passkey)))
    throw new Problem(409, 'E_DASHBOARD_PASSKEY_KNOWN', 'this passkey is known already');
  return rekeyed(asked, user, 'passkey.add', { passkey: given.name, host });
}

/** A new passkey is for the session that asked for it. */
function purposeOf(asked: Asked<unknown>): string {
  return `new ${callerOf(asked).session.hash}`;
}
