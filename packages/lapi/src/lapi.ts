// The local API as a function from a request to its answer: routes, errors in the protocol's words, and what is
// answered to a method or a path that is not there.

import { StoreError } from '@parapet/store';
import { Hono } from 'hono';
import { Attempts } from './auth/attempts.ts';
import { ClientMemory } from './auth/clientMemory.ts';
import { Passwords } from './auth/passwords.ts';
import { Tokens } from './auth/tokens.ts';
import { json, RequestError, type Env, type Shared } from './context.ts';
import type { LapiOptions, Peer } from './options.ts';
import { alertRoutes } from './routes/alerts.ts';
import { allowlistRoutes } from './routes/allowlists.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { ChangeFeed } from './routes/changeFeed.ts';
import { streamRoutes } from './routes/stream.ts';
import { usageMetricsRoutes } from './routes/usageMetrics.ts';
import { watcherRoutes } from './routes/watchers.ts';
import { Turns } from './turns.ts';

export interface Lapi {
  /** Answers a request; `peer` is who opened the connection. Never rejects. */
  (request: Request, peer: Peer): Promise<Response>;
  /**
   * Writes down which clients were seen and up to where bouncers were told; to be called every few seconds and at the
   * end. Rejects with a StoreError when the store cannot be written: then the next call does it.
   */
  flush(): Promise<void>;
}

/** Paths that exist; another method on one of them is 405. */
const PATHS = [
  '/v1/watchers',
  '/v1/watchers/login',
  '/v1/watchers/self',
  '/v1/refresh_token',
  '/v1/heartbeat',
  '/v1/alerts',
  '/v1/alerts/:id',
  '/v1/decisions',
  '/v1/decisions/stream',
  '/v1/decisions/:id',
  '/v1/allowlists',
  '/v1/allowlists/check',
  '/v1/allowlists/check/:value{.+}',
  '/v1/allowlists/:name',
  '/v1/usage-metrics',
];

export function createLapi(options: LapiOptions): Lapi {
  const turns = new Turns();
  const shared: Shared = {
    ...options,
    turns,
    tokens: new Tokens(options.secret),
    passwords: new Passwords(),
    attempts: new Attempts(),
    memory: new ClientMemory(options.store, options.now),
    feed: new ChangeFeed(options.store, options.now, turns),
  };
  const app = new Hono<Env>();
  app.get('/health', () => json({ status: 'up' }));
  watcherRoutes(app, shared);
  streamRoutes(app, shared);
  decisionRoutes(app, shared);
  alertRoutes(app, shared);
  allowlistRoutes(app, shared);
  usageMetricsRoutes(app, shared);
  for (const path of PATHS) app.all(path, () => new Response(null, { status: 405 }));
  app.notFound(() => new Response(null, { status: 404 }));
  app.onError((error) => answerTo(error, shared));
  const answer = async (request: Request, peer: Peer): Promise<Response> => app.fetch(request, { peer });
  return Object.assign(answer, { flush: () => shared.memory.flush() });
}

function answerTo(error: unknown, { onFault }: Shared): Response {
  if (error instanceof RequestError) {
    const { status, message, retryAfterSeconds } = error;
    const answer = json(status === 401 ? { code: 401, message } : { message }, status);
    if (status === 401) answer.headers.set('www-authenticate', 'JWT realm=Crowdsec API local');
    if (retryAfterSeconds > 0) answer.headers.set('retry-after', String(retryAfterSeconds));
    return answer;
  }
  onFault?.(error);
  // Clients keep what they have, and come again.
  if (error instanceof StoreError) return json({ message: 'the store cannot be used at the moment' }, 503);
  return json({ message: 'internal error' }, 500);
}
