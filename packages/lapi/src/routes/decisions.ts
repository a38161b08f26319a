// Decisions: bouncers ask for them, machines lift them.

import type { Hono } from 'hono';
import { bouncersOnly, machinesOnly } from '../auth/guards.ts';
import { json, RequestError, type Env, type Shared } from '../context.ts';
import { decisionQuery, liftFilter } from '../wire/filters.ts';
import { answerOf, limited, listOf, pagesOf, texts } from './pages.ts';

const REASON = 'lifted through the API';

export function decisionRoutes(app: Hono<Env>, shared: Shared): void {
  const { store, now, onLifted } = shared;
  app.get('/v1/decisions', bouncersOnly(shared), async (c) => {
    const at = now();
    const { filter, offset, limit } = decisionQuery(c.req.query());
    if (c.req.raw.method === 'HEAD') return json(null);
    const pages = pagesOf(shared, { ...filter, activeAt: at });
    return answerOf(listOf(texts(limited(pages, offset, limit), at)));
  });
  app.delete('/v1/decisions', machinesOnly(shared), async (c) => {
    const filter = liftFilter(c.req.query());
    const count = await store.liftEach(filter, { by: c.get('machine'), reason: REASON, onLifted });
    return json({ nbDeleted: String(count) });
  });
  app.delete('/v1/decisions/:id', machinesOnly(shared), async (c) => {
    const id = c.req.param('id');
    if (!/^\d{1,15}$/.test(id)) throw new RequestError(400, 'decision_id must be valid integer');
    const filter = { number: Number(id) };
    if ((await store.countDecisions(filter)) === 0)
      throw new RequestError(404, `decision with id '${id}' doesn't exist: unable to delete`);
    const count = await store.liftEach(filter, { by: c.get('machine'), reason: REASON, onLifted });
    return json({ nbDeleted: String(count) });
  });
}
