// What other modules do with Parapet on a real Drupal: scenarios for the CrowdSec module that work unchanged, scenarios
// and hooks of our own, and the settings that are taken over. The CrowdSec module itself is not here: where it is
// installed, an event of its name and shape stands for it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';

const API = path.join(import.meta.dirname, '../../drupal/parapet/parapet.api.php');

describe.skipIf(missing !== undefined)(
  `other modules${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    const install = (...modules: readonly string[]): string =>
      site.php(`\\Drupal::service('module_installer')->install(['${modules.join("', '")}']);`);
    const uninstall = (module: string): string =>
      site.php(`\\Drupal::service('module_installer')->uninstall(['${module}']);`);
    const statusOf = async (ip: string): Promise<number> => (await site.ask({ ip, path: '/' })).status;
    /** Reports an address so many times, each in a process of its own or all in one. */
    const report = (ip: string, times: number): string =>
      site.php(
        `\\Drupal::moduleHandler()->loadAll(); for ($i = 0; $i < ${times}; $i++) echo acme_coupons_report('${ip}') ? 'told ' : 'nobody ';`,
      );
    const whyIs = (ip: string): string =>
      site.php(
        `$d = \\Drupal::service('parapet.decisions')->decisionFor('${ip}'); echo $d ? "$d->remediation $d->scenario " . ($d->ends - time()) : 'none';`,
      );

    beforeAll(async () => {
      site = await startDrupal();
    }, 300_000);
    afterAll(async () => {
      await site?.stop();
    }, 180_000);

    it('takes over what Perimeter and the CrowdSec module were set to', () => {
      site.php(`
        $factory = \\Drupal::configFactory();
        $factory->getEditable('perimeter.settings')->setData(['not_found_exception_patterns' => ['/\\.cfm/', '/a/b/'], 'whitelisted_ips' => [' 198.51.100.4 ', '', 'office'], 'flood_threshold' => 2, 'flood_window' => 60])->save(TRUE);
        $factory->getEditable('crowdsec.settings')->setData(['plugins' => [
          'whisper' => ['enable' => TRUE, 'ban_duration' => 7200, 'leak_speed' => 30, 'bucket_capacity' => 25],
          'flood' => ['enable' => FALSE, 'ban_duration' => 10],
          'nobody:knows' => ['enable' => TRUE],
        ]])->save(TRUE);`);
      install('parapet');
      const settings = site.php(
        `$c = \\Drupal::config('parapet.settings'); echo json_encode([$c->get('perimeter'), $c->get('allowlist'), $c->get('scenarios')]);`,
      );
      expect(JSON.parse(settings)).toEqual([
        { enabled: true, patterns: ['/\\.cfm/'], flood_threshold: 2, flood_window: 60 },
        ['198.51.100.4'],
        [
          { name: 'drupal/4xx-scan', enabled: true, capacity: 25, leak_seconds: 30, seconds: 7200 },
          { name: 'drupal/auth-bruteforce', enabled: false, seconds: 60 },
        ],
      ]);
      const problems = site.php(
        `foreach (\\Drupal::service('config.typed')->createFromNameAndData('parapet.settings', \\Drupal::config('parapet.settings')->getRawData())->validate() as $problem) echo $problem->getPropertyPath(), ': ', $problem->getMessage(), "\\n";`,
      );
      expect(problems).toBe('');
    });

    it('takes scenarios for the CrowdSec module as they are, where that module is not installed', async () => {
      const ip = '203.0.113.20';
      install('acme_coupons');
      expect(report(ip, 1)).toBe('nobody ');
      install('parapet_crowdsec');
      expect(report(ip, 5)).toBe('told '.repeat(5));
      expect(await statusOf(ip)).toBe(200);
      expect(report(ip, 1)).toBe('told ');
      expect(await statusOf(ip)).toBe(403);
      expect(whyIs(ip)).toMatch(/^ban acme\/wrong-coupon 3[56]\d\d$/);
      expect(report('nobody', 1)).toBe('told ');
    });

    it('has what the owner sets count', async () => {
      const ip = '203.0.113.21';
      site.php(
        `\\Drupal::configFactory()->getEditable('parapet.settings')->set('scenarios', [['name' => 'acme/wrong-coupon', 'enabled' => TRUE, 'capacity' => 0, 'seconds' => 120]])->save();`,
      );
      report(ip, 1);
      expect(whyIs(ip)).toMatch(/^ban acme\/wrong-coupon 1[12]\d$/);
      site.php(
        `\\Drupal::configFactory()->getEditable('parapet.settings')->set('scenarios', [['name' => 'acme/wrong-coupon', 'enabled' => FALSE]])->save();`,
      );
      report('203.0.113.22', 20);
      expect(await statusOf('203.0.113.22')).toBe(200);
    });

    it('writes down of the form of scenarios what differs, and keeps what waits for a module', () => {
      const kept = site.php(`
        \\Drupal::configFactory()->getEditable('parapet.settings')->set('scenarios', [['name' => 'gone/module', 'enabled' => FALSE]])->save();
        \\Drupal::moduleHandler()->loadAll();
        \\Drupal::currentUser()->setAccount(\\Drupal\\user\\Entity\\User::load(1));
        $state = new \\Drupal\\Core\\Form\\FormState();
        $rows = [];
        foreach (array_values(\\Drupal::service('parapet.scenarios')->all()) as $row => $one)
          $rows[$row] = ['enabled' => 1, 'capacity' => $one->capacity, 'leak_seconds' => $one->leakSeconds, 'seconds' => $one->seconds];
        $rows[0]['capacity'] = 7;
        $rows[1]['enabled'] = NULL;
        $state->setValues(['scenarios' => $rows, 'op' => 'Save configuration']);
        \\Drupal::formBuilder()->submitForm(\\Drupal\\parapet\\Form\\ScenariosForm::class, $state);
        echo json_encode([$state->getErrors(), \\Drupal::configFactory()->get('parapet.settings')->get('scenarios')]);`);
      expect(JSON.parse(kept)).toEqual([
        [],
        [
          { name: 'gone/module', enabled: false },
          { name: 'drupal/auth-bruteforce', enabled: true, capacity: 7, leak_seconds: 60, seconds: 14400 },
          { name: 'drupal/4xx-scan', enabled: false, capacity: 20, leak_seconds: 10, seconds: 14400 },
        ],
      ]);
    });

    it('hears the CrowdSec module, where it is installed', async () => {
      const ip = '203.0.113.23';
      site.php(
        `\\Drupal::configFactory()->getEditable('parapet.settings')->set('scenarios', [])->save();
         final class Signalled { public function getIp(): string { return '${ip}'; } public function getScenario(): string { return 'acme/wrong-coupon'; } }
         for ($i = 0; $i < 6; $i++) \\Drupal::service('event_dispatcher')->dispatch(new Signalled(), 'crowdsec.ip.signalled');`,
      );
      expect(await statusOf(ip)).toBe(403);
    });

    it('pours what other modules tell into scenarios of their own, with or without an engine', async () => {
      const ip = '203.0.113.24';
      const tell = (times: number): string =>
        site.php(
          `for ($i = 0; $i < ${times}; $i++) \\Drupal::service('parapet.signals')->record(\\Drupal\\parapet\\Core\\Signals\\Signal::of('coupon.wrong', '${ip}'));`,
        );
      site.php(`\\Drupal::configFactory()->getEditable('parapet.settings')->set('mode', 'file')->save();`);
      tell(2);
      expect(await statusOf(ip)).toBe(200);
      tell(1);
      expect(whyIs(ip)).toMatch(/^captcha acme\/coupon-guessing 3[56]\d\d$/);
      site.php(
        `\\Drupal::configFactory()->getEditable('parapet.settings')->set('mode', 'standalone')->save();`,
      );
    });

    it('pours as often as is told, however many tell at once', async () => {
      const ip = '203.0.113.25';
      const tell = `for ($i = 0; $i < 15; $i++) \\Drupal::service('parapet.scenarios')->pour([\\Drupal\\parapet\\Core\\Signals\\Signal::of('page.missing', '${ip}')]);`;
      const level = (): number =>
        Number(
          site.php(
            `echo \\Drupal\\parapet\\Tables::connection()->query('SELECT SUM(level) FROM {parapet_bucket}')->fetchField();`,
          ),
        );
      site.php(
        `\\Drupal\\parapet\\Tables::connection()->delete('parapet_bucket')->execute(); \\Drupal::configFactory()->getEditable('parapet.settings')->set('scenarios', [['name' => 'drupal/4xx-scan', 'enabled' => TRUE, 'capacity' => 1000, 'leak_seconds' => 86400]])->save();`,
      );
      await Promise.all([site.phpBeside(tell), site.phpBeside(tell), site.phpBeside(tell)]);
      expect(level()).toBeCloseTo(45, 1);
    });

    it('lets modules add to signals, and name who is never stopped', () => {
      site.php(`\\Drupal::configFactory()->getEditable('parapet.settings')->set('engine.signals_address', 'unix:/nowhere.sock')->save();
        \\Drupal::moduleHandler()->loadAll();
        \\Drupal::service('parapet.signals')->record(\\Drupal\\parapet\\Core\\Signals\\Signal::of('coupon.wrong', '203.0.113.26'));`);
      expect(
        site.php(
          `echo implode(array_map('file_get_contents', \\Drupal::service('parapet.site')->spool()->files()));`,
        ),
      ).toMatch(/"type":"coupon\.wrong".*"shop":"acme"/);
      report('198.51.100.77', 20);
      expect(whyIs('198.51.100.77')).toBe('none');
    });

    it('does for a module what the examples of its API say, as they are', () => {
      makeModule(path.join(site.php('echo DRUPAL_ROOT;'), 'modules/custom/my_module'));
      install('my_module');
      for (const code of examples().filter(({ file }) => file === '')) site.php(code.text);
      const decline = (ip: string): string =>
        site.php(
          `for ($i = 0; $i < 4; $i++) \\Drupal::service('parapet.signals')->record(\\Drupal\\parapet\\Core\\Signals\\Signal::of('payment.declined', '${ip}'));`,
        );
      // One is not heard, one is forgiven, one is on the allowlist of the module.
      for (const ip of ['203.0.113.91', '198.51.100.8', '198.51.100.9', '198.51.100.200']) decline(ip);
      expect(whyIs('203.0.113.91')).toMatch(/^captcha my_module\/cards 3[56]\d\d$/);
      for (const ip of ['198.51.100.8', '198.51.100.9', '198.51.100.200'])
        expect([ip, whyIs(ip)]).toEqual([ip, 'none']);
      site.php(`\\Drupal::service('parapet.decisions')->lift('203.0.113.91');`);
      const log = site.php(
        `foreach (\\Drupal::database()->query("select message, variables from {watchdog} where type = 'my_module' order by wid") as $row) echo strtr($row->message, array_map('strval', unserialize($row->variables))), "\n";`,
      );
      expect(log).toMatch(
        /^203\.0\.113\.91: 203\.0\.113\.91: .*more than 3 times.*\n203\.0\.113\.91 may pay again\n$/,
      );
      uninstall('my_module');
    });

    it('is gone when it is uninstalled, and its modules go on', async () => {
      uninstall('parapet_crowdsec');
      expect(report('203.0.113.27', 1)).toBe('nobody ');
      uninstall('parapet');
      expect(await statusOf('203.0.113.20')).toBe(200);
      expect(site.php(`echo implode(' ', \\Drupal::service('config.storage')->listAll('parapet'));`)).toBe(
        '',
      );
    });
  },
);

/** What stands between @code and @endcode; a first line that names a file says which file it is. */
function examples(): { readonly file: string; readonly text: string }[] {
  const blocks = readFileSync(API, 'utf8').matchAll(/@code\n([^]*?)\n \* @endcode/g);
  return Array.from(blocks, ([, block]) => {
    const text = block!.replaceAll(/^ \* ?/gm, '');
    return { file: /^(?:\/\/|#) (\S+\.\w+)$/m.exec(text.split('\n')[0]!)?.[1] ?? '', text };
  });
}

/** Makes a module of all the examples. */
function makeModule(folder: string): void {
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write('my_module.info.yml', 'name: Mine\ntype: module\ncore_version_requirement: ^10 || ^11\n');
  for (const { file, text } of examples())
    if (file !== '') write(file, file.endsWith('.php') ? `<?php\n${text}\n` : `${text}\n`);
  const hooks = readFileSync(API, 'utf8').match(/^function hook_[^]*?^\}$/gm) ?? [];
  expect(hooks).toHaveLength(3);
  write(
    'my_module.module',
    `<?php\n${hooks.join('\n').replaceAll('function hook_', 'function my_module_')}\n`,
  );
}
