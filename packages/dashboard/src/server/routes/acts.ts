// What people do: decide, lift, make exceptions, answer appeals. All of it can be undone, and all of it is written
// down with who did it.

import { randomUUID } from 'node:crypto';
import { previewOf } from '@parapet/engine';
import { parseDuration, parseIpOrCidr, type Decision } from '@parapet/kinds';
import type { NewFeedback, StoredDecision, StoredInspection } from '@parapet/store';
import { z } from 'zod';
import type { PreviewView } from '../../wire.ts';
import { decisionView, findingView } from '../incidents/incidentViews.ts';
import { Problem } from '../problem.ts';
import { callerOf, post, type Asked, type Route } from '../route.ts';
import { note } from './session.ts';

const LONGEST_MS = 10 * 365 * 86_400_000;
const PREVIEWED = 10_000;
const EXAMPLES = 5;
const MOST_LIFTED = 500;

const reason = z.string().max(500).default('');
const record = z.string().regex(/^[0-9a-f]{8}$/);
const duration = z.string().max(20);

export const ACT_ROUTES: readonly Route[] = [
  post(
    '/decisions',
    'operator',
    z.strictObject({
      value: z.string().min(1).max(256),
      remediation: z.enum(['ban', 'captcha', 'throttle', 'tarpit']),
      duration,
      reason,
      // Also targets of which somebody should think twice.
      force: z.boolean().default(false),
    }),
    (asked) => decide(asked, asked.body),
  ),
  post(
    '/decisions/lift',
    'operator',
    z.strictObject({ numbers: z.array(z.number().int()).min(1).max(MOST_LIFTED), reason }),
    async (asked) => {
      const lifted: StoredDecision[] = [];
      for (const number of asked.body.numbers) lifted.push(...(await lift(asked, number, asked.body.reason)));
      return { body: { lifted: lifted.map((one) => decisionView(asked, one)) } };
    },
  ),
  post('/decisions/again', 'operator', z.strictObject({ number: z.number().int() }), (asked) =>
    decideAgain(asked, asked.body.number),
  ),
  post('/findings/:record/preview', 'analyst', z.strictObject({}), async (asked) => ({
    body: await preview(asked, await findingOf(asked)),
  })),
  post(
    '/findings/:record/no-attack',
    'analyst',
    z.strictObject({ comment: reason, duration: duration.optional() }),
    (asked) => say(asked, 'no-attack', asked.body),
  ),
  post(
    '/findings/:record/attack',
    'analyst',
    z.strictObject({ comment: reason, duration: duration.optional() }),
    (asked) => say(asked, 'attack', asked.body),
  ),
  post('/feedback/undo', 'analyst', z.strictObject({ number: z.number().int() }), async (asked) => {
    const who = callerOf(asked).user.name;
    const undone = await asked.options.store.inspections.undoFeedback(asked.body.number, who);
    if (undone === undefined) throw absent();
    await note(asked.options, {
      ...{ who, ip: asked.ip, act: 'feedback.undo', target: undone.recordId },
      details: { number: undone.number },
    });
    return { body: {} };
  }),
  post(
    '/appeals/close',
    'operator',
    z.strictObject({ number: z.number().int(), isAccepted: z.boolean() }),
    (asked) => closeAppeal(asked, asked.body),
  ),
];

async function decide(
  asked: Asked<unknown>,
  given: {
    readonly value: string;
    readonly remediation: string;
    readonly duration: string;
    readonly reason: string;
    readonly force: boolean;
  },
): Promise<{ readonly body: unknown }> {
  const { options } = asked;
  const { store, now } = options;
  const read = options.readTarget(given.value);
  if ('problem' in read) throw new Problem(422, 'E_DASHBOARD_TARGET', read.problem);
  const { target } = read;
  const spare = given.force ? undefined : await options.reasonToSpare(target);
  if (spare !== undefined) throw new Problem(409, 'E_DASHBOARD_SPARED', spare, { why: spare });
  const [entry] = await store.findAllowlisted(target.value);
  if (entry !== undefined)
    throw new Problem(409, 'E_DASHBOARD_ALLOWLISTED', 'it is on an allowlist', {
      ...{ list: entry.list, entry: entry.value },
    });
  const who = callerOf(asked).user.name;
  const decision: Decision = {
    ...{ id: randomUUID(), target, remediation: given.remediation, origin: 'operator', mode: 'live' },
    startAt: now(),
    expiresAt: new Date(now().getTime() + durationOf(given.duration)),
    scenario: given.reason === '' ? `decided by ${who}` : given.reason,
  };
  return add(asked, decision, 'decision.add');
}

/** Makes a lifted decision again, for the time that it had left: the undo of an undo. */
async function decideAgain(asked: Asked<unknown>, number: number): Promise<{ readonly body: unknown }> {
  const [old] = await asked.options.store.listDecisions({ number }, { limit: 1 });
  const now = asked.options.now();
  if (old === undefined || old.lift === undefined || old.expiresAt <= now) throw absent();
  const { target, remediation, expiresAt, scenario, origin, mode, alertId } = old;
  return add(
    asked,
    {
      ...{ id: randomUUID(), target, remediation, startAt: now, expiresAt, scenario, origin, mode },
      ...(alertId === undefined ? {} : { alertId }),
    },
    'decision.again',
  );
}

