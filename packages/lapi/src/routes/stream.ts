// The stream of decisions that bouncers live on: everything at the start, then what has changed since the last time.
//
// A bouncer keeps one entry for each value, so two rules hold. Of all that is in force on a value it is told of what
// lasts longest, and that it ended only when nothing else is in force there. And a process is not told that something changed before it was told all: where
// each stands is kept for each process, not for each key, and moves on only when the whole answer was sent.

import type { ActiveFilter, Changes, DecisionFilter, LeanDecision, Pulled, Puller } from '@parapet/store';
import type { Hono } from 'hono';
import { bouncersOnly } from '../auth/guards.ts';
import { JSON_TYPE, type Env, type LapiContext, type Shared } from '../context.ts';
import { streamFilter } from '../wire/filters.ts';
import { besideAll, fits, OVERLAP_MS, told, type Fed } from './changeFeed.ts';
import { answerOf, listOf, pagesOf, texts } from './pages.ts';

/** What ended before is not told to who starts anew: it had no time to learn of it. */
const ENDED_AT_START_MS = 3_600_000;
const MOST_AGENT_CHARS = 200;
/** A million leave some 20 MB of garbage that has grown old, and V8 would let it grow to four times that. */
const FREE_ROWS = 200_000;
/** Changes of the feed that go into one piece of an answer. */
const PIECE_ROWS = 400;

export function streamRoutes(app: Hono<Env>, shared: Shared): void {
  app.get('/v1/decisions/stream', bouncersOnly(shared), async (c) => {
    if (c.req.raw.method === 'HEAD') return new Response(null, { headers: { 'content-type': JSON_TYPE } });
    const { store, now, memory } = shared;
    const filter = streamFilter(c.req.query());
    const puller = pullerOf(c);
    const isStart = c.req.query('startup') === 'true';
    const bouncer = c.get('bouncer');
    const since = isStart ? undefined : await memory.pulledTo(bouncer, puller);
    const fed = since === undefined ? undefined : await shared.feed.since(since, filter);
    const to: Pulled = fed?.to ?? { change: await store.latestChange(), at: now() };
    const pieces =
      fed === undefined
        ? stream(shared, filter, since, to)
        : answer(to.at, inPieces(shared, fed.started), inPieces(shared, fed.ended));
    return answerOf(pieces, async () => {
      memory.pulled(bouncer, puller, to);
      if (since !== undefined) memory.cameAgain(bouncer, since.at, to.at);
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

/** Everything, or for who was away for long what has changed, from the store. */
function stream(
  shared: Shared,
  filter: DecisionFilter,
  since: Pulled | undefined,
  to: Pulled,
): AsyncGenerator<string> {
  const started =
    since === undefined
      ? longest(shared, { ...filter, activeAt: to.at })
      : startedSince(shared, filter, since, to);
  return answer(to.at, started, endedSince(shared, filter, since, to));
}

async function* answer(
  at: Date,
  started: AsyncIterable<readonly LeanDecision[]>,
  ended: AsyncIterable<readonly LeanDecision[]>,
): AsyncGenerator<string> {
  yield '{"new":';
  yield* listOf(texts(started, at));
  yield ',"deleted":';
  yield* listOf(texts(ended, at));
  yield '}';
}

async function* inPieces(
  { turns }: Shared,
  decisions: readonly LeanDecision[],
): AsyncGenerator<readonly LeanDecision[]> {
  for (let i = 0; i < decisions.length; i += PIECE_ROWS) {
    if (i > 0) await turns.next();
    yield decisions.slice(i, i + PIECE_ROWS);
  }
}

/** Of a value with several decisions the one that lasts longest: a bouncer keeps the last that it is told. */
async function* longest(shared: Shared, filter: ActiveFilter): AsyncGenerator<readonly LeanDecision[]> {
  const outlasted = await shared.store.outlasted(filter);
  let count = 0;
  for await (const page of pagesOf(shared, filter)) {
    count += page.length;
    yield outlasted.size === 0 ? page : page.filter(([number]) => !outlasted.has(number));
  }
  if (count >= FREE_ROWS) shared.freeMemory?.();
}

/** What a bouncer with the filter is told of changes, page by page. */
async function* toldSince(
  shared: Shared,
  filter: DecisionFilter,
  since: Pulled,
  to: Pulled,
): AsyncGenerator<Omit<Fed, 'to'>> {
  const { store } = shared;
  for await (const changes of changesBetween(shared, since, to)) {
    const entries = await besideAll(store, changes, { ...filter, activeAt: to.at });
    yield await told(
      store,
      entries.filter(({ decision }) => fits(decision, filter)),
      to.at,
    );
  }
}

async function* startedSince(
  shared: Shared,
  filter: DecisionFilter,
  since: Pulled,
  to: Pulled,
): AsyncGenerator<readonly LeanDecision[]> {
  for await (const { started } of toldSince(shared, filter, since, to)) yield started;
}

async function* changesBetween({ store, turns }: Shared, since: Pulled, to: Pulled): AsyncGenerator<Changes> {
  for (let token = since.change; token < to.change;) {
    const changes = await store.changesSince(token);
    yield changes;
    if (changes.token === token) return;
    token = changes.token;
    await turns.next();
  }
}

async function* endedSince(
  shared: Shared,
  filter: DecisionFilter,
  since: Pulled | undefined,
  to: Pulled,
): AsyncGenerator<readonly LeanDecision[]> {
  const fromMs = since === undefined ? to.at.getTime() - ENDED_AT_START_MS : since.at.getTime() - OVERLAP_MS;
  const expired = { after: new Date(fromMs), upTo: to.at };
  for await (const page of pagesOf(shared, { ...filter, expired })) {
    const beside = await shared.store.longestBeside(
      page.map(([number]) => number),
      { ...filter, activeAt: to.at },
    );
    yield page.filter(([number]) => !beside.has(number));
  }
  if (since === undefined) return;
  for await (const { ended } of toldSince(shared, filter, since, to)) yield ended;
}
