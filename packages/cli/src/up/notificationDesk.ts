// What the dashboard shows of notifications, and does with them.

import { randomUUID } from 'node:crypto';
import type { NotificationDesk } from '@parapet/dashboard';
import { readDeliveryLog } from '@parapet/notify';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { channelRows } from '../notifications/channelRows.ts';
import { notificationsFolder } from '../notifications/openNotifications.ts';
import type { OwnRules } from '../notifications/ownRules.ts';
import { sendNow } from '../notifications/sendNow.ts';
import { deskSettings } from '../notifications/settings.ts';

const LOG_ROWS = 50;

export function notificationDesk(
  context: CommandContext,
  config: Config,
  dataDir: string,
  own: OwnRules,
): NotificationDesk {
  const folder = notificationsFolder(dataDir);
  const { channels, quiet_hours: quietHours } = config.notifications;
  const hasQuiet = quietHours !== undefined;
  return {
    view: async () => ({
      channels: channelRows(context, config, folder, own.rules(undefined)).map(
        ({ name, type, place, waiting, fault, last }) => ({
          ...{ name, type, place, waiting },
          ...(fault === undefined ? {} : { fault }),
          ...(last === undefined ? {} : { last: { atMs: Date.parse(last.at), outcome: last.outcome } }),
        }),
      ),
      rules: [
        ...deskSettings(config, true).rules.map(({ channels: told, severity, about, scenarios, quiet }) => ({
          ...{ channels: told, severity, about, scenarios, inQuietHours: hasQuiet && quiet === undefined },
        })),
        ...own.list(),
      ],
      log: readDeliveryLog(folder, LOG_ROWS)
        .toReversed()
        .map(({ at, channel, target, title, outcome, tries, answer }) => ({
          ...{ atMs: Date.parse(at), channel, target, title, outcome, tries, answer },
        })),
    }),
    test: async (name) => {
      if (!channels.some((one) => one.name === name)) return undefined;
      const about = { id: randomUUID(), severity: 'low', site: '', atMs: context.now().getTime() } as const;
      const records = await sendNow(context, { dataDir }, config, [name], { ...about, kind: 'test' });
      return records.map(({ target, outcome, answer }) => ({
        ...{ target, answer, isDelivered: outcome === 'delivered' },
      }));
    },
    addRule: (rule) => {
      const areKnown = rule.channels.every((name) => channels.some((one) => one.name === name));
      return areKnown && own.add(rule) !== undefined;
    },
    removeRule: (id) => own.remove(id),
  };
}
