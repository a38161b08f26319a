// What is decided acts on real visitors, through the whole of `parapet up --upstream`: in a browser with and without
// scripts, and for programs that want nothing to do with either.

import http from 'node:http';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import { until } from './programs.ts';
import { isBuilt, NOT_INSPECTED, SKIPPED, startStackBefore, type Stack } from './stack.ts';
import { TRUSTS_LOOPBACK, visit, type Page as Visited } from './visitors.ts';

const isPossible = isBuilt && CHROMIUM !== undefined;
const reason = isBuilt ? ' (skipped: Chromium is not installed)' : SKIPPED;

let stack: Stack;
/** What the site was asked, so that a test can tell who got through. */
const asked: string[] = [];

describe.skipIf(!isPossible)(`enforcement${isPossible ? '' : reason}`, { timeout: 60_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    stack = await startStackBefore(startSite(), {
      config: TRUSTS_LOOPBACK + NOT_INSPECTED,
    });
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGS });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await stack.stop();
  }, 60_000);

  const openAs = async (
    from: string,
    options: { javaScriptEnabled?: boolean; locale?: string } = {},
  ): Promise<BrowserContext> => {
    const context = await browser.newContext({
      ...options,
      extraHTTPHeaders: { 'X-Forwarded-For': from },
    });
    onTestFinished(() => context.close());
    return context;
  };

  describe('the check', () => {
    it('lets a browser through by itself, once, and knows it afterwards', async () => {
      await decide('captcha', '198.18.2.1');
      const context = await openAs('198.18.2.1');
      const page = await context.newPage();
      await page.goto(`${stack.url}/page?a=1`);
      await page.waitForSelector('#welcome', { timeout: 30_000 });
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/page?a=1');
      const response = await page.goto(`${stack.url}/other`);
      expect(response?.status()).toBe(200);
      expect(await page.textContent('#welcome')).toBe('/other');
    });

    it('lets people through who have no scripts, after a while', async () => {
      await decide('captcha', '198.18.2.2');
      const context = await openAs('198.18.2.2', { javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${stack.url}/quiet`);
      expect(await page.locator('#welcome').count()).toBe(0);
      await page.waitForSelector('#welcome', { timeout: 45_000 });
      expect(await page.textContent('#welcome')).toBe('/quiet');
    });

    it('has nothing that axe objects to, with scripts and while it waits', async () => {
      await decide('captcha', '198.18.2.3');
      const context = await openAs('198.18.2.3');
      const page = await context.newPage();
      // It stays as long as its script does not come.
      await page.route('**/.parapet/**', (route) =>
        route.request().resourceType() === 'script' ? route.abort() : route.continue(),
      );
      await page.goto(`${stack.url}/page`);
      expect(await violations(page)).toEqual([]);
    });

    it('stops a program that runs no script, however often it asks', async () => {
      await decide('captcha', '198.18.2.4');
      for (let i = 0; i < 10; i++) {
        const got = await visit(stack, '/for-bots', { from: '198.18.2.4' });
        expect([200, 302, 303]).not.toContain(got.status);
        expect(got.body).not.toContain('welcome');
      }
      expect(asked).not.toContain('/for-bots');
    });

    it('leaves feeds, robots.txt and webhooks alone', async () => {
      await decide('captcha', '198.18.2.5');
      for (const target of ['/rss.xml', '/robots.txt', '/jsonapi/node'])
        expect((await visit(stack, target, { from: '198.18.2.5' })).status, target).toBe(200);
    });

    it('refuses a pass that was stolen, and a solution that was used', async () => {
      for (const from of ['198.18.2.6', '198.18.2.7']) await decide('captcha', from);
      const context = await openAs('198.18.2.6');
      const page = await context.newPage();
      const posts: Request[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') posts.push(request);
      });
      await page.goto(`${stack.url}/page`);
      await page.waitForSelector('#welcome', { timeout: 30_000 });
      const pass = (await context.cookies()).find(({ name }) => name === 'parapet_pass');
      expect(pass).toBeDefined();
      const cookie = `parapet_pass=${pass!.value}`;
      const agent = await page.evaluate<string>('navigator.userAgent');
      const own = await visit(stack, '/page', {
        from: '198.18.2.6',
        headers: { Cookie: cookie, 'User-Agent': agent },
      });
      expect(own.status).toBe(200);
      const stolen = await visit(stack, '/stolen', {
        from: '198.18.2.7',
        headers: { Cookie: cookie, 'User-Agent': agent },
      });
      expect(stolen.status).not.toBe(200);
      expect(asked).not.toContain('/stolen');
      // The same solution once more, as the browser sent it, without the pass that it has since.
      expect(posts.length).toBeGreaterThan(0);
      const [post] = posts;
      const again = await visit(stack, new URL(post!.url()).pathname + new URL(post!.url()).search, {
        from: '198.18.2.6',
        method: 'POST',
        body: post!.postData() ?? '',
        headers: { 'Content-Type': post!.headers()['content-type'] ?? '', 'User-Agent': agent },
      });
      expect(String(again.headers['set-cookie'] ?? '')).not.toContain('parapet_pass=');
    });
  });

  describe('the block page', () => {
    it('says why, for how long and what to do, and its form reaches the owner without scripts', async () => {
      await decide('ban', '198.18.2.10');
      const context = await openAs('198.18.2.10', { javaScriptEnabled: false });
      const page = await context.newPage();
      const response = await page.goto(`${stack.url}/page`);
      expect(response?.status()).toBe(403);
      expect(response?.headers()['cache-control']).toContain('no-store');
      const record = /\b[0-9a-f]{8}\b/.exec((await page.textContent('body')) ?? '')?.[0] ?? '';
      expect(record).not.toBe('');
      await page.fill('textarea', 'I only wanted to read.');
      await page.click('button');
      expect(await page.textContent('body')).toMatch(/thank|received|sent/i);
      await until(
        async () => (await stack.run('appeals', 'list')).text.includes('I only wanted to read.'),
        () => 'the appeal never arrived',
      );
      const { code } = await stack.run('unban', record);
      expect(code).toBe(0);
      await until(
        async () => (await visit(stack, '/page', { from: '198.18.2.10' })).status === 200,
        () => 'the ban did not end',
        5000,
      );
    });

    it.each(['en', 'de', 'es', 'fr'])('has nothing that axe objects to, in %s', async (locale) => {
      const from = `198.18.3.${['en', 'de', 'es', 'fr'].indexOf(locale) + 1}`;
      await decide('ban', from);
      const page = await (await openAs(from, { locale })).newPage();
      await page.goto(`${stack.url}/page`);
      expect(await page.getAttribute('html', 'lang')).toBe(locale);
      expect(await violations(page)).toEqual([]);
    });
  });

  it('slows down who is to be slowed down, and nobody else', async () => {
    await decide('throttle', '198.18.2.20');
    const greedy: Visited[] = [];
    const refusedOf = (): Visited[] => greedy.filter(({ status }) => status === 429);
    // The first may be quicker than the decision, which has 200 ms to reach the workers.
    await until(
      async () => {
        const more = Array.from({ length: 60 }, () => visit(stack, '/page', { from: '198.18.2.20' }));
        greedy.push(...(await Promise.all(more)));
        return refusedOf().length > 5;
      },
      () => 'nobody was slowed down',
    );
    const refused = refusedOf();
    expect(greedy.filter(({ status }) => status === 200).length).toBeGreaterThan(10);
    expect(refused.every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
    const other = await Promise.all(
      Array.from({ length: 60 }, () => visit(stack, '/page', { from: '198.18.2.21' })),
    );
    expect(other.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200));
  });

  it('turns away within the request that trips the perimeter', async () => {
    // Eight strangers, and not one of them sees what the site answers. Who is asked on a machine that has no time for
    // the engine is let through once, so that there are a few rounds.
    let statuses: number[] = [];
    for (
      let round = 0;
      round < 6 && !(statuses.length === 8 && statuses.every((one) => one === 403));
      round++
    ) {
      statuses = [];
      for (let i = 1; i <= 8; i++)
        statuses.push((await visit(stack, '/wp-login.php', { from: `198.18.4.${10 * round + i}` })).status);
    }
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 403));
    expect((await visit(stack, '/page', { from: '198.18.4.1' })).status).toBe(403);
    expect((await visit(stack, '/page', { from: '198.18.4.9' })).status).toBe(200);
  });

  it.each([
    [
      'parapet/http-scanner-paths',
      ['/.env', '/.git/config', '/.aws/credentials', '/backup.sql', '/.ssh/id_rsa'],
    ],
    [
      'parapet/http-path-traversal',
      ['/page?f=../../../etc/passwd', '/a/..%2f..%2f..%2fetc%2fpasswd', '/page?f=/etc/shadow'],
    ],
    [
      'parapet/http-injection',
      [
        "/page?id=1'%20OR%20'1'='1'--%20-",
        "/page?id=-1'%20UNION%20ALL%20SELECT%20NULL,user()--%20-",
        '/page?q=%3Cscript%3Ealert(1)%3C/script%3E',
      ],
    ],
  ])('sees %s in what passes through it, without a log', async (scenario, targets) => {
    const from = `198.18.5.${scenario.length}`;
    for (const target of targets) await visit(stack, target, { from });
    await until(
      async () => (await visit(stack, '/page', { from })).status === 403,
      () => `${from} was not stopped:\n${stack.program.text()}`,
      15_000,
    );
    expect((await stack.run('alerts', 'list')).text).toContain(scenario);
  });

  it('sees passwords being guessed, and lets those in who know theirs', async () => {
    const body = 'name=anna&pass=wrong';
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    for (let i = 0; i < 9; i++)
      await visit(stack, '/user/login', { from: '198.18.5.100', method: 'POST', body, headers });
    await until(
      async () => (await visit(stack, '/page', { from: '198.18.5.100' })).status === 403,
      () => `nothing was decided:\n${stack.program.text()}`,
      15_000,
    );
    expect((await visit(stack, '/user/login', { from: '198.18.5.101' })).status).toBe(200);
  });

  it('bans ranges, and lets the allowed in at once', async () => {
    await stack.run('decisions', 'add', '--range', '198.19.7.0/24');
    await until(
      async () => (await visit(stack, '/page', { from: '198.19.7.77' })).status === 403,
      () => 'the range is not banned',
      5000,
    );
    expect((await visit(stack, '/page', { from: '198.19.8.77' })).status).toBe(200);
    await stack.run('allowlist', 'add', '198.19.7.77');
    await until(
      async () => (await visit(stack, '/page', { from: '198.19.7.77' })).status === 200,
      () => 'the allowlist does not count',
      5000,
    );
    expect((await visit(stack, '/page', { from: '198.19.7.78' })).status).toBe(403);
  });
});

/** Makes the decision and waits until the gateway acts on it. */
async function decide(remediation: string, ip: string): Promise<void> {
  const { code, text } = await stack.run('decisions', 'add', '--ip', ip, '--type', remediation);
  expect([code, text]).toEqual([0, expect.stringContaining(ip)]);
  if (remediation === 'throttle') return;
  await until(
    async () => (await visit(stack, '/page', { from: ip })).status !== 200,
    () => `nothing is done about ${ip}:\n${stack.program.text()}`,
    10_000,
  );
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ violations: ReadonlyArray<{ id: string }> }>('axe.run()');
  return found.violations.map(({ id }) => id);
}

function startSite(): http.Server {
  const known =
    /^\/(page|other|quiet|for-bots|stolen|user\/login|rss\.xml|robots\.txt|jsonapi\/node|favicon\.ico)?(\?|$)/;
  return http.createServer((req, res) => {
    asked.push(req.url ?? '');
    req.resume();
    if (!known.test(req.url ?? '')) {
      res.writeHead(404).end('nothing');
      return;
    }
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(`<!doctype html><html lang="en"><title>Site</title><p id="welcome">${req.url}</p></html>`);
  });
}
