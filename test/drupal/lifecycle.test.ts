// The module from its installation to its end, on a real Drupal: Drush, the way back in for whoever is locked out, and
// that nothing stays behind.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { noDrush, runDrush, type Ran } from './drush.ts';

const OWNER = '203.0.113.99';
const WAIT = { timeout: 30_000 };

describe.skipIf(missing !== undefined)(
  `the life of the module${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    let before: readonly string[] = [];

    const drush = (...args: readonly string[]): Ran => runDrush(site, ...args);
    const statusOf = async (ip: string, target = '/'): Promise<number> =>
      (await site.ask({ ip, path: target })).status;
    const block = (value: string): string =>
      site.php(`echo \\Drupal::service('parapet.decisions')->block('${value}', 'ban', 3600, 'a mistake');`);
    /** Tables, settings, state, routes, links and files, without what every page writes. */
    const everything = (): readonly string[] => {
      const found = site.php(`
      $database = \\Drupal::database();
      foreach ($database->schema()->findTables('%') as $table) if (!str_starts_with($table, 'cache')) echo "table $table\\n";
      $storage = \\Drupal::service('config.storage');
      foreach ($storage->listAll() as $name) echo "config $name ", md5(json_encode($storage->read($name))), "\\n";
      foreach ($database->query('SELECT collection, name FROM {key_value}') as $row) if ($row->name !== 'system.theme.files') echo "value $row->collection $row->name\\n";
      foreach ($database->query('SELECT DISTINCT collection FROM {key_value_expire}') as $row) if (!preg_match('~^(?:form|update)~', $row->collection)) echo "expiring $row->collection\\n";
      foreach ($database->query('SELECT name FROM {router}') as $row) echo "route $row->name\\n";
      foreach ($database->query('SELECT id FROM {menu_tree}') as $row) echo "link $row->id\\n";
      foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('sites/default/files', FilesystemIterator::SKIP_DOTS)) as $file)
        if (!preg_match('~files/(?:css|js|php|\\.sqlite(?:-wal|-shm)?$|\\.ht)~', (string) $file)) echo "file $file\\n";`);
      return found.trim().split('\n').toSorted();
    };

    beforeAll(async () => {
      site = await startDrupal();
      // Tables that Drupal makes when it first needs them.
      for (const target of ['/', '/not-there', '/user/login']) await statusOf('203.0.113.1', target);
      site.php(
        `\\Drupal::service('cron')->run(); \\Drupal::flood()->register('x'); \\Drupal::flood()->clear('x');`,
      );
      before = everything();
      site.php(`\\Drupal::service('module_installer')->install(['parapet']);`);
    }, 300_000);
    afterAll(async () => {
      await site?.stop();
    }, 180_000);

    describe.skipIf(noDrush !== '')(`Drush${noDrush}`, () => {
      it('lets in whoever is locked out, by address and by the record of the page', async () => {
        for (const what of ['address', 'record']) {
          const record = block(OWNER);
          const page = await site.ask({ ip: OWNER, path: '/user/login' });
          expect([page.status, page.text.includes(record)]).toEqual([403, true]);
          expect(drush('parapet:test', record).text).toContain(`(record ${record}, on ${OWNER})`);
          const { status, text } = drush('parapet:unban', what === 'record' ? record : OWNER);
          expect([status, text]).toEqual([0, expect.stringContaining('may come in again')]);
          expect(await statusOf(OWNER, '/user/login')).toBe(200);
        }
      });

      it('blocks, asks, and says how things are', async () => {
        expect(drush('parapet:ban', '203.0.113.0/28', '--hours=2', '--reason=noise').status).toBe(0);
        expect(await statusOf('203.0.113.5')).toBe(403);
        expect(drush('parapet:test', '203.0.113.5').text).toMatch(/^ban until .*: noise/);
        expect(drush('parapet:test', '203.0.113.0/28').text).toMatch(/^ban until .*: noise/);
        expect(drush('parapet:unban', '203.0.113.0/28').status).toBe(0);
        expect(drush('parapet:test', '203.0.113.0/28').text).toContain('Nothing is in force');
        expect(await statusOf('203.0.113.5')).toBe(200);
        expect(drush('parapet:test', '/wp-login.php').text).toContain('is like');
        expect(drush('parapet:ban', 'nobody')).toMatchObject({
          status: 1,
          text: expect.stringContaining('nobody is neither an address nor a range.'),
        });
        expect(drush('parapet:status')).toMatchObject({
          status: 0,
          text: expect.stringMatching(/Enforcing\s+yes/),
        });
        expect(drush('parapet:signals').status).toBe(0);
      });
    });

    it('lets in whoever is locked out by one line of settings.php', async () => {
      block(OWNER);
      expect(await statusOf(OWNER)).toBe(403);
      const settings = path.join(site.php('echo DRUPAL_ROOT;'), 'sites/default/settings.php');
      const text = fs.readFileSync(settings, 'utf8');
      fs.writeFileSync(settings, `${text}\n$settings['parapet_off'] = TRUE;\n`);
      // OPcache leaves a file alone for two seconds.
      await expect.poll(() => statusOf(OWNER), WAIT).toBe(200);
      fs.writeFileSync(settings, text);
      await expect.poll(() => statusOf(OWNER), WAIT).toBe(403);
    });

    it('leaves nothing behind when it is uninstalled: no table, setting, state, route, link or file', async () => {
      site.php(`
      $edited = \\Drupal::configFactory()->getEditable('parapet.settings');
      $edited->set('engine.signals_address', 'unix:/nowhere/signals.sock')->set('mode', 'file')->set('engine.decisions_file', '/nowhere/decisions.bin')->save();
      \\Drupal::service('cron')->run();`);
      await statusOf('203.0.113.2', '/wp-admin/x');
      await statusOf('203.0.113.3', '/admin/people');
      await expect.poll(() => fs.readdirSync(site.folder), WAIT).toContain('signals');
      // Also when something was just decided that waits to be told.
      site.php(`
      \\Drupal::configFactory()->getEditable('parapet.settings')->set('engine.api_url', 'unix:/nowhere/api.sock')->save();
      \\Drupal::service('parapet.decisions')->block('203.0.113.4', 'ban', 60, 'x');
      \\Drupal::service('module_installer')->uninstall(['parapet']);`);
      expect(await statusOf(OWNER)).toBe(200);
      const after = everything();
      expect(after.filter((one) => !before.includes(one))).toEqual([]);
      expect(before.filter((one) => !after.includes(one))).toEqual([]);
      expect(fs.existsSync(site.folder)).toBe(false);
    });
  },
);
