// How everything is: the engine, the store, the gateway, and what a threat level is made of.

import { route, type Reply, type Route } from '../document/route.ts';
import type { ApiOptions } from '../options.ts';
import { SCHEMAS } from './schemas.ts';

const HOUR_MS = 3_600_000;

async function statusOf({ store, now, version, signals, engine }: ApiOptions): Promise<Reply> {
  const at = now();
  const ago = (hours: number): Date => new Date(at.getTime() - hours * HOUR_MS);
  const { startedAt, gateway, decisionsActive, ...facts } = engine();
  const health = store.health();
  const [alertsLastHour, alertsLastDay, inspectionsLastHour, openAppeals] = await Promise.all([
    store.countAlerts({ since: ago(1) }),
    store.countAlerts({ since: ago(24) }),
    store.inspections.count({ since: ago(1) }),
    store.countAppeals({ state: 'open' }),
  ]);
  const reasons = [
    ...(health.state === 'ok' ? [] : [`The store cannot be written (${health.state})`]),
    ...(gateway?.workers === 0 ? ['No gateway worker is connected'] : []),
    ...(facts.problems === 0 ? [] : [`${facts.problems} items have problems`]),
  ];
  return {
    status: 200,
    body: {
      ...{ version, now: at, startedAt },
      state: health.state === 'ok' && gateway?.workers !== 0 ? 'ok' : 'degraded',
      reasons,
      engine: facts,
      store: { state: health.state, waitingRows: health.waitingRows },
      gateway: gateway ?? null,
      signals: signals.counts(),
      threat: { alertsLastHour, alertsLastDay, inspectionsLastHour, decisionsActive, openAppeals },
    },
  };
}

export const statusRoutes: readonly Route[] = [
  route('get', '/status', {
    scope: 'status:read',
    summary: 'How everything is',
    answers: { 200: { description: 'How it is', schema: SCHEMAS.Status } },
    handle: ({ options }) => statusOf(options),
  }),
];
