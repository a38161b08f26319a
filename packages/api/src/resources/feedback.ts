// What inspection found, and what people say of it: "no attack" makes a narrow exception, after a look at what else it
// would let through; "attack" lowers the threshold; both can be undone.

import { isInForce } from '@parapet/engine';
import type { InspectionFilter, Store, StoredInspection } from '@parapet/store';
import { z } from 'zod';
import { findRecord, judge, previewFor, type Judged } from '../acts/judge.ts';
import { route, type Asked, type Reply, type Route } from '../document/route.ts';
import { Problem } from '../problem.ts';
import { cursorOf, flag, moment, momentOf, numberOf, paging, readCursor } from './query.ts';
import { pageOf, SCHEMAS } from './schemas.ts';
import { feedbackWords, inspectionWords } from './words.ts';

const MOST_NAMED = 100;

const recordId = z
  .string()
  .regex(/^[0-9a-f]{8}$/, 'has to be 8 characters, 0-9 and a-f')
  .describe('As on the block page');

const inspectionQuery = z.strictObject({
  ...paging,
  site: z.string().max(256).optional(),
  ip: z.string().max(100).optional(),
  class: z.string().max(50).optional(),
  action: z.enum(['pass', 'challenge', 'block', 'reject']).optional(),
  since: moment.optional(),
});

const newFeedback = z
  .strictObject({
    recordId,
    kind: z.enum(['attack', 'no-attack']),
    comment: z.string().max(500).default(''),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    confirm: z
      .boolean()
      .default(false)
      .describe('Make the exception although it lets other findings through'),
  })
  .describe('What somebody says of a finding');

const Preview = z.strictObject({
  looked: z.int().describe('How many recent findings were looked through'),
  letsThrough: z.array(z.strictObject({ recordId: z.string(), path: z.string(), isWhole: z.boolean() })),
});

async function listInspections({
  options: { store, now },
  query,
}: Asked<z.output<typeof inspectionQuery>, undefined>): Promise<Reply> {
  const { limit, site, ip, class: attackClass, action } = query;
  const since = momentOf('since', query.since, now());
  const below = readCursor(query.cursor, 1);
  const filter: InspectionFilter = {
    ...(site === undefined ? {} : { site }),
    ...(ip === undefined ? {} : { ip }),
    ...(attackClass === undefined ? {} : { class: attackClass }),
    ...(action === undefined ? {} : { action }),
    ...(since === undefined ? {} : { since }),
    ...(below === undefined ? {} : { before: below[0]! }),
  };
  const found = await store.inspections.list(filter, { limit: limit + 1, newestFirst: true });
  const items = found.slice(0, limit);
  const next = found.length > limit ? { next: cursorOf(items.at(-1)!.number) } : {};
  return { status: 200, body: { items: items.map(inspectionWords), ...next } };
}

async function recordOf(store: Store, id: string): Promise<StoredInspection> {
  const record = await findRecord(store, id);
  if (record === undefined) throw new Problem(404, 'E_API_ABSENT', `There is no finding ${id}`);
  return record;
}

function refusalOf(refused: Exclude<Judged, { ok: true }>, id: string): Problem {
  switch (refused.fault) {
    case 'nothing':
      return new Problem(409, 'E_FEEDBACK_NOTHING', `Nothing in record ${id} can be learned from`);
    case 'past':
      return new Problem(400, 'E_API_BODY', 'expiresAt is over already');
    case 'said':
      return new Problem(
        409,
        'E_FEEDBACK_SAID',
        `Of record ${id} something is said already (#${refused.before.number}); take that back first`,
      );
  }
}

