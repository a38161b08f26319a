// An alert as the protocol writes it, and as machines send it.

import { createHash, randomUUID } from 'node:crypto';
import { formatDuration, parseDuration, parseIp, type Alert, type Decision } from '@parapet/kinds';
import type { AlertSummary, LeanDecision, StoredAlert } from '@parapet/store';
import { z } from 'zod';
import type { Turns } from '../turns.ts';
import { crowdsecScope, ownOrigin, targetOf, parapetScope } from './scopes.ts';

const MOST_EVENTS = 1000;
const MOST_META = 200;
/** As many as a body holds: `cscli decisions import` sends a list as one alert. */
const MOST_DECISIONS = 500_000;
const text = (most: number) => z.string().max(most);
/** Go writes what is empty as null. */
const absent = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

const META = z.array(z.object({ key: absent(text(1000)), value: absent(text(100_000)) })).max(MOST_META);

const DECISION = z.object({
  origin: text(200),
  type: text(200),
  scope: text(200),
  value: text(1000),
  duration: text(100),
  scenario: text(1000),
  simulated: absent(z.boolean()),
  uuid: absent(text(100)),
});

const ALERT = z.object({
  capacity: z.number().int(),
  decisions: absent(z.array(z.unknown()).max(MOST_DECISIONS)),
  events: z.array(z.object({ meta: META.nullable(), timestamp: text(100) })).max(MOST_EVENTS),
  events_count: z.number().int(),
  leakspeed: text(100),
  message: text(10_000),
  remediation: absent(z.boolean()),
  scenario: text(1000),
  scenario_hash: text(200),
  scenario_version: text(100),
  simulated: z.boolean(),
  source: z.object({
    scope: text(200),
    value: text(1000),
    ip: absent(text(100)),
    range: absent(text(100)),
    as_number: absent(text(100)),
    as_name: absent(text(1000)),
    cn: absent(text(100)),
    latitude: absent(z.number()),
    longitude: absent(z.number()),
  }),
  start_at: text(100),
  stop_at: text(100),
  labels: absent(z.array(text(1000)).max(100)),
  uuid: absent(text(100)),
});

const ALERTS = z.array(z.unknown()).max(1000);
/** So many are read, or taken, in one turn: some 5 ms of work. */
export const ALERTS_IN_A_TURN = 5;
export const DECISIONS_IN_A_TURN = 200;
/** What the protocol calls an alert that log lines or requests led to, and one that an operator made. */
export const ALERT_KIND = 'crowdsec';
export const LONE_KIND = 'cscli';
/** Numbers of decisions that no alert led to, given as alerts, begin here. */
const LONE_NUMBERS = 1e12;

export interface SentAlert {
  readonly alert: Alert;
  /** Decisions that it brings; none when profiles are to say what is done. */
  readonly decisions: readonly Decision[];
}

export type ReadAlerts =
  | { readonly ok: true; readonly alerts: readonly SentAlert[] }
  | { readonly ok: false; readonly says: string };

/** Reads what a machine posts. The same alert sent twice has the same id, so that a repeated batch doubles nothing. */
export async function readAlerts(
  body: unknown,
  machine: string,
  now: Date,
  turns: Turns,
): Promise<ReadAlerts> {
  const list = ALERTS.safeParse(body);
  if (!list.success) return { ok: false, says: complaint(list.error, body) };
  const alerts: SentAlert[] = [];
  for (const [i, one] of list.data.entries()) {
    if (i > 0 && i % ALERTS_IN_A_TURN === 0) await turns.next();
    const read = ALERT.safeParse(one);
    if (!read.success) return { ok: false, says: complaint(read.error, one, `${i}.`) };
    const made = await alertOf(read.data, machine, now, turns);
    if (typeof made === 'string') return { ok: false, says: `validation failure list:\n${i}.${made}` };
    alerts.push(made);
  }
  return { ok: true, alerts };
}

