// What an engine tells after a start of what it had stored before.

import path from 'node:path';
import { expect, it } from 'vitest';
import { httpReceiver } from '../../../notify/test/receivers.ts';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { configSchema, type Config } from '../../src/config/schema.ts';
import type { CommandContext } from '../../src/context.ts';
import { openNotifications } from '../../src/notifications/openNotifications.ts';
import { deskSettings } from '../../src/notifications/settings.ts';
import { newSite, sampleAlert, sampleDecision, NOON } from '../commands/run.ts';

const ALERTS = ['1', '2', '3'].map((one) => `00000000-0000-4000-8000-00000000000${one}`);

it('tells what is stored and was not told before a kill, once, and nothing of before it was set up', async () => {
  const site = newSite();
  const receiver = await httpReceiver();
  const config: Config = configSchema.parse({
    notifications: {
      gather: '1s',
      allow_targets: ['127.0.0.1'],
      channels: [{ name: 'push', type: 'gotify', url: receiver.url, secret_env: 'TOKEN' }],
      rules: [{ severity: 'low' }],
    },
    lapi: { listen: ['127.0.0.1:0'] },
  });
  let nowMs = NOON.getTime();
  const context = {
    env: { TOKEN: 'x' },
    folder: site.folder,
    now: () => new Date(nowMs),
  } as unknown as CommandContext; // all that is asked of it
  const dataDir = path.join(site.folder, '.parapet');
  const notes: string[] = [];
  await site.withStore(async (store) => {
    const open = () =>
      openNotifications(context, {
        store,
        config,
        dataDir,
        hasGateway: false,
        onNote: (text) => notes.push(text),
      });
    const record = async (id: string, value: string): Promise<void> => {
      store.record({
        alerts: [sampleAlert(id, value, { knownAt: new Date(nowMs), stopAt: new Date(nowMs) })],
        decisions: [sampleDecision(id.replace('8000', '9000'), value, { alertId: id })],
      });
      await store.flush();
    };
    await record(ALERTS[0]!, '198.51.100.1');
    const first = (await open())!;
    nowMs += 120_000;
    await record(ALERTS[1]!, '198.51.100.2');
    const alert = await store.findAlert(ALERTS[1]!);
    first.alert(alert!, []);
    await first.turn();
    await first.close();
    // Stored, and killed before the turn in which it would have been told.
    await record(ALERTS[2]!, '198.51.100.3');
    const second = (await open())!;
    nowMs += 5000;
    await second.turn();
    await second.close();
    expect(receiver.received).toHaveLength(1);
    const { message } = JSON.parse(receiver.received[0]!.body) as { message: string };
    expect(message).toContain('2 addresses, such as 198.51.100.2 (France), 198.51.100.3 (France)');
    expect(message).not.toContain('198.51.100.1 ');
  }, 'engine');
  expect(notes).toEqual([]);
});

it('is nothing where no channel is configured', async () => {
  const site = newSite();
  const context = { env: {}, folder: site.folder, now: () => NOON } as unknown as CommandContext; // all that is asked of it
  await site.withStore(async (store) => {
    const given = { store, config: DEFAULT_CONFIG, dataDir: site.folder, hasGateway: true, onNote: () => {} };
    expect(await openNotifications(context, given)).toBeUndefined();
  });
});

it('takes a host for a site only when the configuration has it', () => {
  const config: Config = configSchema.parse({
    gateway: {
      sites: [
        { name: 'shop', hosts: ['www.shop.example', '*.shop.example'], upstreams: ['http://127.0.0.1:1'] },
        { name: 'blog', hosts: ['blog.example'], upstreams: ['http://127.0.0.1:2'], mode: 'observe' },
      ],
    },
  });
  const { siteOf, isEnforced } = deskSettings(config, true);
  expect(['WWW.shop.example:8080', 'a.shop.example', 'blog.example', 'x', ''].map(siteOf)).toEqual([
    ...['shop', 'shop', 'blog', '', ''],
  ]);
  expect(['shop', 'blog', ''].map(isEnforced)).toEqual([true, false, true]);
  expect(deskSettings(config, false).isEnforced('shop')).toBe(false);
});
