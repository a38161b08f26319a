// Alerts: machines send them, and ask for them.

import type { AlertSummary, DecisionFilter, StoredDecision } from '@parapet/store';
import type { Hono } from 'hono';
import { machinesOnly, trustedOnly } from '../auth/guards.ts';
import { json, MACHINE_BYTES, readJson, RequestError, type Env, type Shared } from '../context.ts';
import { ALERTS_IN_A_TURN, DECISIONS_IN_A_TURN, readAlerts, rfc3339, wireAlert } from '../wire/alerts.ts';
import { alertQuery, type AlertQuery } from '../wire/filters.ts';
import { wireDecision } from '../wire/decisions.ts';
import { crowdsecScope } from '../wire/scopes.ts';
import { pagesOf } from './pages.ts';

/** Numbers of decisions that no alert led to, given as alerts, begin here. */
const LONE_NUMBERS = 1e12;
const MOST_ALERTS = 10_000;

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
    memory.sawMachine({ name, ip: c.env.peer.ip, seenAt: at, pushedAt: at });
    return json(numbers.map(String), 201);
  });

  app.get('/v1/alerts', machinesOnly(shared), async (c) => {
    const at = now();
    const query = alertQuery(c.req.query(), at);
    if (c.req.raw.method === 'HEAD') return json(null);
    const limit = query.limit === 0 ? MOST_ALERTS : Math.min(query.limit, MOST_ALERTS);
    const found: unknown[] = [];
    for (const summary of await store.listAlerts(query.filter, { limit, newestFirst: true })) {
      found.push(await whole(shared, summary, at));
      await turns.next();
    }
    if (query.wantsActive && found.length < limit)
      found.push(...(await lone(shared, query, limit - found.length, at)));
    return json(found.length === 0 ? null : found);
  });

  app.get('/v1/alerts/:id', machinesOnly(shared), async (c) => {
    const number = numberOf(c.req.param('id'));
    const [summary] = await store.listAlerts({ number }, { limit: 1 });
    if (summary === undefined) throw new RequestError(404, 'object not found');
    return json(c.req.raw.method === 'HEAD' ? null : await whole(shared, summary, now()));
  });

  app.delete('/v1/alerts', machinesOnly(shared), trustedOnly(shared), async (c) => {
    const query = alertQuery(c.req.query(), now());
    const lifted: StoredDecision[] = [];
    for (const { id } of await store.listAlerts(query.filter))
      lifted.push(...(await store.liftDecisions({ alertId: id }, c.get('machine'), 'its alert was deleted')));
    onLifted(lifted);
    return json({ nbDeleted: String(await store.deleteAlerts(query.filter)) });
  });

  app.delete('/v1/alerts/:id', machinesOnly(shared), trustedOnly(shared), async (c) => {
    const number = numberOf(c.req.param('id'));
    const [summary] = await store.listAlerts({ number }, { limit: 1 });
    if (summary === undefined) throw new RequestError(404, 'object not found');
    onLifted(await store.liftDecisions({ alertId: summary.id }, c.get('machine'), 'its alert was deleted'));
    return json({ nbDeleted: String(await store.deleteAlerts({ number })) });
  });
}

function numberOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RequestError(400, 'alert_id must be valid integer');
  return Number(text);
}

async function whole(shared: Shared, summary: AlertSummary, now: Date): Promise<unknown> {
  const alert = (await shared.store.findAlert(summary.number)) ?? summary;
  return wireAlert(alert, await storedOf(shared, { alertId: summary.id }, MOST_ALERTS), now);
}

/** The first that fit, at most so many: an imported list is one alert with tens of thousands. */
async function storedOf(
  shared: Shared,
  filter: DecisionFilter,
  limit: number,
  newestFirst = false,
): Promise<readonly StoredDecision[]> {
  const found: StoredDecision[] = [];
  for await (const page of pagesOf(shared, filter, newestFirst)) {
    const numbers = page.slice(0, limit - found.length).map(([number]) => number);
    found.push(...(await shared.store.listDecisions({ numbers }, { newestFirst })));
    if (found.length >= limit) break;
  }
  return found;
}

/** Decisions of operators and lists have no alert of ours; `cscli decisions list` reads alerts, so it gets one each. */
async function lone(
  shared: Shared,
  { filter }: AlertQuery,
  limit: number,
  now: Date,
): Promise<readonly unknown[]> {
  const { scope, value, inside, scenario, remediation, decisionOrigin, simulated } = filter;
  const wanted: DecisionFilter = {
    activeAt: now,
    isLone: true,
    ...(scope === undefined ? {} : { scope }),
    ...(value === undefined ? {} : { value }),
    ...(inside === undefined ? {} : { inside }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(remediation === undefined ? {} : { remediation }),
    ...(decisionOrigin === undefined ? {} : { origin: decisionOrigin }),
    ...(simulated === false ? { mode: 'live' as const } : {}),
  };
  const decisions = await storedOf(shared, wanted, limit, true);
  return decisions.map((decision) => {
    const at = rfc3339(decision.startAt);
    return {
      ...{
        capacity: 0,
        created_at: at,
        decisions: [wireDecision(decision, now, true)],
        events: [],
        events_count: 1,
      },
      ...{
        id: LONE_NUMBERS + decision.number,
        kind: 'cscli',
        labels: null,
        leakspeed: '0',
        machine_id: 'parapet',
      },
      ...{ message: decision.scenario, meta: [], remediation: true, scenario: decision.scenario },
      ...{ scenario_hash: '', scenario_version: '', simulated: decision.mode === 'simulated' },
      source: { scope: crowdsecScope(decision.target.scope), value: decision.target.value },
      ...{ start_at: at, stop_at: at, uuid: decision.id },
    };
  });
}
