// The page in a real browser: no accessibility violations that axe finds, nothing blocked by the policy,
// no script of a log run, nothing to scroll sideways on a phone, tables that sort.

import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReplayHtml } from '../../src/page/replay-page.ts';
import { makeHostileSummary } from '../hostile-summary.ts';

const executablePath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

interface AxeResult {
  readonly violations: ReadonlyArray<{
    readonly id: string;
    readonly nodes: ReadonlyArray<{ html: string }>;
  }>;
}

describe.skipIf(executablePath === undefined)(
  'the replay page in Chromium (skipped where it is absent)',
  () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executablePath!, args: [...ARGS, ...QUIET] });
    }, 60_000);
    afterAll(async () => {
      await browser.close();
    });

    async function open(
      options: { width: number; dark?: boolean; script?: boolean },
      complaints: string[] = [],
    ): Promise<Page> {
      const page = await browser.newPage({
        viewport: { width: options.width, height: 900 },
        colorScheme: options.dark === true ? 'dark' : 'light',
        javaScriptEnabled: options.script ?? true,
      });
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.setContent(renderReplayHtml(makeHostileSummary()), { waitUntil: 'load' });
      return page;
    }

    it.each([
      { width: 1280, dark: false },
      { width: 1280, dark: true },
      { width: 360, dark: false },
    ])(
      'has no violation of WCAG 2.2 AA that axe can find ($width wide, dark $dark)',
      async (options) => {
        const page = await open(options);
        await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
        // Evaluated over the debugging protocol, which the page's policy does not apply to.
        await page.evaluate(axe.source);
        // The shape is axe's documented result.
        const result = (await page.evaluate(
          'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
        )) as AxeResult;
        expect(result.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
        await page.close();
      },
      60_000,
    );

    it('does not scroll sideways on a phone', async () => {
      const page = await open({ width: 360 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.close();
    });

    it('prints black on white with every column on the paper, whatever the screen shows', async () => {
      const page = await open({ width: 760, dark: true });
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(0, 0, 0)');
      const widest = await page.evaluate(
        'Math.max(...[...document.querySelectorAll("table")].map((one) => one.getBoundingClientRect().right))',
      );
      expect(widest).toBeLessThanOrEqual(760);
      await page.close();
    });

    it('runs no script from a log, and its policy blocks nothing of its own', async () => {
      const complaints: string[] = [];
      const page = await open({ width: 1280 }, complaints);
      expect(await page.evaluate('document.images.length')).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it('sorts tables by keyboard and says how', async () => {
      const page = await open({ width: 1280 });
      const requests = page.locator('section[aria-labelledby="attackers"] th', { hasText: 'Requests' });
      await requests.locator('button').focus();
      await page.keyboard.press('Enter');
      expect(await requests.getAttribute('aria-sort')).toBe('descending');
      const read = async (): Promise<unknown> =>
        page.evaluate(
          '[...document.querySelectorAll("section[aria-labelledby=attackers] tbody tr")].map((row) => Number(row.cells[3].dataset.value))',
        );
      expect(await read()).toEqual([40, 35, 1, 0]);
      await page.keyboard.press('Enter');
      expect(await read()).toEqual([0, 1, 35, 40]);
      await page.close();
    });

    it('shows everything without script', async () => {
      const page = await open({ width: 1280, script: false });
      expect(await page.locator('section').count()).toBe(9);
      expect(await page.locator('th button').count()).toBe(0);
      await page.locator('summary').first().click();
      expect(await page.locator('details[open]').count()).toBeGreaterThan(0);
      await page.close();
    });
  },
);
