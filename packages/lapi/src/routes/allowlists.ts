// Allowlists, and whether a value is on one.

import { parseIpOrCidr } from '@parapet/kinds';
import type { AllowlistEntry } from '@parapet/store';
import type { Hono } from 'hono';
import { z } from 'zod';
import { machinesOnly } from '../auth/guards.ts';
import { json, readJson, RequestError, STRANGER_BYTES, type Env, type Shared } from '../context.ts';
import { rfc3339 } from '../wire/alerts.ts';

const BULK = z.object({ targets: z.array(z.string().max(100)).min(1).max(10_000) });

export function allowlistRoutes(app: Hono<Env>, shared: Shared): void {
  const { store, now } = shared;
  /** Those that count at this moment. */
  const inForce = async (list?: string): Promise<readonly AllowlistEntry[]> =>
    (await store.listAllowlist(list)).filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now());
  app.get('/v1/allowlists', machinesOnly(shared), async (c) => {
    const lists = new Map<string, AllowlistEntry[]>();
    for (const entry of await inForce()) {
      const list = lists.get(entry.list);
      if (list === undefined) lists.set(entry.list, [entry]);
      else list.push(entry);
    }
    const withContent = c.req.query('with_content') === 'true';
    return json([...lists].map(([name, entries]) => listJson(name, entries, withContent)));
  });
  app.get('/v1/allowlists/check/:value{.+}', machinesOnly(shared), async (c) => {
    const value = c.req.param('value');
    if (parseIpOrCidr(value) === undefined)
      throw new RequestError(400, `unable to convert '${value}' to int: invalid address`);
    const [entry] = await store.findAllowlisted(value);
    if (c.req.raw.method === 'HEAD') return new Response(null, { status: entry === undefined ? 204 : 200 });
    if (entry === undefined) return json({ allowlisted: false });
    const why = entry.comment === '' ? '' : ` (${entry.comment})`;
    return json({ allowlisted: true, reason: `${entry.value} from ${entry.list}${why}` });
  });
  app.post('/v1/allowlists/check', machinesOnly(shared), async (c) => {
    const read = BULK.safeParse(await readJson(c, STRANGER_BYTES * 16));
    if (!read.success) throw new RequestError(400, 'targets in body must be a list of addresses and ranges');
    const results: { target: string; allowlists: readonly string[] }[] = [];
    for (const target of read.data.targets) {
      if (parseIpOrCidr(target) === undefined)
        throw new RequestError(400, `unable to convert '${target}' to int: invalid address`);
      const entries = await store.findAllowlisted(target);
      if (entries.length > 0)
        results.push({ target, allowlists: entries.map(({ value, list }) => `${value} from ${list}`) });
    }
    return json({ results });
  });
  app.get('/v1/allowlists/:name', machinesOnly(shared), async (c) => {
    const name = c.req.param('name');
    const entries = await inForce(name);
    if (entries.length === 0) throw new RequestError(404, `allowlist '${name}' not found`);
    return json(listJson(name, entries, c.req.query('with_content') !== 'false'));
  });
}

function listJson(name: string, entries: readonly AllowlistEntry[], withContent: boolean): unknown {
  const times = entries.map(({ createdAt }) => createdAt.getTime());
  return {
    allowlist_id: name,
    console_managed: false,
    created_at: new Date(Math.min(...times)).toISOString(),
    description: '',
    items: withContent
      ? entries.map(({ value, comment, createdAt, expiresAt }) => ({
          created_at: createdAt.toISOString(),
          description: comment,
          // Go's zero time: for ever.
          expiration: expiresAt === undefined ? '0001-01-01T00:00:00.000Z' : rfc3339(expiresAt),
          value,
        }))
      : [],
    name,
    updated_at: new Date(Math.max(...times)).toISOString(),
  };
}
