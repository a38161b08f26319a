// What people do: decide, lift, make exceptions, answer appeals. All of it can be undone, and all of it is written
// down with who did it. Deciding and judging are done as over the API.

import { randomUUID } from 'node:crypto';
import {
  addDecision,
  auditOf,
  decide,
  findRecord,
  judge,
  lengthOf,
  previewFor,
  type Decided,
} from '@parapet/api';
import { parseIpOrCidr, type Language } from '@parapet/kinds';
import { explainReason } from '@parapet/reports';
import type { NewFeedback, StoredDecision, StoredInspection } from '@parapet/store';
import { z } from 'zod';
import type { ImportedView, PreviewView } from '../../wire.ts';
import { note } from '../access/session.ts';
import { decisionView, findingView } from '../incidents/incidentViews.ts';
import { absent, Problem } from '../problem.ts';
import { effectOf, humansIn, type Doubt } from '../effect.ts';
import { callerOf, post, type Asked, type Route } from '../route.ts';

const EXAMPLES = 5;
const MOST_LIFTED = 500;

const reason = z.string().max(500).default('');
const record = z.string().regex(/^[0-9a-f]{8}$/);
const duration = z.string().max(20);
const remediation = z.enum(['ban', 'captcha', 'throttle', 'tarpit']);
const list = z.array(z.string().min(1).max(256)).min(1).max(MOST_LIFTED);

