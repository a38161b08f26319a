// Decisions: bouncers ask for them, machines lift them.

import type { Hono } from 'hono';
import { bouncersOnly, machinesOnly } from '../auth/guards.ts';
import { json, RequestError, type Env, type Shared } from '../context.ts';
import { decisionFilter, liftFilter } from '../wire/filters.ts';
import { answerOf, joined, pagesOf } from './pages.ts';

export function decisionRoutes(app: Hono<Env>, shared: Shared): void {
  const { store, now, onLifted } = shared;
  app.get('/v1/decisions', bouncersOnly(shared), async (c) => {
    const at = now();
    const pages = pagesOf(shared, { ...decisionFilter(c.req.query()), activeAt: at });
    const first = await pages.next();
    if (first.done === true || first.value.length === 0) return json(null);
    if (c.req.raw.method === 'HEAD') return json(null);
    return answerOf(
      (async function* list() {
        yield `[${joined(first.value, at)}`;
        for await (const page of pages) yield `,${joined(page, at)}`;
        yield ']';
      })(),
    );
  });
  app.delete('/v1/decisions', machinesOnly(shared), async (c) => {
    const filter = liftFilter(c.req.query());
    const count = await store.liftInSlices(filter, c.get('machine'), 'lifted through the API', onLifted);
    return json({ nbDeleted: String(count) });
  });
  app.delete('/v1/decisions/:id', machinesOnly(shared), async (c) => {
    const id = c.req.param('id');
    if (!/^\d{1,15}$/.test(id)) throw new RequestError(400, 'decision_id must be valid integer');
    const filter = { number: Number(id) };
    if ((await store.countDecisions(filter)) === 0)
      throw new RequestError(404, `decision with id '${id}' doesn't exist: unable to delete`);
    const lifted = await store.liftDecisions(filter, c.get('machine'), 'lifted through the API');
    onLifted(lifted);
    return json({ nbDeleted: String(lifted.length) });
  });
}