async function say({
  options: { store, now },
  body,
  token,
}: Asked<unknown, z.output<typeof newFeedback>>): Promise<Reply> {
  const at = now();
  const { kind, comment, expiresAt } = body;
  const record = await recordOf(store, body.recordId);
  const judged = await judge(store, record, {
    ...{ kind, comment, at, by: `token ${token.name}` },
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  });
  if (!judged.ok) throw refusalOf(judged, record.id);
  if (kind === 'no-attack' && !body.confirm) {
    const { found } = await previewFor(store, record, at);
    if (found.length > 0)
      throw new Problem(
        409,
        'E_FEEDBACK_PREVIEW',
        `It would let through ${found.length} other findings as well; look at them, then confirm`,
        { letsThrough: found.slice(0, MOST_NAMED).map(({ record: { id } }) => id) },
      );
  }
  return { status: 201, body: feedbackWords(await store.inspections.addFeedback(judged.said), at) };
}

export const feedbackRoutes: readonly Route[] = [
  route('get', '/inspections', {
    scope: 'feedback:read',
    summary: 'What was found in requests, the newest first',
    query: inspectionQuery,
    answers: { 200: { description: 'A page of findings', schema: pageOf(SCHEMAS.Inspection) } },
    handle: listInspections,
  }),
  route('get', '/inspections/{id}', {
    scope: 'feedback:read',
    summary: 'One finding, by the 8 characters of the block page',
    answers: { 200: { description: 'The finding', schema: SCHEMAS.Inspection } },
    problems: { 404: 'There is no such finding' },
    handle: async ({ options: { store }, params }) => ({
      status: 200,
      body: inspectionWords(await recordOf(store, params['id']!)),
    }),
  }),
  route('get', '/feedback', {
    scope: 'feedback:read',
    summary: 'What was said, the oldest first; what counts unless asked otherwise',
    query: z.strictObject({ recordId: recordId.optional(), active: flag.default(true) }),
    answers: {
      200: { description: 'What was said', schema: z.strictObject({ items: z.array(SCHEMAS.Feedback) }) },
    },
    handle: async ({ options: { store, now }, query }) => {
      const at = now();
      const found = await store.inspections.listFeedback({
        ...(query.recordId === undefined ? {} : { recordId: query.recordId }),
        ...(query.active ? { inForceAt: at } : {}),
      });
      return { status: 200, body: { items: found.map((one) => feedbackWords(one, at)) } };
    },
  }),
  route('get', '/feedback/preview', {
    scope: 'feedback:read',
    summary: 'Which recent findings "no attack" on a record would let through as well',
    query: z.strictObject({ recordId }),
    answers: { 200: { description: 'The findings', schema: Preview } },
    problems: { 404: 'There is no such finding', 409: 'Nothing in it can be learned from' },
    handle: async ({ options: { store, now }, query }) => {
      const record = await recordOf(store, query.recordId);
      if (record.findings.length === 0) throw refusalOf({ ok: false, fault: 'nothing' }, record.id);
      const { looked, found } = await previewFor(store, record, now());
      const letsThrough = found
        .slice(0, MOST_NAMED)
        .map(({ record: { id, path }, isWhole }) => ({ recordId: id, path, isWhole }));
      return { status: 200, body: { looked, letsThrough } };
    },
  }),
  route('post', '/feedback', {
    scope: 'feedback:write',
    summary: 'Says that a finding was an attack, or was none',
    body: newFeedback,
    answers: { 201: { description: 'What was said', schema: SCHEMAS.Feedback } },
    problems: {
      404: 'There is no such finding',
      409: 'Something is said of it already, it cannot be learned from, or the exception would let others through',
    },
    handle: say,
  }),
  route('delete', '/feedback/{number}', {
    scope: 'feedback:write',
    summary: 'Takes back what was said',
    answers: { 200: { description: 'What was taken back', schema: SCHEMAS.Feedback } },
    problems: { 404: 'There is nothing to take back' },
    handle: async ({ options: { store, now }, params, token }) => {
      const number = numberOf(params['number']!);
      const [known] = await store.inspections.listFeedback({ number });
      const at = now();
      const isThere = known !== undefined && isInForce(known, at.getTime());
      const undone = isThere
        ? await store.inspections.undoFeedback(number, `token ${token.name}`)
        : undefined;
      if (undone === undefined)
        throw new Problem(404, 'E_API_ABSENT', `There is nothing to undo under ${number}`);
      return { status: 200, body: feedbackWords(undone, at) };
    },
  }),
];
