// The API as a function from a request to its answer. Every request goes the same way: host, token, rate, scope, what
// it brings, the route, and an answer that can be asked for again for nothing (ETag).

import { createHash } from 'node:crypto';
import { isOwnHost } from '@parapet/kinds';
import { Attempts, readBytes, RequestError } from '@parapet/lapi';
import { StoreError, type ApiToken } from '@parapet/store';
import { Hono, type Context } from 'hono';
import type { z } from 'zod';
import { Rates } from './access/rates.ts';
import { notForSites, optionsOfSites } from './access/siteOptions.ts';
import { TokenMemory } from './access/tokens.ts';
import { openapiOf } from './document/openapi.ts';
import type { Asked, Route } from './document/route.ts';
import type { ApiOptions, ApiPeer } from './options.ts';
import { ALWAYS_SENT, Problem, problemAnswer } from './problem.ts';
import { alertRoutes } from './resources/alerts.ts';
import { allowlistRoutes } from './resources/allowlists.ts';
import { decisionRoutes } from './resources/decisions.ts';
import { explanationRoutes } from './resources/explanations.ts';
import { feedbackRoutes } from './resources/feedback.ts';
import { signalRoutes } from './resources/signals.ts';
import { statusRoutes } from './resources/status.ts';

export interface Api {
  /** Answers a request; `peer` is who opened the connection. Never rejects. */
  (request: Request, peer: ApiPeer): Promise<Response>;
  /** Writes down which tokens were used; to be called every few seconds and at the end. Rejects with a StoreError. */
  flush(): Promise<void>;
}

interface Env {
  Bindings: { readonly peer: ApiPeer };
}

const BASE = '/api/v1';
/** Requests of one token. */
const PER_SECOND = 50;
const BURST = 200;
/** Applications that send signals one by one; the records have a rate of their own. */
const SIGNALS_FACTOR = 10;
const STORE_SECONDS = 5;

export const ROUTES: readonly Route[] = [
  ...statusRoutes,
  ...alertRoutes,
  ...explanationRoutes,
  ...decisionRoutes,
  ...allowlistRoutes,
  ...feedbackRoutes,
  ...signalRoutes,
];

export function createApi(options: ApiOptions): Api {
  const server = new Server(options);
  const app = new Hono<Env>();
  // Its own routes are no data: what describes them cannot be described by them.
  const document = JSON.stringify(openapiOf(ROUTES, options.version));
  app.use(async (c, next) => {
    server.checkHost(c);
    await next();
  });
  app.get(`${BASE}/openapi.json`, (c) => withTag(c, document));
  for (const route of ROUTES)
    app.on(route.method.toUpperCase(), BASE + route.path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) =>
      server.answer(c, route),
    );
  for (const path of new Set([...ROUTES.map(({ path }) => path), '/openapi.json']))
    app.all(BASE + path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => {
      const allowed = ROUTES.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
      const answer = problemAnswer(new Problem(405, 'E_API_METHOD', `${c.req.method} is not possible here`));
      answer.headers.set('allow', (allowed.length === 0 ? ['GET'] : allowed).join(', '));
      return answer;
    });
  app.notFound((c) => problemAnswer(new Problem(404, 'E_API_ABSENT', `There is nothing at ${pathOf(c)}`)));
  app.onError((error) => server.faultAnswer(error));
  const answer = async (request: Request, peer: ApiPeer): Promise<Response> => app.fetch(request, { peer });
  return Object.assign(answer, { flush: () => server.flush() });
}

