// Roles for single sites as people meet them: an admin gives one by keyboard alone, and who has it sees that site.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PASSWORD, START } from '../../../dashboard/test/server/site.ts';
import { axeFindings } from '../../../enforcement/test/browser/axe.ts';
import { CANNOT_OPEN, canOpen, openBuiltPage, type BuiltPage } from './builtPage.ts';

describe.skipIf(!canOpen)(`roles for single sites${canOpen ? '' : CANNOT_OPEN}`, { timeout: 120_000 }, () => {
  let built: BuiltPage;
  let page: Page;

  async function comeIn(token: string, name: string): Promise<Page> {
    const fresh = await (await built.browser.newContext({ locale: 'en-GB' })).newPage();
    await fresh.goto(`${built.base}/welcome#${token}`);
    await fresh.getByLabel('Name').fill(name);
    await fresh.getByLabel('Password').fill(PASSWORD);
    await fresh.keyboard.press('Enter');
    await fresh.getByRole('heading', { name: 'Overview' }).waitFor();
    return fresh;
  }

  beforeAll(async () => {
    built = await openBuiltPage();
    for (const [index, site] of ['shop', 'blog'].entries())
      await built.site.store.addAppeal({
        ...{ site, recordId: '', ip: `192.0.2.${index}`, message: `Let me into the ${site}`, email: '' },
        ...{ language: 'en', at: START },
      });
    page = await comeIn(built.site.invitation('admin'), 'anna');
    await built.site.store.users.put({
      ...{ name: 'bert', role: 'viewer', passwordHash: '', totpStep: 0, createdAt: START },
    });
  }, 120_000);

  afterAll(() => built.close());

  it('are given by keyboard alone', async () => {
    await page.goto(`${built.base}/users`);
    await page.getByRole('button', { name: 'Roles on single sites: bert' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Add a site' }).focus();
    await page.keyboard.type('sh');
    await dialog.getByRole('option', { name: 'shop' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.getByLabel('Role: shop').selectOption('operator');
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('and on one site').waitFor();
    expect((await built.site.store.users.find('bert'))?.siteRoles).toEqual(new Map([['shop', 'operator']]));
  });

  it('are shown as the site alone, to who has them and to who chooses it', async () => {
    await page.goto(`${built.base}/`);
    await page.getByText('Let me into the blog').waitFor();
    const field = page.getByRole('combobox', { name: 'Site' });
    await field.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('SHOP');
    await page.keyboard.press('Enter');
    await page.getByText('Let me into the blog').waitFor({ state: 'detached' });
    await page.getByText('Let me into the shop').waitFor();
    expect(new URL(page.url()).searchParams.get('site')).toBe('shop');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Sites' }).click();
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    expect(await page.getByRole('heading', { name: 'blog' }).count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    expect(await field.inputValue()).toBe('shop');
    await field.click();
    await page.getByRole('option', { name: 'All sites' }).click();
    await page.getByRole('heading', { name: 'blog' }).waitFor();
  });

  it('come with a link, and open no page that is about all', async () => {
    await page.goto(`${built.base}/users`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Role').selectOption('operator');
    await dialog.getByLabel('Where').selectOption({ label: 'on these sites only' });
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    await dialog.getByText('Choose one site at least.').waitFor();
    await dialog.getByRole('combobox', { name: 'Add a site' }).click();
    await dialog.getByRole('option', { name: 'shop' }).click();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make a link' }).click();
    const link = await dialog.getByText('/welcome#').textContent();
    const own = await comeIn(link?.split('#')[1] ?? '', 'carl');
    await own.getByText('Let me into the shop').waitFor();
    expect(await own.getByText('Let me into the blog').count()).toBe(0);
    expect(await own.getByRole('link', { name: 'Users' }).count()).toBe(0);
    expect(await own.getByRole('combobox', { name: 'Site' }).count()).toBe(0);
    await own.goto(`${built.base}/decisions`);
    await own.getByRole('heading', { name: 'Decisions' }).waitFor();
    expect(await own.getByRole('button', { name: /^Add/ }).count()).toBe(0);
    expect(await axeFindings(own)).toEqual([]);
    await own.goto(`${built.base}/health`);
    await own.getByText('This is about all sites').waitFor();
    await own.context().close();
    expect(built.site.faults).toEqual([]);
  });
});
