// The module in a real Drupal, with real requests and a browser.

import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { noBrowser, openBrowser, personAt, says, signIn } from './people.ts';

const reason = missing ?? noBrowser;
const OPERATOR = '198.51.100.7';
const PARAPET = path.join(import.meta.dirname, '../../packages/cli/bin/parapet.js');

describe.skipIf(reason !== undefined)(
  `a real Drupal${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let site: DrupalSite;
    let browser: Browser;

    const setting = (key: string, php: string): string =>
      site.php(`\\Drupal::configFactory()->getEditable('parapet.settings')->set('${key}', ${php})->save();`);
    const lift = (value: string): string =>
      site.php(`echo implode(',', \\Drupal::service('parapet.decisions')->lift('${value}'));`);
    const inForce = (): string =>
      site.php(
        `foreach (\\Drupal::service('parapet.decisions')->rows(TRUE, 99) as $row) echo $row['value'], ' ', $row['scenario'], "\\n";`,
      );
    const person = (ip: string): Promise<BrowserContext> => personAt(browser, site.url, ip);
    const failLogin = async (ip: string, name: string): Promise<number> => {
      const { text } = await site.ask({ ip, path: '/user/login' });
      const build = /form_build_id" value="([^"]+)"/.exec(text)?.[1] ?? '';
      const form = { name, pass: 'wrong', form_id: 'user_login_form', form_build_id: build, op: 'Log in' };
      const { status } = await site.ask({ ip, path: '/user/login', form });
      await pause(100); // what a request tells is told after its answer
      return status;
    };

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`
      \\Drupal::service('module_installer')->install(['parapet', 'ban', 'comment', 'contact']);
      $admin = \\Drupal\\user\\Entity\\User::load(1)->setPassword('right');
      $admin->save();
      \\Drupal\\user\\Entity\\Role::create(['id' => 'trusted', 'label' => 'Trusted'])->save();
      user_role_grant_permissions('trusted', ['bypass parapet']);
      foreach (['editor' => 'trusted', 'reader' => NULL] as $name => $role) {
        $user = \\Drupal\\user\\Entity\\User::create(['name' => $name, 'mail' => "$name@example.org", 'status' => 1, 'pass' => 'right']);
        if ($role) { $user->addRole($role); }
        $user->save();
      }
    `);
      browser = await openBrowser();
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await site?.stop();
    }, 60_000);

    it('installs settings that its own schema accepts', () => {
      const violations = site.php(
        `foreach (\\Drupal::service('config.typed')->createFromNameAndData('parapet.settings', \\Drupal::config('parapet.settings')->getRawData())->validate() as $one) echo $one->getPropertyPath(), ': ', $one->getMessage();`,
      );
      expect(violations).toBe('');
    });

    it('answers everybody else as before, from the cache and not', async () => {
      const ip = '203.0.113.1';
      await site.ask({ ip, path: '/' });
      const second = await site.ask({ ip, path: '/' });
      expect([second.status, second.header('X-Drupal-Cache')]).toEqual([200, 'HIT']);
      expect((await site.ask({ ip, path: '/no-such-page' })).status).toBe(404);
      expect((await site.ask({ ip, path: '/' })).status).toBe(200);
    });

    describe('the perimeter', () => {
      it('bans on the first request, on cached pages and on others, and nobody else', async () => {
        const ip = '203.0.113.10';
        const tripped = await site.ask({
          ip,
          path: '/wp-admin/setup',
          headers: { Referer: 'http://evil.example/' },
        });
        expect([tripped.status, tripped.header('X-Parapet-Cause')]).toEqual([403, 'ban']);
        expect(tripped.text).toContain('Access is blocked');
        for (const target of ['/', '/user/login'])
          expect((await site.ask({ ip, path: target })).status).toBe(403);
        expect((await site.ask({ ip: '203.0.113.11', path: '/' })).status).toBe(200);
        const log = site.php(
          `foreach (\\Drupal::database()->query("select message, variables from {watchdog} where type = 'parapet'") as $row) echo strtr($row->message, array_map('strval', unserialize($row->variables))), "\\n";`,
        );
        expect(log).toMatch(
          /Banned 203\.0\.113\.10: http\S+\/wp-admin\/setup is like .* Referrer: http:\/\/evil\.example\/\. User agent: \w+/,
        );
      });

      it('hears of files that core answers in short, and of missing pages from the cache', async () => {
        expect((await site.ask({ ip: '203.0.113.12', path: '/login.asp' })).status).toBe(403);
        // A page that somebody trusted has put into the cache.
        setting('allowlist', `['203.0.113.13']`);
        await site.ask({ ip: '203.0.113.13', path: '/my_blogs/1' });
        const cached = await site.ask({ ip: '203.0.113.13', path: '/my_blogs/1' });
        expect([cached.status, cached.header('X-Drupal-Cache')]).toEqual([404, 'HIT']);
        expect((await site.ask({ ip: '203.0.113.14', path: '/my_blogs/1' })).status).toBe(403);
      });

      it('lets as many through as the threshold says', async () => {
        setting('perimeter.flood_threshold', '2');
        const statuses: number[] = [];
        for (let i = 0; i < 3; i++)
          statuses.push((await site.ask({ ip: '203.0.113.15', path: `/${i}.aspx` })).status);
        setting('perimeter.flood_threshold', '0');
        expect(statuses).toEqual([404, 404, 403]);
      });

      it('never bans a private address, which is a proxy that nobody named', async () => {
        expect((await site.ask({ ip: '10.1.2.3', path: '/wp-login.phpx' })).status).toBe(404);
        expect((await site.ask({ ip: '10.1.2.3', path: '/' })).status).toBe(200);
      });

      it('tells Ban, where that is wanted', async () => {
        setting('mirror.ban', 'TRUE');
        await site.ask({ ip: '203.0.113.16', path: '/x.jsp' });
        const isBanned = `echo (int) \\Drupal::service('ban.ip_manager')->isBanned('203.0.113.16');`;
        expect(site.php(isBanned)).toBe('1');
        lift('203.0.113.16');
        expect(site.php(isBanned)).toBe('0');
        setting('mirror.ban', 'FALSE');
      });
    });

    it('bans who tries passwords, also on cached pages', async () => {
      const ip = '203.0.113.20';
      for (let i = 0; i < 5; i++) await failLogin(ip, 'admin');
      const tryAgain = async (): Promise<number> => {
        await failLogin(ip, 'admin');
        return (await site.ask({ ip, path: '/' })).status;
      };
      await expect.poll(tryAgain, { timeout: 30_000, interval: 500 }).toBe(403);
      expect(inForce()).toContain(`${ip} drupal/auth-bruteforce`);
    });

    it('refuses forms that programs fill in, and bans who fills in what nobody sees', async () => {
      const ip = '203.0.113.21';
      const { text } = await site.ask({ ip, path: '/user/register' });
      const value = (name: string): string =>
        new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
      const form = {
        mail: 'a@example.org',
        name: 'robot',
        form_id: 'user_register_form',
        form_build_id: value('form_build_id'),
        parapet_rendered: value('parapet_rendered'),
        op: 'Create new account',
      };
      const fast = await site.ask({ ip, path: '/user/register', form });
      expect(fast.text).toMatch(/That was very fast|could not be accepted/);
      await site.ask({ ip, path: '/user/register', form: { ...form, parapet_homepage: 'http://x' } });
      await expect
        .poll(async () => (await site.ask({ ip, path: '/' })).status, { timeout: 30_000 })
        .toBe(403);
      expect(site.php(`echo (int) (bool) user_load_by_name('robot');`)).toBe('0');
    });

    it('takes forms of old pages whatever key was set since, and forms with a foreign stamp the second time', async () => {
      const ip = '203.0.113.22';
      const fields = ['form_build_id', 'parapet_rendered'] as const;
      const read = (text: string): Record<string, string> => ({
        ...{ mail: 'late@example.org', name: 'latecomer', form_id: 'user_register_form' },
        ...Object.fromEntries(
          fields.map((name) => [name, new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '']),
        ),
        op: 'Create new account',
      });
      const isThere = (): string => site.php(`echo (int) (bool) user_load_by_name('latecomer');`);
      const least = site.php(
        `$forms = \\Drupal::configFactory()->getEditable('parapet.settings'); echo $forms->get('forms.least_seconds'); $forms->set('forms.least_seconds', 0)->save();`,
      );
      const kept = read((await site.ask({ ip, path: '/user/register' })).text);
      // A gateway's key that is set later changes nothing for pages that lie in caches.
      site.settings(`$settings['parapet_gateway_key'] = '${'ab'.repeat(32)}';\n`);
      site.php(`\\Drupal::service('parapet.site')->writeGuard();`);
      await expect
        .poll(() => site.php(`echo \\Drupal::service('parapet.site')->secret();`))
        .toBe('ab'.repeat(32));
      const forged = { ...kept, parapet_rendered: kept['parapet_rendered']!.replace(/.$/, '-') };
      const refused = await site.ask({ ip, path: '/user/register', form: forged });
      expect(refused.text).toContain('The form could not be accepted. Please send it again.');
      expect(isThere()).toBe('0');
      const again = await site.ask({ ip, path: '/user/register', form: read(refused.text) });
      expect([again.status, isThere()]).toEqual([303, '1']);
      site.php(`user_load_by_name('latecomer')->delete();`);
      expect((await site.ask({ ip, path: '/user/register', form: kept })).status).toBe(303);
      expect(isThere()).toBe('1');
      site.settings(`unset($settings['parapet_gateway_key']);\n`);
      site.php(
        `\\Drupal::configFactory()->getEditable('parapet.settings')->set('forms.least_seconds', ${least})->save(); \\Drupal::service('parapet.site')->writeGuard();`,
      );
    });

    it('never stops people who may bypass, and stops others at the same address', async () => {
      const ip = '203.0.113.30';
      const trusted = await person(ip);
      const page = await signIn(trusted, 'editor');
      const reader = await person(ip);
      await signIn(reader, 'reader');
      site.php(`\\Drupal::service('parapet.decisions')->block('${ip}', 'ban', 3600, 'test');`);
      expect((await page.goto('/'))?.status()).toBe(200);
      expect((await page.goto('/wp-admin/by-mistake'))?.status()).toBe(404);
      const other = await reader.newPage();
      expect((await other.goto('/'))?.status()).toBe(403);
      expect(lift(ip)).toMatch(/^[0-9a-f]{8}$/);
      expect((await other.goto('/'))?.status()).toBe(200);
      await trusted.close();
      await reader.close();
    });

    it('is configured in the backend: patterns with a tester, allowlist, settings', async () => {
      const context = await person(OPERATOR);
      const page = await signIn(context, 'admin');
      await page.goto('/admin/config/system/parapet/perimeter');
      await page.fill('[name=path]', '/wp-login.php');
      await page.click('[name=test]');
      await page.waitForSelector('#parapet-answer');
      expect(await page.innerText('#parapet-answer')).toBe(String.raw`/wp-login.php is like /\/wp-login.*/.`);
      await page.fill('[name=patterns]', '/a/b/');
      await page.locator('#edit-submit:visible').last().click();
      await says(page, 'which is no flag');
      await page.goto('/admin/config/system/parapet/allowlist');
      await page.fill('[name=allowlist]', '203.0.113.300');
      await page.locator('#edit-submit:visible').last().click();
      await says(page, '203.0.113.300 is neither an address nor a range.');
      await page.goto('/admin/config/system/parapet');
      await page.fill('[name=contact]', 'Write to owner@example.org');
      await page.locator('#edit-submit:visible').last().click();
      await says(page, 'The configuration options have been saved.');
      await page.goto('/admin/reports/parapet/block');
      await page.fill('[name=value]', OPERATOR);
      await page.locator('#edit-submit:visible').last().click();
      await says(page, 'This would stop yourself');
      await page.fill('[name=value]', '203.0.113.40');
      await page.locator('#edit-submit:visible').last().click();
      await says(page, '203.0.113.40 is blocked');
      const stopped = await site.ask({ ip: '203.0.113.40', path: '/' });
      expect([stopped.status, stopped.text.includes('owner@example.org')]).toEqual([403, true]);
      await page.goto('/admin/reports/parapet');
      expect(await page.getByRole('img', { name: /by day: .*\d{4}-\d\d-\d\d: \d+/ }).count()).toBe(1);
      expect(await page.innerText('#parapet-in-force')).toContain('by admin');
      await page.setViewportSize({ width: 390, height: 800 });
      const box = await page.locator('#parapet-in-force').boundingBox();
      expect(box!.x + box!.width).toBeLessThanOrEqual(390);
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.click('#parapet-in-force tr:has-text("203.0.113.40") a');
      await page.locator('#edit-submit:visible').last().click();
      await says(page, '203.0.113.40 may come in again.');
      expect((await site.ask({ ip: '203.0.113.40', path: '/' })).status).toBe(200);
      expect((await page.goto('/admin/reports/status'))?.status()).toBe(200);
      expect(await page.innerText('body')).toMatch(/Parapet\s+On/);
      expect((await page.goto('/admin/help/parapet'))?.status()).toBe(200);
      await context.close();
    });

    it('lets a browser pass that shows what it is, and no program', async () => {
      const ip = '203.0.113.50';
      site.php(`\\Drupal::service('parapet.decisions')->block('${ip}', 'captcha', 3600, 'test');`);
      const program = await site.ask({ ip, path: '/', headers: { Accept: '*/*' } });
      expect([program.status, program.text.includes('has to come from a browser')]).toEqual([403, true]);
      const context = await person(ip);
      const page = await context.newPage();
      const violations: string[] = [];
      page.on('console', (message) =>
        violations.push(...(message.type() === 'error' ? [message.text()] : [])),
      );
      await page.goto('/user/login');
      await page.waitForSelector('[name=pass]', { timeout: 60_000 });
      expect(violations.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
      expect((await context.cookies()).map(({ name }) => name)).toContain('parapet_pass');
      await context.close();
    });

    it('takes decisions from an engine by its file, and by its local API', async () => {
      const file = path.join(site.folder, '../engine.bin');
      const ban = (range: string, record: string): string =>
        site.php(`
      use Drupal\\parapet\\Core\\Decisions\\{Decision, SnapshotWriter};
      $one = new Decision('range', '${range}', 'ban', 'crowdsecurity/http-probing', 'crowdsec', time() + 600, '${record}');
      SnapshotWriter::replace('${file}', SnapshotWriter::encode([$one], [], 1, time()));`);
      ban('203.0.112.0/25', 'c0ffee01');
      setting('engine.decisions_file', `'${file}'`);
      setting('mode', `'file'`);
      const stopped = await site.ask({ ip: '203.0.112.9', path: '/' });
      expect([stopped.status, stopped.header('X-Parapet-Record')]).toEqual([403, 'c0ffee01']);
      // What a process remembers of a file ends with the file.
      fs.utimesSync(file, 1_700_000_000, 1_700_000_000);
      for (let i = 0; i < 3; i++)
        expect((await site.ask({ ip: '203.0.112.129', path: '/' })).status).toBe(200);
      ban('203.0.112.128/25', 'c0ffee03');
      expect((await site.ask({ ip: '203.0.112.129', path: '/' })).status).toBe(403);
      expect((await site.ask({ ip: '203.0.112.9', path: '/' })).status).toBe(200);
      fs.writeFileSync(file, 'damaged');
      expect((await site.ask({ ip: '203.0.112.9', path: '/' })).status).toBe(200);

      const asked: string[] = [];
      const api = http.createServer((req, res) => {
        asked.push(`${req.url} ${String(req.headers['x-api-key'])}`);
        const row = {
          scope: 'Ip',
          value: '203.0.112.200',
          type: 'ban',
          duration: '10m',
          scenario: 'x',
          origin: 'cscli',
          uuid: 'c0ffee02-0000',
        };
        res.end(JSON.stringify({ new: [row], deleted: null }));
      });
      await once(api.listen(0, '127.0.0.1'), 'listening');
      const { port } = api.address() as AddressInfo; // it listens on TCP
      setting('engine.url', `'http://127.0.0.1:${port}'`);
      setting('mode', `'remote'`);
      await site.ask({ ip: '203.0.112.1', path: `/user/login?${Math.random()}` });
      await pause(500); // asked after the answer
      expect(asked).toEqual(['/v1/decisions/stream?startup=true KEY']);
      expect((await site.ask({ ip: '203.0.112.200', path: '/' })).header('X-Parapet-Record')).toBe(
        'c0ffee02',
      );
      api.close();
      setting('mode', `'standalone'`);
    });

    it('tells what no log shows, by datagram', async () => {
      const socket = createSocket('udp4');
      const records: { type: string; ip?: string; user?: string; attributes?: Record<string, unknown> }[] =
        [];
      socket.on('message', (datagram) => {
        for (const line of datagram.toString().split('\n'))
          records.push(JSON.parse(line) as (typeof records)[number]); // from the module
      });
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      setting('engine.signals_address', `'udp:127.0.0.1:${socket.address().port}'`);
      const ip = '203.0.113.60';
      await site.ask({ ip, path: '/nothing-here' });
      await site.ask({ ip, path: '/admin/people' });
      await failLogin(ip, 'admin');
      await failLogin(ip, 'nobody-of-that-name');
      const json = { 'Content-Type': 'application/json', Accept: 'application/json' };
      const byApplication = await fetch(`${site.url}/user/login?_format=json`, {
        method: 'POST',
        headers: { ...json, 'X-Forwarded-For': '203.0.113.62' },
        body: JSON.stringify({ name: 'admin', pass: 'wrong' }),
      });
      expect(byApplication.status).toBe(400);
      const writer = await person('203.0.113.63');
      const contact = await writer.newPage();
      await contact.goto('/contact');
      await contact.fill('[name=name]', 'Ada');
      await contact.fill('[name=mail]', 'ada@example.org');
      await contact.fill('[name="subject[0][value]"]', 'A question');
      await contact.fill('[name="message[0][value]"]', 'When are you open?');
      await contact.waitForTimeout(3100); // a person takes longer
      await contact.locator('#edit-submit:visible').last().click();
      await says(contact, 'Your message has been sent.');
      await writer.close();
      const context = await person('203.0.113.61');
      await signIn(context, 'reader');
      await context.close();
      site.php(`
      $reader = user_load_by_name('reader');
      $reader->addRole('trusted')->save();
      \\Drupal::service('module_installer')->install(['help']);
      \\Drupal\\user\\Entity\\User::create(['name' => 'new', 'mail' => 'new@mail.example', 'status' => 1])->save();
      user_role_grant_permissions('trusted', ['administer nodes']);
      \\Drupal::service('parapet.signals')->flush();`);
      await pause(500);
      socket.close();
      setting('engine.signals_address', `''`);
      // The engine takes each of them.
      const told = path.join(site.folder, '../signals.ndjson');
      fs.writeFileSync(told, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      const args = [PARAPET, 'replay', told, '--type', 'signal', '--json'];
      // It ends with 1 when that is enough for an alert, as on a machine that is slow.
      const replay = spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
      expect(JSON.parse(replay)).toMatchObject({ lines: records.length, unparsed: 0 });
      const find = (type: string): (typeof records)[number] | undefined =>
        records.find((one) => one.type === type);
      expect(find('page.missing')).toMatchObject({ ip, attributes: { path: '/nothing-here', status: 404 } });
      expect(find('access.denied')).toMatchObject({
        ip,
        attributes: { route: 'entity.user.collection', permission: 'administer users', roles: ['anonymous'] },
      });
      expect(find('login.failed')).toMatchObject({
        ip,
        attributes: { account_exists: true, account_blocked: false },
      });
      expect(records.filter(({ type }) => type === 'login.failed')[1]).toMatchObject({
        attributes: { account_exists: false },
      });
      expect(records.find(({ ip: from }) => from === '203.0.113.62')).toMatchObject({
        type: 'login.failed',
        attributes: { route: 'user.login.http', account_exists: true },
      });
      expect(find('form.submitted')).toMatchObject({ attributes: { fill_ms: expect.any(Number) } });
      expect(find('text.submitted')).toMatchObject({
        attributes: { form: 'contact', text: 'A question\nWhen are you open?' },
      });
      expect(find('login.ok')).toMatchObject({
        ip: '203.0.113.61',
        user: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      expect(find('role.granted')).toMatchObject({ attributes: { roles: ['trusted'] } });
      expect(find('account.created')).toMatchObject({ attributes: { mail_domain: 'mail.example' } });
      expect(find('permission.changed')).toMatchObject({ attributes: { permissions: ['administer nodes'] } });
      expect(find('page.served')).toMatchObject({ attributes: { status: expect.any(Number) } });
      expect(JSON.stringify(records)).not.toContain('reader@');
      expect(JSON.stringify(records)).not.toMatch(/"(?:reader|nobody-of-that-name)"/);
    });

    it('stays up when its folder cannot be read, and mends it', async () => {
      fs.rmSync(path.join(site.folder, 'guard.json'));
      expect((await site.ask({ ip: '203.0.113.10', path: '/' })).status).toBe(200);
      expect((await site.ask({ ip: '203.0.113.70', path: '/' })).status).toBe(200);
      await site.ask({ ip: '203.0.113.70', path: `/user/login?${Math.random()}` });
      await pause(300);
      expect(fs.existsSync(path.join(site.folder, 'guard.json'))).toBe(true);
    });

    it('brings its translations along, and a German site finds them', () => {
      const words = site.php(`
      \\Drupal::service('module_installer')->install(['locale']);
      \\Drupal\\language\\Entity\\ConfigurableLanguage::createFromLangcode('de')->save();
      \\Drupal::moduleHandler()->loadInclude('locale', 'inc', 'locale.translation');
      \\Drupal::moduleHandler()->loadInclude('locale', 'inc', 'locale.compare');
      \\Drupal::moduleHandler()->loadInclude('locale', 'inc', 'locale.bulk');
      locale_translation_flush_projects();
      $source = locale_translation_source_build(locale_translation_get_projects(['parapet'])['parapet'], 'de');
      $file = locale_translation_source_check_file($source);
      \\Drupal\\locale\\Gettext::fileToDatabase((object) ['uri' => $file->uri, 'langcode' => 'de'], ['overwrite_options' => [], 'customized' => 0]);
      \\Drupal::service('string_translator.locale.lookup')->reset();
      echo t('Unblock', [], ['langcode' => 'de']), ' ', \\Drupal::translation()->formatPlural(3, '1 decision', '@count decisions', [], ['langcode' => 'de']);`);
      expect(words).toBe('Freigeben 3 Entscheidungen');
    });

    it('leaves nothing behind when it is uninstalled', async () => {
      fs.writeFileSync(path.join(site.folder, 'of-somebody-else'), '');
      const left = site.php(`
      \\Drupal::service('module_installer')->uninstall(['parapet']);
      foreach (\\Drupal::database()->schema()->findTables('parapet%') as $table) echo $table;
      foreach (glob('sites/default/files/.sqlite-*parapet*') as $file) echo $file;
      foreach (\\Drupal::configFactory()->listAll('parapet') as $name) echo $name;
      foreach (\\Drupal::database()->query("select name from {key_value} where name like 'parapet%' or collection like 'parapet%'")->fetchCol() as $name) echo $name;
      foreach (\\Drupal::database()->query("select name from {key_value_expire} where collection like 'parapet%'")->fetchCol() as $name) echo $name;
      foreach (\\Drupal\\user\\Entity\\Role::loadMultiple() as $role) foreach ($role->getPermissions() as $one) if (str_contains($one, 'parapet')) echo $one;`);
      expect(left).toBe('');
      expect(fs.readdirSync(site.folder)).toEqual(['of-somebody-else']);
      expect((await site.ask({ ip: '203.0.113.10', path: '/' })).status).toBe(200);
    });
  },
);
