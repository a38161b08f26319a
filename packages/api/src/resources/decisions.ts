// Decisions: list, add, lift, and what holds for one value.

import { parseIpOrCidr } from '@parapet/kinds';
import type { ApiToken, DecisionFilter, StoredDecision } from '@parapet/store';
import { z } from 'zod';
import { auditOf, decide, type Decided } from '../acts/decide.ts';
import { route, type Asked, type Reply, type Route } from '../document/route.ts';
import type { ApiOptions } from '../options.ts';
import { Problem } from '../problem.ts';
import { cursorOf, flag, numberOf, paging, placeOf, readCursor } from './query.ts';
import { pageOf, SCHEMAS } from './schemas.ts';
import { decisionWords, entryWords } from './words.ts';

/** A list that was imported may have been a million. */
const MOST_SHOWN = 500;

const filters = {
  scope: z.string().max(100).optional(),
  value: z.string().max(500).optional(),
  ip: z.string().max(100).optional().describe('An address or range; decisions on it and inside it'),
  recordId: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional()
    .describe('As on the block page'),
  remediation: z.string().max(100).optional(),
  origin: z.string().max(200).optional(),
  scenario: z.string().max(300).optional(),
};
const listQuery = z.strictObject({
  ...paging,
  ...filters,
  mode: z.enum(['live', 'simulated']).optional(),
  active: flag.default(true).describe('false: those that have ended too'),
});
const by = z
  .string()
  .regex(/^[^\p{Cc}]{1,100}$/u)
  .optional()
  .describe('The person who wants it, by a name of the program that asks; stands in the audit log');
const liftQuery = z.strictObject({ ...filters, by });

const newDecision = z
  .strictObject({
    id: z
      .uuid()
      .optional()
      .describe('Chosen by the sender, so that nothing is doubled when it is sent again'),
    scope: z.string().max(100).optional().describe('Found out from the value when absent: `ip` or `range`'),
    value: z.string().min(1).max(500),
    remediation: z.string().min(1).max(100).default('ban'),
    duration: z.string().max(40).default('4h').describe('`30m`, `4h`, `7d`'),
    reason: z.string().min(1).max(500).default('added through the API'),
    force: z
      .boolean()
      .default(false)
      .describe('Also on private, own and very wide targets, and on operators'),
    by,
  })
  .describe('A decision to be made');

function filterOf(query: z.output<typeof liftQuery>): DecisionFilter {
  const { scope, value, recordId, remediation, origin, scenario } = query;
  const inside = placeOf('ip', query.ip);
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(value === undefined ? {} : { value }),
    ...(recordId === undefined ? {} : { recordId }),
    ...(remediation === undefined ? {} : { remediation }),
    ...(origin === undefined ? {} : { origin }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(inside === undefined ? {} : { inside }),
  };
}

async function list({ options, query }: Asked<z.output<typeof listQuery>, undefined>): Promise<Reply> {
  const { store, now } = options;
  const at = now();
  const { limit, cursor, mode, active, ...rest } = query;
  const below = readCursor(cursor, 1);
  const found = await store.listDecisions(
    {
      ...filterOf(rest),
      ...(mode === undefined ? {} : { mode }),
      ...(active ? { activeAt: at } : {}),
      ...(below === undefined ? {} : { upTo: below[0]! - 1 }),
    },
    { limit: limit + 1, newestFirst: true },
  );
  const items = found.slice(0, limit);
  const next = found.length > limit ? { next: cursorOf(items.at(-1)!.number) } : {};
  return { status: 200, body: { items: items.map((one) => decisionWords(one, at)), ...next } };
}

async function add({ options, body, token }: Asked<unknown, z.output<typeof newDecision>>): Promise<Reply> {
  const made = await decide(options, body);
  if (!made.ok) throw refusalOf(made, body.value);
  const { decision, isNew } = made;
  const at = options.now();
  if (!isNew) return { status: 200, body: decisionWords(decision, at) };
  await note(options, token, body.by, 'decision.add', decision, auditOf(decision));
  return { status: 201, body: decisionWords(decision, at) };
}

function refusalOf(refused: Exclude<Decided, { ok: true }>, value: string): Problem {
  switch (refused.fault) {
    case 'target':
    case 'duration':
      return new Problem(400, 'E_API_BODY', refused.why);
    case 'spared':
      return new Problem(409, 'E_API_SPARED', `${refused.why}; say force if you are sure`);
    case 'allowlisted': {
      const { list, value: through } = refused.entry;
      return new Problem(409, 'E_API_ALLOWLISTED', `${value} is on the allowlist ${list} through ${through}`);
    }
  }
}

