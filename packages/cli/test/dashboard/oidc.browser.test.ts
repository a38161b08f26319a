// Coming in through a provider of identities as a person does: a real provider (oidc-provider), and a real Chromium,
// for which it is another site.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings } from '../../../enforcement/test/browser/axe.ts';
import { CANNOT_OPEN, canOpen, openBuiltPage, type BuiltPage } from './builtPage.ts';

const CLIENT = { clientId: 'parapet', clientSecret: randomBytes(16).toString('hex') };

describe.skipIf(!canOpen)(
  `a provider of identities${canOpen ? '' : CANNOT_OPEN}`,
  { timeout: 120_000 },
  () => {
    let built: BuiltPage;
    let identities: Server;
    let issuer = '';
    let group = 'ops';

    beforeAll(async () => {
      // Each has to know the other's address before it can begin.
      identities = createServer().listen(0, '127.0.0.1');
      await once(identities, 'listening');
      issuer = `http://127.0.0.1:${(identities.address() as AddressInfo).port}`; // TCP
      built = await openBuiltPage({
        oidc: {
          ...{ name: 'Works', issuer, ...CLIENT, scopes: ['openid', 'profile'] },
          ...{ nameClaim: 'preferred_username', roleClaim: 'groups' },
          roles: { viewer: [], analyst: [], operator: ['ops'], admin: ['bosses'] },
        },
      });
      identities.on('request', makeProvider());
    }, 120_000);

    afterAll(async () => {
      await built.close();
      identities.closeAllConnections();
      identities.close();
    });

    function makeProvider(): (...args: Parameters<ReturnType<Provider['callback']>>) => void {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            redirect_uris: [`${built.base}/data/login/oidc/back`],
          },
        ],
        jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
        cookies: { keys: [randomBytes(16).toString('hex')] },
        claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
        conformIdTokenClaims: false,
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_, { uid }) => `/who/${uid}` },
        findAccount: (_, sub) => ({
          accountId: sub,
          claims: () => ({ sub, preferred_username: 'olga', groups: [group] }),
        }),
        loadExistingGrant: async ({ oidc }) => {
          const { client, session, provider: own } = oidc;
          if (client === undefined || session?.accountId === undefined) return undefined;
          const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
          grant.addOIDCScope('openid profile');
          await grant.save();
          return grant;
        },
      });
      const answer = provider.callback();
      return (req, res) => {
        if (req.url?.startsWith('/who/') !== true) return void answer(req, res);
        if (req.method === 'POST')
          return void provider.interactionFinished(req, res, { login: { accountId: '7' } }, {});
        res.setHeader('content-type', 'text/html');
        res.end(`<!doctype html><form method="post"><button>I am Olga</button></form>`);
      };
    }

    it('lets in who is known there, with the role that they have there', async () => {
      const page = await (await built.browser.newContext({ locale: 'en-GB' })).newPage();
      await page.goto(built.base);
      await page.getByRole('button', { name: 'Log in with Works' }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Log in with Works' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'I am Olga' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      expect(page.url()).toBe(`${built.base}/`);
      await page.goto(`${built.base}/account`);
      await page.getByText('You are olga, operator.').waitFor();
      await page.getByText('You come in through the provider of identities').waitFor();
      expect(await page.getByRole('region', { name: 'Passkeys' }).count()).toBe(0);
      expect(await axeFindings(page)).toEqual([]);
      expect(built.site.faults).toEqual([]);
      const names = (await page.context().cookies(built.base)).map(
        ({ name, sameSite }) => `${name} ${sameSite}`,
      );
      expect(names).toEqual([expect.stringMatching(/^parapet-\d+ Strict$/)]);
      await page.context().close();
    });

    it('lets nobody in who has no role here, and says so', async () => {
      group = 'others';
      const page = await (await built.browser.newContext({ locale: 'en-GB' })).newPage();
      await page.goto(built.base);
      await page.getByRole('button', { name: 'Log in with Works' }).click();
      await page.getByRole('button', { name: 'I am Olga' }).click();
      await page.getByText('You are known there, but may not come in here').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect(await page.getByRole('heading', { name: 'Log in' }).count()).toBe(1);
      await page.context().close();
    });
  },
);
