// Notifications as a running engine has them: alerts are noted as they come, and once a second a turn decides what is
// told, writes it down, and starts to deliver it. Nothing here is waited for by whoever judges requests.

import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Alert, Decision } from '@parapet/kinds';
import type { MetricSample } from '@parapet/reports';
import type { Channel } from './channels/channel.ts';
import { Desk } from './desk/desk.ts';
import type { DeskSettings } from './desk/settings.ts';
import type { Message, Severity } from './message.ts';
import { Outbox, type Job } from './outbox/outbox.ts';
import { Spool, type Spooled } from './outbox/spool.ts';
import type { Send } from './wire/sender.ts';
import type { AttentionKey } from './words/language.ts';

const TURN_MS = 1000;
const TAKEN_AT_ONCE = 250;
/** Tries under way are not waited for longer; they are made again after the next start. */
const CLOSING_MS = 2000;

export interface NotificationsOptions {
  readonly settings: DeskSettings;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly send: Send;
  /** Where what waits is kept. */
  readonly folder: string;
  readonly now: () => number;
  readonly host: string;
  readonly version: string;
  /** A line for the owner. */
  readonly onNote: (text: string) => void;
}

export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #spool: Spool;
  readonly #desk: Desk;
  readonly #outbox: Outbox;
  /** When the last turn before this start was written down; undefined at the first start. */
  readonly savedMs: number | undefined;
  #hasNews = false;
  #isTurnAhead = false;
  #isUnsaved = false;
  #hasFault = false;
  #isClosing = false;
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NotificationsOptions) {
    const { channels, send, folder, now, host, version, onNote } = options;
    this.#options = options;
    this.#spool = new Spool(folder);
    const saved = this.#spool.load(onNote);
    this.savedMs = saved?.desk.savedMs;
    this.#desk = deskOf(options, saved);
    this.#outbox = new Outbox({
      channels,
      send,
      now,
      random: Math.random,
      host,
      version,
      ...(saved === undefined ? {} : { jobs: saved.jobs }),
      onRecord: (record) => this.#spool.record(record),
      // Written down at once: what has arrived is not to be sent again after a crash.
      onSettled: () => void this.turn(),
      onDead: (channel, reason) => this.attention('dead-channel', `${channel}: ${reason}`, 'high'),
      onHealth: (channel, reason) =>
        onNote(
          reason === undefined
            ? `Messages to ${channel} arrive again.`
            : `Messages to ${channel} do not arrive and wait: ${reason}`,
        ),
    });
  }

  /** What waits to be delivered. */
  get jobs(): readonly Job[] {
    return this.#outbox.jobs;
  }

  /** What is counted for Prometheus. */
  *samples(): Generator<MetricSample> {
    const waiting = new Map<string, number>();
    for (const channel of this.#options.channels.keys()) waiting.set(channel, 0);
    for (const { channel } of this.#outbox.jobs) waiting.set(channel, (waiting.get(channel) ?? 0) + 1);
    for (const [channel, value] of waiting)
      yield { name: 'parapet_notifications_waiting', value, labels: { channel } };
    for (const [channel, counts] of this.#outbox.counts) {
      for (const [outcome, value] of Object.entries(counts))
        yield { name: 'parapet_notifications_total', value, labels: { channel, outcome } };
    }
  }

  alert(alert: Alert, decisions: readonly Decision[]): void {
    this.#desk.alert(alert, decisions);
    this.#hasNews = true;
  }

  attention(about: AttentionKey, detail: string, severity: Severity, site = ''): void {
    this.#desk.attention(about, detail, severity, this.#options.now(), site);
    this.#hasNews = true;
  }

  /** Sends a message that nobody has to weigh, the weekly report for example. */
  post(channels: readonly string[], message: Message): void {
    this.#outbox.add(channels.map((channel) => ({ channel, message })));
    this.#hasNews = true;
  }

  hasSeen(alertId: string): boolean {
    return this.#desk.hasSeen(alertId);
  }

  start(): void {
    this.#timer = setInterval(() => void this.turn(), TURN_MS);
    this.#timer.unref();
  }

  /** Does what is to be done by now; never rejects. One that has not begun is the same for all who ask. */
  turn(): Promise<void> {
    if (this.#isTurnAhead) return this.#turn;
    this.#isTurnAhead = true;
    this.#turn = this.#turn
      .then(() => {
        this.#isTurnAhead = false;
        return this.#doTurn();
      })
      .catch((error: unknown) => this.#fault(error));
    return this.#turn;
  }

  /** Waits a little for tries under way, and writes down what is left for the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.turn();
    this.#isClosing = true;
    await Promise.race([this.#outbox.idle(), pause(CLOSING_MS, undefined, { ref: false })]);
    await this.#turn;
    this.#hasNews = true;
    await this.#save();
    await this.#spool.close();
  }

  /** Told once: what is wrong with one turn is wrong with the next. */
  #fault(error: unknown): void {
    if (this.#hasFault) return;
    this.#hasFault = true;
    this.#options.onNote(
      `Messages may be missing: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  async #doTurn(): Promise<void> {
    const { now } = this.#options;
    this.#readAcknowledged();
    const before = this.#desk.openCount;
    // A wave of thousands is taken in parts: whoever judges requests has the thread in between.
    while (this.#desk.take(TAKEN_AT_ONCE, now())) await pause(0);
    // On a busy machine that has taken a while: an attack is not over because nobody looked.
    const posts = this.#desk.turn(now());
    // The dead channel itself need not hear it when it is back.
    this.#outbox.add(
      posts.filter(
        ({ channel, message }) =>
          message.kind !== 'attention' ||
          message.about !== 'dead-channel' ||
          !message.detail.startsWith(`${channel}: `),
      ),
    );
    if (posts.length > 0 || this.#desk.openCount !== before) this.#hasNews = true;
    await this.#save();
    if (!this.#isClosing) this.#outbox.pump();
  }

  async #save(): Promise<void> {
    if (this.#outbox.takeChanged()) this.#hasNews = true;
    if (!this.#hasNews) return;
    this.#hasNews = false;
    try {
      await this.#spool.save({ desk: this.#desk.save(this.#options.now()), jobs: this.#outbox.jobs });
      this.#isUnsaved = false;
    } catch (error) {
      // It is sent all the same: a full disk is something to be told of.
      this.#hasNews = true;
      if (this.#isUnsaved) return;
      this.#isUnsaved = true;
      const why = error instanceof Error ? error.message : String(error);
      this.#options.onNote(`What is to be told cannot be written down: ${why}`);
    }
  }

  /** Written by `parapet notifications ack`. */
  #readAcknowledged(): void {
    const file = acknowledgedFile(this.#options.folder);
    try {
      renameSync(file, `${file}.taken`);
    } catch {
      return;
    }
    for (const line of readFileSync(`${file}.taken`, 'utf8').split('\n'))
      if (line !== '' && this.#desk.acknowledge(line.trim())) this.#hasNews = true;
    rmSync(`${file}.taken`, { force: true });
  }
}

/** A state of another make is left behind: an engine that does not start is worse than a message that comes twice. */
function deskOf({ settings, now, onNote }: NotificationsOptions, saved: Spooled | undefined): Desk {
  const options = { settings, newId: randomUUID, nowMs: now() };
  if (saved === undefined) return new Desk(options);
  try {
    return new Desk({ ...options, state: saved.desk });
  } catch (error) {
    onNote(`What was to be told is lost: ${error instanceof Error ? error.message : String(error)}`);
    return new Desk(options);
  }
}

/** Returns the file in which attacks are named that somebody has taken care of, one a line. */
export function acknowledgedFile(folder: string): string {
  return path.join(folder, 'acknowledged');
}
