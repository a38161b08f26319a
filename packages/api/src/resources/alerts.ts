// Alerts: list, one with its evidence, delete.

import type { AlertFilter, StoredAlert } from '@parapet/store';
import { z } from 'zod';
import { route, type Asked, type Route } from '../document/route.ts';
import { Problem } from '../problem.ts';
import { cursorOf, flag, moment, momentOf, numberOf, paging, placeOf, readCursor } from './query.ts';
import { pageOf, SCHEMAS } from './schemas.ts';
import { alertWords, summaryWords } from './words.ts';

const MOST_DECISIONS = 1000;
const ABSENT = { 404: 'There is no such alert' };

const query = z.strictObject({
  ...paging,
  scenario: z.string().max(300).optional(),
  scope: z.string().max(100).optional(),
  value: z.string().max(500).optional(),
  ip: z.string().max(100).optional().describe('An address or range that the source is or lies in'),
  since: moment.optional(),
  until: moment.optional(),
  simulated: flag.optional(),
  active: flag.optional().describe('Only those that a decision answers which is in force'),
});

async function list({ options, query: asked }: Asked<z.output<typeof query>, undefined>) {
  const { store, now } = options;
  const at = now();
  const { scenario, scope, value, simulated, limit } = asked;
  const inside = placeOf('ip', asked.ip);
  const since = momentOf('since', asked.since, at);
  const until = momentOf('until', asked.until, at);
  const cursor = readCursor(asked.cursor, 2);
  const filter: AlertFilter = {
    ...(scenario === undefined ? {} : { scenario }),
    ...(scope === undefined ? {} : { scope }),
    ...(value === undefined ? {} : { value }),
    ...(simulated === undefined ? {} : { simulated }),
    ...(inside === undefined ? {} : { inside }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(asked.active === true ? { decidedAt: at } : {}),
    ...(cursor === undefined ? {} : { behind: { knownAt: new Date(cursor[0]!), number: cursor[1]! } }),
  };
  const found = await store.listAlerts(filter, { limit: limit + 1, newestFirst: true });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next =
    found.length > limit && last !== undefined ? { next: cursorOf(last.knownAt.getTime(), last.number) } : {};
  return { status: 200, body: { items: items.map(summaryWords), ...next } } as const;
}

export const alertRoutes: readonly Route[] = [
  route('get', '/alerts', {
    scope: 'alerts:read',
    summary: 'Alerts, the newest first',
    query,
    answers: { 200: { description: 'A page of them', schema: pageOf(SCHEMAS.AlertSummary) } },
    handle: list,
  }),
  route('get', '/alerts/{id}', {
    scope: 'alerts:read',
    summary: 'An alert with its evidence and what was decided, by its number or id',
    answers: { 200: { description: 'The alert', schema: SCHEMAS.Alert } },
    problems: ABSENT,
    handle: async ({ options: { store, now }, params }) => {
      const alert = await find(store, params['id']!);
      const decisions = await store.listDecisions({ alertId: alert.id }, { limit: MOST_DECISIONS });
      return { status: 200, body: alertWords(alert, decisions, now()) };
    },
  }),
  route('delete', '/alerts/{id}', {
    scope: 'alerts:write',
    summary: 'Deletes an alert and lifts what was decided on it',
    answers: { 200: { description: 'How much there was', schema: SCHEMAS.Deleted } },
    problems: ABSENT,
    handle: async ({ options: { store, onLifted }, params, token }) => {
      const { number } = await find(store, params['id']!);
      let lifted = 0;
      const deleted = await store.deleteAlerts(
        { number },
        {
          ...{ by: `token ${token.name}`, reason: 'its alert was deleted' },
          onLifted: (some) => {
            lifted += some.length;
            onLifted(some);
          },
        },
      );
      return { status: 200, body: { deleted, lifted } };
    },
  }),
];

async function find(store: Asked<never, never>['options']['store'], raw: string): Promise<StoredAlert> {
  const isUuid = /^[0-9a-f-]{36}$/i.test(raw);
  const alert = await store.findAlert(isUuid ? raw.toLowerCase() : numberOf(raw));
  if (alert === undefined) throw new Problem(404, 'E_API_ABSENT', `There is no alert ${raw}`);
  return alert;
}
