// Rules that are made in the dashboard, from the making to the message.

import fs from 'node:fs';
import path from 'node:path';
import { Notifications } from '@parapet/notify';
import { describe, expect, it } from 'vitest';
import { httpReceiver, sendLocally } from '../../../notify/test/receivers.ts';
import { alertOf } from '../../../notify/test/samples.ts';
import { temporaryFolder } from '../../../store/test/temporary-folder.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { CommandContext } from '../../src/context.ts';
import { resolveChannels } from '../../src/notifications/channels.ts';
import { OwnRules, type OwnRule } from '../../src/notifications/ownRules.ts';
import { deskSettings } from '../../src/notifications/settings.ts';
import { notificationDesk } from '../../src/up/notificationDesk.ts';
import { newSite, NOON } from '../commands/run.ts';

const RULE: Omit<OwnRule, 'id'> = {
  channels: ['push'],
  severity: 'low',
  about: ['attacks'],
  scenarios: [],
  inQuietHours: false,
};

describe('a rule that was made in the dashboard', () => {
  it('is kept over a restart, and gone when it is taken away', () => {
    const folder = temporaryFolder();
    const made = new OwnRules(folder, () => {}).add(RULE);
    const again = new OwnRules(folder, () => {});
    expect(again.list()).toEqual([{ ...RULE, id: made?.id }]);
    expect(again.remove('another')).toBe(false);
    expect(again.remove(made!.id)).toBe(true);
    expect(new OwnRules(folder, () => {}).list()).toEqual([]);
    expect(fs.statSync(path.join(folder, 'rules.json')).mode & 0o077).toBe(0);
  });

  it('that cannot be read is said, and stops nobody', () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'rules.json'), '[{"id":1}]');
    const notes: string[] = [];
    expect(new OwnRules(folder, (text) => notes.push(text)).list()).toEqual([]);
    expect(notes.join()).toContain('rules.json');
  });

  it('counts at once: the next attack is told by it', async () => {
    const receiver = await httpReceiver();
    const folder = temporaryFolder();
    const config = configSchema.parse({
      notifications: {
        gather: '1s',
        channels: [{ name: 'push', type: 'ntfy', url: receiver.url, to: ['alerts'] }],
        rules: [{ channels: ['push'], severity: 'critical' }],
      },
    });
    const own = new OwnRules(folder, () => {});
    let nowMs = NOON.getTime();
    const notifications = new Notifications({
      settings: deskSettings(config, false, own),
      channels: resolveChannels(config.notifications, { env: {}, folder }).channels,
      ...{ send: sendLocally, folder, now: () => nowMs, host: 'here', version: '1', onNote: () => {} },
    });
    const attack = async (number: number): Promise<void> => {
      nowMs += 3_600_000;
      notifications.alert(alertOf(number, nowMs), []);
      await notifications.turn();
      nowMs += 2000;
      await notifications.turn();
    };
    await attack(1);
    expect(receiver.received).toEqual([]);
    own.add(RULE);
    await attack(2);
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
    await notifications.close();
  });
});

describe('what the dashboard shows of notifications', () => {
  it('has channels without secrets, rules, and what became of messages', async () => {
    const { folder } = newSite();
    const receiver = await httpReceiver();
    fs.mkdirSync(path.join(folder, 'data/notifications'), { recursive: true });
    const config = configSchema.parse({
      notifications: {
        allow_targets: ['127.0.0.1'],
        channels: [{ name: 'push', type: 'gotify', url: receiver.url, secret_env: 'TOKEN' }],
      },
    });
    // It needs no more of it.
    const context = { env: { TOKEN: 'hushhush' }, folder, now: () => NOON } as unknown as CommandContext;
    const own = new OwnRules(path.join(folder, 'data/notifications'), () => {});
    const desk = notificationDesk(context, config, path.join(folder, 'data'), own);
    expect(await desk.test('nobody')).toBeUndefined();
    expect(await desk.test('push')).toEqual([{ target: '', answer: '200', isDelivered: true }]);
    expect(desk.addRule({ ...RULE, channels: ['nobody'] })).toBe(false);
    expect(desk.addRule(RULE)).toBe(true);
    const view = await desk.view();
    expect(view).toMatchObject({
      channels: [{ name: 'push', type: 'gotify', waiting: 0, last: { outcome: 'delivered' } }],
      rules: [{ severity: 'high', inQuietHours: false }, { severity: 'low' }],
      log: [{ channel: 'push', title: 'Test', answer: '200' }],
    });
    expect(JSON.stringify(view)).not.toContain('hushhush');
    expect(desk.removeRule(own.list()[0]!.id)).toBe(true);
  });
});
