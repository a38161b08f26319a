// The dashboard as a function from requests to answers. Whatever is asked passes the same gates in the same order: is
// it asked under a name of ours, does it come from a page of ours, who asks, may they, is it written as it has to be.

import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { isOwnHost, languageOf } from '@parapet/kinds';
import { Attempts } from './access/attempts.ts';
import { OidcClient } from './access/oidc.ts';
import { Passwords } from './access/passwords.ts';
import { chosenOf, reachOf, type Reach } from './access/roles.ts';
import { csrfOf, hashOfSession } from './access/session.ts';
import { readAssets, type Asset } from './assets.ts';
import { IncidentBook } from './incidents/incidentBook.ts';
import { KeptHealth } from './keptHealth.ts';
import type { DashboardOptions, DashboardPeer } from './options.ts';
import { Problem, problemAnswer } from './problem.ts';
import type { Asked, Caller, Reply, Route } from './route.ts';
import { ACCOUNT_ROUTES } from './routes/account.ts';
import { ACT_ROUTES } from './routes/acts.ts';
import { LOGIN_ROUTES } from './routes/login.ts';
import { NOTIFICATION_ROUTES } from './routes/notifications.ts';
import { OIDC_ROUTES } from './routes/oidc.ts';
import { PAGE_ROUTES } from './routes/pages.ts';
import { PASSKEY_ROUTES } from './routes/passkeys.ts';
import { PEOPLE_ROUTES } from './routes/people.ts';
import { REPORT_ROUTES } from './routes/reports.ts';
import { POLICY_ROUTES } from './routes/policy.ts';
import { INCIDENT_ROUTES } from './routes/incidents.ts';
import { RULE_ROUTES } from './routes/rules.ts';
import { RuleHits } from './rules/ruleHits.ts';
import type { Services } from './services.ts';
import { notForSites, SiteServices } from './siteServices.ts';

export interface Dashboard {
  (request: Request, peer: DashboardPeer): Promise<Response>;
}

export const ROUTES: readonly Route[] = [
  ...LOGIN_ROUTES,
  ...OIDC_ROUTES,
  ...ACCOUNT_ROUTES,
  ...PASSKEY_ROUTES,
  ...PAGE_ROUTES,
  ...INCIDENT_ROUTES,
  ...REPORT_ROUTES,
  ...NOTIFICATION_ROUTES,
  ...RULE_ROUTES,
  ...POLICY_ROUTES,
  ...ACT_ROUTES,
  ...PEOPLE_ROUTES,
];

const MOST_BYTES = 65_536;
const LONGEST_COOKIE = 1000;
const JOURNEY_SECONDS = 600;
/** Nobody was there for so long: the session is over. */
const IDLE_MS = 12 * 3_600_000;
const LONGEST_MS = 7 * 86_400_000;
const SEEN_EVERY_MS = 60_000;

/** No script, style or connection but our own; no text can become a script (`require-trusted-types-for`). */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

interface Env {
  readonly Bindings: { readonly peer: DashboardPeer };
}

/** Returns the dashboard; it never rejects. */
export function createDashboard(options: DashboardOptions): Dashboard {
  const services: Services = {
    options,
    passwords: new Passwords(),
    oidc: options.oidc === undefined ? undefined : new OidcClient(options.oidc, options.secret),
    attempts: new Attempts(),
    incidents: new IncidentBook(options.store, options.now),
    ruleHits: new RuleHits(options.store, options.now),
    health: new KeptHealth(options),
  };
  const ofSites = new SiteServices(services);
  const assets = readAssets(options.assets);
  const app = new Hono<Env>();
  for (const route of ROUTES)
    app.on(route.method, `/data${route.path}`, (context) =>
      answer(services, ofSites, route, context.req.raw, context.env.peer, context.req.param()),
    );
  app.all('/data/*', () => problemAnswer(new Problem(404, 'E_DASHBOARD_ABSENT', 'there is nothing here')));
  app.all('*', (context) => asset(assets, context.req.raw));
  return async (request, peer) => {
    const response = await guarded(options, request, () => Promise.resolve(app.fetch(request, { peer })));
    for (const [name, value] of Object.entries(ALWAYS)) response.headers.set(name, value);
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    return response;
  };
}

