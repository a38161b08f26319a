// Models of ECA with Parapet's events, tokens, condition and actions, where the Drupal at PARAPET_DRUPAL_ROOT has ECA.

import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';

const ECA = path.join(process.env['PARAPET_DRUPAL_ROOT'] ?? '', 'modules/contrib/eca');
const reason =
  missing ??
  (fs.existsSync(ECA) ? undefined : 'the Drupal at PARAPET_DRUPAL_ROOT has no ECA in modules/contrib');

describe.skipIf(reason !== undefined)(
  `ECA${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    const tell = (ip: string): string =>
      site.php(
        `\\Drupal::service('parapet.signals')->record(\\Drupal\\parapet\\Core\\Signals\\Signal::of('coupon.wrong', '${ip}'));`,
      );
    const whyIs = (ip: string): string =>
      site.php(
        `$d = \\Drupal::service('parapet.decisions')->decisionFor('${ip}'); echo $d ? "$d->remediation $d->scenario" : 'none';`,
      );

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`\\Drupal::service('module_installer')->install(['parapet', 'eca', 'parapet_eca']);`);
      site.php(`
        $negated = ['plugin' => 'parapet_has_decision', 'configuration' => ['address' => '[parapet_ip]', 'negate' => TRUE]];
        $asserted = ['plugin' => 'parapet_has_decision', 'configuration' => ['address' => '203.0.113.9', 'negate' => FALSE]];
        $on = static fn (string $event, string $action, string $condition): array => ['plugin' => "parapet:$event", 'label' => $event, 'configuration' => [], 'successors' => [['id' => $action, 'condition' => $condition]]];
        $do = static fn (string $action, array $configuration): array => ['plugin' => "parapet_$action", 'label' => $action, 'configuration' => $configuration, 'successors' => []];
        \\Drupal\\eca\\Entity\\Eca::create([
          'id' => 'coupons', 'label' => 'Coupons', 'modeller' => 'fallback', 'status' => TRUE, 'version' => '1', 'gateways' => [],
          'events' => ['told' => $on('signal', 'check', 'is-free'), 'made' => $on('decided', 'free', ''), 'soon' => $on('deciding', 'forbid', 'has-one')],
          'conditions' => ['is-free' => $negated, 'has-one' => $asserted],
          'actions' => [
            'check' => $do('decide', ['address' => '[parapet_ip]', 'remediation' => 'captcha', 'hours' => '2', 'reason' => 'told [parapet_signal]']),
            'free' => $do('lift', ['address' => '198.51.100.5']),
            'forbid' => $do('veto', []),
          ],
        ])->save();`);
    }, 300_000);
    afterAll(async () => {
      await site?.stop();
    }, 180_000);

    it('hears what is told and decided, blocks, unblocks and forbids', () => {
      site.php(`\\Drupal::service('parapet.decisions')->block('198.51.100.5', 'ban', 3600, 'noise');`);
      expect(whyIs('198.51.100.5')).toBe('none');
      tell('203.0.113.9');
      expect(whyIs('203.0.113.9')).toBe('captcha parapet/eca');
      expect(site.php(`echo \\Drupal::service('parapet.decisions')->rows(TRUE, 1)[0]['message'];`)).toBe(
        '203.0.113.9: told coupon.wrong',
      );
      // From now on the model forbids whatever the module would decide by itself.
      tell('203.0.113.10');
      expect(whyIs('203.0.113.10')).toBe('none');
    });

    it('is gone when it is uninstalled', () => {
      site.php(`\\Drupal\\eca\\Entity\\Eca::load('coupons')->delete();`);
      site.php(`\\Drupal::service('module_installer')->uninstall(['parapet_eca', 'eca']);`);
      expect(whyIs('203.0.113.9')).toBe('captcha parapet/eca');
    });
  },
);
