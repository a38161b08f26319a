// What clients count: kept as it was told, for `parapet metrics`. They say their time with it, which shows how far their
// clock is off.

import { clockAheadMs } from '@parapet/kinds';
import type { Hono } from 'hono';
import { z } from 'zod';
import { clientsOnly } from '../auth/guards.ts';
import { json, readJson, RequestError, type Env, type Shared } from '../context.ts';

const MOST_BYTES = 1024 * 1024;
const BASE = z.looseObject({
  version: z.string().max(200),
  utc_startup_timestamp: z.number(),
  os: z
    .object({
      name: z.string().max(200),
      version: z.string().max(200),
      family: z.string().max(200).optional(),
    })
    .nullish(),
  feature_flags: z.array(z.string().max(200)).max(200).nullish(),
  metrics: z
    .array(
      z.object({
        meta: z.object({ utc_now_timestamp: z.number(), window_size_seconds: z.number() }),
        items: z
          .array(
            z.object({
              name: z.string().max(200),
              value: z.number(),
              unit: z.string().max(100),
              labels: z.record(z.string().max(200), z.string().max(1000)).nullish(),
            }),
          )
          .max(10_000),
      }),
    )
    .max(1000)
    .nullish(),
});
const ALL = z.object({
  remediation_components: z.array(BASE).max(1).nullish(),
  log_processors: z.array(BASE).max(1).nullish(),
});

export function usageMetricsRoutes(app: Hono<Env>, shared: Shared): void {
  app.post('/v1/usage-metrics', clientsOnly(shared), async (c) => {
    const { store, now, memory } = shared;
    const at = now();
    const read = ALL.safeParse(await readJson(c, MOST_BYTES));
    if (!read.success) {
      const lines = read.error.issues
        .slice(0, 20)
        .map(({ path, message }) => `${path.join('.')}: ${message}`);
      throw new RequestError(422, `validation failure list:\n${lines.join('\n')}`);
    }
    const machine = c.get('machine') as string | undefined; // only one of the two is set
    const [body] =
      (machine === undefined ? read.data.remediation_components : read.data.log_processors) ?? [];
    if (body === undefined)
      throw new RequestError(
        400,
        `Missing ${machine === undefined ? 'remediation component' : 'log processor'} data`,
      );
    await store.clients.addReport({
      kind: machine === undefined ? 'bouncer' : 'machine',
      name: machine ?? c.get('bouncer').name,
      at,
      body,
    });
    const toldSeconds = body.metrics?.at(-1)?.meta.utc_now_timestamp;
    const aheadMs = clockAheadMs(toldSeconds === undefined ? undefined : toldSeconds * 1000, at.getTime());
    if (aheadMs !== undefined && machine === undefined)
      memory.sawBouncer({ ...c.get('bouncer'), clockAheadMs: aheadMs });
    else if (aheadMs !== undefined)
      memory.sawMachine({ name: machine!, ip: c.env.peer.ip, seenAt: at, clockAheadMs: aheadMs });
    return json({ message: 'kept' }, 201);
  });
}
