// Proving who somebody is: a password, the code of an app, a passkey. Each try is counted before it is looked at, and
// what fails is written down in one place.

import type { Passkey, User } from '@parapet/store';
import type { PasskeyProof } from '../../wire.ts';
import type { LoginFault } from '../options.ts';
import { Problem } from '../problem.ts';
import type { Asked } from '../route.ts';
import {
  challengeIn,
  checkProof,
  makeChallenge,
  passkeyHost,
  readChallenge,
  userHandle,
} from './passkeys.ts';
import { BusyError } from './passwords.ts';
import { note } from './session.ts';
import { totpStep } from './totp.ts';

/** What comes with name and password where there is a second factor. */
export interface SecondProof {
  readonly code?: string | undefined;
  readonly passkey?: PasskeyProof | undefined;
}

/** The purpose of challenges for who has not said a name. */
const ALONE = 'login';

/** Checks a password, slowly for who guesses; throws when it does not fit. */
export async function confirm(
  asked: Asked<unknown>,
  user: User | undefined,
  given: string,
  claimedName: string = user?.name ?? '',
): Promise<void> {
  await tried(asked, claimedName, async () => {
    if (await fits(asked.passwords, given, user)) return;
    await loginFailed(asked, user, 'password');
    throw new Problem(401, 'E_DASHBOARD_WRONG', 'name and password do not belong together');
  });
}

/** Checks the second factor of somebody whose password fitted; throws when there is one and it was not proven. */
export async function confirmSecond(asked: Asked<unknown>, user: User, given: SecondProof): Promise<void> {
  const { options, host } = asked;
  const passkeys = await options.store.passkeys.list(user.name);
  const hasCode = user.totpSecret !== undefined;
  if (!hasCode && passkeys.length === 0) return;
  const purpose = `second ${user.name}`;
  if (given.passkey !== undefined) {
    await takePasskey(asked, given.passkey, { purpose, user });
    return;
  }
  if (hasCode && given.code !== undefined && given.code !== '') return takeCode(asked, user, given.code);
  const here = passkeys.filter((one) => one.host === passkeyHost(host));
  if (!hasCode && here.length === 0)
    throw new Problem(401, 'E_DASHBOARD_PASSKEY_ELSEWHERE', 'the passkeys of this account count elsewhere', {
      hosts: [...new Set(passkeys.map((one) => one.host))].join(', '),
    });
  // Only who knows the password learns that there is a second factor.
  throw new Problem(401, 'E_DASHBOARD_CODE_NEEDED', 'the second factor is missing', {
    hasCode: hasCode ? 1 : 0,
    passkeys: here.map(({ id }) => id).join(' '),
    challenge: here.length === 0 ? '' : makeChallenge(options.secret, purpose, options.now()),
  });
}

/** Takes the code of an app; throws when it does not fit, or was taken before. */
export async function takeCode(asked: Asked<unknown>, user: User, given: string): Promise<void> {
  const { options } = asked;
  await tried(asked, `code ${user.name}`, async () => {
    const step =
      user.totpSecret === undefined
        ? undefined
        : totpStep(user.totpSecret, given.replace(/\s/g, ''), options.now().getTime());
    if (step !== undefined && (await options.store.users.takeStep(user.name, step))) return;
    await loginFailed(asked, user, 'code', { code: true });
    throw new Problem(401, 'E_DASHBOARD_CODE_WRONG', 'this code does not fit, or was used before');
  });
}

/** Returns the challenge for who comes in with a passkey alone. */
export function challengeAlone({ options }: Asked<unknown>): string {
  return makeChallenge(options.secret, ALONE, options.now());
}

/** Returns whose passkey it is that comes alone; its owner has proven to the device to be there. Throws otherwise. */
export async function userOfPasskey(asked: Asked<unknown>, proof: PasskeyProof): Promise<User> {
  const { passkey, user } = await takePasskey(asked, proof, { purpose: ALONE });
  await cameIn(asked, user, { passkey: passkey.name });
  return user;
}

