// Incidents: to look for, to read, to close with a reason and open again, and to take away for other programs.

import { z } from 'zod';
import { CLOSE_REASONS, type IncidentsView } from '../../wire.ts';
import { note } from '../access/session.ts';
import type { Incident } from '../incidents/incidentBook.ts';
import { incidentText } from '../incidents/incidentText.ts';
import { closingOf, incidentRow, incidentView } from '../incidents/incidentViews.ts';
import type { Closing } from '../options.ts';
import { absent, Problem } from '../problem.ts';
import { callerOf, get, offsetOf, post, type Asked, type Route } from '../route.ts';

const ROWS = 50;
/** The latest of an attack that has more. */
const MOST_ALERTS = 1000;

const id = z.string().regex(/^\d{1,15}$/);

type Maker = (asked: Asked<undefined>, incident: Incident) => Promise<string>;

const alerts =
  (format: 'csv' | 'json' | 'stix'): Maker =>
  async ({ options }, incident) => {
    const ids = incident.alerts.slice(-MOST_ALERTS).map((one) => one.id);
    return (await options.reports(options.store)).alertsOf(format, ids);
  };

const FILES: Readonly<Record<string, readonly [type: string, make: Maker]>> = {
  'alerts.csv': ['text/csv; charset=utf-8', alerts('csv')],
  'alerts.json': ['application/json', alerts('json')],
  'attackers.stix.json': ['application/stix+json;version=2.1', alerts('stix')],
  'report.txt': [
    'text/plain; charset=utf-8',
    async (asked, incident) => incidentText(await incidentView(asked, incident, 'en')),
  ],
};

export const INCIDENT_ROUTES: readonly Route[] = [
  get('/incidents', 'viewer', async (asked) => ({ body: await incidents(asked) })),
  get('/incidents/:id', 'viewer', async (asked) => {
    const incident = await find(asked, asked.params['id'] ?? '');
    return { body: await incidentView(asked, incident, asked.language) };
  }),
  get('/incidents/:id/:file', 'viewer', async (asked) => {
    const name = asked.params['file'] ?? '';
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (file === undefined) throw absent();
    const incident = await find(asked, asked.params['id'] ?? '');
    const [type, make] = file;
    // It is saved and never shown as a page of ours.
    const disposition = `attachment; filename="incident-${incident.id}-${name}"`;
    return new Response(await make(asked, incident), {
      headers: { 'content-type': type, 'content-disposition': disposition },
    });
  }),
  post(
    '/incidents/close',
    'analyst',
    z.strictObject({ id, reason: z.enum(CLOSE_REASONS), note: z.string().max(500).default('') }),
    async (asked) => {
      const incident = await find(asked, asked.body.id);
      const { reason, note: words } = asked.body;
      await keep(asked, incident, {
        ...{ reason, note: words, by: callerOf(asked).user.name },
        ...{ atMs: asked.options.now().getTime(), alerts: incident.alerts.length },
      });
      return { body: await incidentRow(asked, incident) };
    },
  ),
  post('/incidents/reopen', 'analyst', z.strictObject({ id }), async (asked) => {
    const incident = await find(asked, asked.body.id);
    await keep(asked, incident, undefined);
    return { body: await incidentRow(asked, incident) };
  }),
];

async function find(asked: Asked<unknown>, wanted: string): Promise<Incident> {
  await asked.incidents.refresh();
  const incident = asked.incidents.find(wanted);
  if (incident === undefined)
    throw new Problem(404, 'E_DASHBOARD_ABSENT', 'this incident is not remembered any more');
  return incident;
}

async function keep(asked: Asked<unknown>, incident: Incident, closing: Closing | undefined): Promise<void> {
  const { options, ip, reach } = asked;
  options.closings.keep(incident.id, closing);
  await note(options, {
    ...{ who: callerOf(asked).user.name, ip, target: incident.id },
    act: closing === undefined ? 'incident.reopen' : 'incident.close',
    details: closing === undefined ? {} : { reason: closing.reason, note: closing.note },
    ...(reach !== 'all' && reach.length === 1 ? { site: reach[0] } : {}),
  });
  options.feed.tell({ kind: 'changed', what: 'incidents' });
}

async function incidents(asked: Asked<undefined>): Promise<IncidentsView> {
  await asked.incidents.refresh();
  const words = (asked.query.get('q') ?? '').trim().toLowerCase();
  const all = asked.incidents.latest();
  const found =
    words === ''
      ? all
      : all.filter(
          ({ title, family, sources, alerts }) =>
            title.toLowerCase().includes(words) ||
            family.includes(words) ||
            [...sources.values()].some(({ source }) => source.value.toLowerCase().includes(words)) ||
            alerts.some(({ scenario }) => scenario.toLowerCase().includes(words)),
        );
  const isClosed = (one: Incident): boolean => closingOf(asked, one) !== undefined;
  const show = asked.query.get('show') ?? '';
  const wanted = show === '' ? found : found.filter((one) => isClosed(one) === (show === 'closed'));
  const closed = all.filter(isClosed).length;
  const from = offsetOf(asked.query);
  return {
    incidents: await Promise.all(wanted.slice(from, from + ROWS).map((one) => incidentRow(asked, one))),
    total: wanted.length,
    counts: { open: all.length - closed, closed },
    nowMs: asked.options.now().getTime(),
  };
}
