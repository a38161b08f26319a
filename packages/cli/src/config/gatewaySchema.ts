// The gateway's section of the configuration.

import { z } from 'zod';
import { aiCrawlersSchema } from './aiCrawlersSchema.ts';

/** The site that has no section of its own. */
export const MAIN_SITE = 'main';

/** A length of time, with what it is by default. */
export const duration = (by: string, what: string) =>
  z
    .string()
    .regex(/^((\d+(\.\d*)?|\.\d+)(ms|s|m|h))+$/, "has to be a duration such as '30s' or '4h'")
    .default(by)
    .describe(what);

const upstream = z
  .string()
  .regex(
    /^(https?:\/\/[^/?#@\s]+\/?|unix:\/.+)$/,
    "has to be a URL without a path, such as 'http://127.0.0.1:8081', or 'unix:/run/site.sock'",
  );

const modes = z.enum(['enforce', 'observe']);
const hostHeader = z.enum(['client', 'upstream']);

const listenSchema = z.strictObject({
  address: z
    .string()
    .min(1)
    .describe('`host:port`, `[v6]:port`, `*:port` for all addresses, or `unix:/path`'),
  tls: z.boolean().default(false).describe('Whether TLS is spoken there, with the certificates below'),
  proxy_protocol: z
    .boolean()
    .default(false)
    .describe('Whether a trusted proxy says with the PROXY protocol who the visitor is'),
  redirect_to_https: z
    .boolean()
    .default(false)
    .describe('Whether visitors without TLS are sent on to HTTPS; certificate authorities are not'),
  serves: z
    .enum(['site', 'forward-auth'])
    .default('site')
    .describe('The site to visitors, or answers to servers that ask whether a request may pass'),
  socket_mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, "has to be three octal digits such as '660'")
    .default('660')
    .describe('Rights of a Unix socket'),
});

const siteSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('How the site is called in reports'),
  title: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('How it is called on pages that visitors see; its name, when absent'),
  hosts: z
    .array(z.string().min(1))
    .default(['*'])
    .describe('Its names: `www.example.org`, `*.example.org`, or `*` for any'),
  upstreams: z
    .array(upstream)
    .default([])
    .describe('The servers of the site, such as http://127.0.0.1:8081; none where another server only asks'),
  host_header: hostHeader
    .default('client')
    .describe("Which Host the site is told: the visitor's, or that of its own address"),
  health_path: z
    .string()
    .regex(/^\//, "has to begin with '/'")
    .optional()
    .describe('A path that is asked now and then, to know which servers work'),
  health_every: duration('10s', 'How often it is asked'),
  mode: modes.default('enforce').describe('observe: decisions are told, and nothing is done'),
  closed_paths: z
    .array(z.string())
    .default([])
    .describe('Paths (`/user/*`) that are answered 503 when no engine has been heard for a minute'),
  never_challenge: z
    .array(z.string())
    .default([])
    .describe('Paths that are never challenged, beside those of feeds, APIs and cron'),
  base_path: z
    .string()
    .regex(/^(\/[^/?#\s]+)*\/?$/, "has to be a path such as '/shop'")
    .optional()
    .describe('Where the CMS lives, when not at the root: /shop'),
});

const limitsSchema = z.strictObject({
  head_bytes: z.number().int().min(1024).max(1_048_576).default(65_536).describe('Longest head of a request'),
  headers: z.number().int().min(8).max(1000).default(128).describe('Most headers of a request'),
  request_body_bytes: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Longest body of a request; 0 is no limit: the site has its own'),
  connections_per_client: z
    .number()
    .int()
    .min(1)
    .default(256)
    .describe('Most open connections of one address, for each worker'),
  connections: z.number().int().min(1).default(16_384).describe('Most open connections, for each worker'),
});

/** `by` as in THROTTLE_RATES of enforcement; a test compares them. */
const rateSchema = (by: { per_second: number; burst: number; queue: number; max_wait: string }) =>
  z
    .strictObject({
      per_second: z.number().positive().max(1000).default(by.per_second).describe('Requests of one client'),
      burst: z.number().int().min(1).max(10_000).default(by.burst).describe('Before anybody has to wait'),
      queue: z.number().int().min(0).max(100).default(by.queue).describe('How many may wait; more get 429'),
      max_wait: duration(by.max_wait, 'Nobody waits longer'),
    })
    .prefault({});

const throttleSchema = z.strictObject({
  throttle: rateSchema({ per_second: 2, burst: 20, queue: 10, max_wait: '10s' }),
  tarpit: rateSchema({ per_second: 0.2, burst: 1, queue: 2, max_wait: '10s' }),
  captcha: rateSchema({ per_second: 2, burst: 20, queue: 10, max_wait: '10s' }),
  crawler: rateSchema({ per_second: 0.5, burst: 5, queue: 5, max_wait: '10s' }),
});

const challengeSchema = z.strictObject({
  work_bits: z
    .number()
    .int()
    .min(8)
    .max(22)
    .default(17)
    .describe('Proof of work takes 2 to the power of so many hashes; each one more doubles the time'),
  without_scripts: z.boolean().default(true).describe('Whether browsers without scripts may wait instead'),
});

const costlyPagesSchema = z.strictObject({
  mode: z
    .enum(['off', 'learn', 'observe', 'enforce'])
    .default('observe')
    .describe('observe: what would be done is told; enforce: the surplus is asked for the check'),
  learn_for: duration('30m', 'How long is learned before anybody is turned away'),
});

const waitingRoomSchema = z.strictObject({
  most_at_once: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      'Newcomers wait while the site works on more requests at once than this, for each worker; 0 is no waiting room',
    ),
  longest_wait: duration('5m', 'Nobody waits longer'),
});

const timeoutsSchema = z.strictObject({
  head: duration('15s', 'From the first byte of a head to its last'),
  body: duration('30s', 'A body or an answer that moves less than a kilobyte in this time ends'),
  idle: duration('75s', 'How long an idle connection stays open'),
  connect: duration('5s', 'Until a server of the site takes a connection'),
  upstream: duration('120s', 'Until its answer begins'),
  drain: duration(
    '30s',
    'How long requests that are under way may take when the gateway ends or is reloaded',
  ),
});

export const gatewaySchema = z
  .strictObject({
    upstream: upstream
      .optional()
      .describe('The server of the site, where there is one; `parapet up` starts the gateway then'),
    listen: z
      .array(listenSchema)
      .default([])
      .describe('Where visitors connect; without it, port 8080 of all addresses'),
    sites: z.array(siteSchema).default([]).describe('Several sites, by host name; the first that matches'),
    certificates: z
      .array(
        z.strictObject({
          cert_file: z.string().describe('The certificate with its chain, PEM'),
          key_file: z.string().describe('Its key, PEM'),
        }),
      )
      .default([])
      .describe(
        'For TLS; the first is for clients that name no host. A file that changes is read within 15 s',
      ),
    trusted_proxies: z
      .array(z.string())
      .default([])
      .describe(
        'Proxies in front, by address, range or name (cloudflare, fastly, akamai, cloudfront, private, loopback)',
      ),
    askers: z
      .array(z.string())
      .default([])
      .describe('From where servers may ask over TCP (forward-auth), beside this machine; ranges'),
    workers: z
      .number()
      .int()
      .min(0)
      .max(64)
      .default(0)
      .describe('How many worker processes; 0 is one for each core, at most 4'),
    title: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('How the site of `upstream` is called on pages that visitors see; not at all, when absent'),
    mode: modes
      .default('enforce')
      .describe('What may be done on the site of `upstream`; sites of `sites` have their own'),
    health_token: z
      .string()
      .min(16)
      .optional()
      .describe('Who sends it as X-Parapet-Token may read /.parapet/health from anywhere'),
    throttle: throttleSchema
      .prefault({})
      .describe('How slow decisions with these remediations make a client'),
    challenge: challengeSchema.prefault({}).describe('What a check asks of a visitor'),
    ai_crawlers: aiCrawlersSchema
      .prefault({})
      .describe('What is done with crawlers that fetch pages for AI; `parapet robots --list` names them'),
    costly_pages: costlyPagesSchema
      .prefault({})
      .describe('What strangers may spend together on pages that cost the site much'),
    waiting_room: waitingRoomSchema
      .prefault({})
      .describe('A fair queue instead of errors, when the site has more to do than it can'),
    limits: limitsSchema.prefault({}),
    timeouts: timeoutsSchema.prefault({}),
  })
  .superRefine(({ upstream: single, sites }, ctx) => {
    // Roles, tokens, choices and what was learned belong to a site by its name.
    const names = new Set(single === undefined ? [] : [MAIN_SITE]);
    for (const [index, { name }] of sites.entries()) {
      const isMain = name === MAIN_SITE && single !== undefined;
      const message = isMain
        ? `'${MAIN_SITE}' is what the site of gateway.upstream is called: give this one another name`
        : `there are two sites ${name}`;
      if (names.has(name)) ctx.addIssue({ code: 'custom', path: ['sites', index, 'name'], message });
      names.add(name);
    }
  })
  .describe('HTTP in front of the site');
