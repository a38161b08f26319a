// The report of the week, to read and to take away, and exports for other programs.

import { languageOf } from '@parapet/kinds';
import type { ReportView } from '../../wire.ts';
import { Problem } from '../problem.ts';
import { get, type Asked, type Route } from '../route.ts';

const MOST_DAYS = 366;
const WEEK_DAYS = 7;

type Maker = (asked: Asked<undefined>) => Promise<string | Uint8Array>;

const alerts =
  (format: 'csv' | 'json' | 'stix'): Maker =>
  async ({ options, query }) =>
    (await options.reports(options.store)).alerts(format, daysOf(query));

/** By the name of the file: its type, and who makes it. */
const FILES: Readonly<Record<string, readonly [type: string, make: Maker]>> = {
  'week.html': ['text/html; charset=utf-8', html],
  'week.pdf': ['application/pdf', pdf],
  'alerts.csv': ['text/csv; charset=utf-8', alerts('csv')],
  'alerts.json': ['application/json', alerts('json')],
  'attackers.stix.json': ['application/stix+json;version=2.1', alerts('stix')],
};

export const REPORT_ROUTES: readonly Route[] = [
  get('/reports', 'viewer', async ({ options, query }) => {
    const reports = await options.reports(options.store);
    const body: ReportView = {
      text: await reports.text(languageOf(query.get('language'))),
      hasPdf: reports.hasPdf,
    };
    return { body };
  }),
  get('/reports/:file', 'viewer', async (asked) => {
    const name = asked.params['file'] ?? '';
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (file === undefined) throw new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no such file');
    const [type, make] = file;
    const content = await make(asked);
    return new Response(typeof content === 'string' ? content : new Uint8Array(content), {
      // It is saved and never shown as a page of ours.
      headers: { 'content-type': type, 'content-disposition': `attachment; filename="parapet-${name}"` },
    });
  }),
];

async function html({ options, query }: Asked<undefined>): Promise<string> {
  return (await options.reports(options.store)).html(languageOf(query.get('language')));
}

async function pdf({ options, query }: Asked<undefined>): Promise<Uint8Array> {
  const reports = await options.reports(options.store);
  if (!reports.hasPdf)
    throw new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no browser on this machine to print with');
  return reports.pdf(languageOf(query.get('language')));
}

function daysOf(query: URLSearchParams): number {
  const days = Number(query.get('days') ?? WEEK_DAYS);
  return Number.isInteger(days) && days > 0 && days <= MOST_DAYS ? days : WEEK_DAYS;
}