async function alertOf(
  sent: z.infer<typeof ALERT>,
  machine: string,
  now: Date,
  turns: Turns,
): Promise<SentAlert | string> {
  const startAt = timeOf(sent.start_at);
  const stopAt = timeOf(sent.stop_at);
  if (startAt === undefined) return 'start_at in body must be of type date-time';
  if (stopAt === undefined) return 'stop_at in body must be of type date-time';
  const hasDecisions = sent.decisions !== undefined && sent.decisions.length > 0;
  const id =
    sent.uuid !== undefined && UUID.test(sent.uuid)
      ? sent.uuid
      : hasDecisions
        ? randomUUID()
        : idOf(sent, machine);
  const scope = parapetScope(sent.source.scope);
  const target = targetOf(sent.source.scope, sent.source.value);
  const { source } = sent;
  const alert: Alert = {
    id,
    scenario: sent.scenario,
    scenarioVersion: sent.scenario_version,
    scenarioHash: sent.scenario_hash,
    source: {
      scope,
      value: target?.value ?? source.value,
      ...(source.ip === undefined || source.ip === '' ? {} : { ip: parseIp(source.ip) ?? source.ip }),
      ...(source.range === undefined || source.range === '' ? {} : { range: source.range }),
      ...(source.cn === undefined || source.cn === '' ? {} : { countryCode: source.cn }),
      ...(source.as_number === undefined || source.as_number === '' ? {} : { asn: source.as_number }),
      ...(source.as_name === undefined || source.as_name === '' ? {} : { asName: source.as_name }),
      ...(source.latitude === undefined ? {} : { latitude: source.latitude }),
      ...(source.longitude === undefined ? {} : { longitude: source.longitude }),
    },
    startAt,
    stopAt,
    // A machine whose clock is ahead must not make decisions that begin in the future.
    knownAt: stopAt < now ? stopAt : now,
    eventsCount: sent.events_count,
    events: sent.events.map(({ meta, timestamp }) => ({
      at: timeOf(timestamp) ?? stopAt,
      meta: (meta ?? [])
        .map(({ key = '', value = '' }) => [key, value] as const)
        .sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
    })),
    message: sent.message,
    remediation: sent.remediation ?? false,
    simulated: sent.simulated,
    labels: {},
    capacity: sent.capacity,
    leakSpeedMs: parseDuration(sent.leakspeed) ?? 0,
    machine,
  };
  const decisions: Decision[] = [];
  for (const [i, given] of (sent.decisions ?? []).entries()) {
    if (i > 0 && i % DECISIONS_IN_A_TURN === 0) await turns.next();
    const read = DECISION.safeParse(given);
    if (!read.success) return `decisions.${complaintOf(read.error, given, `${i}.`)[0] ?? i}`;
    const one = read.data;
    const on = targetOf(one.scope, one.value);
    if (on === undefined) return `decisions.${i}.value in body is no ${one.scope}: ${one.value}`;
    const durationMs = parseDuration(one.duration);
    if (durationMs === undefined || durationMs <= 0)
      return `decisions.${i}.duration in body is no duration: ${one.duration}`;
    decisions.push({
      id: one.uuid !== undefined && UUID.test(one.uuid) ? one.uuid : randomUUID(),
      target: on,
      remediation: one.type,
      startAt: now,
      expiresAt: new Date(now.getTime() + durationMs),
      scenario: one.scenario,
      origin: ownOrigin(one.origin),
      mode: one.simulated === true || sent.simulated ? 'simulated' : 'live',
      alertId: id,
    });
  }
  return { alert, decisions };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID from what the alert says (RFC 9562, version 8). */
function idOf(sent: unknown, machine: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([machine, sent]))
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** RFC 3339, or as Go prints a time by default: `2026-11-22 09:00:00 +0000 UTC`. */
function timeOf(raw: string): Date | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:Z|([+-])(\d\d):?(\d\d))(?: \S+)?(?: m=\S+)?$/.exec(
      raw,
    );
  if (match === null) return undefined;
  const [, day, time, sign, hours, minutes] = match;
  const zone = sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
  const at = new Date(`${day}T${time!.replace(/(\.\d{3})\d+$/, '$1')}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** In the words that clients of CrowdSec log. */
function complaint(error: z.ZodError, body: unknown, before = ''): string {
  return `validation failure list:\n${complaintOf(error, body, before).join('\n')}`;
}

function complaintOf(error: z.ZodError, body: unknown, before: string): readonly string[] {
  return error.issues.slice(0, 20).map((issue) => {
    const at = `${before}${issue.path.join('.')}`;
    const isMissing = issue.path.length > 0 && valueAt(body, issue.path) === undefined;
    return isMissing ? `${at} in body is required` : `${at} in body: ${issue.message}`;
  });
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let at = body;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[key]; // an object has no other keys
  }
  return at;
}

/** An alert without what was decided on it. Without its evidence `events` is empty. */
export function wireAlert(alert: StoredAlert | AlertSummary): Readonly<Record<string, unknown>> {
  const { source } = alert;
  const events = 'events' in alert ? alert.events : [];
  return {
    capacity: alert.capacity,
    created_at: rfc3339(alert.knownAt),
    events: events.map(({ at, meta }) => ({
      meta: meta.map(([key, value]) => ({ key, value })),
      timestamp: rfc3339(at),
    })),
    events_count: alert.eventsCount,
    id: alert.number,
    kind: ALERT_KIND,
    labels: null,
    leakspeed: formatDuration(alert.leakSpeedMs),
    machine_id: alert.machine ?? 'parapet',
    message: alert.message,
    meta: [],
    remediation: alert.remediation,
    scenario: alert.scenario,
    scenario_hash: alert.scenarioHash,
    scenario_version: alert.scenarioVersion,
    simulated: alert.simulated,
    source: {
      as_name: source.asName ?? '',
      as_number: source.asn ?? '',
      cn: source.countryCode ?? '',
      ip: source.ip ?? (source.scope === 'ip' ? source.value : ''),
      latitude: source.latitude ?? 0,
      longitude: source.longitude ?? 0,
      range: source.range ?? '',
      scope: crowdsecScope(source.scope),
      value: source.value,
    },
    start_at: rfc3339(alert.startAt),
    stop_at: rfc3339(alert.stopAt),
    uuid: alert.id,
  };
}

/** A decision that no alert led to, as the alert that `cscli decisions list` looks for it in. */
export function loneAlert(decision: LeanDecision): Readonly<Record<string, unknown>> {
  const [number, id, scope, value, , startMs, , scenario, , isSimulated] = decision;
  const at = rfc3339(new Date(startMs));
  return {
    ...{
      capacity: 0,
      created_at: at,
      events: [],
      events_count: 1,
      id: LONE_NUMBERS + number,
      kind: LONE_KIND,
    },
    ...{
      labels: null,
      leakspeed: '0',
      machine_id: 'parapet',
      message: scenario,
      meta: [],
      remediation: true,
    },
    ...{ scenario, scenario_hash: '', scenario_version: '', simulated: isSimulated === 1 },
    ...{ source: { scope: crowdsecScope(scope), value }, start_at: at, stop_at: at, uuid: id },
  };
}

/** Whole seconds, as Go's time.RFC3339. */
export function rfc3339(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
