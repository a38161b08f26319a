// Modules of other people, where the Drupal at PARAPET_DRUPAL_ROOT has them in modules/contrib: what Webform, Honeypot and
// Commerce know reaches an engine, whose alerts explain it, and the second factor of TFA is seen.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freePort,
  startProgram,
  untilListening,
  type Program,
} from '../../packages/cli/test/gateway/programs.ts';
import { isBuilt } from '../../packages/cli/test/gateway/stack.ts';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';

const PARAPET = path.join(import.meta.dirname, '../../packages/cli/bin/parapet.js');
const CONTRIB = path.join(process.env['PARAPET_DRUPAL_ROOT'] ?? '', 'modules/contrib');
const reason = missing ?? (isBuilt ? undefined : 'dist is not built');

interface Told {
  readonly type: string;
  readonly ip?: string;
  readonly user?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Why these modules are not tested; nothing when they are there. */
function absent(...modules: readonly string[]): string {
  const lacking = modules.filter((name) => !fs.existsSync(path.join(CONTRIB, name)));
  return lacking.length === 0 ? '' : ` (skipped: no ${lacking.join(', ')} in modules/contrib)`;
}

const COMMERCE = [
  'commerce',
  'state_machine',
  'profile',
  'entity',
  'inline_entity_form',
  'entity_reference_revisions',
  'address',
  'token',
];
const hasBcmath = execFileSync('php', ['-r', `echo (int) extension_loaded('bcmath');`]).toString() === '1';
const noCommerce = absent(...COMMERCE) || (hasBcmath ? '' : ' (skipped: PHP has no bcmath)');

describe.skipIf(reason !== undefined)(
  `modules of other people${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 180_000 },
  () => {
    let site: DrupalSite;
    let server: Program | undefined;
    let port = 0;
    const install = (...modules: readonly string[]): string =>
      site.php(`\\Drupal::service('module_installer')->install(['${modules.join("', '")}']);`);
    /** Does something as a visitor; returns what was told. */
    const told = async (ip: string, code: string): Promise<Told[]> => {
      const asked = `
        $asked = \\Symfony\\Component\\HttpFoundation\\Request::create('http://127.0.0.1/', 'GET', [], [], [], ['REMOTE_ADDR' => '${ip}']);
        $asked->setSession(new \\Symfony\\Component\\HttpFoundation\\Session\\Session(new \\Symfony\\Component\\HttpFoundation\\Session\\Storage\\MockArraySessionStorage()));
        \\Drupal::requestStack()->push($asked);
        $spool = \\Drupal::service('parapet.site')->spool();
        \\Drupal::service('parapet.signals')->flush();
        array_map('unlink', $spool->files());
        \\Drupal::moduleHandler()->loadAll();
        ${code}
        \\Drupal::service('parapet.signals')->flush();
        echo implode(array_map('file_get_contents', $spool->files()));`;
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: asked });
      const lines = await answer.text();
      expect(answer.status, lines.slice(0, 500)).toBe(200);
      return lines
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Told); // from the module
    };
    /** What an engine says to these signals: scenario and sentence. */
    const alerts = (signals: readonly Told[]): { scenario: string; message: string }[] => {
      const file = path.join(site.folder, '../told.ndjson');
      fs.writeFileSync(file, signals.map((signal) => `${JSON.stringify(signal)}\n`).join(''));
      const args = [PARAPET, 'replay', file, '--type', 'signal', '--json'];
      // Found something: it ends with 1.
      const report = JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) as {
        unparsed: number;
        alerts: { scenario: string; message: string }[];
      };
      expect(report.unparsed).toBe(0);
      return report.alerts;
    };

    beforeAll(async () => {
      site = await startDrupal();
      install('parapet');
      site.php(`\\Drupal::configFactory()->getEditable('parapet.settings')
        ->set('mode', 'file')->set('engine.decisions_file', '/nowhere/decisions.bin')->set('engine.signals_address', 'unix:/nowhere.sock')->save();`);
      port = await freePort();
      server = startProgram('php', ['-S', `127.0.0.1:${port}`, path.join(import.meta.dirname, 'do.php')], {
        env: { ...process.env, PARAPET_WEB: site.php('echo DRUPAL_ROOT;') },
      });
      await untilListening(port, server);
    }, 300_000);
    afterAll(async () => {
      await server?.stop();
      await site?.stop();
    }, 180_000);

    describe.skipIf(absent('webform') !== '')(`Webform${absent('webform')}`, () => {
      it('tells the texts of what is submitted, no names, and nothing of a draft', async () => {
        install('webform');
        const submit = `\\Drupal\\webform\\Entity\\WebformSubmission::create(['webform_id' => 'contact', 'data' => ['name' => 'Ada', 'email' => 'ada@example.org', 'subject' => 'An offer', 'message' => 'Buy this']])->save();`;
        const draft = `\\Drupal\\webform\\Entity\\WebformSubmission::create(['webform_id' => 'contact', 'in_draft' => TRUE, 'data' => ['message' => 'unfinished']])->save();`;
        const signals = (await told('203.0.113.1', draft + submit.repeat(6))).filter(
          ({ type }) => type === 'text.submitted',
        );
        expect(signals).toHaveLength(6);
        expect(signals[0]).toMatchObject({
          ip: '203.0.113.1',
          attributes: { form: 'webform_contact', text: 'An offer\nBuy this' },
        });
        expect(JSON.stringify(signals)).not.toMatch(/Ada|ada@|unfinished/);
        expect(alerts(signals)).toMatchObject([
          { scenario: 'parapet/signal-texts', message: expect.stringContaining('203.0.113.1') },
        ]);
      });
    });

    describe.skipIf(absent('honeypot') !== '')(`Honeypot${absent('honeypot')}`, () => {
      it('tells what Honeypot refuses, and bans who fills in its field, but at no login and not user 1', async () => {
        install('honeypot');
        const refuse = (form: string, type: string): string =>
          `\\Drupal::moduleHandler()->invokeAll('honeypot_reject', ['${form}', \\Drupal::currentUser()->id(), '${type}']);`;
        const slow = await told('203.0.113.2', refuse('contact_message_form', 'honeypot_time').repeat(6));
        expect(slow[0]).toMatchObject({
          type: 'form.rejected',
          ip: '203.0.113.2',
          attributes: { form: 'contact_message_form', reason: 'too-fast' },
        });
        expect(alerts(slow)).toMatchObject([{ scenario: 'parapet/signal-form-rejections' }]);
        await told('203.0.113.3', refuse('contact_message_form', 'honeypot'));
        await told('203.0.113.4', refuse('user_login_form', 'honeypot'));
        await told(
          '203.0.113.5',
          `\\Drupal::currentUser()->setAccount(\\Drupal\\user\\Entity\\User::load(1));` +
            refuse('contact_message_form', 'honeypot'),
        );
        const banned = site.php(
          `foreach ([2, 3, 4, 5] as $i) echo (int) (\\Drupal::service('parapet.decisions')->decisionFor("203.0.113.$i") !== NULL);`,
        );
        expect(banned).toBe('0100');
      });
    });

    describe.skipIf(noCommerce !== '')(`Commerce${noCommerce}`, () => {
      it('tells orders and payments, and a card that is tried again and again', async () => {
        site.php(
          `\\Drupal::configFactory()->getEditable('system.date')->set('country.default', 'US')->save();`,
        );
        install('commerce_product', 'commerce_checkout', 'commerce_payment', 'commerce_payment_example');
        const order = (i: number): string => `
          $order = Order::create(['type' => 'default', 'store_id' => $store->id(), 'mail' => 'ada@example.org', 'order_items' => [$item->createDuplicate()], 'state' => 'draft', 'uid' => 0]);
          $order->save();
          ${i === 0 ? `Payment::create(['type' => 'payment_default', 'payment_gateway' => 'onsite', 'order_id' => $order->id(), 'amount' => new Price('20', 'USD'), 'state' => 'completed'])->save();` : ''}
          $order->getState()->applyTransitionById('place');
          $order->save();`;
        const signals = await told(
          '203.0.113.6',
          `
          use Drupal\\commerce_store\\Entity\\Store;
          use Drupal\\commerce_price\\Price;
          use Drupal\\commerce_product\\Entity\\ProductVariation;
          use Drupal\\commerce_order\\Entity\\{Order, OrderItem};
          use Drupal\\commerce_payment\\Entity\\{Payment, PaymentGateway};
          \\Drupal::service('commerce_price.currency_importer')->import('USD');
          $store = Store::create(['type' => 'online', 'uid' => 1, 'name' => 'S', 'mail' => 's@example.org', 'default_currency' => 'USD', 'address' => ['country_code' => 'US', 'administrative_area' => 'WI', 'locality' => 'K', 'postal_code' => '53140', 'address_line1' => 'x'], 'billing_countries' => ['US']]);
          $store->save();
          $thing = ProductVariation::create(['type' => 'default', 'sku' => 'a', 'title' => 'A', 'price' => new Price('10', 'USD'), 'status' => 1]);
          $thing->save();
          $item = OrderItem::create(['type' => 'default', 'quantity' => 2, 'unit_price' => new Price('10', 'USD'), 'purchased_entity' => $thing]);
          $item->save();
          PaymentGateway::create(['id' => 'onsite', 'label' => 'Card', 'plugin' => 'example_onsite', 'configuration' => ['api_key' => 'x', 'mode' => 'test']])->save();
          ${Array.from({ length: 7 }, (_, i) => order(i)).join('')}
          for ($i = 0; $i < 6; $i++) \\Drupal::logger('commerce_payment')->warning('The card 4111… was declined');`,
        );
        const find = (type: string): Told | undefined => signals.find((one) => one.type === type);
        expect(find('order.placed')).toMatchObject({
          ip: '203.0.113.6',
          user: expect.stringMatching(/^[0-9a-f]{32}$/),
          attributes: { amount: 20, currency: 'USD' },
        });
        expect(find('payment.made')).toMatchObject({ attributes: { gateway: 'onsite', amount: 20 } });
        expect(signals.filter(({ type }) => type === 'payment.declined')).toHaveLength(6);
        expect(JSON.stringify(signals)).not.toContain('ada@');
        const scenarios = alerts(signals).map(({ scenario }) => scenario);
        expect(scenarios).toContain('parapet/signal-order-burst');
        expect(scenarios).toContain('parapet/signal-card-testing');
      });
    });

    const noTfa = absent('tfa', 'encrypt', 'key');
    describe.skipIf(noTfa !== '')(`TFA${noTfa}`, () => {
      it('asks nobody twice: who has set a factor up, or whose role must have one', () => {
        site.settings(`$settings['extension_discovery_scan_tests'] = TRUE;\n`);
        install('key', 'encrypt', 'tfa', 'encrypt_test');
        const isElsewhere = (name: string): string =>
          site.php(
            `echo (int) \\Drupal::service('parapet.step_up')->isElsewhere(user_load_by_name('${name}'));`,
          );
        site.php(`
          \\Drupal\\key\\Entity\\Key::create(['id' => 'k', 'label' => 'K', 'key_type' => 'encryption', 'key_type_settings' => ['key_size' => '128'], 'key_provider' => 'config', 'key_provider_settings' => ['key_value' => 'mustbesixteenbit']])->save();
          \\Drupal\\encrypt\\Entity\\EncryptionProfile::create(['id' => 'p', 'label' => 'P', 'encryption_method' => 'test_encryption_method', 'encryption_key' => 'k'])->save();
          \\Drupal\\user\\Entity\\Role::create(['id' => 'staff', 'label' => 'Staff'])->save();
          foreach (['has', 'hasnot', 'must'] as $name) {
            $user = \\Drupal\\user\\Entity\\User::create(['name' => $name, 'mail' => "$name@example.org", 'status' => 1]);
            if ($name === 'must') $user->addRole('staff');
            $user->save();
          }`);
        expect(['has', 'hasnot', 'must'].map(isElsewhere)).toEqual(['0', '0', '0']);
        site.php(`
          \\Drupal::configFactory()->getEditable('tfa.settings')->set('enabled', TRUE)->set('encryption', 'p')
            ->set('default_validation_plugin', 'tfa_recovery_code')->set('allowed_validation_plugins', ['tfa_recovery_code' => 'tfa_recovery_code'])
            ->set('validation_plugin_settings', ['tfa_recovery_code' => ['recovery_codes_amount' => 5]])->set('required_roles', ['staff' => 'staff'])->save();`);
        site.php(`
          $uid = (int) user_load_by_name('has')->id();
          $factor = \\Drupal::service('plugin.manager.tfa.validation')->createInstance('tfa_recovery_code', ['uid' => $uid]);
          $factor->storeCodes(['abc def']);
          \\Drupal::service('user.data')->set('tfa', $uid, 'tfa_user_settings', ['status' => 1, 'saved' => time(), 'data' => ['plugins' => ['tfa_recovery_code' => 'tfa_recovery_code'], 'sms' => FALSE], 'validation_skipped' => 0]);`);
        expect(['has', 'hasnot', 'must'].map(isElsewhere)).toEqual(['1', '0', '1']);
        // Switched off, it asks nobody.
        site.php(`\\Drupal::configFactory()->getEditable('tfa.settings')->set('enabled', FALSE)->save();`);
        expect(['has', 'must'].map(isElsewhere)).toEqual(['0', '0']);
      });
    });
  },
);
