// What core's Ban module and Advanced Ban hold is taken over when somebody wants it, and given back.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { axeFinds, noBrowser, openBrowser, overflow, personAt, says, send, signIn } from './people.ts';

const reason = missing ?? noBrowser;
const BANS = '/admin/reports/parapet/bans';

describe.skipIf(reason !== undefined)(
  `bans of other modules${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    let browser: Browser;
    let page: Page;

    const install = (...modules: readonly string[]): string =>
      site.php(`\\Drupal::service('module_installer')->install(['${modules.join("', '")}']);`);
    const counts = async (module: string): Promise<readonly string[]> => {
      await page.goto(BANS);
      return page.locator(`#parapet-bans-${module} li`).allInnerTexts();
    };
    const press = async (button: string): Promise<void> =>
      send(page, page.getByRole('button', { name: button }));
    const statusOf = async (ip: string): Promise<number> => (await site.ask({ ip, path: '/' })).status;
    const waiting = (): readonly string[] =>
      site
        .php(
          `foreach (\\Drupal\\parapet\\Tables::connection()->query('SELECT verb, target FROM {parapet_outbox} ORDER BY id') as $row) echo "$row->verb $row->target\\n";`,
        )
        .split('\n')
        .filter((line) => line !== '');

    beforeAll(async () => {
      site = await startDrupal();
      install('parapet');
      site.php(`
      \\Drupal\\user\\Entity\\User::load(1)->setPassword('right')->save();
      \\Drupal::configFactory()->getEditable('parapet.settings')->set('allowlist', ['198.51.100.4'])->set('engine.api_url', 'unix:/nowhere/api.sock')->save();`);
      browser = await openBrowser();
      page = await signIn(await personAt(browser, site.url, '198.51.100.7'), 'admin');
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await site?.stop();
    }, 180_000);

    it('are asked for only where a module holds some', async () => {
      expect((await page.goto(BANS))?.status()).toBe(403);
      install('ban');
      expect(await counts('ban')).toEqual(['It holds no bans.']);
    });

    it('of Ban are taken over, each once, and let go again as they were', async () => {
      site.php(`
      foreach (['203.0.113.1', '203.0.113.2', '2001:DB8::9', '198.51.100.4', 'nonsense'] as $ip) \\Drupal::service('ban.ip_manager')->banIp($ip);
      \\Drupal::service('parapet.decisions')->block('203.0.113.1', 'ban', PHP_INT_MAX >> 1, 'by hand already');
      \\Drupal::service('parapet.decisions')->block('203.0.113.2', 'ban', 3600, 'for an hour');`);
      const before = waiting().length;
      expect(await counts('ban')).toEqual([
        '5 bans are held there.',
        '2 of them are left out: they are no addresses, too wide or on the allowlist.',
        '2 of them are not in force here.',
      ]);
      expect(await axeFinds(page, 'main')).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await press('Take over from Ban');
      await says(page, '2 bans were taken over.');
      expect(await counts('ban')).toContain('None is left to be taken over.');
      expect(await page.getByRole('button', { name: 'Take over from Ban' }).count()).toBe(0);
      await page.goto('/admin/reports/parapet');
      const rows = page.locator('#parapet-in-force tr', { hasText: 'taken over from Ban' });
      expect((await rows.allInnerTexts()).toSorted().map((text) => text.split(/\s/)[0])).toEqual([
        '2001:db8::9',
        '203.0.113.2',
      ]);
      expect(await rows.first().innerText()).toMatch(/Blocked[^]*by admin[^]*Never/);
      // The engine is to be told of each.
      expect(waiting().slice(before)).toEqual([
        expect.stringMatching(/^add [0-9a-f]{8}$/),
        expect.stringMatching(/^add [0-9a-f]{8}$/),
      ]);
      // They hold without the module that held them.
      site.php(`\\Drupal::service('module_installer')->uninstall(['ban']);`);
      expect(await statusOf('2001:db8::9')).toBe(403);
      install('ban');
      site.php(
        `foreach (['203.0.113.2', '2001:DB8::9'] as $ip) \\Drupal::service('ban.ip_manager')->banIp($ip);`,
      );
      expect(await counts('ban')).toEqual([
        '2 bans are held there.',
        'None is left to be taken over.',
        '2 are in force here because they were taken over.',
      ]);
      await press('Lift what came from Ban');
      await says(page, '2 bans were lifted.');
      expect(await counts('ban')).toEqual(['2 bans are held there.', '2 of them are not in force here.']);
      expect(waiting().slice(before + 2)).toEqual([
        expect.stringMatching(/^lift [0-9a-f]{8}$/),
        expect.stringMatching(/^lift [0-9a-f]{8}$/),
      ]);
      // What was decided here before stays.
      site.php(`\\Drupal::service('module_installer')->uninstall(['ban']);`);
      expect(await Promise.all(['203.0.113.1', '203.0.113.2', '2001:db8::9'].map(statusOf))).toEqual([
        403, 403, 200,
      ]);
    });

    it('of Advanced Ban keep their ranges and their ends', async () => {
      install('advban');
      site.php(`
      $bans = \\Drupal::service('advban.ip_manager');
      $bans->banIp('203.0.113.40', '', time() + 7200);
      $bans->banIp('203.0.113.41', '', time() - 10);
      $bans->banIp('203.0.113.48', '203.0.113.65');
      $bans->banIp('0.0.0.0', '255.255.255.255');`);
      expect(await counts('advban')).toEqual([
        '4 bans are held there.',
        '1 of them is left out: it is no address, too wide or on the allowlist.',
        '3 of them are not in force here.',
      ]);
      await press('Take over from Advanced Ban');
      await says(page, '3 bans were taken over.');
      const ends = site.php(`
      foreach (\\Drupal::service('parapet.decisions')->rows(TRUE, 50) as $row)
        if ($row['scenario'] === 'taken over from Advanced Ban') echo $row['value'], ' ', min(99, (int) round(($row['ends'] - time()) / 3600)), "\\n";`);
      expect(ends.trim().split('\n').toSorted()).toEqual([
        '203.0.113.40 2',
        '203.0.113.48/28 99',
        '203.0.113.64/31 99',
      ]);
      expect(await Promise.all(['203.0.113.41', '203.0.113.63', '203.0.113.65'].map(statusOf))).toEqual([
        200, 403, 403,
      ]);
    });
  },
);
