// The challenge in a real browser: with scripts, without, by keyboard, and what does not get through.

import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appear, executablePath, launch } from './chromium.ts';
import { startSite, type TestSite } from './site.ts';

describe.skipIf(executablePath === undefined)(
  'the challenge in Chromium (skipped where it is absent)',
  () => {
    let driven: Browser;
    let plain: Browser;
    let site: TestSite;
    const contexts: BrowserContext[] = [];

    beforeAll(async () => {
      driven = await launch('driven');
      plain = await launch('hidden');
    }, 60_000);
    afterAll(async () => {
      await driven.close();
      await plain.close();
    });
    beforeEach(async () => {
      site = await startSite({ waitMs: 1000 });
    });
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      await site.close();
    });

    async function open(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      contexts.push(context);
      return context.newPage();
    }

    const solved = (): number => site.ownPaths.filter((path) => path === '/.parapet/solve').length;

    /** Waits for the page of the site behind the guard. */
    async function arrive(page: Page, path: string): Promise<void> {
      await appear(page.getByRole('heading', { name: `The page ${path}`, exact: true }));
    }

    describe('with scripts', () => {
      it('lets a browser in without anybody doing anything, once for all pages', async () => {
        const page = await open(plain);
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('console', (message) => complaints.push(message.text()));
        await page.goto(`${site.url}/news?page=2#comments`);
        await arrive(page, '/news?page=2');
        expect(page.url()).toBe(`${site.url}/news?page=2#comments`);
        expect(solved()).toBe(1);
        await page.goto(`${site.url}/other`);
        await arrive(page, '/other');
        expect(site.reached).toEqual(['GET /news?page=2', 'GET /other']);
        // The status of the challenge itself is the only thing a browser remarks on.
        expect(complaints.filter((text) => !/status of \d{3}/.test(text))).toEqual([]);
      });

      it('makes a browser work that a program drives, and shows how far it is', async () => {
        site.demand = { ...site.demand, bits: 20 };
        const page = await open(driven);
        await page.goto(`${site.url}/news`);
        const bar = page.getByRole('progressbar', { name: 'Progress of the check' });
        const seen = new Set<number>();
        while ((await bar.count()) === 1 && seen.size < 4) {
          const value = await bar
            .evaluate((node) => (node as unknown as { value: number }).value)
            .catch(() => 0);
          seen.add(value);
        }
        const values = [...seen];
        expect(values.length).toBeGreaterThan(2);
        expect(values).toEqual([...values].sort((a, b) => a - b));
        await arrive(page, '/news');
        expect(solved()).toBe(2);
      });

      it('works where there are no workers', async () => {
        site.demand = { ...site.demand, level: 'work' };
        const page = await open(plain);
        await page.addInitScript('delete window.Worker;');
        await page.goto(`${site.url}/news`);
        await arrive(page, '/news');
        expect(site.reached).toEqual(['GET /news']);
      });

      it('works where the worker cannot be loaded', async () => {
        site.demand = { ...site.demand, level: 'work' };
        const page = await open(plain);
        await page.addInitScript('window.Worker = function () { throw new Error("refused"); };');
        await page.goto(`${site.url}/news`);
        await arrive(page, '/news');
        expect(site.reached).toEqual(['GET /news']);
      });

      it('says so when the browser keeps no cookies, instead of going round in circles', async () => {
        const page = await open(plain);
        site.losesCookies = true;
        await page.goto(`${site.url}/news`);
        await appear(page.getByText('did not keep the cookie'));
        expect(solved()).toBeLessThan(20);
      });

      it('tells when it cannot get through, and lets the visitor try again', async () => {
        const page = await open(plain);
        await page.clock.install();
        await page.route('**/.parapet/solve', (route) => route.abort());
        await page.goto(`${site.url}/news`);
        for (let i = 0; i < 8; i++) await page.clock.runFor(5000);
        await appear(page.getByText('did not succeed'));
        await page.unroute('**/.parapet/solve');
        await page.getByRole('button', { name: 'Try again' }).press('Enter');
        await page.clock.runFor(1000);
        await arrive(page, '/news');
        expect(site.reached).toEqual(['GET /news']);
      });

      it('does not send a form on by itself; a press of a key does', async () => {
        const page = await open(plain);
        await page.goto(`${site.url}/form`);
        await arrive(page, '/form');
        await page.context().clearCookies();
        await page.getByLabel('Word').fill('precious');
        await page.keyboard.press('Enter');
        await appear(page.getByText('has not reached the site yet'));
        expect(site.reached).toEqual(['GET /form']);
        await page.keyboard.press('Tab');
        expect(await page.evaluate('document.activeElement.textContent')).toBe('Send it again');
        await page.keyboard.press('Enter');
        await arrive(page, '/form');
        expect(site.reached).toEqual(['GET /form', 'POST /form word=precious']);
      });

      it('leads back to a form that is still filled in', async () => {
        const page = await open(plain);
        await page.goto(`${site.url}/form`);
        await arrive(page, '/form');
        await page.context().clearCookies();
        await page.getByLabel('Word').fill('precious');
        await page.getByRole('button', { name: 'Send' }).click();
        await page.getByRole('button', { name: 'Go back to the form' }).click();
        await arrive(page, '/form');
        expect(await page.getByLabel('Word').inputValue()).toBe('precious');
      });

      it('tells a script in a page where the check is, which leads back', async () => {
        const page = await open(plain);
        await page.goto(`${site.url}/start`);
        await arrive(page, '/start');
        await page.context().clearCookies();
        const problem = await page.evaluate('fetch("/api").then((answer) => answer.json())');
        expect(problem).toMatchObject({ status: 403, challenge: '/.parapet/check' });
        await page.goto(`${site.url}/.parapet/check?to=%2Fstart%3Fa%3D1`);
        await arrive(page, '/start?a=1');
      });
    });

    describe('without scripts', () => {
      it('lets people in after a wait, to the page they wanted', async () => {
        const page = await open(plain, { javaScriptEnabled: false });
        await page.goto(`${site.url}/news?a=1&b=%22`);
        await arrive(page, '/news?a=1&b=%22');
        expect(page.url()).toBe(`${site.url}/news?a=1&b=%22`);
        expect(site.reached).toEqual(['GET /news?a=1&b=%22']);
        // A browser loads the image of the rule that wins and no other.
        expect(site.ownPaths.filter((path) => path.endsWith('.gif'))).toHaveLength(2);
        expect(solved()).toBe(0);
        await page.goto(`${site.url}/other`);
        await arrive(page, '/other');
      });

      it('tells people who sent a form what to do', async () => {
        const page = await open(plain, { javaScriptEnabled: false });
        await page.goto(`${site.url}/form`);
        await arrive(page, '/form');
        await page.context().clearCookies();
        await page.getByLabel('Word').fill('precious');
        await page.getByRole('button', { name: 'Send' }).click();
        await appear(page.getByText('go back to the form and send it again'));
        expect(site.reached).toEqual(['GET /form']);
      });

      it('says what is wrong when images are not loaded', async () => {
        const page = await open(plain, { javaScriptEnabled: false });
        await page.route('**/*.gif', (route) => route.abort());
        await page.goto(`${site.url}/news`);
        await appear(page.getByText('style sheets and images'));
        expect(site.reached).toEqual([]);
      });

      it('is closed when waiting is switched off, with a form to the owner', async () => {
        site.demand = { ...site.demand, allowsWaiting: false, appealToken: 'any' };
        const page = await open(plain, { javaScriptEnabled: false });
        await page.goto(`${site.url}/news`);
        // Playwright's locators pass over what stands in noscript.
        const text = await page.innerText('body');
        expect(text).toContain('The site is under attack');
        expect(text).toContain('What did you want to do?');
      });

      it('stops a bot that follows links, refreshes, sheets and images but is no browser', async () => {
        const bot = new Bot(site.url);
        let page = await bot.get('/news');
        expect(page.status).toBe(403);
        for (let i = 0; i < 10 && page.refresh !== undefined; i++) page = await bot.get(page.refresh);
        expect(site.ownPaths.filter((path) => path.endsWith('.gif')).length).toBeGreaterThan(6);
        expect(site.reached).toEqual([]);
      });
    });

    describe('a pass', () => {
      async function earn(): Promise<{ page: Page; name: string; value: string }> {
        const page = await open(plain);
        await page.goto(`${site.url}/news`);
        await arrive(page, '/news');
        const pass = (await page.context().cookies()).find((cookie) => cookie.name === 'parapet_pass')!;
        expect(pass).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
        site.reached.length = 0;
        return { page, name: pass.name, value: pass.value };
      }

      async function statusFor(
        options: BrowserContextOptions,
        cookie: { name: string; value: string },
      ): Promise<number> {
        const thief = await open(plain, options);
        await thief.context().addCookies([{ name: cookie.name, value: cookie.value, url: site.url }]);
        return (await thief.goto(`${site.url}/news`, { waitUntil: 'commit' }))!.status();
      }

      it('is refused from another address and from another browser', async () => {
        const pass = await earn();
        expect(await statusFor({}, pass)).toBe(200);
        expect(await statusFor({ extraHTTPHeaders: { 'x-test-ip': '198.51.100.9' } }, pass)).toBe(403);
        expect(await statusFor({ userAgent: 'Another browser' }, pass)).toBe(403);
      });

      it('is refused when one character was changed', async () => {
        const pass = await earn();
        const longer = pass.value.replace(/^(1\.s\.)(\w+)/, (_, start: string, ends: string) => {
          return start + (Number.parseInt(ends, 36) + 3600).toString(36);
        });
        expect(await statusFor({}, { ...pass, value: longer })).toBe(403);
        expect(await statusFor({}, { ...pass, value: pass.value.replace('.s.', '.w.') })).toBe(403);
        expect(await statusFor({}, { ...pass, value: `${pass.value}A` })).toBe(403);
      });

      it('is refused when it has expired', async () => {
        const pass = await earn();
        site.clockSkewMs = 12 * 3_600_000 + 1000;
        expect(await statusFor({}, pass)).toBe(403);
      });

      it('is not given for a solution that was used before, or by somebody else', async () => {
        const page = await open(plain);
        let solution = '';
        page.on('request', (request) => {
          if (request.url().endsWith('/.parapet/solve')) solution = request.postData() ?? '';
        });
        await page.goto(`${site.url}/news`);
        await arrive(page, '/news');
        const userAgent = String(await page.evaluate('navigator.userAgent'));
        const replay = async (headers: Record<string, string>): Promise<string | null> => {
          const type = 'application/x-www-form-urlencoded';
          const answer = await fetch(`${site.url}/.parapet/solve`, {
            method: 'POST',
            body: solution,
            headers: { 'content-type': type, ...headers },
          });
          return answer.headers.get('set-cookie');
        };
        expect(solution).toContain('token=');
        expect(await replay({ 'user-agent': userAgent })).toBeNull();
        expect(await replay({ 'user-agent': 'a bot' })).toBeNull();
      });
    });
  },
);

/** A crawler with a cookie jar that reads addresses out of pages and sheets, and runs and lays out nothing. */
class Bot {
  readonly #url: string;
  readonly #jar = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  async get(target: string): Promise<{ status: number; refresh: string | undefined }> {
    const { status, text } = await this.#fetch(target);
    const sheets = [...text.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((match) => match[1]!);
    for (const sheet of sheets) {
      const rules = await this.#fetch(sheet);
      for (const [, image] of rules.text.matchAll(/url\(([^)]+)\)/g)) await this.#fetch(image!);
    }
    const refresh = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    return { status, refresh };
  }

  async #fetch(target: string): Promise<{ status: number; text: string }> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      accept: 'text/html,*/*',
      'user-agent': 'Mozilla/5.0',
      ...(cookie === '' ? {} : { cookie }),
    };
    const answer = await fetch(this.#url + target, { headers });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      this.#jar.set(name, value);
    }
    return { status: answer.status, text: await answer.text() };
  }
}