/** Tells and writes down that somebody has proven who they are. */
export async function cameIn(
  { options, ip }: Asked<unknown>,
  user: User,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  options.onAccess({ type: 'login.ok', ip, user });
  await note(options, { who: user.name, ip, act: 'login', target: user.name, details });
}

/** Takes a proof by passkey, once; throws when it does not fit. */
async function takePasskey(
  asked: Asked<unknown>,
  proof: PasskeyProof,
  wanted: { readonly purpose: string; readonly user?: User },
): Promise<{ readonly passkey: Passkey; readonly user: User }> {
  const { store } = asked.options;
  // Counted for the place alone: nobody can keep a name out with proofs that are none.
  return tried(asked, `passkey ${asked.ip}`, async () => {
    const passkey = await store.passkeys.find(proof.id);
    const user = passkey === undefined ? undefined : await store.users.find(passkey.user);
    const isWanted = wanted.user === undefined || wanted.user.name === user?.name;
    if (passkey !== undefined && user !== undefined && isWanted)
      if (await isProven(asked, proof, passkey, user, wanted)) return { passkey, user };
    await loginFailed(asked, isWanted ? user : wanted.user, 'passkey', { passkey: passkey?.name ?? '' });
    throw new Problem(401, 'E_DASHBOARD_PASSKEY_WRONG', 'this passkey is none of ours, or was too slow');
  });
}

async function isProven(
  { options, host }: Asked<unknown>,
  proof: PasskeyProof,
  passkey: Passkey,
  user: User,
  { purpose, user: known }: { readonly purpose: string; readonly user?: User },
): Promise<boolean> {
  const { store, secret, now } = options;
  const challenge = challengeIn(proof.clientData);
  const endsAt = readChallenge(secret, purpose, challenge, now());
  if (endsAt === undefined || passkey.host !== passkeyHost(host)) return false;
  // WebAuthn, section 7.2, step 6: who has not said a name is said by the device.
  const isAlone = known === undefined;
  if ((isAlone || proof.userHandle !== undefined) && proof.userHandle !== userHandle(secret, user))
    return false;
  const checked = await checkProof(proof, passkey, { challenge, header: host, mustVerify: isAlone });
  return (
    checked !== undefined &&
    (await store.useLink(challenge, endsAt)) &&
    (await store.passkeys.used(passkey.id, checked.counter, now()))
  );
}

/** Does what proves something, unless this place or name has to wait; it counts as failed until it is done. */
async function tried<T>(
  { options, attempts, ip }: Asked<unknown>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const nowMs = options.now().getTime();
  const seconds = attempts.waitSeconds(ip, name, nowMs);
  if (seconds > 0) {
    options.onAccess({ type: 'login.limited', ip });
    throw new Problem(429, 'E_DASHBOARD_WAIT', 'too many tries', { seconds });
  }
  // Counted before it is checked: tries at the same time are tries too.
  attempts.failed(ip, name, nowMs);
  const done = await work();
  attempts.succeeded(ip, name);
  return done;
}

/** Told to the detectors, and written down. The log never forgets: tries with names that nobody has are counted, and written down once a minute. */
export async function loginFailed(
  { options, attempts, ip }: Asked<unknown>,
  user: User | undefined,
  reason: LoginFault,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  options.onAccess({ type: 'login.failed', ip, user, reason });
  const tries = user === undefined ? attempts.strangers(options.now().getTime()) : 1;
  if (tries === undefined) return;
  await note(options, {
    ...{ who: user?.name ?? '', ip, act: 'login.failed', target: user?.name ?? '(nobody)' },
    details: { ...details, ...(tries > 1 ? { tries } : {}) },
  });
}

async function fits(
  passwords: Asked<unknown>['passwords'],
  given: string,
  user: User | undefined,
): Promise<boolean> {
  try {
    return await passwords.fits(given, user?.passwordHash === '' ? undefined : user?.passwordHash);
  } catch (error) {
    if (error instanceof BusyError) throw new Problem(503, 'E_DASHBOARD_BUSY', error.message, { seconds: 5 });
    throw error;
  }
}
