// A site that had the module before: `drush updatedb` brings its tables to today's layout, and nothing is lost.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { noDrush, runDrush } from './drush.ts';

const TABLES = path.join(import.meta.dirname, 'firstTables.php');
/** What Drupal notes of a module that has no updates yet. */
const FIRST = '\\Drupal::CORE_MINIMUM_SCHEMA_VERSION';
const reason = missing ?? (noDrush === '' ? undefined : noDrush);

describe.skipIf(reason !== undefined)(
  `updates of the module${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;

    /** Puts tables into the site's own database, as they were there before, and notes which updates have run. */
    const before = (tables: string, version: string, rows: string): string =>
      site.php(`
      \\Drupal\\parapet\\Tables::remove();
      $database = \\Drupal::database();
      foreach (${tables} as $name => $definition) {
        if ($database->schema()->tableExists($name)) $database->schema()->dropTable($name);
        $database->schema()->createTable($name, $definition);
      }
      $soon = time() + 3600;
      $decision = static fn (string $record, string $scope, string $value, int $ends, int $lifted = 0): int => (int) $database->insert('parapet_decision')->fields([
        'record' => $record, 'scope' => $scope, 'value' => $value, 'remediation' => 'ban', 'scenario' => 'drupal/4xx-scan', 'origin' => 'module',
        'created' => time() - 60, 'ends' => $ends, 'lifted' => $lifted, 'message' => "why $value",
      ])->execute();
      ${rows}
      \\Drupal::service('update.update_hook_registry')->setInstalledVersion('parapet', ${version});`);
    const update = (): void => {
      const { status, text } = runDrush(site, 'updatedb', '-y');
      expect(status, text).toBe(0);
      expect(runDrush(site, 'updatedb:status').text).toContain('No database updates required');
      const left = site.php(
        `echo implode(' ', array_filter(array_keys(\\Drupal::database()->schema()->findTables('parapet%'))));`,
      );
      expect(left).toBe('');
    };
    const rowsOf = (table: string, fields: string, order: string): readonly string[] =>
      site
        .php(
          `foreach (\\Drupal\\parapet\\Tables::connection()->query('SELECT ${fields} FROM {${table}} ORDER BY ${order}') as $row) echo implode(' ', (array) $row), "\\n";`,
        )
        .trim()
        .split('\n');
    const statusOf = async (ip: string): Promise<number> => (await site.ask({ ip, path: '/' })).status;

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`\\Drupal::service('module_installer')->install(['parapet']);`);
    }, 300_000);
    afterAll(async () => {
      await site?.stop();
    }, 180_000);

    it('from its first tables on keep what was decided and counted', async () => {
      before(
        `require '${TABLES}'`,
        FIRST,
        `
        $decision('aaaaaaaa', 'ip', '203.0.113.1', $soon);
        $decision('bbbbbbbb', 'range', '203.0.113.64/26', $soon);
        $decision('cccccccc', 'ip', '203.0.113.3', time() - 10, 1);
        $database->insert('parapet_bucket')->fields(['id' => str_repeat('a', 64), 'level' => 2.5, 'at' => 1700000000.25])->execute();
        $database->insert('parapet_try')->fields(['name' => 'x', 'address' => 'cb007104', 'at' => 1, 'ends' => 2])->execute();
        \\Drupal::configFactory()->getEditable('parapet.settings')->clear('scenarios')->save();`,
      );
      update();
      expect(rowsOf('parapet_decision', 'record, scope, value, lifted, message', 'record')).toEqual([
        'aaaaaaaa ip 203.0.113.1 0 why 203.0.113.1',
        'bbbbbbbb range 203.0.113.64/26 0 why 203.0.113.64/26',
        'cccccccc ip 203.0.113.3 1 why 203.0.113.3',
      ]);
      expect(rowsOf('parapet_bucket', 'id, level, at', 'id')).toEqual([
        `${'a'.repeat(64)} 2.5 1700000000.25`,
      ]);
      expect(await Promise.all(['203.0.113.1', '203.0.113.70', '203.0.113.3'].map(statusOf))).toEqual([
        403, 403, 200,
      ]);
      expect(site.php(`echo json_encode(\\Drupal::config('parapet.settings')->get('scenarios'));`)).toBe(
        '[]',
      );
      expect(runDrush(site, 'parapet:unban', '203.0.113.1').text).toContain('may come in again');
      expect(await statusOf('203.0.113.1')).toBe(200);
    });

    it('keep what was decided and told between the new code and the update', async () => {
      before(
        '\\Drupal\\parapet\\Tables::definitions()',
        '10004',
        `
        $decision('dddddddd', 'ip', '203.0.113.4', $soon);
        $database->insert('parapet_bucket')->fields(['id' => str_repeat('b', 64), 'level' => 1, 'at' => 5])->execute();
        foreach (['dddddddd', '203.0.113.9'] as $target)
          $database->insert('parapet_outbox')->fields(['verb' => 'lift', 'target' => $target, 'who' => 'admin', 'created' => 7])->execute();`,
      );
      // Visitors come before anybody runs the updates.
      site.php(`
      \\Drupal::configFactory()->getEditable('parapet.settings')->set('engine.api_url', 'unix:/nowhere/api.sock')->save();
      \\Drupal::service('parapet.decisions')->block('203.0.113.5', 'ban', 3600, 'meanwhile');
      \\Drupal\\parapet\\Tables::connection()->insert('parapet_bucket')->fields(['id' => str_repeat('b', 64), 'level' => 3, 'at' => 6])->execute();`);
      update();
      expect(rowsOf('parapet_decision', 'value', 'value')).toEqual(['203.0.113.4', '203.0.113.5']);
      expect(rowsOf('parapet_bucket', 'level, at', 'id')).toEqual(['3 6']);
      const told = rowsOf('parapet_outbox', 'verb, target', 'id');
      expect(told).toHaveLength(3);
      expect(told).toEqual(expect.arrayContaining(['lift dddddddd', 'lift 203.0.113.9']));
      expect(await Promise.all(['203.0.113.4', '203.0.113.5'].map(statusOf))).toEqual([403, 403]);
    });
  },
);