class Server {
  readonly #options: ApiOptions;
  readonly #tokens: TokenMemory;
  readonly #attempts = new Attempts();
  readonly #rates = new Rates(PER_SECOND, BURST);
  readonly #signalRates = new Rates(PER_SECOND * SIGNALS_FACTOR, BURST * SIGNALS_FACTOR);

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#tokens = new TokenMemory(options.store.tokens, options.now);
  }

  flush(): Promise<void> {
    return this.#tokens.flush();
  }

  checkHost(c: Context<Env>): void {
    // Over a Unix socket nobody is led astray: no browser opens one.
    if (c.env.peer.ip === '' || isOwnHost(c.req.header('host'), this.#options.hosts)) return;
    throw new Problem(
      421,
      'E_API_HOST',
      'The Host header names another machine; add it to api.hosts if it is this one',
    );
  }

  async answer(c: Context<Env>, route: Route): Promise<Response> {
    const token = await this.#tokenOf(c);
    const rates = route.scope === 'signals:write' ? this.#signalRates : this.#rates;
    const wait = rates.take(token.hash, 1, this.#options.now().getTime());
    if (wait > 0)
      throw new Problem(429, 'E_API_RATE', 'This token asks too often', { retryAfterSeconds: wait });
    if (route.scope !== undefined && !token.scopes.includes(route.scope))
      throw new Problem(403, 'E_API_SCOPE', `The token ${token.name} has not the scope ${route.scope}`);
    const { status, body } = await this.#handle(c, route, token);
    if (body === undefined) return new Response(null, { status, headers: ALWAYS_SENT });
    const text = JSON.stringify(body);
    return route.method === 'get' ? withTag(c, text) : jsonAnswer(text, status);
  }

  async #handle(c: Context<Env>, route: Route, token: ApiToken): Promise<{ status: number; body?: unknown }> {
    const query = parsed(route.query, queryOf(c), 'E_API_QUERY');
    const bytes =
      route.body === undefined ? Buffer.alloc(0) : await readBytes(c, route.mostBytes, c.env.peer.body);
    const body =
      route.body === undefined || route.body === 'raw'
        ? undefined
        : parsed(route.body, jsonOf(c, bytes), 'E_API_BODY');
    const asked: Asked<unknown, unknown> = {
      ...{ options: this.#optionsFor(token), query, body, bytes, token },
      params: c.req.param() as Readonly<Record<string, string>>, // of a path whose parameters are all there
      mediaType: mediaTypeOf(c),
    };
    const reply = await route.handle(asked as Asked<never, never>); // read by the route's own schemas
    if (reply instanceof Problem) throw reply;
    return reply;
  }

  #optionsFor({ sites }: ApiToken): ApiOptions {
    return sites === undefined ? this.#options : optionsOfSites(this.#options, sites);
  }

  async #tokenOf(c: Context<Env>): Promise<ApiToken> {
    const { now } = this.#options;
    const { ip } = c.env.peer;
    const nowMs = now().getTime();
    const wait = this.#attempts.waitSeconds(ip, nowMs);
    const [kind = '', text = ''] = (c.req.header('authorization') ?? '').split(' ');
    const token = kind.toLowerCase() === 'bearer' && text !== '' ? await this.#tokens.find(text) : undefined;
    if (token !== undefined) {
      this.#tokens.used(token.hash, ip, c.req.header('date'));
      return token;
    }
    if (wait > 0)
      throw new Problem(429, 'E_API_RATE', 'Too many requests without a token that is known', {
        retryAfterSeconds: wait,
      });
    if (text === '')
      throw new Problem(401, 'E_API_TOKEN', 'Send a token: Authorization: Bearer pt_… (parapet tokens add)');
    this.#attempts.failed(ip, nowMs);
    throw new Problem(401, 'E_API_TOKEN', 'The token is not known or has expired');
  }

  faultAnswer(error: unknown): Response {
    if (error instanceof Problem) return problemAnswer(error);
    if (error instanceof RequestError) {
      const code = error.status === 413 ? 'E_API_LARGE' : error.status === 415 ? 'E_API_MEDIA' : 'E_API_BODY';
      return problemAnswer(new Problem(error.status, code, error.message));
    }
    if (error instanceof StoreError && error.code === 'E_STORE_SITES') return problemAnswer(notForSites());
    this.#options.onFault?.(error);
    if (error instanceof StoreError)
      return problemAnswer(
        new Problem(503, 'E_API_STORE', 'The store cannot be used at the moment', {
          retryAfterSeconds: STORE_SECONDS,
        }),
      );
    return problemAnswer(new Problem(500, 'E_API_INTERNAL', 'Something went wrong here'));
  }
}

function queryOf(c: Context): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>; // `__proto__` is a name too
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length > 1) throw new Problem(400, 'E_API_QUERY', `${name} is given ${values.length} times`);
    found[name] = values[0] ?? '';
  }
  return { ...found };
}

function jsonOf(c: Context, bytes: Buffer): unknown {
  if (mediaTypeOf(c) !== 'application/json')
    throw new Problem(415, 'E_API_MEDIA', 'The body has to be application/json');
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new Problem(400, 'E_API_BODY', 'The body is no JSON');
  }
}

function mediaTypeOf(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

const LONGEST_COMPLAINT = 500;

function parsed(schema: z.ZodType | undefined, value: unknown, code: 'E_API_QUERY' | 'E_API_BODY'): unknown {
  if (schema === undefined) {
    const [name] = Object.keys(value as object); // a query
    if (name === undefined) return {};
    throw new Problem(400, code, `${name} is not known here`);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const says = read.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${path.join('.')} ${message}`.trim());
  throw new Problem(400, code, says.join('; ').slice(0, LONGEST_COMPLAINT));
}

function withTag(c: Context, text: string): Response {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const known = (c.req.header('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  const answer = known.includes(tag)
    ? new Response(null, { status: 304, headers: ALWAYS_SENT })
    : jsonAnswer(text, 200);
  answer.headers.set('etag', tag);
  return answer;
}

function jsonAnswer(text: string, status: number): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...ALWAYS_SENT },
  });
}

function pathOf(c: Context): string {
  const { path } = c.req;
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
