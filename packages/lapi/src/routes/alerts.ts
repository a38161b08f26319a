// Alerts: machines send them, and ask for them.

import { eachAlert, type LeanDecision } from '@parapet/store';
import type { Hono } from 'hono';
import { clockOf, machinesOnly, trustedOnly } from '../auth/guards.ts';
import { json, MACHINE_BYTES, readJson, RequestError, type Env, type Shared } from '../context.ts';
import { ALERTS_IN_A_TURN, DECISIONS_IN_A_TURN, loneAlert, readAlerts, wireAlert } from '../wire/alerts.ts';
import { alertQuery, type AlertQuery } from '../wire/filters.ts';
import { answerOf, listOf, pagesOf, texts } from './pages.ts';

/** So many are read at once: each is sent with its evidence before the next. */
const ALERT_ROWS = 100;
const REASON = 'its alert was deleted';

export function alertRoutes(app: Hono<Env>, shared: Shared): void {
  const { store, now, memory, ingest, ingestMore, onLifted, turns } = shared;
  app.post('/v1/alerts', machinesOnly(shared), async (c) => {
    const at = now();
    const name = c.get('machine');
    const read = await readAlerts(await readJson(c, MACHINE_BYTES), name, at, turns);
    if (!read.ok) throw new RequestError(400, read.says);
    for (let i = 0; i < read.alerts.length; i += ALERTS_IN_A_TURN) {
      if (i > 0) await turns.next();
      const some = read.alerts.slice(i, i + ALERTS_IN_A_TURN);
      ingest(
        some.map(({ alert, decisions }) => ({ alert, decisions: decisions.slice(0, DECISIONS_IN_A_TURN) })),
      );
      // The numbers are the store's. While it cannot be written the machine is told so, and sends all of them again:
      // an alert that is known counts once.
      await store.flush();
      for (const { decisions } of some)
        for (let from = DECISIONS_IN_A_TURN; from < decisions.length; from += DECISIONS_IN_A_TURN) {
          await turns.next();
          ingestMore(decisions.slice(from, from + DECISIONS_IN_A_TURN));
          await store.flush();
        }
    }
    const numbers = await store.alertNumbers(read.alerts.map(({ alert }) => alert.id));
    memory.sawMachine({ name, ip: c.env.peer.ip, seenAt: at, pushedAt: at, ...clockOf(c, at) });
    return json(numbers.map(String), 201);
  });

  app.get('/v1/alerts', machinesOnly(shared), async (c) => {
    const at = now();
    const query = alertQuery(c.req.query(), at);
    if (c.req.raw.method === 'HEAD') return json(null);
    return answerOf(listOf(found(shared, query, at)));
  });

  app.get('/v1/alerts/:id', machinesOnly(shared), async (c) => {
    const number = numberOf(c.req.param('id'));
    const alert = await store.findAlert(number);
    if (alert === undefined) throw new RequestError(404, 'object not found');
    if (c.req.raw.method === 'HEAD') return json(null);
    return answerOf(whole(wireAlert(alert), pagesOf(shared, { alertId: alert.id }), now()));
  });

  app.delete('/v1/alerts', machinesOnly(shared), trustedOnly(shared), async (c) => {
    const lifting = { by: c.get('machine'), reason: REASON, onLifted };
    const count = await store.deleteAlerts(alertQuery(c.req.query(), now()).filter, lifting);
    return json({ nbDeleted: String(count) });
  });

  app.delete('/v1/alerts/:id', machinesOnly(shared), trustedOnly(shared), async (c) => {
    const lifting = { by: c.get('machine'), reason: REASON, onLifted };
    const count = await store.deleteAlerts({ number: numberOf(c.req.param('id')) }, lifting);
    if (count === 0) throw new RequestError(404, 'object not found');
    return json({ nbDeleted: String(count) });
  });
}

function numberOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RequestError(400, 'alert_id must be valid integer');
  return Number(text);
}

/** What was asked for, each alert as JSON in pieces: an imported list is one with a great many decisions. */
async function* found(shared: Shared, query: AlertQuery, now: Date): AsyncGenerator<AsyncIterable<string>> {
  const { store, turns } = shared;
  const { filter, lone, newestFirst } = query;
  let left = query.limit === 0 ? Number.POSITIVE_INFINITY : query.limit;
  for await (const summary of eachAlert(store, filter, { newestFirst, pageRows: ALERT_ROWS })) {
    const alert = (await store.findAlert(summary.number)) ?? summary;
    yield whole(wireAlert(alert), pagesOf(shared, { alertId: summary.id }), now);
    if (--left <= 0) return;
    await turns.next();
  }
  // Decisions of operators and lists have no alert of ours; `cscli decisions list` reads alerts, so it gets one each.
  if (lone === undefined) return;
  for await (const page of pagesOf(shared, lone, newestFirst))
    for (const decision of page) {
      yield whole(loneAlert(decision), [[decision]], now);
      if (--left <= 0) return;
    }
}

/** An alert with what was decided on it, as JSON. */
async function* whole(
  alert: Readonly<Record<string, unknown>>,
  decisions: AsyncIterable<readonly LeanDecision[]> | Iterable<readonly LeanDecision[]>,
  now: Date,
): AsyncGenerator<string> {
  yield `${JSON.stringify(alert).slice(0, -1)},"decisions":`;
  yield* listOf(texts(decisions, now, true));
  yield '}';
}
