// What waits to be delivered. Each channel has a line of its own, so that a dead receiver holds up nobody else; what is
// in line is on disk before the first try, and leaves it when the receiver has taken it. A try that ended in a crash is
// made again with the same id, which receivers with idempotency keys know.

import { CHANNEL_NEEDS, outgoingOf, targetsOf } from '../channels/index.ts';
import type { Channel, Fault, Verdict } from '../channels/channel.ts';
import type { Post } from '../desk/mailroom.ts';
import { rankOf, type Message } from '../message.ts';
import type { Send } from '../wire/sender.ts';
import { renderMessage } from '../words/render.ts';

const MAX_JOBS = 500;
/** What is shorter stands in other words as well. */
const SHORTEST_SECRET = 3;
/** A part of a URL that is longer is no word. */
const LONGEST_WORD = 8;
/** A channel that takes no such messages. */
const NO_USE: Verdict = { ok: true, answer: '' };
/** Others hear of a channel that is dead for so long. */
const DEAD_MS = 30 * 60_000;
const MAX_AGE_MS = 72 * 3_600_000;
const MAX_REFUSED = 3;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Somebody has to mend the configuration first. */
const FIRST_PAUSE_MISCONFIGURED_MS = 60_000;

/** A message for one target, until it is delivered. */
export interface Job {
  readonly key: string;
  readonly channel: string;
  readonly target: string;
  readonly message: Message;
  readonly queuedMs: number;
  readonly tries: number;
  readonly refused: number;
  /** Not tried before. */
  readonly nextMs: number;
}

/** What became of a try; `failed` is tried again. */
export interface DeliveryRecord {
  readonly at: string;
  readonly channel: string;
  readonly target: string;
  readonly id: string;
  readonly kind: Message['kind'] | 'test';
  readonly severity: string;
  readonly title: string;
  readonly outcome: 'delivered' | 'failed' | 'gave up';
  readonly tries: number;
  /** The receiver's answer, or why not. */
  readonly answer: string;
}

