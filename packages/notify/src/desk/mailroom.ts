// What is told to a channel now, and what is held back: quiet hours, and so many messages an hour. What was held back
// is told as one message, and an attack that is over by then is told once.

import { rankOf, type DigestLine, type Message, type Severity } from '../message.ts';
import type { DeskSettings, QuietHours } from './settings.ts';
import { minuteOfDay, nextMinuteOfDay } from './zone.ts';

const HOUR_MS = 3_600_000;
const MAX_HELD = 100;
const MAX_LINES = 12;
const DEFAULT_AT_MOST = 20;

/** A message on its way to a channel. */
export interface Post {
  readonly channel: string;
  readonly message: Message;
}

export interface MailroomState {
  readonly held: Readonly<Record<string, HeldState>>;
  /** When messages went out within the last hour. */
  readonly sent: Readonly<Record<string, readonly number[]>>;
}

interface HeldState {
  readonly sinceMs: number;
  /** Not before; 0 as soon as the hour has room. */
  readonly untilMs: number;
  readonly messages: readonly Message[];
  readonly more: number;
}

export class Mailroom {
  readonly #settings: DeskSettings;
  readonly #newId: () => string;
  readonly #held = new Map<string, HeldState>();
  readonly #sent = new Map<string, number[]>();

  constructor(settings: DeskSettings, newId: () => string, state?: MailroomState) {
    this.#settings = settings;
    this.#newId = newId;
    for (const [channel, held] of Object.entries(state?.held ?? {})) this.#held.set(channel, held);
    for (const [channel, sent] of Object.entries(state?.sent ?? {})) this.#sent.set(channel, [...sent]);
  }

  save(): MailroomState {
    return { held: Object.fromEntries(this.#held), sent: Object.fromEntries(this.#sent) };
  }

  /** Returns the post, or none while it has to wait. */
  post(channel: string, message: Message, quiet: QuietHours | undefined, nowMs: number): readonly Post[] {
    const untilMs = quietUntil(quiet, message.severity, nowMs, this.#settings.zone);
    const isUrgent = message.severity === 'critical';
    if (untilMs > nowMs || (!isUrgent && !this.#hasRoom(channel, nowMs))) {
      this.#hold(channel, message, untilMs, nowMs);
      return [];
    }
    this.#count(channel, nowMs);
    return [{ channel, message }];
  }

  /** Returns what need not wait any longer. */
  release(nowMs: number): readonly Post[] {
    const posts: Post[] = [];
    for (const [channel, { untilMs, sinceMs, messages, more }] of this.#held) {
      if (untilMs > nowMs || !this.#hasRoom(channel, nowMs)) continue;
      this.#held.delete(channel);
      const attacks = messages.filter((one) => one.kind !== 'attention');
      for (const message of messages) if (message.kind === 'attention') posts.push({ channel, message });
      if (attacks.length === 1 && more === 0) posts.push({ channel, message: attacks[0]! });
      else if (attacks.length > 0)
        posts.push({ channel, message: this.#fold(attacks, more, sinceMs, nowMs) });
      this.#count(channel, nowMs);
    }
    return posts;
  }

  #hold(channel: string, message: Message, untilMs: number, nowMs: number): void {
    const before = this.#held.get(channel);
    // Of an attack, the last word is enough.
    const messages = (before?.messages ?? []).filter(
      (one) => !('incident' in one && 'incident' in message && one.incident === message.incident),
    );
    const isFull = messages.length >= MAX_HELD;
    this.#held.set(channel, {
      sinceMs: before?.sinceMs ?? nowMs,
      untilMs: Math.max(before?.untilMs ?? 0, untilMs),
      messages: isFull ? messages : [...messages, message],
      more: (before?.more ?? 0) + (isFull ? 1 : 0),
    });
  }

  #fold(messages: readonly Message[], more: number, sinceMs: number, nowMs: number): Message {
    const lines = messages.flatMap((one) =>
      'facts' in one ? [lineOf(one)] : 'lines' in one ? one.lines : [],
    );
    lines.sort((one, other) => rankOf(other.severity) - rankOf(one.severity));
    let severity: Severity = 'low';
    for (const one of messages) if (rankOf(one.severity) > rankOf(severity)) ({ severity } = one);
    return {
      id: this.#newId(),
      kind: 'held',
      severity,
      site: '',
      atMs: nowMs,
      sinceMs,
      lines: lines.slice(0, MAX_LINES),
      more: more + Math.max(0, lines.length - MAX_LINES),
    };
  }

  #hasRoom(channel: string, nowMs: number): boolean {
    const sent = (this.#sent.get(channel) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < HOUR_MS);
    return sent.length < (this.#settings.atMost.get(channel) ?? DEFAULT_AT_MOST);
  }

  #count(channel: string, nowMs: number): void {
    const sent = (this.#sent.get(channel) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < HOUR_MS);
    this.#sent.set(channel, [...sent.slice(-199), nowMs]);
  }
}

/** Returns the end of the quiet hours; 0 when there are none now, or none for this severity. */
function quietUntil(quiet: QuietHours | undefined, severity: Severity, nowMs: number, zone: string): number {
  if (quiet === undefined || rankOf(severity) >= rankOf(quiet.except)) return 0;
  const minute = minuteOfDay(nowMs, zone);
  const { from, to } = quiet;
  const isQuiet = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  return isQuiet ? nextMinuteOfDay(nowMs, to, zone) : 0;
}

/** Returns the line of a digest that an attack is. */
export function lineOf(message: Extract<Message, { facts: unknown }>): DigestLine {
  const { attack, outcome, firstAtMs, sources, needsReview } = message.facts;
  const { site, severity } = message;
  return { attack, site, outcome, severity, firstAtMs, attacks: 1, sources, needsReview };
}
