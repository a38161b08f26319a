// Every kind of signal, provoked by real requests to a real Drupal, arrives in a running engine, and an alert says in a
// sentence what it means; what the engine decides then holds in Drupal, also on pages from the cache.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freePort,
  hasPrograms,
  newFolder,
  startProgram,
  until,
  type Program,
} from '../../packages/cli/test/gateway/programs.ts';
import { isBuilt } from '../../packages/cli/test/gateway/stack.ts';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';
import { noBrowser, openBrowser, personAt, says, send, signIn } from './people.ts';

const PARAPET = path.join(import.meta.dirname, '../../packages/cli/bin/parapet.js');
const OPERATOR = '198.51.100.7';
const reason =
  missing ??
  noBrowser ??
  (isBuilt ? undefined : 'dist is not built') ??
  (hasPrograms('perl') || hasPrograms('python3') ? undefined : 'neither perl nor python3 is here');

interface Told {
  readonly scenario: string;
  readonly value: string;
  readonly sentence: string;
  /** The kinds of signals that led to it. */
  readonly types: readonly string[];
}

describe.skipIf(reason !== undefined)(
  `what Drupal tells an engine${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    const { folder, remove } = newFolder();
    const dataDir = path.join(folder, 'data');
    let site: DrupalSite;
    let browser: Browser;
    let engine: Program;
    let operator: BrowserContext;
    let page: Page;
    let get: (target: string) => Promise<any>; // eslint-disable-line -- what a test looks into

    const parapet = (...args: readonly string[]): string =>
      spawnSync(process.execPath, [PARAPET, ...args, '--data-dir', dataDir], { encoding: 'utf8' }).stdout;
    const told = async (scenario: string): Promise<Told[]> => {
      const { items } = await get(`/alerts?scenario=parapet/${scenario}`);
      const found: Told[] = [];
      for (const { number } of items) {
        const one = await get(`/alerts/${number}`);
        const types = new Set<string>(
          one.events.map(({ meta }: { meta: Record<string, string> }) => meta['signal_type']),
        );
        found.push({ scenario, value: one.source.value, sentence: one.sentence, types: [...types] });
      }
      return found;
    };
    /** Waits for the alert about this address, and returns its sentence and the kinds of its signals. */
    const alert = async (
      scenario: string,
      value: string | undefined,
      isIt: (one: Told) => boolean = () => true,
    ) => {
      let last: Told[] = [];
      await until(
        async () => {
          last = await told(scenario);
          return last.some((one) => (value === undefined || one.value === value) && isIt(one));
        },
        () => `no ${scenario} about ${value}, but: ${JSON.stringify(last)}`,
        30_000,
      );
      return last.find((one) => (value === undefined || one.value === value) && isIt(one))!;
    };
    const formOf = async (ip: string, target: string): Promise<Record<string, string>> =>
      fieldsIn((await site.ask({ ip, path: target })).text);
    const logIn = async (ip: string, name: string, pass: string): Promise<number> => {
      const form = {
        ...(await formOf(ip, '/user/login')),
        form_id: 'user_login_form',
        name,
        pass,
        op: 'Log in',
      };
      return (await site.ask({ ip, path: '/user/login', form })).status;
    };

    beforeAll(async () => {
      site = await startDrupal();
      const port = await freePort();
      const config = path.join(folder, 'parapet.yaml');
      fs.writeFileSync(
        config,
        `api: { listen: ['127.0.0.1:${port}'] }\nsignals: { listen: ['unix:${folder}/signals.sock'], spool: '${folder}/spool' }\n`,
      );
      const token = parapet('tokens', 'add', 'test', '--scope', 'all', '-o', 'raw').trim();
      get = async (target) => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1${target}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return answer.json();
      };
      engine = startProgram(process.execPath, [
        ...[PARAPET, 'engine', '--config', config, '--data-dir', dataDir],
      ]);
      await engine.says('The API is at');
      // A socket holds no more than ten datagrams: what a busy engine does not read at once waits in its spool.
      site.settings(`$settings['parapet_spool'] = '${folder}/spool';\n`);
      site.php(`
      \\Drupal::service('module_installer')->install(['parapet', 'comment', 'contact', 'file', 'image']);
      \\Drupal\\user\\Entity\\User::load(1)->setPassword('right')->save();
      \\Drupal\\user\\Entity\\Role::create(['id' => 'helper', 'label' => 'Helper'])->save();
      foreach (['editor', 'target', 'reader', 'leaving'] as $name) {
        \\Drupal\\user\\Entity\\User::create(['name' => $name, 'mail' => "$name@example.org", 'status' => 1, 'pass' => 'right'])->save();
      }
      user_role_grant_permissions('anonymous', ['access comments', 'post comments', 'skip comment approval', 'access site-wide contact form']);
      \\Drupal::configFactory()->getEditable('contact.settings')->set('flood.limit', 50)->save();
      \\Drupal\\field\\Entity\\FieldStorageConfig::create(['field_name' => 'field_any', 'entity_type' => 'node', 'type' => 'file'])->save();
      \\Drupal\\field\\Entity\\FieldConfig::create(['field_name' => 'field_any', 'entity_type' => 'node', 'bundle' => 'article', 'label' => 'Any', 'settings' => ['file_extensions' => 'txt exe']])->save();
      \\Drupal::service('entity_display.repository')->getFormDisplay('node', 'article')->setComponent('field_any', ['type' => 'file_generic'])->save();
      \\Drupal\\node\\Entity\\Node::create(['type' => 'article', 'title' => 'News', 'uid' => 1, 'status' => 1, 'comment' => ['status' => 2]])->save();
      \\Drupal::configFactory()->getEditable('parapet.settings')
        ->set('mode', 'file')->set('engine.decisions_file', '${dataDir}/decisions.bin')
        ->set('engine.signals_address', 'unix:${folder}/signals.sock')->save();`);
      browser = await openBrowser();
      operator = await personAt(browser, site.url, OPERATOR);
      page = await signIn(operator, 'admin');
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await engine?.stop();
      await site?.stop();
      remove();
    }, 180_000);

    it('failed logins and the own limit: guessing is banned, also on cached pages', async () => {
      const ip = '203.0.113.1';
      await site.ask({ ip: '203.0.113.250', path: '/' });
      for (let i = 0; i < 7; i++) await logIn(ip, 'admin', `wrong${i}`);
      const guessing = await alert('signal-login-bf', ip);
      expect(guessing.sentence).toMatch(
        /^203\.0\.113\.1 failed to log in 7 times (?:with)?in .*, as password guessers do/,
      );
      expect(guessing.types).toEqual(['login.failed']);
      const limited = await alert('signal-login-limited', ip);
      expect(limited.sentence).toContain('failed to log in until the site itself refused more tries');
      expect(limited.types).toEqual(['login.limited']);
      await until(
        async () => (await site.ask({ ip, path: '/' })).status === 403,
        () => `${ip} was never stopped`,
      );
      const other = await site.ask({ ip: '203.0.113.250', path: '/' });
      expect([other.status, other.header('X-Drupal-Cache')]).toEqual([200, 'HIT']);
    });

    it('a spray from many addresses on one account, and the login that follows', async () => {
      for (let i = 0; i < 9; i++) await logIn(`198.18.${i}.5`, 'target', 'wrong');
      const attacked = await alert('signal-account-attack', undefined);
      expect(attacked.sentence).toMatch(/^The account "[0-9a-f]{32}" .*failed to log in/);
      expect(attacked.sentence).not.toContain('target');
      expect(await logIn('198.18.99.5', 'target', 'right')).toBe(303);
      const entered = await alert('signal-login-after-failures', attacked.value);
      expect(entered.sentence).toMatch(/was logged in to after \d+ failed attempts/);
      expect(entered.types).toEqual(['login.failed', 'login.ok']);
    });

    it('new passwords for accounts that are not there', async () => {
      const ip = '203.0.113.3';
      const form = { ...(await formOf(ip, '/user/password')), form_id: 'user_pass', op: 'Submit' };
      await pause(3100); // faster than a person is another matter
      for (let i = 0; i < 6; i++)
        await site.ask({ ip, path: '/user/password', form: { ...form, name: `nobody${i}` } });
      const { sentence, types } = await alert('signal-password-reset', ip);
      expect(sentence).toMatch(
        /asked 6 times for a new password.*which tells attackers which accounts exist/,
      );
      expect(types).toEqual(['password.reset-unknown']);
    });

    it('registrations', async () => {
      const ip = '203.0.113.4';
      const form = {
        ...(await formOf(ip, '/user/register')),
        form_id: 'user_register_form',
        op: 'Create new account',
      };
      await pause(3100);
      // SQLite refuses one now and then while the last one is still writing.
      for (let i = 0, made = 0; made < 7 && i < 30; i++) {
        const fields = { ...form, name: `new${i}`, mail: `new${i}@mail.example` };
        const { status } = await site.ask({ ip, path: '/user/register', form: fields });
        if (status === 303) made++;
      }
      const { sentence, types } = await alert('signal-registrations', ip);
      expect(sentence).toMatch(/made \d new accounts.*, as spammers do/);
      expect(types).toEqual(['account.created']);
    });

    it('roles, permissions, accounts, modules and settings', async () => {
      await page.goto('/admin/people/permissions/helper');
      await page.check('[name="helper[administer nodes]"]');
      await send(page);
      await says(page, 'The changes have been saved.');
      const permission = await alert('signal-rights-changed', OPERATOR, ({ types }) =>
        types.includes('permission.changed'),
      );
      expect(permission.sentence).toContain(
        'gave a role more rights (the permission administer nodes); look whether that was you',
      );
      await page.goto(`/user/${site.php(`echo user_load_by_name('reader')->id();`)}/edit`);
      await page.check('[name="roles[helper]"]');
      await send(page);
      await says(page, 'The changes have been saved.');
      const role = await alert('signal-rights-changed', OPERATOR, ({ types }) =>
        types.includes('role.granted'),
      );
      expect(role.sentence).toContain('gave an account more rights (the role helper)');
      await page.goto('/admin/modules');
      await page.check('[name="modules[syslog][enable]"]');
      await send(page);
      await says(page, 'Syslog');
      const module = await alert('signal-site-changed', OPERATOR, ({ types }) =>
        types.includes('module.installed'),
      );
      expect(module.sentence).toContain('switched on the module syslog; look whether that was you');
      const setting = await alert('signal-site-changed', OPERATOR, ({ types }) =>
        types.includes('config.changed'),
      );
      expect(setting.sentence).toMatch(/changed an important setting \([\w.]+\)/);
    });

    it('work in the backend', async () => {
      const target = '/admin/config/system/site-information';
      const form = {
        ...fieldsIn(await (await operator.request.get(target)).text()),
        form_id: 'system_site_information_settings',
      };
      const fields = {
        site_name: 'Two',
        site_mail: 'a@example.org',
        site_frontpage: '/node',
        op: 'Save configuration',
      };
      for (let i = 0; i < 26; i++)
        await operator.request.post(target, { form: { ...form, ...fields }, maxRedirects: 0 });
      const { sentence, types } = await alert('signal-admin-burst', OPERATOR);
      expect(sentence).toMatch(/sent 2\d forms of the backend.*, faster than a person works/);
      expect(types).toEqual(['admin.action']);
    });

    it('pages that are forbidden, with the permission that was missing', async () => {
      const ip = '203.0.113.7';
      const paths = ['people', 'content', 'structure', 'config', 'reports', 'modules', 'appearance'];
      for (const one of [...paths, ...Array.from({ length: 13 }, (_, i) => `people?page=${i}`)])
        await site.ask({ ip, path: `/admin/${one}` });
      const { sentence, types } = await alert('signal-forbidden-pages', ip);
      expect(sentence).toMatch(
        /asked for 1\d different pages that visitors may not see.*such as \/admin\/\w+/,
      );
      expect(types).toEqual(['access.denied']);
    });

    it('pages that are missing', async () => {
      const ip = '203.0.113.8';
      for (let i = 0; i < 18; i++) await site.ask({ ip, path: `/old-shop/${i}` });
      const { sentence, types } = await alert('signal-missing-pages', ip);
      expect(sentence).toMatch(/asked for 1\d different pages that the site does not have/);
      expect(types).toEqual(['page.missing']);
    });

    it('forms that no page has sent', async () => {
      const ip = '203.0.113.9';
      for (let i = 0; i < 7; i++)
        await site.ask({ ip, path: `/user/register?ajax_form=1&n=${i}`, form: { x: '1' } });
      const { sentence, types } = await alert('signal-broken-posts', ip);
      expect(sentence).toMatch(/sent \d forms that cannot come from a page of this site/);
      expect(types).toEqual(['post.broken']);
    });

    it('forms that a program fills in, and how long it took', async () => {
      const ip = '203.0.113.10';
      for (let i = 0; i < 6; i++)
        await site.ask({
          ip,
          path: '/user/register',
          form: { form_id: 'user_register_form', name: 'x', mail: 'x@example.org', op: 'Create new account' },
        });
      const { sentence, types } = await alert('signal-form-rejections', ip);
      expect(sentence).toMatch(/sent 5 forms.* that a program has filled in, not a person/);
      expect(types).toEqual(['form.rejected']);
    });

    it('texts, and what a moderator says of them', async () => {
      const ip = '203.0.113.11';
      const form = { ...(await formOf(ip, '/node/1')), form_id: 'comment_comment_form', op: 'Save' };
      await pause(3100);
      for (let i = 0; i < 6; i++) {
        const { status, text: page } = await site.ask({
          ip,
          path: '/comment/reply/node/1/comment',
          form: { ...form, 'subject[0][value]': `Offer ${i}`, 'comment_body[0][value]': 'Buy this' },
        });
        expect(status, page).toBe(303);
      }
      const texts = await alert('signal-texts', ip);
      expect(texts.sentence).toMatch(/sent 5 comments or messages.*, more than a person writes/);
      expect(texts.types).toEqual(['text.submitted']);
      for (const id of [1, 2, 3]) {
        await page.goto(`/comment/${id}/delete`);
        await send(page);
        await says(page, 'The comment and all its replies have been deleted.');
      }
      const judged = await alert('signal-spam-judged', ip);
      expect(judged.sentence).toMatch(/^203\.0\.113\.11 wrote 3 texts that a moderator called spam/);
      expect(judged.types).toEqual(['text.judged']);
    });

    it('files, those that are taken and those that are not', async () => {
      // As a program sends it: a browser would not even send a file with another ending.
      const fields = fieldsIn(await (await operator.request.get('/node/add/article')).text());
      const upload = async (name: string): Promise<string> => {
        const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') };
        const multipart = { ...fields, form_id: 'node_article_form', 'files[field_any_0]': file };
        const answer = await operator.request.post('/node/add/article', {
          multipart: { ...multipart, field_any_0_upload_button: 'Upload' },
        });
        return answer.text();
      };
      for (let i = 0; i < 6; i++)
        expect(await upload(`shell${i}.phtml`)).toContain(
          'Only files with the following extensions are allowed',
        );
      const refused = await alert('signal-files-refused', OPERATOR);
      expect(refused.sentence).toMatch(/tried to upload 6 files that the site does not take \(phtml\)/);
      expect(refused.types).toEqual(['file.rejected']);
      expect(await upload('setup.exe')).toContain('setup.exe');
      const taken = await alert('signal-program-uploaded', OPERATOR);
      expect(taken.sentence).toContain('uploaded a file that can run as a program (exe)');
      expect(taken.types).toEqual(['file.uploaded']);
    });

    it('a session that goes on elsewhere', async () => {
      const victim = await personAt(browser, site.url, '203.0.113.13');
      await signIn(victim, 'editor');
      const cookie = (await victim.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const thief = {
        ip: '198.51.100.66',
        path: '/user',
        headers: { Cookie: cookie, 'User-Agent': 'curl/8.0' },
      };
      expect((await site.ask(thief)).status).toBe(302);
      const { sentence, types } = await alert('signal-session-taken', thief.ip);
      expect(sentence).toContain(
        'went on with the session of somebody who had another browser in another network',
      );
      expect(types).toEqual(['session.anomaly']);
      await victim.close();
    });

    it('what pages cost, and whether they came from the cache', async () => {
      const ip = '203.0.113.14';
      const ask = (i: number): Promise<unknown> => site.ask({ ip, path: `/node/1?v=${i}` });
      for (let i = 0; i < 90; i += 3) await Promise.all([ask(i), ask(i + 1), ask(i + 2)]);
      const { sentence, types } = await alert('signal-uncached-pages', ip);
      expect(sentence).toMatch(/had the site build \d+ different pages afresh.*, which wears it out/);
      expect(types).toEqual(['page.served']);
    });

    it('what the site writes into its log', async () => {
      const ip = '203.0.113.15';
      for (let i = 0; i < 11; i++) await site.ask({ ip, path: `/user/login?_format=x${i}` });
      const { sentence, types } = await alert('signal-errors', ip);
      expect(sentence).toMatch(/sent 1\d requests that the site wrote down as errors/);
      expect(types).toEqual(['log.entry']);
    });

    it('nobody is named, nothing is refused, and commands are told without an alert', async () => {
      site.php(`
      \\Drupal::service('module_installer')->install(['statistics']);
      user_load_by_name('leaving')->delete();
      \\Drupal::service('parapet.signals')->flush();`);
      await until(
        async () => (await get('/signals')).waiting === 0,
        () => 'signals wait',
      );
      expect(await get('/signals')).toMatchObject({ refused: {} });
      const sources = (await told('signal-site-changed')).map(({ value }) => value);
      expect(new Set(sources)).toEqual(new Set([OPERATOR]));
      const alerts = JSON.stringify(await get('/alerts?limit=500'));
      expect(alerts).not.toMatch(/mail\.example|"(?:target|reader|editor)"/);
    });
  },
);

/** What a form brings along, whichever form of the page it is in. */
function fieldsIn(html: string): Record<string, string> {
  const hidden = /name="(form_build_id|form_token|parapet_rendered)" value="([^"]*)"/g;
  return Object.fromEntries(Array.from(html.matchAll(hidden), ([, name, value]) => [name!, value!]));
}