/** What a person wanted stands in the audit log; what a program did by itself, with the decision only. */
async function note(
  { store }: ApiOptions,
  token: ApiToken,
  person: string | undefined,
  act: string,
  { target }: StoredDecision,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (person === undefined) return;
  await store.audit.add({ who: whoOf(token, person), ip: '', act, target: target.value, details });
}

function whoOf({ name }: ApiToken, person: string | undefined): string {
  return person === undefined ? `token ${name}` : `${person} (token ${name})`;
}

async function lift(
  options: ApiOptions,
  filter: DecisionFilter,
  token: ApiToken,
  person?: string,
): Promise<Reply> {
  const { store, now, onLifted } = options;
  const shown: StoredDecision[] = [];
  const count = await store.liftEach(filter, {
    ...{ by: whoOf(token, person), reason: 'lifted through the API' },
    onLifted: (some) => {
      onLifted(some);
      shown.push(...some.slice(0, MOST_SHOWN - shown.length));
    },
  });
  for (const one of shown) await note(options, token, person, 'decision.lift', one, { number: one.number });
  const at = now();
  return { status: 200, body: { count, items: shown.map((one) => decisionWords(one, at)) } };
}

export const decisionRoutes: readonly Route[] = [
  route('get', '/decisions', {
    scope: 'decisions:read',
    summary: 'Decisions, the newest first; those in force unless asked otherwise',
    query: listQuery,
    answers: { 200: { description: 'A page of them', schema: pageOf(SCHEMAS.Decision) } },
    handle: list,
  }),
  route('post', '/decisions', {
    scope: 'decisions:write',
    summary: 'Makes a decision',
    body: newDecision,
    answers: {
      200: { description: 'The decision that has this id already, as it is now', schema: SCHEMAS.Decision },
      201: { description: 'The decision', schema: SCHEMAS.Decision },
    },
    problems: {
      409: 'The target is on an allowlist, or deciding on it would lock out those whom it must not',
    },
    handle: add,
  }),
  route('delete', '/decisions', {
    scope: 'decisions:write',
    summary: 'Lifts all decisions in force that the filter names; at least one is needed',
    query: liftQuery,
    answers: { 200: { description: 'Those that were lifted', schema: SCHEMAS.DecisionList } },
    handle: async ({ options, query, token }) => {
      const { by: person, ...filter } = query;
      if (Object.values(filter).every((value) => value === undefined))
        throw new Problem(400, 'E_API_QUERY', 'Say which decisions: scope, value, ip, recordId, …');
      return lift(options, filterOf(filter), token, person);
    },
  }),
  route('get', '/decisions/check', {
    scope: 'decisions:read',
    summary: 'What holds for an address, a range or another value',
    query: z.strictObject({ value: z.string().min(1).max(500), scope: filters.scope }),
    answers: { 200: { description: 'What holds', schema: SCHEMAS.Check } },
    handle: check,
  }),
  route('delete', '/decisions/{number}', {
    scope: 'decisions:write',
    summary: 'Lifts a decision',
    answers: { 200: { description: 'It, or nothing when it had ended', schema: SCHEMAS.DecisionList } },
    problems: { 404: 'There is no such decision' },
    handle: async ({ options, params, token }) => {
      const filter = { number: numberOf(params['number']!) };
      if ((await options.store.countDecisions(filter)) === 0)
        throw new Problem(404, 'E_API_ABSENT', `There is no decision ${params['number']}`);
      return lift(options, filter, token);
    },
  }),
];

async function check({
  options: { store, now, readTarget },
  query: { scope, value },
}: Asked<{ readonly scope?: string | undefined; readonly value: string }, undefined>): Promise<Reply> {
  const read = readTarget(scope, value);
  if ('problem' in read) throw new Problem(400, 'E_API_QUERY', read.problem);
  const { target } = read;
  const at = now();
  const around = target.scope === 'ip' || target.scope === 'range' ? parseIpOrCidr(target.value) : undefined;
  const filter: DecisionFilter = around === undefined ? { ...target } : { around };
  const decisions = await store.listDecisions(
    { ...filter, activeAt: at },
    { limit: MOST_SHOWN, newestFirst: true },
  );
  const allowlisted = around === undefined ? [] : await store.findAllowlisted(target.value);
  return {
    status: 200,
    body: {
      value: target.value,
      decisions: decisions.map((one) => decisionWords(one, at)),
      allowlisted: allowlisted.map(entryWords),
    },
  };
}