async function guarded(
  options: DashboardOptions,
  request: Request,
  next: () => Promise<Response>,
): Promise<Response> {
  try {
    // A page of another site can ask an address of this machine under its own name (DNS rebinding).
    if (!isOwnHost(request.headers.get('host'), options.hosts))
      throw new Problem(421, 'E_DASHBOARD_HOST', 'this name is not known here: see dashboard.hosts');
    return await next();
  } catch (error) {
    if (error instanceof Problem) return problemAnswer(error);
    options.onFault(error);
    return problemAnswer(new Problem(500, 'E_DASHBOARD_FAULT', 'something went wrong here'));
  }
}

async function answer(
  services: Services,
  ofSites: SiteServices,
  route: Route,
  request: Request,
  { ip }: DashboardPeer,
  params: Readonly<Record<string, string>>,
): Promise<Response> {
  const { options } = services;
  const cookie = cookieName(request, options.isSecure);
  const by = await callerFrom(services, cookieOf(request, cookie), ip);
  try {
    if (route.method === 'POST') refuseForged(options, request, by);
    const query = new URL(request.url).searchParams;
    const reach = reachFor(route, by, query);
    const asked: Asked<unknown> = {
      ...ofSites.of(reach),
      ...{ reach, params, ip, by, body: await bodyOf(route, request), signal: request.signal },
      query,
      agent: request.headers.get('user-agent') ?? '',
      host: request.headers.get('host') ?? '',
      origin: request.headers.get('origin') ?? ownOrigin(request, options.isSecure),
      language: languageOf(request.headers.get('accept-language')),
      journey: cookieOf(request, `${cookie}-journey`) ?? '',
    };
    // Its schema has read what it is handed.
    const reply = await route.handle(asked as Asked<never>);
    return reply instanceof Response ? reply : replied(reply, cookie, options.isSecure);
  } catch (error) {
    if (error instanceof Problem) return problemAnswer(error);
    options.onFault(error);
    return problemAnswer(new Problem(500, 'E_DASHBOARD_FAULT', 'something went wrong here'));
  }
}

/** Returns the sites that the request is about; throws when who asks may not ask it anywhere. */
function reachFor(route: Route, by: Caller | undefined, query: URLSearchParams): Reach {
  if (route.role === 'everybody') return 'all';
  if (by === undefined) throw new Problem(401, 'E_DASHBOARD_LOGIN', 'log in first');
  const reach = reachOf(by.user, route.role);
  if (reach === undefined)
    throw new Problem(403, 'E_DASHBOARD_ROLE', `this is for ${route.role}s`, { role: route.role });
  if (route.needs === 'all') {
    if (reach !== 'all') throw notForSites();
    return reach;
  }
  // Looking may be narrowed down to a site; what is done is named by its number, wherever the page looks.
  return route.method === 'GET' ? chosenOf(reach, query.get('site') ?? '') : reach;
}

function replied({ body, session, journey, goTo }: Reply, cookie: string, isSecure: boolean): Response {
  // 303: the page is asked for with GET, whatever led there.
  const response =
    goTo === undefined
      ? Response.json(body)
      : new Response(null, { status: 303, headers: { location: goTo } });
  const set = (name: string, value: string, seconds: number, sameSite: 'Strict' | 'Lax'): void =>
    response.headers.append(
      'set-cookie',
      `${name}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=${sameSite}${isSecure ? '; Secure' : ''}`,
    );
  if (session === 'end') set(cookie, '', 0, 'Strict');
  else if (session !== undefined) set(cookie, session.token, LONGEST_MS / 1000, 'Strict');
  // The provider sends the browser back: a cookie that is strict would stay behind.
  if (journey === 'end') set(`${cookie}-journey`, '', 0, 'Lax');
  else if (journey !== undefined) set(`${cookie}-journey`, journey, JOURNEY_SECONDS, 'Lax');
  return response;
}

