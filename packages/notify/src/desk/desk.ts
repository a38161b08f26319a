// From alerts to messages. Alerts come in at any rate and are only noted; about once a second a turn groups them into
// attacks, and says who is to be told of what. A channel is told of an attack once, when it first matters enough for
// one of its rules, and once more when it is over.

import type { Alert, Decision } from '@parapet/kinds';
import {
  rankOf,
  type AttackMessage,
  type AttentionMessage,
  type DigestLine,
  type DigestMessage,
  type Severity,
} from '../message.ts';
import type { AttentionKey } from '../words/language.ts';
import {
  happeningOf,
  hashOf,
  Incident,
  packHashes,
  unpackHashes,
  type Happening,
  type IncidentState,
} from './incident.ts';
import { lineOf, Mailroom, type MailroomState, type Post } from './mailroom.ts';
import type { DeskSettings, Rule } from './settings.ts';
import { nextMinuteOfDay } from './zone.ts';

const MAX_WAITING = 20_000;
const MAX_OPEN = 200;
/** Of two generations: the older one is forgotten when the younger one is full. */
const MAX_SEEN = 2500;
const MAX_DIGEST = 300;
const DIGEST_LINES = 12;
/** An attack that never pauses is told anew each day. */
const LONGEST_MS = 86_400_000;
/** What comes out of an old log is no news; clocks of other machines, and zones, are wrong by less than a day. */
const NEWS_MS = 86_400_000;
const REPEAT_ATTENTION_MS = 6 * 3_600_000;

export interface DeskState {
  readonly savedMs: number;
  readonly incidents: readonly IncidentState[];
  readonly mailroom: MailroomState;
  readonly digest: { readonly sinceMs: number; readonly lines: readonly DigestLine[]; readonly more: number };
  /** Hashes of the ids of the latest alerts. */
  readonly seen: string;
  /** When each attention was told, by its key. */
  readonly attention: Readonly<Record<string, number>>;
}

export interface DeskOptions {
  readonly settings: DeskSettings;
  readonly newId: () => string;
  readonly nowMs: number;
  readonly state?: DeskState;
}

export class Desk {
  readonly #settings: DeskSettings;
  readonly #newId: () => string;
  readonly #mailroom: Mailroom;
  readonly #open: Incident[] = [];
  #seen: Set<number>;
  #seenBefore: ReadonlySet<number> = new Set();
  readonly #attention: Map<string, number>;
  #waiting: (readonly [Alert, readonly Decision[]])[] = [];
  #notices: AttentionMessage[] = [];
  #digestLines: DigestLine[];
  #digestMore: number;
  #digestSinceMs: number;

  constructor({ settings, newId, nowMs, state }: DeskOptions) {
    this.#settings = settings;
    this.#newId = newId;
    this.#mailroom = new Mailroom(settings, newId, state?.mailroom);
    for (const saved of state?.incidents ?? []) this.#open.push(Incident.restore(saved));
    this.#seen = new Set(state === undefined ? [] : unpackHashes(state.seen));
    this.#attention = new Map(Object.entries(state?.attention ?? {}));
    this.#digestLines = [...(state?.digest.lines ?? [])];
    this.#digestMore = state?.digest.more ?? 0;
    this.#digestSinceMs = state?.digest.sinceMs ?? nowMs;
  }

  get openCount(): number {
    return this.#open.length;
  }