export interface OutboxOptions {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly send: Send;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly host: string;
  readonly version: string;
  readonly jobs?: readonly Job[];
  readonly onRecord: (record: DeliveryRecord) => void;
  /** A try is over, and `jobs` has changed. */
  readonly onSettled?: () => void;
  /** A channel fails now, or works again. */
  readonly onHealth?: (channel: string, reason: string | undefined) => void;
  /** A channel has failed for half an hour. */
  readonly onDead?: (channel: string, reason: string) => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #jobs = new Map<string, Job>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #pausedUntilMs = new Map<string, number>();
  /** Since when, or Infinity when others have been told. */
  readonly #failing = new Map<string, number>();
  readonly #counts = new Map<string, Record<DeliveryRecord['outcome'], number>>();
  #hasChanged = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    for (const job of options.jobs ?? []) this.#jobs.set(job.key, job);
  }

  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** What became of messages since the start, by channel. */
  get counts(): ReadonlyMap<string, Readonly<Record<DeliveryRecord['outcome'], number>>> {
    return this.#counts;
  }

  /** Whether `jobs` is not what it was at the last call. */
  takeChanged(): boolean {
    const hasChanged = this.#hasChanged;
    this.#hasChanged = false;
    return hasChanged;
  }

  add(posts: readonly Post[]): void {
    for (const { channel, message } of posts) {
      const to = this.#options.channels.get(channel);
      if (to === undefined) continue;
      for (const target of targetsOf(to)) this.#add(channel, target, message);
    }
  }

  /** Starts what may be tried now; what it starts never rejects. */
  pump(): void {
    const nowMs = this.#options.now();
    for (const job of this.#jobs.values()) {
      if (this.#busy.has(job.channel) || job.nextMs > nowMs) continue;
      const pausedUntilMs = this.#pausedUntilMs.get(job.channel) ?? 0;
      // A pause is never longer than an hour: after that the clock was set back.
      if (pausedUntilMs > nowMs && pausedUntilMs - nowMs <= 3_600_000) continue;
      const work = this.#try(job).finally(() => {
        this.#busy.delete(job.channel);
        this.#options.onSettled?.();
      });
      this.#busy.set(job.channel, work);
    }
  }

  /** Resolves when no try is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  #add(channel: string, target: string, message: Message): void {
    const key = `${message.id} ${channel} ${target}`;
    if (this.#jobs.has(key)) return;
    if (this.#jobs.size >= MAX_JOBS) this.#makeRoom();
    const queuedMs = this.#options.now();
    this.#jobs.set(key, { key, channel, target, message, queuedMs, tries: 0, refused: 0, nextMs: 0 });
    this.#hasChanged = true;
  }

  /** The oldest of those that matter least. */
  #makeRoom(): void {
    let least: Job | undefined;
    for (const job of this.#jobs.values())
      if (least === undefined || rankOf(job.message.severity) < rankOf(least.message.severity)) least = job;
    if (least !== undefined) this.#giveUp(least, 'too many messages wait');
  }

  async #try(job: Job): Promise<void> {
    const { channels, send, now, host, version } = this.#options;
    const channel = channels.get(job.channel);
    if (channel === undefined) {
      this.#giveUp(job, 'the channel is no longer configured');
      return;
    }
    const { message, target } = job;
    let verdict: Verdict;
    try {
      const rendered = renderMessage(message, channel.setting);
      const outgoing = outgoingOf({ message, rendered, channel, target }, { nowMs: now(), host, version });
      verdict = outgoing === undefined ? NO_USE : await send(outgoing);
    } catch (error) {
      // A message that cannot be made is nobody else's trouble.
      verdict = {
        ok: false,
        fault: 'refused',
        reason: error instanceof Error ? error.message : String(error),
      };
    }
    if (verdict === NO_USE) {
      this.#jobs.delete(job.key);
      this.#hasChanged = true;
      return;
    }
    this.#hasChanged = true;
    if (verdict.ok) {
      this.#jobs.delete(job.key);
      this.#pausedUntilMs.delete(job.channel);
      if (this.#failing.delete(job.channel)) this.#options.onHealth?.(job.channel, undefined);
      this.#record(job, 'delivered', withoutSecrets(verdict.answer, channel), job.tries + 1);
      return;
    }
    this.#failed(job, verdict, withoutSecrets(verdict.reason, channel));
  }

  #failed(job: Job, verdict: Extract<Verdict, { ok: false }>, reason: string): void {
    const { now, random, onHealth, onDead } = this.#options;
    const { fault, retryAfterMs } = verdict;
    const tries = job.tries + 1;
    const refused = job.refused + (fault === 'refused' ? 1 : 0);
    const pauseMs = Math.max(
      Math.min(retryAfterMs ?? 0, 3_600_000),
      pauseAfter(fault, tries) * (0.8 + 0.4 * random()),
    );
    const failed = { ...job, tries, refused, nextMs: fault === 'refused' ? now() + pauseMs : 0 };
    if (refused >= MAX_REFUSED) {
      this.#giveUp(failed, `refused: ${reason}`);
      return;
    }
    if (now() - job.queuedMs > MAX_AGE_MS) {
      this.#giveUp(failed, reason);
      return;
    }
    this.#jobs.set(job.key, failed);
    if (fault !== 'refused') this.#pausedUntilMs.set(job.channel, now() + pauseMs);
    const sinceMs = this.#failing.get(job.channel);
    if (sinceMs === undefined) {
      this.#failing.set(job.channel, now());
      onHealth?.(job.channel, reason);
    } else if (now() - sinceMs >= DEAD_MS) {
      this.#failing.set(job.channel, Number.POSITIVE_INFINITY);
      onDead?.(job.channel, reason);
    }
    this.#record(failed, 'failed', reason, tries);
  }

  #giveUp(job: Job, reason: string): void {
    this.#jobs.delete(job.key);
    this.#hasChanged = true;
    this.#record(job, 'gave up', reason, job.tries);
  }

  #record(job: Job, outcome: DeliveryRecord['outcome'], answer: string, tries: number): void {
    const { channels, now, onRecord } = this.#options;
    const channel = channels.get(job.channel);
    const counts = this.#counts.get(job.channel) ?? { delivered: 0, failed: 0, 'gave up': 0 };
    counts[outcome]++;
    this.#counts.set(job.channel, counts);
    onRecord({
      at: new Date(now()).toISOString(),
      channel: job.channel,
      target: job.target,
      id: job.message.id,
      kind: job.message.kind,
      severity: job.message.severity,
      title: renderMessage(job.message, channel?.setting ?? { language: 'en', zone: 'UTC' }).title,
      outcome,
      tries,
      answer,
    });
  }
}

/** Returns the text without what only the channel's owner may know; it may be cut in the middle of it. */
export function withoutSecrets(text: string, channel: Channel): string {
  let safe = text;
  for (const secret of secretsOf(channel)) {
    safe = safe.replaceAll(secret, '<secret>');
    for (let length = secret.length - 1; length > SHORTEST_SECRET; length--)
      if (safe.endsWith(secret.slice(0, length))) safe = `${safe.slice(0, -length)}<secret>`;
  }
  return safe;
}

/** The longest first: servers say again for which path they have nothing, with or without its host. */
function secretsOf({ secret, type, url }: Channel): readonly string[] {
  const secrets = [secret];
  if (CHANNEL_NEEDS[type].url === 'secret' && URL.canParse(url)) {
    const { pathname, search } = new URL(url);
    const parts = `${pathname}${search}`.split(/[/?&=]/).filter((part) => part.length > LONGEST_WORD);
    secrets.push(url, `${pathname}${search}`, pathname, ...parts);
  }
  return secrets.filter((one) => one.length > SHORTEST_SECRET).toSorted((a, b) => b.length - a.length);
}

function pauseAfter(fault: Fault, tries: number): number {
  const first = fault === 'misconfigured' ? FIRST_PAUSE_MISCONFIGURED_MS : FIRST_PAUSE_MS;
  return Math.min(LONGEST_PAUSE_MS, first * 2 ** Math.min(tries - 1, 10));
}
