// The challenge in a real browser, with scripts and without.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSite, type TestSite } from './site.ts';

const executablePath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

describe.skipIf(executablePath === undefined)(
  'the challenge in Chromium (skipped where it is absent)',
  () => {
    let driven: Browser;
    let plain: Browser;
    let site: TestSite;
    const contexts: BrowserContext[] = [];

    beforeAll(async () => {
      driven = await chromium.launch({ executablePath: executablePath!, args: [...ARGS, ...QUIET] });
      // As a person's browser is: nothing says that a program drives it.
      const hidden = '--disable-blink-features=AutomationControlled';
      plain = await chromium.launch({ executablePath: executablePath!, args: [...ARGS, ...QUIET, hidden] });
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

    async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      contexts.push(context);
      return context;
    }

    it('lets a browser in without anybody doing anything', async () => {
      const page = await (await visit(plain)).newPage();
      await page.goto(`${site.url}/news?page=2`);
      await page.getByText('The page /news?page=2').waitFor();
      expect(site.ownPaths.filter((path) => path === '/.parapet/solve')).toHaveLength(1);
      await page.goto(`${site.url}/other`);
      expect(site.reached).toEqual(['GET /news?page=2', 'GET /other']);
    });

    it('makes a driven browser work', async () => {
      const page = await (await visit(driven)).newPage();
      await page.goto(`${site.url}/news`);
      await page.getByText('The page /news').waitFor();
      expect(site.ownPaths.filter((path) => path === '/.parapet/solve')).toHaveLength(2);
    });

    it('lets people in who run no scripts, after a wait', async () => {
      const page = await (await visit(plain, { javaScriptEnabled: false })).newPage();
      await page.goto(`${site.url}/news?a=1&b=%22`);
      await page.getByText('The page /news').waitFor();
      expect(page.url()).toBe(`${site.url}/news?a=1&b=%22`);
      expect(site.reached).toEqual(['GET /news?a=1&b=%22']);
      const images = site.ownPaths.filter((path) => path.endsWith('.gif'));
      expect(images).toHaveLength(2);
      expect(site.ownPaths).not.toContain('/.parapet/solve');
    });
  },
);
