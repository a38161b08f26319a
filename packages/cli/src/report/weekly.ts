// The weekly report of a running engine: when its moment comes, it goes into the outbox, which sees to it that it
// arrives. The moment is that of a clock on the wall; what was sent last is kept in a file, so that a restart sends
// nothing twice, and an engine that was off at the moment sends it when it is back within a day.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { nextMinuteOfDay, type Message } from '@parapet/notify';
import type { Store } from '@parapet/store';
import type { NotificationsConfig } from '../config/notificationsSchema.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { zoneOf } from '../notifications/channels.ts';
import { weekMessage } from './files.ts';

const DAY_MS = 86_400_000;

export interface WeeklyOptions {
  readonly current: () => NotificationsConfig;
  readonly folder: string;
  readonly store: Store;
  readonly now: () => Date;
  readonly post: (channels: readonly string[], message: Message) => void;
}

/** Returns what is to be called every minute or so: it sends the report when its time has come. */
export function weeklyReport(options: WeeklyOptions): () => Promise<void> {
  const { current, folder, store, now, post } = options;
  const { weekly_report: wanted } = current();
  if (wanted === undefined) return async () => {};
  const [hour = 0, minute = 0] = wanted.at.split(':').map(Number);
  const file = path.join(folder, 'weekly-report.json');
  // One that has just been set up tells of the next moment, not of the last.
  let sentMs = readSent(file) ?? now().getTime();
  return async () => {
    const nowMs = now().getTime();
    const zone = zoneOf(current());
    const dueMs = nextMoment(Math.max(sentMs, nowMs - DAY_MS), wanted.on, hour * 60 + minute, zone);
    if (dueMs > nowMs) return;
    const message = await weekMessage(store, new Date(nowMs));
    sentMs = nowMs;
    writeWhole(file, `${JSON.stringify({ sentMs })}\n`);
    post(wanted.channels, message);
  };
}

/** Returns the first moment after that at which it is this minute of this day of the week there. */
export function nextMoment(afterMs: number, weekday: string, minute: number, zone: string): number {
  const names = new Intl.DateTimeFormat('en', { timeZone: zone, weekday: 'long' });
  let atMs = afterMs;
  for (let day = 0; day < 8; day++) {
    atMs = nextMinuteOfDay(atMs, minute, zone);
    if (names.format(atMs).toLowerCase() === weekday) return atMs;
  }
  return atMs;
}

function readSent(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const sentMs: unknown =
      typeof read === 'object' && read !== null ? Reflect.get(read, 'sentMs') : undefined;
    return typeof sentMs === 'number' && Number.isFinite(sentMs) ? sentMs : undefined;
  } catch {
    return undefined;
  }
}
