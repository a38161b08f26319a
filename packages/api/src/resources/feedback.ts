// What inspection found, and what people say of it: "no attack" makes a narrow exception, after a look at what else it
// would let through; "attack" lowers the threshold; both can be undone.

import { isInForce, previewOf } from '@parapet/engine';
import type { InspectionFilter, NewFeedback, Store, StoredInspection } from '@parapet/store';
import { z } from 'zod';
import { route, type Asked, type Reply, type Route } from '../document/route.ts';
import { Problem } from '../problem.ts';
import { cursorOf, flag, moment, momentOf, numberOf, paging, readCursor } from './query.ts';
import { pageOf, SCHEMAS } from './schemas.ts';
import { feedbackWords, inspectionWords } from './words.ts';

/** Of recent findings, so many are looked through for the preview. */
const PREVIEWED = 10_000;
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

async function findRecord(store: Store, id: string): Promise<StoredInspection> {
  const [record] = await store.inspections.list({ id }, { newestFirst: true, limit: 1 });
  if (record === undefined) throw new Problem(404, 'E_API_ABSENT', `There is no finding ${id}`);
  return record;
}

function sayingOf(
  record: StoredInspection,
  { kind, comment, expiresAt }: Pick<z.output<typeof newFeedback>, 'kind' | 'comment' | 'expiresAt'>,
  { by, at }: { readonly by: string; readonly at: Date },
): NewFeedback {
  const { id, site, route: path, findings, network } = record;
  if (findings.length === 0)
    throw new Problem(409, 'E_FEEDBACK_NOTHING', `Nothing in record ${id} can be learned from`);
  const end = expiresAt === undefined ? undefined : new Date(expiresAt);
  if (end !== undefined && end <= at) throw new Problem(400, 'E_API_BODY', 'expiresAt is over already');
  return {
    ...{ kind, recordId: id, site, route: path, findings, network, at, by, comment },
    ...(end === undefined ? {} : { expiresAt: end }),
  };
}

async function previewFor(
  store: Store,
  said: NewFeedback,
): Promise<{ readonly looked: number; readonly found: ReturnType<typeof previewOf> }> {
  const recent = await store.inspections.list({ site: said.site }, { newestFirst: true, limit: PREVIEWED });
  return { looked: recent.length, found: previewOf({ ...said, number: 0 }, recent) };
}

async function say({
  options: { store, now },
  body,
  token,
}: Asked<unknown, z.output<typeof newFeedback>>): Promise<Reply> {
  const at = now();
  const record = await findRecord(store, body.recordId);
  const said = sayingOf(record, body, { by: `token ${token.name}`, at });
  const [before] = await store.inspections.listFeedback({ recordId: record.id, inForceAt: at });
  if (before !== undefined)
    throw new Problem(
      409,
      'E_FEEDBACK_SAID',
      `Of record ${record.id} something is said already (#${before.number}); take that back first`,
    );
  if (body.kind === 'no-attack' && !body.confirm) {
    const { found } = await previewFor(store, said);
    if (found.length > 0)
      throw new Problem(
        409,
        'E_FEEDBACK_PREVIEW',
        `It would let through ${found.length} other findings as well; look at them, then confirm`,
        { letsThrough: found.slice(0, MOST_NAMED).map(({ record: { id } }) => id) },
      );
  }
  return { status: 201, body: feedbackWords(await store.inspections.addFeedback(said), at) };
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
      body: inspectionWords(await findRecord(store, params['id']!)),
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
    handle: async ({ options: { store, now }, query, token }) => {
      const record = await findRecord(store, query.recordId);
      const said = sayingOf(record, { kind: 'no-attack', comment: '' }, { by: token.name, at: now() });
      const { looked, found } = await previewFor(store, said);
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
