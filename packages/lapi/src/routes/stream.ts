// The stream of decisions that bouncers live on: everything at the start, then what has changed since the last time.
//
// A bouncer keeps one entry for each value, so two rules hold. What has ended is told only when nothing else of the
// same kind is in force on the value. And a process is not told that something changed before it was told all: where
// each stands is kept for each process, not for each key, and moves on only when the whole answer was sent.

import type { Changes, DecisionFilter, LeanDecision, Pulled, Puller, StoredDecision } from '@parapet/store';
import type { Hono } from 'hono';
import { bouncersOnly } from '../auth/guards.ts';
import { JSON_TYPE, type Env, type LapiContext, type Shared } from '../context.ts';
import { leanOf } from '../wire/decisions.ts';
import { streamFilter } from '../wire/filters.ts';
import { answerOf, joined, pagesOf } from './pages.ts';

/** What ended before is not told to who starts anew: it had no time to learn of it. */
const ENDED_AT_START_MS = 3_600_000;
/** Clocks of the store's writers may differ a little. */
const OVERLAP_MS = 2000;
const MOST_AGENT_CHARS = 200;

export function streamRoutes(app: Hono<Env>, shared: Shared): void {
  app.get('/v1/decisions/stream', bouncersOnly(shared), async (c) => {
    if (c.req.raw.method === 'HEAD') return new Response(null, { headers: { 'content-type': JSON_TYPE } });
    const { store, now, memory } = shared;
    const filter = streamFilter(c.req.query());
    const puller = pullerOf(c);
    const isStart = c.req.query('startup') === 'true';
    const bouncer = c.get('bouncer');
    const since = isStart ? undefined : await memory.pulledTo(bouncer, puller);
    const to: Pulled = { change: await store.latestChange(), at: now() };
    return answerOf(stream(shared, filter, since, to), async () => {
      memory.pulled(bouncer, puller, to);
    });
  });
}

function pullerOf(c: LapiContext): Puller {
  return {
    bouncer: c.get('bouncer').name,
    ip: c.env.peer.ip,
    userAgent: (c.req.header('user-agent') ?? '').slice(0, MOST_AGENT_CHARS),
  };
}

async function* stream(
  shared: Shared,
  filter: DecisionFilter,
  since: Pulled | undefined,
  to: Pulled,
): AsyncGenerator<string> {
  const { at } = to;
  // A poll hardly ever finds more than one page of changes: it is gone through twice and read once.
  const first =
    since === undefined || since.change >= to.change
      ? undefined
      : await shared.store.changesSince(since.change);
  yield* listOf(
    '{"new":',
    since === undefined
      ? pagesOf(shared, { ...filter, activeAt: at })
      : startedIn(changesSince(shared, since, to, first), filter),
    at,
  );
  yield* listOf(',"deleted":', endedSince(shared, filter, since, to, first), at);
  yield '}';
}

/** `null` when there is none, as CrowdSec's clients know it. */
async function* listOf(
  before: string,
  pages: AsyncIterable<readonly LeanDecision[]>,
  now: Date,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield `${isFirst ? `${before}[` : ','}${joined(page, now)}`;
    isFirst = false;
  }
  yield isFirst ? `${before}null` : ']';
}

/** What has changed, in pages; `first` is the first of them, where it was read before. */
async function* changesSince(
  { store }: Shared,
  since: Pulled,
  to: Pulled,
  first: Changes | undefined,
): AsyncGenerator<Changes> {
  let known = first;
  for (let token = since.change; token < to.change;) {
    const changes = known ?? (await store.changesSince(token));
    known = undefined;
    yield changes;
    if (changes.token === token) return;
    token = changes.token;
  }
}

async function* startedIn(
  pages: AsyncIterable<Changes>,
  filter: DecisionFilter,
): AsyncGenerator<readonly LeanDecision[]> {
  for await (const { started } of pages)
    yield started.filter((decision) => fits(decision, filter)).map(leanOf);
}

async function* endedSince(
  shared: Shared,
  filter: DecisionFilter,
  since: Pulled | undefined,
  to: Pulled,
  first: Changes | undefined,
): AsyncGenerator<readonly LeanDecision[]> {
  const fromMs = since === undefined ? to.at.getTime() - ENDED_AT_START_MS : since.at.getTime() - OVERLAP_MS;
  const expired = { after: new Date(fromMs), upTo: to.at };
  for await (const page of pagesOf(shared, { ...filter, expired }))
    yield await withoutSuccessor(shared, page, to.at);
  if (since === undefined) return;
  for await (const changes of changesSince(shared, since, to, first)) {
    const ended = changes.ended
      .filter((decision) => decision.lift !== undefined && fits(decision, filter))
      .map(leanOf);
    yield await withoutSuccessor(shared, ended, to.at);
  }
}

async function withoutSuccessor(
  { store }: Shared,
  ended: readonly LeanDecision[],
  now: Date,
): Promise<readonly LeanDecision[]> {
  const gone: LeanDecision[] = [];
  for (const decision of ended) {
    const [, , scope, value, remediation] = decision;
    const filter = { scope, value, remediation, mode: 'live', activeAt: now } as const;
    if ((await store.countDecisions(filter)) === 0) gone.push(decision);
  }
  return gone;
}

/** The filter of a stream on a decision that is at hand. */
function fits(decision: StoredDecision, filter: DecisionFilter): boolean {
  const { scopes, origins, scenariosWith = [], scenariosWithout = [] } = filter;
  const scenario = decision.scenario.toLowerCase();
  return (
    decision.mode === 'live' &&
    (scopes === undefined || scopes.includes(decision.target.scope)) &&
    (origins === undefined || origins.includes(decision.origin)) &&
    (scenariosWith.length === 0 || scenariosWith.some((text) => scenario.includes(text.toLowerCase()))) &&
    !scenariosWithout.some((text) => scenario.includes(text.toLowerCase()))
  );
}
