// Everything that strangers can write is an attempt to run a script in the browser of who reads it: paths, agents,
// referrers, appeals, names of programs, answers of receivers. Every page is opened, every incident, every dialog that a
// page has, and what leaves the dashboard as HTML. A script that ran, or that the policy had to stop, fails the test.
// Each dialog is opened and closed by keyboard alone, and axe looks at it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { parseIp, type Alert } from '@parapet/kinds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { START } from '../../../dashboard/test/server/site.ts';
import { axeFindings } from '../../../enforcement/test/browser/axe.ts';
import { attackMessage, channelOf } from '../../../notify/test/samples.ts';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { reportHtml, reportMaker } from '../../src/report/files.ts';
import { CANNOT_OPEN, canOpen, openBuiltPage, type BuiltPage } from './builtPage.ts';

const EVIL = `"'></script></title><img src=x onerror=canary()><script>canary()</script><a href=javascript:canary()>`;
/** Runs before any page: tells of a script that ran, and of one that the policy stopped. */
const CANARY = `
  globalThis.canary = () => console.error('the canary sang');
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error('violation of ' + violatedDirective + ': ' + blockedURI));
`;
/** Buttons that open a dialog. */
const ASKING =
  /^(Change: |Decide something|Import a list|Keep .* out for|It was no attack|Make a rule|Invite|New password: |Roles on single sites: |Remove: |Make a passkey)/;
/** So many there are at least. */
const DIALOGS: Readonly<Record<string, number>> = { '/users': 8, '/account': 2, '/decisions': 2 };
const WEB = path.resolve(import.meta.dirname, '../../../dashboard/src/web/main.tsx');
/** As the page itself knows them: a new one is here by itself. */
const PAGES = [...readFileSync(WEB, 'utf8').matchAll(/(?:path === |^ {2})'(\/[a-z]*)'(?:\)|:)/gm)].map(
  ([, address = '']) => address,
);

function alertOf(number: number, ip: string): Alert {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    ...{ scenario: `parapet/${EVIL}`, scenarioVersion: EVIL, scenarioHash: EVIL },
    source: { scope: 'ip', value: ip, ip: parseIp(ip)!, countryCode: 'FR', asName: EVIL },
    ...{ startAt: START, stopAt: START, knownAt: START, eventsCount: 4 },
    events: [
      {
        at: START,
        meta: [
          ...['http_path', 'http_user_agent', 'http_referer', 'http_verb', 'username', 'log_type'].map(
            (name) => [name, EVIL] as const,
          ),
          ['http_status', '404'],
          [EVIL, EVIL],
          ['target_fqdn', 'shop'],
        ],
      },
    ],
    ...{ message: EVIL, remediation: true, simulated: false, labels: { behavior: EVIL } },
    ...{ capacity: 3, leakSpeedMs: 10_000 },
  };
}

