// Notifications of a running engine. Alerts that came between the last turn and a kill are in the store and not with
// them: they are told from there.

import { hostname } from 'node:os';
import path from 'node:path';
import { Notifications, senderOf, TargetGuard, type Send } from '@parapet/notify';
import { parseIpOrCidr } from '@parapet/kinds';
import type { Store } from '@parapet/store';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { VERSION } from '../version.ts';
import { weeklyReport } from '../report/weekly.ts';
import { resolveChannels } from './channels.ts';
import type { OwnRules } from './ownRules.ts';
import { deskSettings } from './settings.ts';

const SEND_TIMEOUT_MS = 15_000;
/** What is recorded and what is told are written down at different moments. */
const OVERLAP_MS = 60_000;
const MAX_MISSED = 1000;
const REPORT_LOOK_MS = 60_000;

export interface NotificationSurroundings {
  readonly store: Store;
  readonly config: Config;
  readonly dataDir: string;
  readonly hasGateway: boolean;
  /** Rules that were made in the dashboard. */
  readonly own?: OwnRules;
  /** As it counts now; `config` when absent. */
  readonly current?: () => Config;
  readonly onNote: (text: string) => void;
}

/** Returns where notifications keep what waits, and their log. */
export function notificationsFolder(dataDir: string): string {
  return path.join(dataDir, 'notifications');
}

/** Returns who sends, to the targets that the configuration allows. */
export function configuredSender({ notifications }: Config): Send {
  const allowed = notifications.allow_targets.flatMap((range) => parseIpOrCidr(range.trim()) ?? []);
  return senderOf({ guard: new TargetGuard(allowed), timeoutMs: SEND_TIMEOUT_MS });
}

/** Opens them and tells what was missed; undefined when no channel is configured. */
export async function openNotifications(
  context: CommandContext,
  { store, config, dataDir, hasGateway, own, current, onNote }: NotificationSurroundings,
): Promise<Notifications | undefined> {
  if (config.notifications.channels.length === 0) return undefined;
  const { channels, faults } = resolveChannels(
    config.notifications,
    context,
    () => (current?.() ?? config).notifications,
  );
  for (const { name, message } of faults) onNote(`Nobody is told over ${name}: ${message} (E_NOTIFY_SECRET)`);
  const notifications = new Notifications({
    settings: deskSettings(config, hasGateway, own, current),
    channels,
    send: configuredSender(config),
    folder: notificationsFolder(dataDir),
    now: () => context.now().getTime(),
    host: hostname(),
    version: VERSION,
    onNote,
  });
  await tellMissed(notifications, store);
  notifications.start();
  const report = weeklyReport({
    ...{
      current: () => (current?.() ?? config).notifications,
      store,
      now: context.now,
      folder: notificationsFolder(dataDir),
    },
    post: (names, message) => notifications.post(names, message),
  });
  // The store says itself that it cannot be read; the report is due at the next look, too.
  setInterval(() => void report().catch(() => {}), REPORT_LOOK_MS).unref();
  return notifications;
}

async function tellMissed(notifications: Notifications, store: Store): Promise<void> {
  const { savedMs } = notifications;
  if (savedMs === undefined) return;
  const since = new Date(savedMs - OVERLAP_MS);
  const found = await store.listAlerts({ since }, { limit: MAX_MISSED, newestFirst: true });
  for (const { id } of found.toReversed()) {
    if (notifications.hasSeen(id)) continue;
    const alert = await store.findAlert(id);
    if (alert !== undefined)
      notifications.alert(alert, await store.listDecisions({ alertId: id }, { limit: 10 }));
  }
}
