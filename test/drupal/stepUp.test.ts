// A login, a registration or a comment that has to be confirmed by a mailed code, in a real Drupal.

import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { axeFinds, noBrowser, openBrowser, personAt, says, send, signIn, tryToSignIn } from './people.ts';

const reason = missing ?? noBrowser;

describe.skipIf(reason !== undefined)(
  `a mailed code${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let site: DrupalSite;
    let browser: Browser;

    const person = (ip: string): Promise<BrowserContext> => personAt(browser, site.url, ip);
    const decide = (ip: string): string =>
      site.php(`\\Drupal::service('parapet.decisions')->block('${ip}', 'step-up', 3600, 'odd');`);
    /** The codes that were mailed to somebody, the newest last. */
    const codesOf = (mail: string): string[] =>
      site
        .php(
          `foreach (\\Drupal::state()->get('system.test_mail_collector') ?? [] as $one) if ($one['to'] === '${mail}') echo $one['subject'], "\\n";`,
        )
        .split('\n')
        .flatMap((line) => /(\d{4} \d{4})/.exec(line)?.[1] ?? []);
    const read = new Map<string, number>();
    /** The next code that somebody gets; what a request has kept can be seen a little after its answer. */
    const nextCode = async (mail: string): Promise<string> => {
      const before = read.get(mail) ?? 0;
      await expect.poll(() => codesOf(mail).length, { timeout: 30_000 }).toBeGreaterThan(before);
      const codes = codesOf(mail);
      read.set(mail, before + 1);
      return codes[before]!;
    };
    const press = (page: Page, name: string): Promise<void> => send(page, page.getByRole('button', { name }));
    const enter = async (page: Page, code: string): Promise<void> => {
      await page.fill('[name=code]', code);
      await press(page, 'Log in');
    };
    const isIn = async (context: BrowserContext): Promise<boolean> =>
      (await (await context.newPage()).goto('/user/1/edit'))?.status() === 200;

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`
      \\Drupal::service('module_installer')->install(['parapet']);
      \\Drupal::configFactory()->getEditable('system.mail')->set('interface.default', 'test_mail_collector')->save();
      \\Drupal::configFactory()->getEditable('user.settings')->set('register', 'visitors')->save();
      \\Drupal::configFactory()->getEditable('parapet.settings')->set('forms.least_seconds', 0)->save();
      $admin = \\Drupal\\user\\Entity\\User::load(1)->setPassword('right')->setEmail('admin@example.org');
      $admin->save();
      \\Drupal\\user\\Entity\\User::create(['name' => 'reader', 'mail' => 'reader@example.org', 'status' => 1, 'pass' => 'right'])->save();`);
      browser = await openBrowser();
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await site?.stop();
    }, 180_000);

    it('ends a login that is odd, once, and only in the browser that began it', async () => {
      const ip = '203.0.113.80';
      decide(ip);
      const context = await person(ip);
      const page = await tryToSignIn(context, 'admin');
      await page.waitForURL(/\/user\/login\/code$/);
      await says(page, 'a…@example.org');
      expect(await isIn(context)).toBe(false);
      const first = await nextCode('admin@example.org');
      expect(first).toMatch(/^\d{4} \d{4}$/);
      // Only a hash is kept.
      const kept = site.php(
        `echo json_encode(\\Drupal\\parapet\\Tables::connection()->query('select * from {parapet_bucket}')->fetchAll());`,
      );
      expect(kept).not.toContain(first.replace(' ', ''));
      // Elsewhere it is worth nothing.
      const thief = await person('203.0.113.81');
      const other = await thief.newPage();
      await other.goto('/user/login/code');
      expect(other.url()).toMatch(/\/user\/login$/);
      await thief.close();
      await enter(page, '0000 0000');
      await says(page, 'This is not the code');
      expect(await page.getAttribute('[name=code]', 'aria-invalid')).toBe('true');
      await press(page, 'Send a new code');
      await says(page, 'A new code was sent.');
      await enter(page, first);
      await says(page, 'This is not the code');
      await enter(page, await nextCode('admin@example.org'));
      await page.waitForURL(/\/user\/1(?:\?|$)/);
      expect(await isIn(context)).toBe(true);
      // Whoever has confirmed is not asked again in this session.
      expect(
        site.php(
          `echo \\Drupal\\parapet\\Tables::connection()->query('select count(*) from {parapet_bucket} where at > ' . (time() + 60))->fetchField();`,
        ),
      ).toBe('0');
      await context.close();
    });

    it('can be used by keyboard and with a screen reader', async () => {
      const ip = '203.0.113.82';
      decide(ip);
      const context = await person(ip);
      const page = await tryToSignIn(context, 'reader');
      await page.waitForURL(/\/user\/login\/code$/);
      await page.setViewportSize({ width: 320, height: 800 });
      expect(await axeFinds(page, 'form')).toEqual([]);
      await page.getByLabel('Code from the e-mail').focus();
      await page.keyboard.type(await nextCode('reader@example.org'));
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/user\/2(?:\?|$)/);
      await context.close();
    });

    it('stops guessing after five tries, and mails no more than a few', async () => {
      const ip = '203.0.113.83';
      decide(ip);
      const context = await person(ip);
      const page = await tryToSignIn(context, 'reader');
      await page.waitForURL(/\/user\/login\/code$/);
      const dead = await nextCode('reader@example.org');
      await enter(page, '1111 1111');
      await says(page, 'This is not the code');
      // Not five more by hand: whoever fails so often to sign in is banned as for wrong passwords.
      site.php(
        `\\Drupal\\parapet\\Tables::connection()->query('update {parapet_bucket} set level = level + 4 where at > ' . (time() + 60));`,
      );
      await enter(page, dead);
      await says(page, 'This is not the code');
      let last = '';
      for (let i = 0; i < 2; i++) {
        await press(page, 'Send a new code');
        await says(page, 'A new code was sent.');
        last = await nextCode('reader@example.org');
      }
      await press(page, 'Send a new code');
      await says(page, 'Too many codes were sent.');
      // The last one is still good: nobody is locked out by asking.
      await enter(page, last);
      await page.waitForURL(/\/user\/2(?:\?|$)/);
      expect(codesOf('reader@example.org')).toHaveLength(4);
      await context.close();
    });

    it('asks who registers in the same form, from a page of the cache too', async () => {
      const ip = '203.0.113.84';
      await site.ask({ ip: '203.0.113.1', path: '/user/register' });
      decide(ip);
      const context = await person(ip);
      const page = await context.newPage();
      await page.goto('/user/register');
      await page.fill('[name=mail]', 'new@example.org');
      await page.fill('[name=name]', 'newcomer');
      await send(page);
      await says(page, 'Please confirm that it is you. A code was sent to n…@example.org');
      expect(await page.inputValue('[name=name]')).toBe('newcomer');
      expect(site.php(`echo (int) (bool) user_load_by_name('newcomer');`)).toBe('0');
      await page.fill('[name=parapet_code]', await nextCode('new@example.org'));
      await send(page);
      await says(page, 'A welcome message');
      expect(site.php(`echo (int) (bool) user_load_by_name('newcomer');`)).toBe('1');
      await context.close();
    });

    it('is asked for when the engine says so, and keeps nobody out when no mail can be sent', async () => {
      const engine = http.createServer((_, res) => {
        res.writeHead(204, { 'X-Parapet-Step-Up': 'odd' }).end();
      });
      await once(engine.listen(0, '127.0.0.1'), 'listening');
      const { port } = engine.address() as AddressInfo; // it listens on TCP
      const settings = `\\Drupal::configFactory()->getEditable('parapet.settings')->set('engine.ask_milliseconds', 1000)`;
      site.php(`${settings}->set('engine.ask', 'http://127.0.0.1:${port}')->save();`);
      const context = await person('203.0.113.85');
      const page = await tryToSignIn(context, 'reader');
      await page.waitForURL(/\/user\/login\/code$/);
      const byApplication = await fetch(`${site.url}/user/login?_format=json`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.86' },
        body: JSON.stringify({ name: 'reader', pass: 'right' }),
      });
      expect([byApplication.status, await byApplication.text()]).toEqual([
        403,
        expect.stringContaining('sign in with a browser'),
      ]);
      site.php(
        `\\Drupal::configFactory()->getEditable('system.mail')->set('interface.default', 'php_mail')->save();`,
      );
      site.settings(`ini_set('sendmail_path', '/bin/false');\n`);
      const admin = await person('203.0.113.87');
      await expect
        .poll(
          async () => {
            const tried = await tryToSignIn(admin, 'admin');
            return new URL(tried.url()).pathname;
          },
          { timeout: 30_000 },
        )
        .toBe('/user/1');
      await admin.close();
      await context.close();
      engine.close();
      site.php(`${settings}->set('engine.ask', '')->save();`);
    });

    it('is not asked of anybody else', async () => {
      const context = await person('203.0.113.88');
      const page = await signIn(context, 'reader');
      expect(new URL(page.url()).pathname).toBe('/user/2');
      await context.close();
    });
  },
);
