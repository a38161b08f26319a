// The module's pages as people meet them: those of the backend with a screen reader and on a phone, and the check in a
// browser that runs no scripts.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { axeFinds, noBrowser, openBrowser, overflow, personAt, says, send, signIn } from './people.ts';

const reason = missing ?? noBrowser;
const STEP_MS = 5000;
/** What attackers ask for has no spaces to break a line at. */
const LONG = 'x'.repeat(150);

describe.skipIf(reason !== undefined)(
  `pages of the module${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    let browser: Browser;

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`
      \\Drupal::service('module_installer')->install(['parapet']);
      \\Drupal\\user\\Entity\\User::load(1)->setPassword('right')->save();
      foreach (['203.0.113.1' => 'ban', '203.0.113.2' => 'captcha', '203.0.113.3' => 'captcha'] as $ip => $remediation)
        \\Drupal::service('parapet.decisions')->block($ip, $remediation, 3600, 'noise');
      \\Drupal::service('parapet.decisions')->block('2001:db8:1234:5678:9abc:def0:1234:5678', 'ban', 3600, '${LONG}');`);
      await site.ask({ ip: '203.0.113.1', path: `/${LONG}` });
      browser = await openBrowser();
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await site?.stop();
    }, 180_000);

    /** What is wrong with the looks of a page that runs no scripts: axe itself is one. */
    const looksOf = async (html: string): Promise<string[]> => {
      const context = await browser.newContext();
      const copy = await context.newPage();
      await copy.setContent(html);
      const found = [...(await axeFinds(copy, 'body')), ...((await overflow(copy)) > 0 ? ['too wide'] : [])];
      await context.close();
      return found;
    };

    it('can be used in the backend with a screen reader and on a narrow screen', async () => {
      const context = await personAt(browser, site.url, '198.51.100.7');
      const page = await signIn(context, 'admin');
      const [config, report] = ['/admin/config/system/parapet', '/admin/reports/parapet'];
      const targets = ['', '/perimeter', '/scenarios', '/allowlist'].map((name) => config + name);
      for (const target of [...targets, report, `${report}/block`, '/admin/help/parapet']) {
        expect((await page.goto(target))?.status(), target).toBe(200);
        expect(await axeFinds(page, 'main'), target).toEqual([]);
        for (const width of [360, 1160, 1280]) expect(await overflow(page, width), target).toBe(0);
      }
      // A field that is wrong says so to everybody.
      await page.goto(`${config}/allowlist`);
      await page.fill('[name=allowlist]', '203.0.113.300');
      await send(page);
      await says(page, '203.0.113.300 is neither an address nor a range.');
      expect(await page.getAttribute('[name=allowlist]', 'aria-invalid')).toBe('true');
      expect(await axeFinds(page, 'main')).toEqual([]);
      await context.close();
    });

    it('lets in after two short waits who runs no scripts, and not for long', async () => {
      const context = await personAt(browser, site.url, '203.0.113.2', { javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto('/user/login?a=b');
      await page.waitForURL(/\/parapet\/check\/wait\?/);
      await says(page, 'step 1 of 2');
      expect(await looksOf(await page.content())).toEqual([]);
      const goOn = async (): Promise<void> => send(page, page.getByRole('link', { name: 'Go on' }));
      // Whoever cannot wait stays where they are.
      await goOn();
      await says(page, 'step 1 of 2');
      await page.waitForTimeout(STEP_MS);
      await goOn();
      await says(page, 'step 2 of 2');
      await page.waitForTimeout(STEP_MS);
      await goOn();
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/user/login?a=b');
      expect(await page.locator('[name=pass]').count()).toBe(1);
      const pass = (await context.cookies()).find(({ name }) => name === 'parapet_pass');
      expect(pass).toMatchObject({ value: expect.stringMatching(/^1\.w\./), httpOnly: true });
      expect(pass!.expires - Date.now() / 1000).toBeLessThan(1801);
      await context.close();
    });

    it('says what happened to who is stopped, in their language', async () => {
      for (const [ip, text] of [
        ['203.0.113.1', 'Der Zugriff ist gesperrt'],
        ['203.0.113.3', 'Einen Moment, bitte'],
      ] as const) {
        const answer = await site.ask({ ip, path: '/', headers: { 'Accept-Language': 'de' } });
        expect(answer.text).toContain(text);
        expect(await looksOf(answer.text), text).toEqual([]);
      }
    });
  },
);
