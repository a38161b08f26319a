// Every page of ours in a real browser: no accessibility violations that axe finds, nothing blocked by the policy,
// nothing to scroll sideways on a phone, forms by keyboard and without scripts.

import type { Answer, RequestView } from '@parapet/kinds';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockPage } from '../../src/pages/block-page.ts';
import { queuePage, stepUpPage, throttlePage, upstreamPage } from '../../src/pages/notice-page.ts';
import { LANGUAGES, readerOf, type Reader } from '../../src/pages/reader.ts';
import { axeFindings } from './axe.ts';
import { appear, executablePath, launch } from './chromium.ts';
import { makeClient, makeRequest } from '../requests.ts';
import { startSite, type TestSite } from './site.ts';

interface Case {
  readonly name: string;
  readonly path?: string;
  /** Waits until the page is as it is to be judged. */
  readonly ready?: (page: Page) => Promise<unknown>;
  readonly prepare: (site: TestSite) => void;
}

describe.skipIf(executablePath === undefined)('our pages in Chromium (skipped where it is absent)', () => {
  let browser: Browser;
  let site: TestSite;

  beforeAll(async () => {
    browser = await launch('hidden');
    // Long enough to look at a page that is about to refresh.
    site = await startSite({ waitMs: 60_000, waitsPerHour: 100 });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  const cases: readonly Case[] = [
    {
      name: 'the check, at work',
      prepare: (to) => (to.demand = { ...to.demand, level: 'work', bits: 26 }),
      ready: (page) => appear(page.getByRole('progressbar')),
    },
    {
      name: 'the check after a form was sent',
      path: '/posted',
      prepare: (to) => (to.demand = { ...to.demand, level: 'check' }),
      ready: (page) => appear(page.getByRole('button', { name: /again|erneut/i })),
    },
    {
      name: 'the check without scripts, waiting switched off',
      // axe needs scripts: the page as a browser without them shows it.
      prepare: (to) => (to.page = (request) => withoutScripts(to, request)),
    },
    {
      name: 'a step of waiting',
      prepare: (to) => (to.page = (request) => standingStill(to, request)),
    },
    {
      name: 'a wait that did not work',
      path: '/.parapet/wait/1.s.a.1.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaa?to=%2F',
      prepare: (to) => (to.demand = { ...to.demand, appealToken: 'any' }),
    },
    {
      name: 'the block page',
      prepare: (to) =>
        (to.page = (request, appeals) => block(readerOf(request), appeals.tokenOf('3fa94c17', 'main'))),
    },
    {
      name: 'thanks for an appeal',
      path: '/appealed',
      prepare: (to) =>
        (to.page = (request, appeals) => block(readerOf(request), appeals.tokenOf('3fa94c17', 'main'))),
    },
    {
      name: 'slow down',
      prepare: (to) =>
        (to.page = (request) => throttlePage({ ...about(readerOf(request)), retryAfterSeconds: 12 })),
    },
    {
      name: 'wait your turn',
      prepare: (to) =>
        (to.page = (request) =>
          queuePage({
            ...about(readerOf(request)),
            waitSeconds: 90,
            againSeconds: 60,
            setCookie: undefined,
          })),
    },
    ...([502, 503, 504] as const).map((status) => ({
      name: `status ${status}`,
      prepare: (to: TestSite) =>
        (to.page = (request) => upstreamPage({ ...about(readerOf(request)), status })),
    })),
    {
      name: 'sign in again',
      prepare: (to) =>
        (to.page = (request) => stepUpPage({ ...about(readerOf(request)), signInPath: '/user/login' })),
    },
  ];

  async function open(one: Case, options: BrowserContextOptions, complaints: string[] = []): Promise<Page> {
    site.page = undefined;
    site.demand = { ...site.demand, level: 'check', bits: 12, allowsWaiting: true };
    one.prepare(site);
    const context = await browser.newContext({
      locale: 'en-GB',
      ...options,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    if (one.path === '/posted')
      await page.goto(`${site.url}/submit`, { waitUntil: 'load' }).then(() => submit(page));
    else if (one.path === '/appealed') await appeal(page);
    else await page.goto(`${site.url}${one.path ?? '/'}`, { waitUntil: 'commit' });
    await appear(page.getByRole('heading', { level: 1 }));
    await one.ready?.(page);
    return page;
  }

  async function submit(page: Page): Promise<void> {
    await appear(page.getByRole('textbox', { name: 'Word' }));
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Send' }).click();
  }

  async function appeal(page: Page): Promise<void> {
    await page.goto(`${site.url}/`);
    await page.locator('textarea').fill('I only read the news.');
    await page.locator('form button').click();
    await appear(
      page.getByText('passed on').or(page.getByText('weitergegeben')).or(page.getByText('przekazana')),
    );
  }

  async function violationsOf(page: Page): Promise<readonly string[]> {
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    return axeFindings(page);
  }

  describe.each(cases)('$name', (one) => {
    it.each([
      { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
      { viewport: { width: 320, height: 640 }, colorScheme: 'dark', locale: 'de-DE' },
    ] as const)(
      'has no violation of WCAG 2.2 AA that axe can find, and fits ($viewport.width wide, $colorScheme)',
      async (options) => {
        const complaints: string[] = [];
        const page = await open(one, options, complaints);
        expect(await violationsOf(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          options.viewport.width,
        );
        expect(complaints.filter((text) => !/status of \d{3}/.test(text))).toEqual([]);
        await page.context().close();
      },
      60_000,
    );
  });

  it('are in the language that the browser asks for', async () => {
    for (const language of LANGUAGES) {
      site.page = (request) => block(readerOf(request), undefined);
      const context = await browser.newContext({ locale: language });
      const page = await context.newPage();
      await page.goto(site.url);
      expect(await page.evaluate('document.documentElement.lang')).toBe(language);
      await context.close();
    }
  });

  it('take an appeal by keyboard, without scripts, and no key leads into the trap', async () => {
    const page = await open(
      cases.find((one) => one.name === 'the block page')!,
      { javaScriptEnabled: false },
    );
    const arrived = site.appeals.length;
    const press = async (text: string): Promise<void> => {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    };
    await press('Ich wollte nur lesen – wirklich.');
    await press('me@example.org');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await appear(page.getByRole('heading', { name: 'Thank you' }));
    expect(site.appeals.slice(arrived)).toMatchObject([
      { recordId: '3fa94c17', message: 'Ich wollte nur lesen – wirklich.', email: 'me@example.org' },
    ]);
    await page.context().close();
  });

  it('print black on white, without what paper cannot do', async () => {
    const page = await open(
      cases.find((one) => one.name === 'the block page')!,
      { colorScheme: 'dark' },
    );
    await page.emulateMedia({ media: 'print' });
    const style = 'getComputedStyle(document.body)';
    expect(await page.evaluate(`${style}.backgroundColor`)).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(`${style}.color`)).toBe('rgb(0, 0, 0)');
    expect(await page.locator('form').isVisible()).toBe(false);
    expect(await page.getByText('3fa94c17').isVisible()).toBe(true);
    await page.context().close();
  });
});

function withoutScripts(site: TestSite, request: RequestView): Answer {
  const demand = { ...site.demand, allowsWaiting: false, appealToken: 'any' };
  const answer = site.challenge.answer(request, makeClient(), 'main', demand);
  const page = Buffer.from(answer.body as Uint8Array).toString();
  return { ...answer, body: page.replace(/<script.*<\/script>/, '').replace(/<\/?noscript>/g, '') };
}

/** A step of waiting whose refresh is answered with nothing, on which a browser stays where it is. */
function standingStill(site: TestSite, request: RequestView): Answer {
  if (request.rawTarget === '/nothing') return { status: 204, headers: [], body: '', cause: 'own-page' };
  const headers = Object.fromEntries(request.headers());
  const asked = makeRequest(headers, { target: '/.parapet/wait' });
  const action = site.challenge.onOwnPath(asked, makeClient(), 'main', site.demand);
  if (action?.kind !== 'reply') throw new Error('no page');
  const page = Buffer.from(action.answer.body as string).toString();
  return { ...action.answer, body: page.replace(/0; url=[^"]*/, '0; url=/nothing') };
}

function about(reader: Reader): { reader: Reader; siteName: string; recordId: string } {
  return { reader, siteName: 'Example & Sons', recordId: '3fa94c17' };
}

function block(reader: Reader, appealToken: string | undefined): ReturnType<typeof blockPage> {
  const nowMs = Date.now();
  const expiresAtMs = nowMs + 4 * 3_600_000;
  return blockPage({ ...about(reader), reasonClass: 'sign-in', expiresAtMs, nowMs, appealToken });
}
