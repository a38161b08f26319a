// Every channel that there is, from the configuration to the receiver: the built program in front of a site, the page of
// notifications in a real Chromium, and services on this machine that take only what the real ones take.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHANNEL_TYPES } from '@parapet/notify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoSite } from '../../src/demo/site.ts';
import { CHROMIUM, CHROMIUM_ARGS } from '../gateway/chromium.ts';
import { isBuilt, startStack, type Stack } from '../gateway/stack.ts';
import { startServices, type Services } from '../notifications/services.ts';
import { CANNOT_OPEN, canOpen } from './builtPage.ts';

const canRun = isBuilt && canOpen;
const ATTACKER = '203.0.113.66';

describe.skipIf(!canRun)(`all channels${canRun ? '' : CANNOT_OPEN}`, { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-channels-'));
  let shop: Awaited<ReturnType<typeof startDemoSite>>;
  let services: Services;
  let stack: Stack;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    shop = await startDemoSite();
    services = await startServices(folder);
    const config = `gateway: { trusted_proxies: [127.0.0.1], workers: 1 }
dashboard: { listen: "127.0.0.1:0" }
notifications:
  gather: 1s
  calm: 8s
  time_zone: Europe/Berlin
  link: https://parapet.example.org
  allow_targets: [127.0.0.1]
  channels:
${services.channels.map((channel) => `    - ${channel}`).join('\n')}
  rules:
    - { channels: [email], severity: critical, about: [health] }
`;
    stack = await startStack({ upstream: shop.url, config });
    await stack.program.says('/welcome#');
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGS });
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    const [link = ''] = /http:\/\/\S+\/welcome#\S+/.exec(stack.program.text()) ?? [];
    await page.goto(link);
    await page.getByLabel('Name').fill('anna');
    await page.getByLabel('Password').fill('seven brave otters');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goto(`${new URL(link).origin}/notifications`);
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await stack.stop();
    await shop.close();
    await services.close();
    rmSync(folder, { recursive: true });
  });

  it('takes one of each kind, tests each by its button, and each service takes the test', async () => {
    const types = services.channels.map((channel) => /type: ([\w-]+)/.exec(channel)![1]!);
    expect(new Set(types)).toEqual(new Set(CHANNEL_TYPES));
    for (const name of services.names) {
      await page.getByRole('button', { name: `Test: ${name}`, exact: true }).click();
      await page.getByText(`The test over ${name} arrived`).waitFor();
      await expect.poll(() => services.told(name).length).toBe(1);
    }
    expect(services.refused).toEqual([]);
  });

  it('tells each of an attack once, by rules made on the page, and that it is over', async () => {
    for (const name of services.names) {
      await page.getByRole('button', { name: 'Make a rule' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Who').selectOption(name);
      await dialog.getByLabel('Of what').selectOption('attacks');
      await dialog.getByLabel('From which severity on').selectOption('low');
      await dialog.getByRole('button', { name: 'Make it' }).click();
      await page.getByText(`${name}: attacks; low and worse`).waitFor();
    }
    for (const target of [
      '/.env',
      '/wp-login.php',
      `/search?q=${encodeURIComponent("1' union select 1,2--")}`,
    ])
      await fetch(stack.url + target, { headers: { 'x-forwarded-for': ATTACKER } }).then((answer) =>
        answer.text(),
      );
    for (const name of services.names)
      await expect.poll(() => services.told(name).length, { message: name, timeout: 20_000 }).toBe(3);
    expect(services.refused).toEqual([]);
    for (const name of services.names) {
      const [test, attack, over] = services.told(name);
      expect([name, test?.includes('this channel works')]).toEqual([name, true]);
      expect([name, attack?.includes(ATTACKER), attack?.includes('Back to normal')]).toEqual([
        ...[name, true, false],
      ]);
      expect([name, over?.includes(ATTACKER), over?.includes('Back to normal')]).toEqual([name, true, true]);
    }
    // PagerDuty is told once that it began and once that it ended, of the same.
    const [, began, ended] = services
      .told('pagerduty')
      .map((told) => JSON.parse(told) as Record<string, unknown>);
    expect([began?.['event_action'], ended?.['event_action']]).toEqual(['trigger', 'resolve']);
    expect(ended?.['dedup_key']).toBe(began?.['dedup_key']);
    // All of it stands in the log of the page, and nothing waits.
    await page.reload();
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    const arrived = page.locator('tr', { hasText: 'Back to normal' }).locator('.chip.held');
    await expect.poll(() => arrived.count()).toBe(services.names.length);
    await expect.poll(() => page.locator('.chip.ban').count()).toBe(0);
  });
});