async function add(
  asked: Asked<unknown>,
  decision: Decision,
  act: string,
): Promise<{ readonly body: unknown }> {
  const { options, ip } = asked;
  const { store } = options;
  await store.addDecisions([decision]);
  const [stored] = await store.listDecisions({ id: decision.id });
  if (stored === undefined) throw absent();
  options.onAdded([stored]);
  options.feed.tell({ kind: 'changed', what: 'decisions' });
  await note(options, {
    ...{ who: callerOf(asked).user.name, ip, act, target: decision.target.value },
    details: {
      number: stored.number,
      remediation: stored.remediation,
      until: stored.expiresAt.toISOString(),
    },
  });
  return { body: decisionView(asked, stored) };
}

async function lift(asked: Asked<unknown>, number: number, why: string): Promise<readonly StoredDecision[]> {
  const { options, ip } = asked;
  const who = callerOf(asked).user.name;
  const lifted = await options.store.liftDecisions({ number }, who, why);
  if (lifted.length === 0) return [];
  options.onLifted(lifted);
  options.feed.tell({ kind: 'changed', what: 'decisions' });
  for (const { target } of lifted)
    await note(options, {
      ...{ who, ip, act: 'decision.lift', target: target.value, details: { number, reason: why } },
    });
  return lifted;
}

async function findingOf(asked: Asked<unknown>): Promise<StoredInspection> {
  const id = record.safeParse(asked.params['record']);
  const [found] = id.success
    ? await asked.options.store.inspections.list({ id: id.data }, { newestFirst: true, limit: 1 })
    : [];
  if (found === undefined) throw absent();
  if (found.findings.length === 0)
    throw new Problem(
      409,
      'E_DASHBOARD_NOTHING',
      'it was refused for how it is written, which no honest client does',
    );
  return found;
}

function sayingOn(
  { id, site, route, findings, network }: StoredInspection,
  kind: NewFeedback['kind'],
  by: string,
  at: Date,
): NewFeedback {
  return { recordId: id, site, route, findings, network, at, by, comment: '', kind };
}

async function preview(asked: Asked<unknown>, found: StoredInspection): Promise<PreviewView> {
  const { store, now } = asked.options;
  const recent = await store.inspections.list({ site: found.site }, { newestFirst: true, limit: PREVIEWED });
  const said = sayingOn(found, 'no-attack', '', now());
  const whole = previewOf({ ...said, number: 0 }, recent).filter(({ isWhole }) => isWhole);
  return {
    findings: found.findings.map(({ class: one, placement, name }) => ({
      ...{ class: one, where: `${placement} ${name}`.trim(), route: found.route },
    })),
    looked: Math.max(0, recent.length - 1),
    letThrough: whole.length,
    examples: whole.slice(0, EXAMPLES).map(({ record: other }) => ({
      ...{ record: other.id, ip: other.ip, method: other.method, path: other.path },
      class: other.findings[0]?.class ?? '',
    })),
  };
}

async function say(
  asked: Asked<unknown>,
  kind: NewFeedback['kind'],
  given: { readonly comment: string; readonly duration?: string | undefined },
): Promise<{ readonly body: unknown }> {
  const { options, ip } = asked;
  const { store, now } = options;
  const found = await findingOf(asked);
  const who = callerOf(asked).user.name;
  const before = await store.inspections.listFeedback({ recordId: found.id, inForceAt: now() });
  if (before.length > 0)
    throw new Problem(409, 'E_DASHBOARD_SAID', 'something is said of it already', {
      ...{ number: before[0]!.number, by: before[0]!.by },
    });
  const expires =
    given.duration === undefined || given.duration === ''
      ? {}
      : { expiresAt: new Date(now().getTime() + durationOf(given.duration)) };
  const made = await store.inspections.addFeedback({
    ...sayingOn(found, kind, who, now()),
    ...{ comment: given.comment, ...expires },
  });
  await note(options, {
    ...{ who, ip, act: `feedback.${kind}`, target: found.id, details: { number: made.number } },
  });
  return { body: await findingView(asked, found) };
}

async function closeAppeal(
  asked: Asked<unknown>,
  { number, isAccepted }: { readonly number: number; readonly isAccepted: boolean },
): Promise<{ readonly body: unknown }> {
  const { options, ip } = asked;
  const { store, now } = options;
  const who = callerOf(asked).user.name;
  const closed = await store.closeAppeal(number, isAccepted ? 'accepted' : 'dismissed', who);
  if (closed === undefined) throw absent();
  const inside = parseIpOrCidr(closed.ip);
  const lifted: StoredDecision[] = [];
  if (isAccepted && inside !== undefined)
    for (const one of await store.listDecisions({ inside, activeAt: now() }))
      lifted.push(...(await lift(asked, one.number, `appeal #${number} accepted`)));
  await note(options, {
    ...{ who, ip, act: isAccepted ? 'appeal.accept' : 'appeal.dismiss', target: closed.ip },
    details: { number },
  });
  options.feed.tell({ kind: 'changed', what: 'appeals' });
  return { body: { lifted: lifted.map((one) => decisionView(asked, one)) } };
}

function durationOf(text: string): number {
  const ms = parseDuration(text.replace(/(\d+)d$/, (_, days: string) => `${Number(days) * 24}h`));
  if (ms === undefined || ms <= 0 || ms > LONGEST_MS)
    throw new Problem(422, 'E_DASHBOARD_DURATION', 'a length of time is written like 30m, 4h or 7d');
  return ms;
}

function absent(): Problem {
  return new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no such thing, or not any more');
}
