// What the owner of a site looks up in its backend: whether somebody was stopped by mistake, by this site or by an
// engine, what the status report says of what is wrong, and settings that are refused.

import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { axeFinds, noBrowser, openBrowser, personAt, says, send, signIn } from './people.ts';

const reason = missing ?? noBrowser;
const REPORT = '/admin/reports/parapet';

describe.skipIf(reason !== undefined)(
  `the owner's questions${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    let browser: Browser;
    let page: Page;

    const set = (values: Readonly<Record<string, string>>): string =>
      site.php(
        `$c = \\Drupal::configFactory()->getEditable('parapet.settings');
        ${Object.entries(values)
          .map(([key, value]) => `$c->set('${key}', '${value}');`)
          .join('')}
        $c->save();`,
      );
    const lookUp = async (who: string): Promise<string> => {
      await page.goto(REPORT);
      await page.fill('[name=who]', who);
      await send(page, page.getByRole('button', { name: 'Look up' }));
      return page.innerText('#parapet-looked-up');
    };
    const statusReport = async (): Promise<string> => {
      await page.goto('/admin/reports/status');
      return page.innerText('main');
    };

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`
      \\Drupal::service('module_installer')->install(['parapet']);
      \\Drupal\\user\\Entity\\User::load(1)->setPassword('right')->save();`);
      browser = await openBrowser();
      page = await signIn(await personAt(browser, site.url, '198.51.100.7'), 'admin');
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await site?.stop();
    }, 180_000);

    it('finds one among many, by address, range and record, and lets them in', async () => {
      const record = site.php(`
      $decisions = \\Drupal::service('parapet.decisions');
      echo $decisions->block('203.0.113.9', 'ban', 3600, 'a mistake');
      $decisions->lift($decisions->block('203.0.113.8', 'ban', 3600, 'another mistake'));
      $decisions->block('198.18.0.0/15', 'captcha', 3600, 'a noisy network');
      for ($i = 1; $i <= 60; $i++) $decisions->block("192.0.2.$i", 'ban', 3600, 'noise');`);
      expect((await site.ask({ ip: '203.0.113.9', path: '/wanted' })).text).toContain(record);
      await page.goto(REPORT);
      expect(await page.locator('#parapet-in-force tbody tr').count()).toBe(50);
      expect(await page.innerText('#parapet-ended')).toContain('another mistake');
      await page.goto(`${REPORT}?page=1`);
      expect(await page.locator('#parapet-in-force tbody tr').count()).toBe(12);
      for (const who of ['203.0.113.9', record]) expect(await lookUp(who)).toContain('a mistake');
      expect(await page.innerText('#parapet-stops')).toContain('/wanted');
      expect(await page.locator('#parapet-looked-up tbody tr').count()).toBe(1);
      expect(await lookUp('198.18.7.7')).toContain('a noisy network');
      expect(await lookUp('198.18.0.0/15')).toContain('a noisy network');
      expect(await lookUp('203.0.113.77')).toContain('nothing is in force');
      await lookUp('203.0.113.9');
      expect(await axeFinds(page, 'main')).toEqual([]);
      await page.click('#parapet-looked-up a');
      await send(page);
      await says(page, '203.0.113.9 may come in again.');
      expect(await lookUp('203.0.113.9')).toMatch(/lifted .* by admin/);
    });

    it('shows what would have been done while nobody is stopped, and does not count it as stopped', async () => {
      const today = (): string =>
        site.php(
          `echo \\Drupal::service('parapet.stops')->days(1, time())[gmdate('Y-m-d')], ' ', count(\\Drupal::service('parapet.stops')->last(9, time(), '203.0.113.21'));`,
        );
      site.php(`\\Drupal::service('parapet.decisions')->block('203.0.113.21', 'ban', 3600, 'watched');`);
      const [stopped] = today().split(' ');
      set({ enforce: '0' });
      expect((await site.ask({ ip: '203.0.113.21', path: '/watched' })).status).toBe(404);
      expect((await site.ask({ ip: '203.0.113.21', path: '/' })).status).toBe(200);
      set({ enforce: '1' });
      expect(today()).toBe(`${stopped} 2`);
      await lookUp('203.0.113.21');
      expect(await page.innerText('#parapet-stops')).toMatch(/\/watched\s+Let through, as nobody is stopped/);
    });

    it('finds what an engine decided, and says who can lift it', async () => {
      const file = path.join(site.folder, '../engine.bin');
      site.php(`
      use Drupal\\parapet\\Core\\Decisions\\{Decision, SnapshotWriter};
      $decisions = [
        new Decision('ip', '203.0.113.20', 'ban', 'crowdsecurity/http-probing', 'crowdsec', time() + 90000, 'c0ffee01'),
        new Decision('range', '203.0.112.0/25', 'ban', 'a list', 'lists', time() + 90000, 'c0ffee02'),
      ];
      SnapshotWriter::replace('${file}', SnapshotWriter::encode($decisions, [], 1, time() + 7500));`);
      set({ mode: 'file', 'engine.decisions_file': file });
      for (const who of ['203.0.113.20', 'c0ffee01']) {
        const text = await lookUp(who);
        expect(text).toContain('crowdsecurity/http-probing');
        expect(text).toContain('decided by the engine, which has to lift it');
        expect(await page.locator('#parapet-looked-up a').count()).toBe(0);
      }
      await page.goto(REPORT);
      await says(page, '2 decisions of the engine are in force here.');
      // With its API, what it decided is lifted from here.
      set({ 'engine.api_url': 'unix:/nowhere/api.sock' });
      expect(await lookUp('c0ffee02')).toContain('203.0.112.0/25');
      await page.click('#parapet-looked-up a');
      await says(page, 'Let 203.0.112.0/25 in again?');
      await send(page);
      await says(page, '203.0.112.0/25 may come in again.');
      expect(site.php(`echo implode(' ', array_keys(\\Drupal::service('parapet.outbox')->waiting()));`)).toBe(
        '203.0.112.0/25',
      );
      expect(await statusReport()).toMatch(/Parapet: clock\s+Differs from the engine's by 2 hours/);
      fs.rmSync(file);
      set({ mode: 'standalone', 'engine.api_url': '' });
    });

    it('says on the status report that nobody listens, and what settings.php lacks', async () => {
      expect(await statusReport()).not.toContain('Parapet: signals');
      set({
        'engine.signals_address': 'unix:/nowhere/signals.sock',
        'engine.api_url': 'unix:/nowhere/api.sock',
      });
      site.php(
        `\\Drupal::service('parapet.engine')->exchange(\\Drupal::service('parapet.decisions'), time());`,
      );
      const text = await statusReport();
      expect(text).toMatch(
        /Parapet: signals\s+Nobody listens\s+Nobody listens at unix:\/nowhere\/signals\.sock/,
      );
      expect(text).toMatch(/Parapet: engine\s+settings\.php has no \$settings\['parapet_api_token'\]/);
      set({ 'engine.signals_address': '', 'engine.api_url': '' });
    });

    it('tells who names an engine at once whether it can be used', async () => {
      const api = http.createServer((_, res) => {
        const row = {
          scope: 'Ip',
          value: '203.0.113.50',
          type: 'ban',
          duration: '10m',
          scenario: 'x',
          origin: 'y',
        };
        res.end(JSON.stringify({ new: [row], deleted: null }));
      });
      await once(api.listen(0, '127.0.0.1'), 'listening');
      const { port } = api.address() as AddressInfo; // it listens on TCP
      await page.goto('/admin/config/system/parapet');
      await page.check('[name=mode][value=remote]');
      await page.fill('[name="engine[url]"]', `http://127.0.0.1:${port}`);
      await page.fill('[name="engine[signals_address]"]', 'unix:/nowhere/signals.sock');
      await send(page);
      await says(page, 'The engine answered. 1 decision of the engine is in force here.');
      expect(await page.innerText('body')).toContain('Nobody listens at unix:/nowhere/signals.sock');
      expect((await site.ask({ ip: '203.0.113.50', path: '/' })).status).toBe(403);
      api.closeAllConnections();
      await once(api.close(), 'close');
      await send(page);
      await says(page, 'The engine cannot be used yet:');
      expect((await site.ask({ ip: '203.0.113.50', path: '/' })).status).toBe(403);
      set({ mode: 'standalone', 'engine.url': '', 'engine.signals_address': '' });
    });

    it('refuses in the schema what the forms refuse', () => {
      const refused = site.php(`
      $wrong = ['allowlist' => ['203.0.113.300'], 'perimeter.patterns' => ['/a/b/', '/fine/'], 'engine.url' => 'ftp://x', 'engine.api_url' => 'x',
        'engine.ask' => 'unix:', 'engine.decisions_file' => 'decisions.bin', 'engine.signals_address' => 'unix:/', 'forms.form_ids' => ['a b', 'comment_*']];
      $config = \\Drupal::configFactory()->getEditable('parapet.settings');
      foreach ($wrong as $key => $value) $config->set($key, $value);
      foreach (\\Drupal::service('config.typed')->createFromNameAndData('parapet.settings', $config->getRawData())->validate() as $one) echo $one->getPropertyPath(), "\\n";`);
      expect(refused.trim().split('\n').toSorted()).toEqual([
        ...['allowlist.0', 'engine.api_url', 'engine.ask', 'engine.decisions_file', 'engine.signals_address'],
        ...['engine.url', 'forms.form_ids.0', 'perimeter.patterns.0'],
      ]);
    });

    it('says on the status report when the proxy is another than settings.php names', async () => {
      const settings = path.join(site.php('echo DRUPAL_ROOT;'), 'sites/default/settings.php');
      const text = fs.readFileSync(settings, 'utf8');
      const told = async (): Promise<string> =>
        (/^Parapet: proxy[^]{0,300}/m.exec(await statusReport()) ?? [''])[0];
      expect(await told()).toBe('');
      // OPcache leaves a file alone for two seconds.
      fs.writeFileSync(settings, `${text}\n$settings['reverse_proxy_addresses'] = ['192.0.2.1'];\n`);
      await expect
        .poll(told, { timeout: 30_000 })
        .toContain('This request came through a proxy at 127.0.0.1');
      fs.writeFileSync(settings, `${text}\n$settings['reverse_proxy'] = FALSE;\n`);
      await expect.poll(told, { timeout: 30_000 }).toContain('settings.php does not say so');
      fs.writeFileSync(settings, text);
    });

    it('has a block for dashboards, which only those see who may see reports', async () => {
      site.php(`
      \\Drupal::service('module_installer')->install(['block']);
      \\Drupal::service('theme_installer')->install(['stark']);
      \\Drupal::configFactory()->getEditable('system.theme')->set('default', 'stark')->set('admin', '')->save();
      \\Drupal\\block\\Entity\\Block::create(['id' => 'stopped', 'plugin' => 'parapet', 'theme' => 'stark', 'region' => 'content', 'settings' => ['label' => 'Stopped today']])->save();
      \\Drupal::service('parapet.decisions')->block('203.0.113.31', 'ban', 3600, 'noise');`);
      await site.ask({ ip: '203.0.113.31', path: '/' });
      await page.goto('/user/1');
      const text = await page.innerText('#block-stopped');
      expect(text).toMatch(
        /Stopped today[^]*\s\d+ requests? w\w+ stopped today\. \d+ decisions? of this site/,
      );
      await page.getByRole('link', { name: 'What was stopped, and why' }).click();
      await page.waitForURL(`**${REPORT}`);
      expect((await site.ask({ ip: '203.0.113.32', path: '/user/login' })).text).not.toContain(
        'Stopped today',
      );
    });

    it('leaves nothing with the flood service of core, and no block, when it is uninstalled', async () => {
      const counted = `echo \\Drupal::database()->query("SELECT COUNT(*) FROM {flood} WHERE event LIKE 'parapet%'")->fetchField();`;
      site.php(`
      $c = \\Drupal::configFactory()->getEditable('parapet.settings');
      $c->set('perimeter.flood_threshold', 5)->save();`);
      await site.ask({ ip: '203.0.113.30', path: '/wp-admin/x' });
      await expect.poll(() => Number(site.php(counted)), { timeout: 30_000 }).toBe(1);
      site.php(`\\Drupal::service('module_installer')->uninstall(['parapet']);`);
      expect(site.php(counted)).toBe('0');
      expect(site.php(`echo count(\\Drupal\\block\\Entity\\Block::loadMultiple(['stopped']));`)).toBe('0');
    });
  },
);
