// Coming in through the provider of identities: out to it, and back with its word. Whoever comes in has the role that
// the provider's claims give, each time anew.

import type { User } from '@parapet/store';
import { z } from 'zod';
import { OIDC_BACK, type Identity, type OidcClient } from '../access/oidc.ts';
import { cameIn, loginFailed } from '../access/proof.ts';
import { begin, note } from '../access/session.ts';
import { rightsOf } from '../access/roles.ts';
import { Problem } from '../problem.ts';
import { get, post, type Asked, type Reply, type Route } from '../route.ts';

const MOST_NAMES = 99;

export const OIDC_ROUTES: readonly Route[] = [
  post('/login/oidc', 'everybody', z.strictObject({}), async (asked) => {
    const { url, journey } = await answered(asked, clientOf(asked).leave(asked.origin, asked.options.now()));
    return { body: { url }, journey };
  }),
  // The provider sends the browser here: what goes wrong is said on the page, which is always our own.
  get(OIDC_BACK, 'everybody', async (asked) => {
    try {
      return { ...(await arrive(asked)), goTo: '/', journey: 'end' };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { body: {}, goTo: `/?fault=${error.code}`, journey: 'end' };
    }
  }),
];

function clientOf({ oidc }: Asked<unknown>): OidcClient {
  if (oidc === undefined)
    throw new Problem(404, 'E_DASHBOARD_ABSENT', 'no provider of identities is configured');
  return oidc;
}

async function arrive(asked: Asked<undefined>): Promise<Reply> {
  const { options, query } = asked;
  const client = clientOf(asked);
  const journey = client.journeyOf(asked.journey, options.now());
  if (journey === undefined || query.get('state') !== journey.state)
    throw new Problem(
      403,
      'E_DASHBOARD_OIDC_JOURNEY',
      'this did not begin in this browser, or took too long',
    );
  if (!(await options.store.useLink(journey.state, journey.expiresAt)))
    throw new Problem(403, 'E_DASHBOARD_OIDC_JOURNEY', 'this was used before');
  const identity = await answered(asked, client.arrive(journey, query));
  const user = await userOf(asked, identity);
  await cameIn(asked, user, { provider: client.name });
  return begin(asked, user);
}

/** What goes wrong between us and the provider is its owner's to know, and nobody else's. */
async function answered<T>(asked: Asked<unknown>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    asked.options.onFault(error);
    throw new Problem(502, 'E_DASHBOARD_OIDC', 'the provider of identities did not answer as it has to');
  }
}

/** Returns the user of the identity with the role that it has now. A name alone never makes anybody a user who is here. */
async function userOf(asked: Asked<undefined>, identity: Identity): Promise<User> {
  const { store, now } = asked.options;
  const { subject, name, role = '', siteRoles } = identity;
  const known = await store.users.findBySubject(subject);
  if (role === '' && siteRoles.size === 0) {
    await loginFailed(asked, known, 'role');
    if (known !== undefined) await store.users.endSessions(known.name);
    throw new Problem(403, 'E_DASHBOARD_OIDC_ROLE', 'the provider gives no role here');
  }
  const fresh = { passwordHash: '', totpStep: 0, createdAt: now(), subject };
  const user: User = {
    ...(known ?? { ...fresh, name: await freeName(asked, name) }),
    ...{ role, siteRoles },
  };
  await store.users.put({ ...user, seenAt: now() });
  if (known === undefined || rightsOf(known) !== rightsOf(user))
    await note(asked.options, {
      ...{ who: user.name, ip: asked.ip, act: known === undefined ? 'user.add' : 'user.role' },
      target: user.name,
      details: {
        ...{ to: role, provider: asked.oidc?.name },
        ...(siteRoles.size === 0 ? {} : { sites: Object.fromEntries(siteRoles) }),
      },
    });
  return user;
}

async function freeName({ options }: Asked<unknown>, name: string): Promise<string> {
  for (let number = 1; number <= MOST_NAMES; number++) {
    const own = number === 1 ? name : `${name}.${number}`;
    if ((await options.store.users.find(own)) === undefined) return own;
  }
  throw new Problem(409, 'E_DASHBOARD_NAME', 'somebody has this name already');
}