export const ACT_ROUTES: readonly Route[] = [
  post(
    '/decisions',
    'operator',
    z.strictObject({
      value: z.string().min(1).max(256),
      remediation,
      duration,
      reason,
      // Also targets of which somebody should think twice.
      force: z.boolean().default(false),
    }),
    (asked) => decideBy(asked, asked.body),
    // A decision acts on all sites.
    'all',
  ),
  post(
    '/decisions/effect',
    'operator',
    z.strictObject({ values: list }),
    async (asked) => ({
      body: await effectOf(asked.options, asked.body.values, asked.ip, asked.language),
    }),
    'all',
  ),
  post(
    '/decisions/import',
    'operator',
    z.strictObject({ values: list, remediation, duration, reason, force: z.boolean().default(false) }),
    (asked) => importList(asked, asked.body),
    'all',
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
      ...{ who, ip: asked.ip, act: 'feedback.undo', target: undone.recordId, site: undone.site },
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

async function decideBy(
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
  const who = callerOf(asked).user.name;
  await refusePeople(asked, [given.value], given.force);
  const made = await decide(options, {
    ...given,
    reason: given.reason === '' ? `decided by ${who}` : given.reason,
  });
  if (!made.ok) throw refusalOf(made, asked.language);
  return done(asked, made.decision, 'decision.add');
}

/** Makes the decisions of a list as far as nothing speaks against them. */
async function importList(
  asked: Asked<unknown>,
  given: {
    readonly values: readonly string[];
    readonly remediation: string;
    readonly duration: string;
    readonly reason: string;
    readonly force: boolean;
  },
): Promise<{ readonly body: ImportedView }> {
  const { options, ip } = asked;
  const { values, ...rest } = given;
  const who = callerOf(asked).user.name;
  await refusePeople(asked, values, given.force);
  const wish = { ...rest, reason: given.reason === '' ? `list of ${who}` : given.reason };
  const made: StoredDecision[] = [];
  const refused: Doubt[] = [];
  for (const value of new Set(values)) {
    // Asked about people once, for all of them; what should be spared is spared whatever was said.
    const decided = await decide(options, { ...wish, value, force: false });
    if (decided.ok) made.push(decided.decision);
    else refused.push({ value, why: explainReason(refusalOf(decided, 'en').message, asked.language) });
  }
  options.feed.tell({ kind: 'changed', what: 'decisions' });
  await note(options, {
    ...{ who, ip, act: 'decision.import', target: wish.reason },
    details: { made: made.length, refused: refused.length },
  });
  const decisions = made.map((one) => decisionView(asked, one));
  return { body: { decisions, refused: refused.slice(0, EXAMPLES), refusedCount: refused.length } };
}

/** Who would hit people has to have looked at that. */
async function refusePeople(
  asked: Asked<unknown>,
  values: readonly string[],
  isForced: boolean,
): Promise<void> {
  if (isForced) return;
  const effect = await effectOf(asked.options, values, asked.ip, asked.language);
  const people = humansIn(effect.visits);
  // What cannot be decided on is refused for a better reason.
  if (people > 0 && effect.doubtfulCount < values.length)
    throw new Problem(409, 'E_DASHBOARD_HITS_PEOPLE', 'people come from there', { n: people });
}

function refusalOf(refused: Exclude<Decided, { ok: true }>, language: Language): Problem {
  switch (refused.fault) {
    case 'target':
      return new Problem(422, 'E_DASHBOARD_TARGET', refused.why);
    case 'duration':
      return new Problem(422, 'E_DASHBOARD_DURATION', refused.why);
    case 'spared':
      return new Problem(409, 'E_DASHBOARD_SPARED', refused.why, {
        why: explainReason(refused.why, language),
      });
    case 'allowlisted': {
      const { list, value } = refused.entry;
      return new Problem(409, 'E_DASHBOARD_ALLOWLISTED', 'it is on an allowlist', { list, entry: value });
    }
  }
}

/** Makes a lifted decision again, for the time that it had left: the undo of an undo. */
async function decideAgain(asked: Asked<unknown>, number: number): Promise<{ readonly body: unknown }> {
  const [old] = await asked.options.store.listDecisions({ number }, { limit: 1 });
  const now = asked.options.now();
  if (old === undefined || old.lift === undefined || old.expiresAt <= now) throw absent();
  const { target, remediation, expiresAt, scenario, origin, mode, alertId } = old;
  const decision = await addDecision(asked.options, {
    ...{ id: randomUUID(), target, remediation, startAt: now, expiresAt, scenario, origin, mode },
    ...(alertId === undefined ? {} : { alertId }),
  });
  return done(asked, decision, 'decision.again');
}

/** Tells the pages of a decision that was made, writes down by whom, and shows it. */
async function done(
  asked: Asked<unknown>,
  decision: StoredDecision,
  act: string,
): Promise<{ readonly body: unknown }> {
  const { options, ip } = asked;
  options.feed.tell({ kind: 'changed', what: 'decisions' }, decision.site);
  await note(options, {
    ...{ who: callerOf(asked).user.name, ip, act, target: decision.target.value },
    ...{ details: auditOf(decision), site: decision.site },
  });
  return { body: decisionView(asked, decision) };
}

async function lift(asked: Asked<unknown>, number: number, why: string): Promise<readonly StoredDecision[]> {
  const { options, ip } = asked;
  const who = callerOf(asked).user.name;
  const lifted = await options.store.liftDecisions({ number }, who, why);
  if (lifted.length === 0) return [];
  options.onLifted(lifted);
  for (const { target, site } of lifted) {
    options.feed.tell({ kind: 'changed', what: 'decisions' }, site);
    await note(options, {
      ...{ who, ip, act: 'decision.lift', target: target.value, details: { number, reason: why }, site },
    });
  }
  return lifted;
}

async function findingOf(asked: Asked<unknown>): Promise<StoredInspection> {
  const id = record.safeParse(asked.params['record']);
  const found = id.success ? await findRecord(asked.options.store, id.data) : undefined;
  if (found === undefined) throw absent();
  if (found.findings.length === 0) throw nothing();
  return found;
}

function nothing(): Problem {
  return new Problem(
    409,
    'E_DASHBOARD_NOTHING',
    'it was refused for how it is written, which no honest client does',
  );
}

async function preview(asked: Asked<unknown>, found: StoredInspection): Promise<PreviewView> {
  const { store, now } = asked.options;
  const { looked, found: others } = await previewFor(store, found, now());
  const whole = others.filter(({ isWhole }) => isWhole);
  return {
    findings: found.findings.map(({ class: one, placement, name }) => ({
      ...{ class: one, where: `${placement} ${name}`.trim(), route: found.route },
    })),
    looked: Math.max(0, looked - 1),
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
  const at = now();
  const { comment } = given;
  const judged = await judge(store, found, {
    kind,
    comment,
    by: who,
    at,
    expiresAt: endOf(given.duration, at),
  });
  if (!judged.ok) {
    if (judged.fault !== 'said') throw nothing();
    const { number, by } = judged.before;
    throw new Problem(409, 'E_DASHBOARD_SAID', 'something is said of it already', { number, by });
  }
  const made = await store.inspections.addFeedback(judged.said);
  await note(options, {
    ...{ who, ip, act: `feedback.${kind}`, target: found.id, details: { number: made.number } },
    site: found.site,
  });
  return { body: await findingView(asked, found, asked.language) };
}

async function closeAppeal(
  asked: Asked<unknown>,
  { number, isAccepted }: { readonly number: number; readonly isAccepted: boolean },
): Promise<{ readonly body: unknown }> {
  const { options, ip } = asked;
  const { store, now } = options;
  const who = callerOf(asked).user.name;
  const closed = await store.closeAppeal(number, isAccepted ? 'accepted' : 'dismissed', who);
  if (closed === undefined) throw await alreadyClosed(asked, number);
  const inside = parseIpOrCidr(closed.ip);
  const lifted: StoredDecision[] = [];
  if (isAccepted && inside !== undefined)
    for (const one of await store.listDecisions({ inside, activeAt: now() }))
      lifted.push(...(await lift(asked, one.number, `appeal #${number} accepted`)));
  await note(options, {
    ...{ who, ip, act: isAccepted ? 'appeal.accept' : 'appeal.dismiss', target: closed.ip },
    ...{ details: { number }, site: closed.site },
  });
  options.feed.tell({ kind: 'changed', what: 'appeals' }, closed.site);
  return { body: { lifted: lifted.map((one) => decisionView(asked, one)) } };
}

/** Somebody was quicker, here or on the command line: nothing is done again. */
async function alreadyClosed({ options }: Asked<unknown>, number: number): Promise<Problem> {
  const [appeal] = await options.store.listAppeals({ number }, { limit: 1 });
  if (appeal?.closed === undefined) return absent();
  const { by } = appeal.closed;
  return new Problem(409, 'E_DASHBOARD_APPEAL', `it is ${appeal.state} already, by ${by}`, { by });
}

/** Undefined for what never ends. */
function endOf(text: string | undefined, at: Date): Date | undefined {
  if (text === undefined || text === '') return undefined;
  const ms = lengthOf(text);
  if (ms === undefined)
    throw new Problem(422, 'E_DASHBOARD_DURATION', 'a length of time is written like 30m, 4h or 7d');
  return new Date(at.getTime() + ms);
}