function ownOrigin(request: Request, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${request.headers.get('host') ?? ''}`;
}

/** Browsers give cookies to all ports of a name: each dashboard has its own. */
function cookieName(request: Request, isSecure: boolean): string {
  const port = /:(\d{1,5})$/.exec(request.headers.get('host') ?? '')?.[1] ?? '0';
  return `${isSecure ? '__Host-' : ''}parapet-${port}`;
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value.length <= LONGEST_COOKIE) return value;
  }
  return undefined;
}

async function callerFrom(
  { options }: Services,
  token: string | undefined,
  ip: string,
): Promise<Caller | undefined> {
  if (token === undefined || token === '') return undefined;
  const { users } = options.store;
  const found = await users.findSession(hashOfSession(token));
  if (found === undefined) return undefined;
  const nowMs = options.now().getTime();
  const { createdAt, seenAt, hash } = found.session;
  // What a provider says of somebody is asked anew each day.
  const longestMs = found.user.subject === undefined ? LONGEST_MS : IDLE_MS;
  if (nowMs - seenAt.getTime() > IDLE_MS || nowMs - createdAt.getTime() > longestMs) {
    await users.endSession(hash);
    return undefined;
  }
  if (nowMs - seenAt.getTime() > SEEN_EVERY_MS) {
    await users.sawSession(hash, options.now(), ip);
    options.onAccess({ type: 'seen', ip, user: found.user });
  }
  return found;
}

/** A change has to come from a page of ours: by what the browser says of it, and by what only our page knows. */
function refuseForged(options: DashboardOptions, request: Request, by: Caller | undefined): void {
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const isForeign =
    (site !== null && site !== 'same-origin') ||
    (origin !== null && (!URL.canParse(origin) || new URL(origin).host !== request.headers.get('host')));
  if (isForeign) throw new Problem(403, 'E_DASHBOARD_FORGED', 'this does not come from our own page');
  if (by === undefined) return;
  const expected = Buffer.from(csrfOf(options.secret, by.session.hash));
  const given = Buffer.from(request.headers.get('x-parapet-csrf') ?? '');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Problem(403, 'E_DASHBOARD_FORGED', 'the token against forged requests is missing or old');
}

async function bodyOf(route: Route, request: Request): Promise<unknown> {
  if (route.body === undefined) return undefined;
  // No form of another site can send this type without being asked first.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new Problem(415, 'E_DASHBOARD_BODY', 'the body has to be JSON');
  const parsed = route.body.safeParse(jsonOf(await limitedText(request)));
  if (!parsed.success)
    throw new Problem(
      422,
      'E_DASHBOARD_BODY',
      parsed.error.issues[0]?.message ?? 'the body is not as it has to be',
      {
        field: parsed.error.issues[0]?.path.join('.') ?? '',
      },
    );
  return parsed.data;
}

async function limitedText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Problem(413, 'E_DASHBOARD_BODY', 'the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'E_DASHBOARD_BODY', 'the body is no JSON');
  }
}

function asset(assets: ReadonlyMap<string, Asset>, request: Request): Response {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  const { pathname } = new URL(request.url);
  // Every address without a file of its own is a page, and the page itself knows which.
  const found = assets.get(pathname) ?? (pathname.includes('.') ? undefined : assets.get('/index.html'));
  if (found === undefined)
    return assets.size === 0
      ? new Response('The dashboard was not built: npm run build\n', { status: 503 })
      : new Response('Not found\n', { status: 404 });
  const headers = {
    'content-type': found.type,
    'cache-control': found.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: found.etag,
    vary: 'accept-encoding',
  };
  if (request.headers.get('if-none-match') === found.etag)
    return new Response(null, { status: 304, headers });
  const isZipped = found.gzip !== undefined && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  const bytes = isZipped ? found.gzip! : found.bytes;
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), {
    headers: { ...headers, ...(isZipped ? { 'content-encoding': 'gzip' } : {}) },
  });
}
