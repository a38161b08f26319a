// The first page: is there an attack, what was done, does anything need somebody, and who was stopped that may be a
// person.

import { explainFindings } from '@parapet/reports';
import type { Minute } from '@parapet/store';
import type { DayView, DoubtView, Level, OverviewView, TodoView } from '../../wire.ts';
import { highestRole, mayAct } from '../access/roles.ts';
import type { Asked } from '../route.ts';
import { RECENT_MS, type Incident } from './incidentBook.ts';
import { doubtsOf } from './radar.ts';
import { triage } from './triage.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const STEP_MS = 600_000;
/** Without a line for so long, a site that has visitors is not seen any more. */
const BLIND_MS = 15 * 60_000;
/** An attack is several times as much as in the busiest tenth of the day, and not just a few. */
const ATTACK_FACTOR = 3;
const ATTACK_ALERTS = 10;
const MOST_TODOS = 5;

export async function overview(services: Asked<undefined>): Promise<OverviewView> {
  const { store, now, engine } = services.options;
  const nowMs = now().getTime();
  await services.incidents.refresh();
  const day = dayOf(await store.minutes.since(new Date(nowMs - DAY_MS - STEP_MS)), nowMs);
  const today = services.incidents.latest().filter(({ lastMs }) => lastMs > nowMs - DAY_MS);
  const running = today.filter(({ lastMs }) => nowMs - lastMs < RECENT_MS);
  const doubts = await doubtsOf(services, nowMs);
  const { lastLineMs } = engine();
  const isBlind =
    store.health().state !== 'ok' || (lastLineMs !== undefined && nowMs - lastLineMs > BLIND_MS);
  const level = isBlind ? 'blind' : levelOf(running, today, nowMs);
  return {
    nowMs,
    level,
    totals: {
      lines: sum(day.lines),
      stopped: sum(day.stopped),
      alerts: today.reduce((all, { alerts }) => all + alerts.length, 0),
      incidents: today.length,
      running: running.length,
      addresses: new Set(today.flatMap(({ sources }) => [...sources.keys()])).size,
      inForce: await store.countDecisions({ activeAt: now(), mode: 'live' }),
      ...(lastLineMs === undefined ? {} : { lastLineMs }),
    },
    day,
    todos: await todosOf(services, level, doubts, today),
    doubts,
    triage: await triage(services, nowMs),
  };
}

/** Returns the last 24 hours in steps of ten minutes that end now, so that the last one is as long as the others. */
export function dayOf(minutes: readonly Minute[], nowMs: number): DayView {
  const steps = DAY_MS / STEP_MS;
  const startMs = Math.floor(nowMs / MINUTE_MS + 1) * MINUTE_MS - DAY_MS;
  const [lines, stopped, alerts] = [0, 0, 0].map(() => Array.from({ length: steps }, () => 0)) as [
    number[],
    number[],
    number[],
  ];
  for (const minute of minutes) {
    const step = Math.floor((minute.at.getTime() - startMs) / STEP_MS);
    if (step < 0 || step >= steps) continue;
    lines[step]! += minute.lines;
    stopped[step]! += minute.stopped;
    alerts[step]! += minute.alerts;
  }
  return { startMs, stepMs: STEP_MS, lines, stopped, alerts };
}

/** Compares the alerts of the last ten minutes with those of the other ten minutes of the day. */
export function levelOf(running: readonly Incident[], today: readonly Incident[], nowMs: number): Level {
  if (running.length === 0) return 'calm';
  const counts = Array.from({ length: DAY_MS / STEP_MS }, () => 0);
  for (const { alerts } of today)
    for (const { atMs } of alerts) {
      const step = Math.floor((nowMs - atMs) / STEP_MS);
      if (step >= 0 && step < counts.length) counts[step]! += 1;
    }
  const [recent = 0, ...others] = counts;
  const usual = others.toSorted((a, b) => a - b)[Math.floor(others.length * 0.9)] ?? 0;
  return recent >= Math.max(ATTACK_ALERTS, ATTACK_FACTOR * usual) ? 'attack' : 'busy';
}

async function todosOf(
  { options, by, language }: Asked<undefined>,
  level: Level,
  doubts: readonly DoubtView[],
  today: readonly Incident[],
): Promise<TodoView[]> {
  const { store, engine } = options;
  const { isObserving, findings } = engine();
  const appeals = await store.countAppeals({ state: 'open' });
  const others = doubts.filter(({ kind }) => kind !== 'appeal').length;
  const todos: TodoView[] = [];
  const health = store.health();
  if (health.state !== 'ok')
    todos.push({
      kind: 'store',
      count: 1,
      href: '/health',
      text: explainFindings(health.error?.message ?? '', language),
    });
  else if (level === 'blind') todos.push({ kind: 'blind', count: 1, href: '/health' });
  for (const text of findings.slice(0, 2))
    todos.push({ kind: 'finding', count: 1, href: '/health', text: explainFindings(text, language) });
  const silent = (await options.nodes()).filter(({ state }) => state === 'silent' || state === 'late').length;
  if (silent > 0) todos.push({ kind: 'node', count: silent, href: '/sites#nodes' });
  if (appeals > 0) todos.push({ kind: 'appeal', count: appeals, href: '/#doubts' });
  if (others > 0) todos.push({ kind: 'doubt', count: others, href: '/#doubts' });
  const watched = today.filter(({ alerts }) => alerts.every(({ isSimulated }) => isSimulated)).length;
  if (isObserving || watched > 0) todos.push({ kind: 'observing', count: watched, href: '/incidents' });
  const needsSecond =
    by !== undefined &&
    mayAct(highestRole(by.user) ?? '', 'operator') &&
    by.user.totpSecret === undefined &&
    by.user.subject === undefined;
  if (needsSecond && (await store.passkeys.list(by.user.name)).length === 0)
    todos.push({ kind: 'totp', count: 1, href: '/account' });
  return todos.slice(0, MOST_TODOS);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
