// Passkeys as a person meets them: a real Chromium with a device in it (CDP's virtual authenticator), and the built page.

import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '@parapet/store';
import { PASSWORD, type TestSite } from '../../../dashboard/test/server/site.ts';
import { axeFindings } from '../../../enforcement/test/browser/axe.ts';
import { CANNOT_OPEN, canOpen, openBuiltPage, type BuiltPage } from './builtPage.ts';

describe.skipIf(!canOpen)(`passkeys${canOpen ? '' : CANNOT_OPEN}`, { timeout: 120_000 }, () => {
  let site: TestSite;
  let built: BuiltPage;
  let page: Page;
  let devices: CDPSession;
  let device = '';
  let base = '';

  beforeAll(async () => {
    built = await openBuiltPage();
    ({ site, base } = built);
    page = await (await built.browser.newContext({ locale: 'en-GB' })).newPage();
    devices = await page.context().newCDPSession(page);
    await devices.send('WebAuthn.enable');
    device = await addDevice();
    await page.goto(`${base}/welcome#${site.invitation('admin')}`);
    await page.getByLabel('Name').fill('anna');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }, 120_000);

  afterAll(() => built.close());

  async function addDevice(): Promise<string> {
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    return (await devices.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
  }

  async function lastEntry(): Promise<AuditEntry> {
    return (await site.store.audit.list({}, { newestFirst: true, limit: 1 }))[0]!;
  }

  async function logOut(): Promise<void> {
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  }

  it('are made on the page of the account, by keyboard alone', async () => {
    await page.goto(`${base}/account`);
    const panel = page.getByRole('region', { name: 'Passkeys' });
    await panel.getByRole('button', { name: 'Make a passkey' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What you call it').fill('Phone');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('The passkey Phone is made').waitFor();
    await panel.getByText('for localhost').waitFor();
    await panel.getByText('who loses the only one needs a link').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId: device });
    expect(credentials).toMatchObject([{ rpId: 'localhost', isResidentCredential: true, userName: 'anna' }]);
  });

  it('are made once for each device', async () => {
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What you call it').fill('Again');
    await dialog.getByLabel('Your password now').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await dialog.getByText('This device has a passkey for you already').waitFor();
    expect(await site.store.passkeys.list('anna')).toHaveLength(1);
    await page.keyboard.press('Escape');
  });

  it('let in alone', async () => {
    await logOut();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log in with a passkey' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    expect(await lastEntry()).toMatchObject({ act: 'login', who: 'anna', details: { passkey: 'Phone' } });
  });

  it('are asked for after the password', async () => {
    await logOut();
    await page.getByLabel('Name').fill('anna');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    expect((await lastEntry()).details).toEqual({});
  });

  it('of who does not show who they are let nobody in alone', async () => {
    await logOut();
    await devices.send('WebAuthn.setUserVerified', { authenticatorId: device, isUserVerified: false });
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await page.getByText('The browser gave no passkey').waitFor();
    expect((await lastEntry()).act).toBe('logout');
    await devices.send('WebAuthn.setUserVerified', { authenticatorId: device, isUserVerified: true });
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
  });

  it('that are lost are taken away by a link', async () => {
    await logOut();
    await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: device });
    device = await addDevice();
    await page.goto(`${base}/welcome#${site.invitation('admin', 'anna')}`);
    await page.getByLabel('Name').fill('anna');
    await page.getByLabel('Password').fill('nine calm herons');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await site.store.passkeys.list('anna')).toEqual([]);
  });

  it('are removed with the password', async () => {
    await page.goto(`${base}/account`);
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What you call it').fill('New phone');
    await dialog.getByLabel('Your password now').fill('nine calm herons');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove: New phone' }).click();
    await dialog.getByText('Delete it on your device as well').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByLabel('Your password now').fill('nine calm herons');
    await page.keyboard.press('Enter');
    await page.getByText('The passkey New phone is removed').waitFor();
    expect(await site.store.passkeys.list('anna')).toEqual([]);
  });

  it('are offered under a name, and at an address it is said where', async () => {
    const own = await built.browser.newContext({ locale: 'en-GB' });
    const fresh = await own.newPage();
    await fresh.goto(`${built.address}/welcome#${site.invitation('viewer')}`);
    await fresh.getByLabel('Name').fill('viola');
    await fresh.getByLabel('Password').fill(PASSWORD);
    await fresh.keyboard.press('Enter');
    await fresh.getByRole('heading', { name: 'Overview' }).waitFor();
    await fresh.goto(`${built.address}/account`);
    await fresh.getByText('Passkeys need a name in the address').waitFor();
    expect(await fresh.getByRole('link', { name: `${base}/account` }).count()).toBe(1);
    expect(await axeFindings(fresh)).toEqual([]);
    await fresh.getByRole('button', { name: 'Log out' }).click();
    await fresh.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await fresh.getByRole('button', { name: /passkey/ }).count()).toBe(0);
    await own.close();
  });

  it('were never a fault of ours', () => {
    expect(site.faults).toEqual([]);
  });
});