  /** Notes an alert; `decisions` are those made for it and those that covered it before. Costs next to nothing. */
  alert(alert: Alert, decisions: readonly Decision[]): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push([alert, decisions]);
  }

  /** Notes something other than an attack; the same is told again after six hours only. */
  attention(about: AttentionKey, detail: string, severity: Severity, nowMs: number, site = ''): void {
    if (about === 'store-ok') {
      // Nobody was told that it was broken.
      if (!this.#attention.delete('store')) return;
    } else {
      const key = about === 'appeal' ? `appeal ${detail}` : about === 'store' ? about : `${about} ${detail}`;
      const before = this.#attention.get(key);
      if (before !== undefined && Math.abs(nowMs - before) < REPEAT_ATTENTION_MS) return;
      this.#attention.set(key, nowMs);
      if (this.#attention.size > 500) this.#attention.delete(this.#attention.keys().next().value!);
    }
    this.#notices.push({ id: this.#newId(), kind: 'attention', about, detail, severity, site, atMs: nowMs });
  }

  /** Nobody is told again that this attack goes on; returns whether there is such a one. */
  acknowledge(incident: string): boolean {
    const found = this.#open.find(({ id }) => id === incident || id.startsWith(`${incident}-`));
    if (found !== undefined) found.isAcknowledged = true;
    return found !== undefined;
  }

  /** Whether this alert has been taken before. */
  hasSeen(alertId: string): boolean {
    return this.#isKnown(hashOf(alertId));
  }

  /** Takes some of the alerts that were noted, and returns whether there are more. */
  take(most: number, nowMs: number): boolean {
    const taken = this.#waiting.length <= most ? this.#waiting : this.#waiting.slice(0, most);
    this.#waiting = taken === this.#waiting ? [] : this.#waiting.slice(most);
    for (const [alert, decisions] of taken) this.#take(alert, decisions, nowMs);
    return this.#waiting.length > 0;
  }

  /** Takes what was noted, and returns what is to be sent. */
  turn(nowMs: number): readonly Post[] {
    this.take(Number.POSITIVE_INFINITY, nowMs);
    const posts: Post[] = [];
    for (const notice of this.#notices.splice(0)) posts.push(...this.#tellNotice(notice, nowMs));
    for (const incident of [...this.#open]) posts.push(...this.#attend(incident, nowMs));
    posts.push(...this.#mailroom.release(nowMs), ...this.#digest(nowMs));
    return posts;
  }

  save(nowMs: number): DeskState {
    return {
      savedMs: nowMs,
      incidents: this.#open.map((incident) => incident.save()),
      mailroom: this.#mailroom.save(),
      digest: { sinceMs: this.#digestSinceMs, lines: this.#digestLines, more: this.#digestMore },
      seen: packHashes([...this.#seenBefore, ...this.#seen]),
      attention: Object.fromEntries(this.#attention),
    };
  }

  #isKnown(id: number): boolean {
    return this.#seen.has(id) || this.#seenBefore.has(id);
  }

  #take(alert: Alert, decisions: readonly Decision[], nowMs: number): void {
    const id = hashOf(alert.id);
    if (this.#isKnown(id)) return;
    if (this.#seen.size >= MAX_SEEN) {
      this.#seenBefore = this.#seen;
      this.#seen = new Set();
    }
    this.#seen.add(id);
    const { isEnforced, siteOf } = this.#settings;
    const one = happeningOf(alert, decisions, isEnforced, siteOf);
    this.#incidentOf(one, nowMs).add(one, nowMs);
  }

  /** One that does the same to the same site, else one that this source takes part in. */
  #incidentOf(one: Happening, nowMs: number): Incident {
    const here = this.#open.filter(({ site }) => site === one.site);
    const found =
      here.find(({ attack }) => attack === one.attack) ??
      here.find((incident) => incident.has(one.sourceHash));
    if (found !== undefined) return found;
    if (this.#open.length >= MAX_OPEN) this.#close(this.#open[0]!);
    const incident = new Incident(this.#newId(), one.site, one.attack, nowMs);
    this.#open.push(incident);
    return incident;
  }

  #attend(incident: Incident, nowMs: number): readonly Post[] {
    const { gatherMs, calmMs } = this.#settings;
    const isGathered = nowMs >= incident.openedMs + gatherMs || nowMs < incident.openedMs;
    if (!isGathered) return [];
    const posts: Post[] = [];
    const isNews = nowMs - incident.lastAtMs < NEWS_MS;
    if (isNews) for (const rule of this.#rulesFor(incident)) posts.push(...this.#tell(incident, rule, nowMs));
    if (nowMs - incident.seenMs >= calmMs) posts.push(...this.#over(incident, nowMs));
    else if (nowMs - incident.openedMs >= LONGEST_MS) this.#close(incident);
    return posts;
  }

  #rulesFor(incident: Incident): readonly Rule[] {
    const { severity, site, attack, scenarios } = incident;
    return this.#settings.rules.filter(
      (rule) =>
        rule.about.includes('attacks') &&
        rankOf(severity) >= rankOf(rule.severity) &&
        (rule.sites.length === 0 || rule.sites.includes(site)) &&
        (rule.scenarios.length === 0 ||
          rule.scenarios.some((pattern) => [attack, ...scenarios].some((name) => isLike(name, pattern)))),
    );
  }

  #tell(incident: Incident, rule: Rule, nowMs: number): readonly Post[] {
    const posts: Post[] = [];
    for (const channel of rule.channels) {
      if (incident.told.has(channel)) continue;
      incident.told.set(channel, nowMs);
      posts.push(
        ...this.#mailroom.post(
          channel,
          messageOf(incident, 'attack', nowMs, rule.escalate !== undefined),
          rule.quiet,
          nowMs,
        ),
      );
    }
    const { escalate } = rule;
    if (escalate === undefined || incident.isAcknowledged) return posts;
    const toldMs = Math.min(...rule.channels.map((channel) => incident.told.get(channel) ?? Infinity));
    if (nowMs - toldMs < escalate.afterMs) return posts;
    for (const channel of escalate.channels) {
      if (incident.escalated.has(channel)) continue;
      incident.escalated.add(channel);
      incident.told.set(channel, incident.told.get(channel) ?? nowMs);
      posts.push(
        ...this.#mailroom.post(channel, messageOf(incident, 'still-on', nowMs, true), undefined, nowMs),
      );
    }
    return posts;
  }

  #over(incident: Incident, nowMs: number): readonly Post[] {
    const posts: Post[] = [];
    for (const channel of incident.told.keys()) {
      const rule =
        this.#settings.rules.find((one) => one.channels.includes(channel) && one.about.includes('attacks')) ??
        this.#settings.rules.find((one) => one.escalate?.channels.includes(channel) === true);
      if (rule?.backToNormal !== true) continue;
      posts.push(...this.#mailroom.post(channel, messageOf(incident, 'over', nowMs), rule.quiet, nowMs));
    }
    this.#close(incident);
    return posts;
  }

  #close(incident: Incident): void {
    this.#open.splice(this.#open.indexOf(incident), 1);
    if (this.#digestLines.length < MAX_DIGEST)
      this.#digestLines.push(lineOf(messageOf(incident, 'over', incident.seenMs)));
    else this.#digestMore++;
  }

  #tellNotice(notice: AttentionMessage, nowMs: number): readonly Post[] {
    const topic = notice.about === 'appeal' ? 'appeals' : 'health';
    const told = new Set<string>();
    const posts: Post[] = [];
    for (const rule of this.#settings.rules) {
      const isMeant =
        rule.about.includes(topic) &&
        // An appeal is a person who waits, however severe the rule.
        (topic === 'appeals' || rankOf(notice.severity) >= rankOf(rule.severity)) &&
        (rule.sites.length === 0 || notice.site === '' || rule.sites.includes(notice.site));
      if (!isMeant) continue;
      for (const channel of rule.channels) {
        if (told.has(channel)) continue;
        told.add(channel);
        posts.push(...this.#mailroom.post(channel, notice, rule.quiet, nowMs));
      }
    }
    return posts;
  }

  #digest(nowMs: number): readonly Post[] {
    const { digest, zone } = this.#settings;
    if (digest === undefined) {
      this.#digestLines = [];
      this.#digestMore = 0;
      return [];
    }
    // A clock that was set back would make the day longer than it is.
    if (nowMs < this.#digestSinceMs) this.#digestSinceMs = nowMs;
    if (nextMinuteOfDay(this.#digestSinceMs, digest.at, zone) > nowMs) return [];
    const sinceMs = this.#digestSinceMs;
    const lines = sumUp(this.#digestLines);
    let more = this.#digestMore;
    for (const line of lines.slice(DIGEST_LINES)) more += line.attacks;
    this.#digestSinceMs = nowMs;
    this.#digestLines = [];
    this.#digestMore = 0;
    if (lines.length === 0) return [];
    const message: DigestMessage = {
      id: this.#newId(),
      kind: 'digest',
      severity: 'low',
      site: '',
      atMs: nowMs,
      sinceMs,
      lines: lines.slice(0, DIGEST_LINES),
      more,
    };
    return digest.channels.map((channel) => ({ channel, message }));
  }
}

function messageOf(
  incident: Incident,
  kind: AttackMessage['kind'],
  nowMs: number,
  isEscalating: boolean = false,
): AttackMessage {
  const { id, site, severity } = incident;
  const facts = incident.facts();
  const atMs = kind === 'attack' ? facts.firstAtMs : nowMs;
  const more = isEscalating ? { isEscalating: true as const } : {};
  return { id: `${id}.${kind}`, kind, incident: id, severity, site, atMs, ...more, facts };
}

/** Attacks of one kind on one site with the same end are one line, the gravest first. */
function sumUp(lines: readonly DigestLine[]): readonly DigestLine[] {
  const sums = new Map<string, DigestLine>();
  for (const line of lines) {
    const key = `${line.attack} ${line.outcome} ${String(line.needsReview)} ${line.site}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, line);
    else
      sums.set(key, {
        ...sum,
        severity: rankOf(line.severity) > rankOf(sum.severity) ? line.severity : sum.severity,
        attacks: sum.attacks + line.attacks,
        sources: sum.sources + line.sources,
      });
  }
  return [...sums.values()].toSorted(
    (one, other) => rankOf(other.severity) - rankOf(one.severity) || other.attacks - one.attacks,
  );
}

/** Whether the name is like the pattern, in which `*` stands for anything; linear in the name. */
function isLike(name: string, pattern: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return name === pattern;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
