// The channels as the verb and the dashboard show them: who is told what over each, whether messages wait, and what
// became of the last one. Nothing in it is a secret.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readDeliveryLog, type DeliveryRecord, type Rule } from '@parapet/notify';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { placeOf, resolveChannels } from './channels.ts';
import { deskSettings } from './settings.ts';

export interface ChannelRow {
  readonly name: string;
  readonly type: string;
  readonly place: string;
  readonly told: string;
  readonly waiting: number;
  readonly fault: string | undefined;
  readonly last: DeliveryRecord | undefined;
}

/** Returns them in the order of the configuration; `own` are rules that were made in the dashboard. */
export function channelRows(
  context: CommandContext,
  config: Config,
  folder: string,
  own: readonly Rule[] = [],
): readonly ChannelRow[] {
  const { faults } = resolveChannels(config.notifications, context);
  const records = readDeliveryLog(folder, Number.POSITIVE_INFINITY);
  const waiting = waitingBy(folder);
  return config.notifications.channels.map((given) => ({
    name: given.name,
    type: given.type,
    place: placeOf(given),
    told: toldOf(config, given.name, own),
    waiting: waiting.get(given.name) ?? 0,
    fault: faults.find(({ name }) => name === given.name)?.message,
    last: records.findLast(({ channel }) => channel === given.name),
  }));
}

/** `high and worse; digest at 08:00`. */
function toldOf(config: Config, channel: string, own: readonly Rule[]): string {
  const { rules, digest } = deskSettings(config, true);
  const { weekly_report: report } = config.notifications;
  const all = [...rules, ...own];
  const parts = all
    .filter((rule) => rule.channels.includes(channel))
    .map(({ severity, about, scenarios, sites }) => {
      const of = about.length === 3 ? '' : ` of ${about.join(', ')}`;
      const only = [...scenarios, ...sites].join(', ');
      return `${severity} and worse${of}${only === '' ? '' : ` (${only})`}`;
    });
  if (all.some(({ escalate }) => escalate?.channels.includes(channel) === true)) parts.push('escalations');
  if (digest?.channels.includes(channel) === true)
    parts.push(
      `digest at ${String(Math.floor(digest.at / 60)).padStart(2, '0')}:${String(digest.at % 60).padStart(2, '0')}`,
    );
  if (report?.channels.includes(channel) === true) parts.push(`report on ${report.on} at ${report.at}`);
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

/** What a running engine, or the last one, has not delivered yet. */
function waitingBy(folder: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  try {
    const spooled: unknown = JSON.parse(readFileSync(path.join(folder, 'outbox.json'), 'utf8'));
    const jobs: unknown = typeof spooled === 'object' && spooled !== null ? Reflect.get(spooled, 'jobs') : [];
    for (const job of Array.isArray(jobs) ? (jobs as readonly unknown[]) : []) {
      const channel: unknown = typeof job === 'object' && job !== null ? Reflect.get(job, 'channel') : '';
      if (typeof channel === 'string') counts.set(channel, (counts.get(channel) ?? 0) + 1);
    }
  } catch {
    // none has been here
  }
  return counts;
}
