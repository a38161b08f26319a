import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SettingsView } from '@parapet/dashboard';
import { expect, it, onTestFinished } from 'vitest';
import { LiveConfig } from '../../src/config/liveConfig.ts';
import { loadConfig } from '../../src/config/loadConfig.ts';
import { settingsView } from '../../src/up/settingsView.ts';
import { processContext } from '../../src/context.ts';

const TEXT = `gateway:
  sites:
    - name: shop
      title: Our shop
      upstreams: [http://127.0.0.1:1]
  trusted_proxies: [192.0.2.7]
notifications:
  time_zone: Europe/Berlin
  quiet_hours: { from: '22:00', to: '07:00' }
`;

async function viewOf(change: (live: LiveConfig) => void = () => {}): Promise<SettingsView> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, 'parapet.yaml'), TEXT);
  const context = { ...processContext(), folder, env: {} };
  const live = new LiveConfig((await loadConfig(context, undefined)).config, folder);
  change(live);
  const ask = async (): Promise<{ listening: string[] }> => ({ listening: ['http://*:8080'] });
  return settingsView({ context, live, dataDir: folder, configFile: undefined, ask });
}

it('settings name the line that says so, and what was chosen over it', async () => {
  const find = (view: SettingsView, key: string) => view.settings.find((one) => one.key === key);
  const view = await viewOf();
  expect(view.hasFile).toBe(true);
  expect(find(view, 'gateway.sites.shop.title')).toMatchObject({ value: 'Our shop', line: 4 });
  expect(find(view, 'gateway.trusted_proxies')).toMatchObject({ value: '192.0.2.7', line: 6, kind: 'fixed' });
  expect(find(view, 'notifications.time_zone')).toMatchObject({ value: 'Europe/Berlin', line: 8 });
  expect(find(view, 'notifications.quiet_hours')).toMatchObject({ value: '22:00-07:00', isChosen: false });
  expect(find(view, 'notifications.language')?.line).toBeUndefined();
  expect(find(view, 'gateway.listen')?.value).toBe('http://*:8080');
  const chosen = await viewOf((live) => live.choose('notifications.quiet_hours', 'off'));
  expect(find(chosen, 'notifications.quiet_hours')).toMatchObject({ value: 'off', isChosen: true });
});
