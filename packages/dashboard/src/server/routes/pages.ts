// What the pages show.

import { parseIpOrCidr } from '@parapet/kinds';
import type { DecisionFilter } from '@parapet/store';
import type { DecisionsView, Moment } from '../../wire.ts';
import type { SitesView } from '../../wirePages.ts';
import { rightsOf } from '../access/roles.ts';
import { decisionView } from '../incidents/incidentViews.ts';
import { overview } from '../incidents/overview.ts';
import { callerOf, get, type Asked, type Route } from '../route.ts';

const ROWS = 50;
const HEARTBEAT_MS = 15_000;

export const PAGE_ROUTES: readonly Route[] = [
  get('/overview', 'viewer', async (asked) => ({ body: await overview(asked) })),
  get('/decisions', 'viewer', async (asked) => ({ body: await decisions(asked) })),
  get('/sites', 'viewer', async ({ options }) => {
    const body: SitesView = { ...(await options.sites()), nodes: await options.nodes() };
    return { body };
  }),
  get('/bots', 'viewer', async ({ options }) => ({ body: await options.bots() }), 'all'),
  get(
    '/health',
    'viewer',
    async ({ health, query, language }) => ({
      body: await health.view(query.get('fresh') === '1', language),
    }),
    'all',
  ),
  get('/live', 'viewer', async (asked) => live(asked)),
];

async function decisions(asked: Asked<undefined>): Promise<DecisionsView> {
  const { options, query } = asked;
  await asked.incidents.refresh();
  const filter = decisionFilter(query, options.now());
  // Page by page: the store reads on from a number, and the latest come first.
  const before = Number(query.get('before') ?? Number.NaN);
  const page = Number.isFinite(before) ? { ...filter, upTo: before - 1 } : filter;
  const rows = await options.store.listDecisions(page, { newestFirst: true, limit: ROWS });
  return {
    decisions: rows.map((one) => decisionView(asked, one)),
    total: await options.store.countDecisions(filter),
    nowMs: options.now().getTime(),
  };
}

function decisionFilter(query: URLSearchParams, now: Date): DecisionFilter {
  const text = (query.get('q') ?? '').trim();
  const target = parseIpOrCidr(text);
  const origin = query.get('origin') ?? '';
  return {
    ...(query.get('all') === '1' ? {} : { activeAt: now }),
    ...(origin === '' ? {} : { origin }),
    ...(text === ''
      ? {}
      : /^[0-9a-f]{8}$/i.test(text)
        ? { recordId: text.toLowerCase() }
        : target === undefined
          ? { scenariosWith: [text] }
          : text.includes('/')
            ? { inside: target }
            : { around: target }),
  };
}

/** Server-sent events (WHATWG HTML, section 9.2) until the page goes or its session ends. */
function live(asked: Asked<undefined>): Response {
  const { options, query, signal } = asked;
  const { session, user } = callerOf(asked);
  // Who may look at other sites than before begins anew.
  const rights = rightsOf(user);
  const encoder = new TextEncoder();
  let stop: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    stop?.();
    clearInterval(timer);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const send = (text: string): void => {
          // A page that does not read is let go, before it fills the memory; it comes again by itself.
          if ((controller.desiredSize ?? 0) <= 0) {
            end();
            controller.error(new Error('the page does not read'));
          } else controller.enqueue(encoder.encode(text));
        };
        stop = options.feed.listen(
          (moment: Moment) => send(`data: ${JSON.stringify(moment)}\n\n`),
          query.get('requests') === '1',
        );
        if (stop === undefined) return controller.close();
        send('retry: 2000\n\n');
        timer = setInterval(() => {
          void options.store.users.findSession(session.hash).then((found) => {
            if (found !== undefined && rightsOf(found.user) === rights) return send(':\n\n');
            end();
            controller.close();
          }, end);
        }, HEARTBEAT_MS);
        timer.unref();
        signal.addEventListener('abort', end, { once: true });
      },
      cancel: end,
    },
    new CountQueuingStrategy({ highWaterMark: 1000 }),
  );
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}
