// A real Drupal with a real engine, its gateway in front, and one of CrowdSec's bouncers: what people decide in the
// backend holds everywhere, also when the engine was away.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freePort,
  hasPrograms,
  newFolder,
  startProgram,
  until,
  untilListening,
  type Program,
} from '../../packages/cli/test/gateway/programs.ts';
import { isBuilt } from '../../packages/cli/test/gateway/stack.ts';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { noDrush, runDrush } from './drush.ts';
import { noBrowser, openBrowser, personAt, says, send, signIn } from './people.ts';

const PARAPET = path.join(import.meta.dirname, '../../packages/cli/bin/parapet.js');
const reason =
  missing ??
  noBrowser ??
  (hasPrograms('crowdsec-custom-bouncer') ? undefined : 'crowdsec-custom-bouncer is not installed') ??
  (isBuilt ? undefined : 'dist is not built');
const OPERATOR = '198.51.100.7';

describe.skipIf(reason !== undefined)(
  `Drupal, an engine, its gateway and a bouncer${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const { folder, remove } = newFolder();
    const dataDir = path.join(folder, 'data');
    const told = path.join(folder, 'told.txt');
    let site: DrupalSite;
    let browser: Browser;
    let engine: Program;
    let bouncer: Program | undefined;
    let port = 0;

    const parapet = (...args: readonly string[]): string =>
      spawnSync(process.execPath, [PARAPET, ...args, '--data-dir', dataDir], { encoding: 'utf8' }).stdout;
    const startEngine = async (): Promise<void> => {
      engine = startProgram(process.execPath, [
        ...[PARAPET, 'up', '--upstream', site.url, '--port', String(port)],
        ...['--config', path.join(folder, 'parapet.yaml'), '--data-dir', dataDir],
      ]);
      await engine.says('The site is protected at');
      await untilListening(port, engine);
    };
    /** A file that the web server answers without asking Drupal: who is stopped is stopped by the gateway. */
    const atGateway = async (ip: string): Promise<{ status: number; text: string }> => {
      const answer = await fetch(`http://127.0.0.1:${port}/core/misc/druplicon.png`, {
        headers: { 'X-Forwarded-For': ip, Accept: 'text/html' },
      });
      return { status: answer.status, text: await answer.text() };
    };
    const gatewaySays = (ip: string, status: number): Promise<void> =>
      until(
        async () => (await atGateway(ip)).status === status,
        () => `${ip} never got ${status}:\n${engine.text()}`,
      );
    const bouncerIsTold = (line: string): Promise<void> =>
      until(
        () => fs.readFileSync(told, 'utf8').includes(`${line}\n`),
        () => `the bouncer never heard "${line}":\n${fs.readFileSync(told, 'utf8')}${bouncer?.text()}`,
      );
    const decisions = (value: string): { lifted?: { by: string } }[] =>
      JSON.parse(parapet('decisions', 'list', '--all', '--value', value, '--json')) as {
        lifted?: { by: string };
      }[];
    const inDrupal = async (ip: string): Promise<number> => (await site.ask({ ip, path: '/' })).status;

    beforeAll(async () => {
      site = await startDrupal();
      port = await freePort();
      const lapi = await freePort();
      fs.writeFileSync(
        path.join(folder, 'parapet.yaml'),
        `gateway: { trusted_proxies: [127.0.0.1], workers: 1 }
lapi: { listen: ['127.0.0.1:${lapi}'] }
api: { listen: ['unix:${folder}/api.sock'] }
inspection: { mode: off }
`,
      );
      const scopes = ['signals:write', 'decisions:write'];
      const token = parapet('tokens', 'add', 'drupal', '--scope', ...scopes, '-o', 'raw').trim();
      const key = parapet('bouncers', 'add', 'custom', '-o', 'raw').trim();
      site.settings(`$settings['parapet_api_token'] = '${token}';\n`);
      site.php(`
      \\Drupal::service('module_installer')->install(['parapet']);
      \\Drupal\\user\\Entity\\User::load(1)->setPassword('right')->save();
      \\Drupal::configFactory()->getEditable('parapet.settings')->set('engine.api_url', 'unix:${folder}/api.sock')->save();`);
      await startEngine();
      fs.writeFileSync(told, '');
      const script = path.join(folder, 'told.sh');
      fs.writeFileSync(script, `#!/bin/sh\necho "$1 $2" >> ${told}\n`, { mode: 0o755 });
      fs.writeFileSync(
        path.join(folder, 'bouncer.yaml'),
        `bin_path: ${script}\npiddir: ${folder}/\nupdate_frequency: 1s\ndaemonize: false\nlog_mode: stdout\nlog_level: info\napi_url: http://127.0.0.1:${lapi}/\napi_key: ${key}\ncache_retention_duration: 1s\nprometheus: {enabled: false}\n`,
      );
      bouncer = startProgram('crowdsec-custom-bouncer', ['-c', path.join(folder, 'bouncer.yaml')]);
      browser = await openBrowser();
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await bouncer?.stop();
      await engine?.stop();
      await site?.stop();
      remove();
    }, 60_000);

    it('is said to be reached only when it was asked and has answered', async () => {
      const settings = '/admin/config/system/parapet';
      const turn = `echo \\Drupal::service('parapet.engine')->exchange(\\Drupal::service('parapet.decisions'), time());`;
      const context = await personAt(browser, site.url, OPERATOR);
      const page = await signIn(context, 'admin');
      const report = (): string =>
        site.php(`
        \\Drupal::moduleHandler()->loadInclude('parapet', 'install');
        ['value' => $value, 'description' => $description] = parapet_requirements('runtime')['parapet_engine'];
        echo "$value. $description";`);
      await page.goto(settings);
      await send(page);
      await says(page, 'The engine answered.');
      await expect
        .poll(() => site.php(turn) + report())
        .toMatch(/^Nothing waits for it\. It answered \d+ sec/);
      await engine.stop();
      expect(site.php(turn) + report()).toMatch(/^Nothing waits for it\. It answered \d+ sec/);
      await page.goto(settings);
      await send(page);
      await says(page, 'The engine cannot be used yet:');
      expect(report()).toMatch(/^unix:.*api\.sock/);
      await startEngine();
      await page.goto(settings);
      await send(page);
      await says(page, 'The engine answered.');
      expect(report()).toBe('Reached. ');
      await context.close();
    });

    it('stops at the gateway, in Drupal and in the bouncer whom the backend blocks, and lets in again', async () => {
      const ip = '203.0.113.40';
      await gatewaySays(ip, 200);
      const context = await personAt(browser, site.url, OPERATOR);
      const page = await signIn(context, 'admin');
      await page.goto('/admin/reports/parapet/block');
      await page.fill('[name=value]', ip);
      await page.fill('[name=reason]', 'spams the shop');
      await send(page);
      await says(page, `${ip} is blocked`);
      const stopped = await site.ask({ ip, path: '/' });
      expect(stopped.status).toBe(403);
      await gatewaySays(ip, 403);
      await bouncerIsTold(`add ${ip}`);
      // One record, whoever shows it.
      expect((await atGateway(ip)).text).toContain(stopped.header('X-Parapet-Record'));
      await page.goto('/admin/reports/parapet');
      await page.click(`#parapet-in-force tr:has-text("${ip}") a`);
      await send(page);
      await says(page, `${ip} may come in again.`);
      await gatewaySays(ip, 200);
      await bouncerIsTold(`del ${ip}`);
      expect(await inDrupal(ip)).toBe(200);
      expect(decisions(ip)).toMatchObject([{ lifted: { by: 'admin (token drupal)' } }]);
      await context.close();
    });

    it('keeps what is decided while the engine is away, and tells it once', async () => {
      await engine.stop();
      const record = site.php(`
      $decisions = \\Drupal::service('parapet.decisions');
      echo $decisions->block('203.0.113.41', 'ban', 3600, 'while nobody listens');
      $decisions->lift($decisions->block('203.0.113.42', 'ban', 3600, 'by mistake'));`);
      expect(await inDrupal('203.0.113.41')).toBe(403);
      const waiting = `echo implode(' ', array_keys(\\Drupal::service('parapet.outbox')->waiting()));`;
      expect(site.php(waiting).split(' ')).toContain(record);
      await startEngine();
      expect((await atGateway('203.0.113.41')).status).toBe(200);
      const exchange = `echo \\Drupal::service('parapet.engine')->exchange(\\Drupal::service('parapet.decisions'), time());`;
      expect(site.php(exchange)).toBe('');
      await gatewaySays('203.0.113.41', 403);
      await bouncerIsTold('add 203.0.113.41');
      expect(site.php(waiting)).toBe('');
      // An answer that was lost: the same message again changes nothing.
      site.php(`\\Drupal::service('parapet.outbox')->added('${record}', 'admin');`);
      expect(decisions('203.0.113.41')).toHaveLength(1);
      expect(decisions('203.0.113.42')).toHaveLength(0);
      expect((await atGateway('203.0.113.42')).status).toBe(200);
    });

    it('lifts what the engine decided, and says what the engine refuses', async () => {
      parapet('decisions', 'add', '--ip', '203.0.113.43', '--duration', '1h');
      await gatewaySays('203.0.113.43', 403);
      site.php(`\\Drupal::service('parapet.decisions')->lift('203.0.113.43');`);
      await gatewaySays('203.0.113.43', 200);
      const record = site.php(
        `echo \\Drupal::service('parapet.decisions')->block('10.1.2.3', 'ban', 60, 'x');`,
      );
      const refusal = site.php(`echo \\Drupal::service('parapet.decisions')->row('${record}')['refusal'];`);
      expect(refusal).toMatch(/10\.1\.2\.3|private/);
      expect(site.php(`echo count(\\Drupal::service('parapet.outbox')->waiting());`)).toBe('0');
    });

    it.skipIf(noDrush !== '')(
      `is told all bans that Drush takes over from another module${noDrush}`,
      { timeout: 120_000 },
      async () => {
        expect(runDrush(site, 'parapet:take-over').text).toContain(
          'Neither Ban nor Advanced Ban is installed',
        );
        site.php(`
        \\Drupal::service('module_installer')->install(['ban']);
        for ($i = 1; $i <= 600; $i++) \\Drupal::service('ban.ip_manager')->banIp('203.0.' . intdiv($i, 100) . '.' . $i % 100);`);
        const taken = runDrush(site, 'parapet:take-over', '--yes');
        expect([taken.status, taken.text]).toEqual([0, expect.stringContaining('bans are taken over')]);
        const count = Number(/(\d+) bans are taken over/.exec(taken.text)![1]);
        expect(count).toBe(600);
        expect(taken.text).toContain(`${count}/${count}`);
        expect(site.php(`echo \\Drupal::service('parapet.outbox')->count();`)).toBe('0');
        await gatewaySays('203.0.1.77', 403);
        expect(runDrush(site, 'parapet:take-over', '--yes').text).toContain('None is left to be taken over');
        await engine.stop();
        const undone = runDrush(site, 'parapet:take-over', '--undo', '--yes');
        expect(undone.status).toBe(1);
        expect(undone.text).toContain(`${count} bans are lifted`);
        expect(undone.text).toContain(`Decisions that wait for it: ${count}`);
        await startEngine();
        expect(runDrush(site, 'parapet:take-over', '--undo', '--yes').text).toContain(
          'Nothing was taken over',
        );
        expect(runDrush(site, 'parapet:signals').status).toBe(0);
        await gatewaySays('203.0.1.77', 200);
      },
    );
  },
);