describe.skipIf(!canOpen)(`what strangers write${canOpen ? '' : CANNOT_OPEN}`, { timeout: 120_000 }, () => {
  let built: BuiltPage;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const nowMs = START.getTime();
    const sums = { requests: 3, stopped: 1 };
    const cards = [{ level: 'important', topic: EVIL, says: EVIL, fix: EVIL }] as const;
    built = await openBuiltPage({
      more: {
        diagnose: async () => cards,
        bots: async () => ({
          bots: (['program', 'impostor', 'search', 'ai'] as const).map((kind) => ({
            ...{ kind, name: EVIL, operator: EVIL, lastMs: nowMs, day: sums, week: sums },
          })),
          ...{ absent: [], robots: EVIL, isRobotsServed: false, nowMs, groups: [] },
          hidden: { costly: 4, watched: 3, costlyDay: 2, asked: 0, passed: 0 },
        }),
        notifications: async () => ({
          view: async () => ({
            channels: [{ name: 'owner', type: 'email', place: EVIL, waiting: 1, fault: EVIL }],
            rules: [],
            log: [
              {
                atMs: nowMs,
                channel: 'owner',
                target: EVIL,
                title: EVIL,
                outcome: 'failed',
                tries: 2,
                answer: EVIL,
              },
            ],
          }),
          test: async () => [{ target: EVIL, isDelivered: false, answer: EVIL }],
          addRule: () => false,
          removeRule: () => false,
        }),
        siteNames: () => ['shop', EVIL],
        reports: async (store) =>
          reportMaker(
            store,
            () => START,
            {},
            () => DEFAULT_CONFIG.notifications,
          ),
      },
    });
    await fill();
    context = await built.browser.newContext({ locale: 'en-GB', userAgent: EVIL });
    await context.addInitScript(CANARY);
    page = watched(await context.newPage());
    await page.goto(`${built.base}/welcome#${built.site.invitation('admin')}`);
    await page.getByLabel('Name').fill('anna');
    await page.getByLabel('Password').fill('seven brave otters');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const { store } = built.site;
    const person = { passwordHash: '', totpStep: 0, createdAt: START, role: 'viewer' };
    await store.users.put({ ...person, name: 'bert', siteRoles: new Map([[EVIL, 'operator']]) });
    await store.users.put({ ...person, name: EVIL, subject: EVIL });
    await store.passkeys.add({
      ...{ id: 'aa', user: 'anna', name: EVIL, host: EVIL, publicKey: '', counter: 0, isSynced: true },
      createdAt: START,
    });
  }, 120_000);

  afterAll(() => built.close());

  function watched(fresh: Page): Page {
    fresh.on('pageerror', (error) => complaints.push(error.message));
    fresh.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    fresh.on('console', (message) => {
      // Answers such as 401 are logged by the browser, whatever the page does with them.
      if (message.type() === 'error' && !message.text().includes('the server responded with'))
        complaints.push(`${fresh.url()}: ${message.text()}`);
    });
    return fresh;
  }

  async function fill(): Promise<void> {
    const { store, nodes } = built.site;
    const alerts = ['192.0.2.7', '192.0.2.8'].map((ip, i) => alertOf(i + 1, ip));
    store.record({
      alerts,
      decisions: alerts.map(({ source, id, scenario }, i) => ({
        id: `aaaaaaa${i}-0000-4000-8000-000000000000`,
        ...{ target: { scope: 'ip', value: source.value }, remediation: 'ban', startAt: START },
        ...{ expiresAt: new Date(START.getTime() + 3_600_000), scenario, origin: 'scenario' },
        ...{ mode: 'live', alertId: id },
      })),
    });
    await store.flush();
    await store.addAppeal({
      ...{ site: 'shop', recordId: 'bbbbbbb0', ip: '192.0.2.7', message: EVIL, email: EVIL, at: START },
      language: 'en',
    });
    const foundIn = { placement: 'query', name: EVIL, excerpt: EVIL } as const;
    const reasons = [{ detector: `parapet/${EVIL}`, class: 'sqli', text: EVIL, weight: 6, foundIn }];
    const findings = [{ class: 'sql', placement: 'query', name: EVIL, detector: 'rules', template: EVIL }];
    await store.inspections.add([
      {
        ...{
          id: 'bbbbbbb0',
          site: 'shop',
          at: START,
          ip: '192.0.2.7',
          method: EVIL,
          path: EVIL,
          route: EVIL,
        },
        ...{ action: 'block', isEnforced: true, score: 1, network: 7, isVouched: false },
        reasons: reasons as never,
        findings: findings as never,
      },
    ]);
    await store.inspections.addFeedback({
      ...{ kind: 'no-attack', recordId: 'ccccccc0', site: 'shop', route: EVIL, findings: [], network: 7 },
      ...{ at: START, by: EVIL, comment: EVIL },
    });
    await store.humanSigns.add([
      { ip: parseIp('192.0.2.7')!, kind: 'passed', record: 'bbbbbbb0', at: START },
    ]);
    await store.audit.add({ who: EVIL, ip: '', act: EVIL, target: EVIL, details: { [EVIL]: EVIL } });
    for (const kind of ['machine', 'bouncer', 'application'] as const)
      nodes.push({
        ...{
          kind,
          name: EVIL,
          type: EVIL,
          version: EVIL,
          ip: EVIL,
          seenMs: START.getTime(),
          state: kind === 'bouncer' ? 'late' : 'silent',
          ...(kind === 'bouncer' ? { pauseMs: 10_000, clockAheadMs: -42_000 } : {}),
        },
      });
  }

  /** Opens what the page asks before it acts, and closes it again, both by keyboard. */
  async function eachDialog(): Promise<number> {
    let count = 0;
    for (const button of await page.locator('main').getByRole('button', { name: ASKING }).all()) {
      // What is there at first may be drawn anew when all of it has come.
      await button.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      expect(await dialog.locator('img, script, a[href^="javascript:"]').count()).toBe(0);
      expect([await button.innerText(), await axeFindings(page)]).toEqual([await button.innerText(), []]);
      expect(await dialog.locator(':focus').count()).toBe(1);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await page.locator('main button:focus').count()).toBe(1);
      count += 1;
    }
    return count;
  }

  async function opened(address: string): Promise<string> {
    await page.goto(built.base + address);
    await page.locator('#page-title').waitFor();
    await page.locator('.bone').first().waitFor({ state: 'detached' });
    return page.locator('body').innerText();
  }

  it.each(PAGES.filter((one) => one !== '/welcome'))('is text on %s, and in its dialogs', async (address) => {
    await opened(address);
    expect(await page.locator('img[src=x], a[href^="javascript:"]').count()).toBe(0);
    const opens = await eachDialog();
    expect(opens).toBeGreaterThanOrEqual(DIALOGS[address] ?? 0);
    expect(complaints).toEqual([]);
  });

  it.each([
    '/',
    '/incidents',
    '/decisions?all=1',
    '/sites',
    '/bots',
    '/notifications',
    '/health',
    '/audit',
    '/users',
    '/account',
  ])('is there to be read on %s', async (address) => {
    expect(await opened(address)).toContain('onerror=');
  });

  it('is text on each incident and in its dialogs, and in what is searched for', async () => {
    const answered = await page.request.get(`${built.base}/data/incidents`);
    const { incidents } = (await answered.json()) as { incidents: readonly { id: number }[] };
    expect(incidents.length).toBeGreaterThan(0);
    for (const { id } of incidents) {
      await opened(`/incidents/${id}`);
      await page.getByRole('heading', { name: 'Evidence' }).waitFor();
      expect(await page.locator('main img, main script, a[href^="javascript:"]').count()).toBe(0);
      expect(await eachDialog()).toBeGreaterThan(0);
    }
    await page.goto(`${built.base}/incidents?q=${encodeURIComponent(EVIL)}`);
    await page.locator('#page-title').waitFor();
    await page.goto(`${built.base}/rules?q=${encodeURIComponent(EVIL)}`);
    await page.locator('#page-title').waitFor();
    expect(complaints).toEqual([]);
  });

  it('is text in live traffic', async () => {
    await opened('/live');
    const { feed } = built.site;
    await expect
      .poll(
        async () => {
          feed.request({
            ...{
              atMs: Date.now(),
              ip: EVIL,
              method: EVIL,
              path: EVIL,
              status: EVIL,
              agent: EVIL,
              action: EVIL,
            },
          });
          feed.turn();
          return page.locator('.requests tbody tr').count();
        },
        { timeout: 15_000 },
      )
      .toBeGreaterThan(0);
    feed.tell({
      ...{ kind: 'alert', atMs: Date.now() },
      alert: {
        family: EVIL,
        title: EVIL,
        source: { scope: EVIL, value: EVIL },
        sentence: EVIL,
      },
    });
    expect(await page.locator('main').innerText()).toContain('onerror=');
    expect(complaints).toEqual([]);
  });

  it('is text in mails, and in the report that is saved and printed', async () => {
    const { setting } = channelOf('email');
    const attack = attackMessage();
    const message = {
      ...attack,
      site: EVIL,
      facts: {
        ...attack.facts,
        ...{ scenarios: [EVIL], paths: [EVIL], shown: [{ value: EVIL, countryCode: EVIL, asName: EVIL }] },
      },
    };
    const week = await page.request.get(`${built.base}/data/reports/week.html`);
    expect(week.headers()['content-disposition']).toContain('attachment');
    const mail = reportHtml(message, setting);
    expect(mail).toContain('onerror=');
    for (const html of [mail, await week.text()]) {
      const fresh = watched(await context.newPage());
      await fresh.setContent(html);
      expect(await fresh.locator('img, script, a[href^="javascript:"]').count()).toBe(0);
      await fresh.close();
    }
    expect(complaints).toEqual([]);
  });

  it('would have been noticed: the canary sings where nothing holds it', async () => {
    const bare = watched(await context.newPage());
    await bare.setContent(`<p>${EVIL}</p>`);
    await expect.poll(() => complaints.join(), { timeout: 10_000 }).toContain('the canary sang');
    await bare.close();
  });
});
