// From the gateway's section of parapet.yaml and the options of `up` to what the gateway is told.

import path from 'node:path';
import type {
  CrawlerPolicySettings,
  GuardSettings,
  QueueSettings,
  Rate,
  ThrottleRates,
} from '@parapet/enforcement';
import {
  hostProblem,
  parseUpstream,
  trustedProxyProblem,
  type GatewayConfig,
  type GatewayPolicy,
  type SiteConfig,
} from '@parapet/gateway';
import { parseDuration } from '@parapet/kinds';
import { MAIN_SITE } from '../config/gatewaySchema.ts';
import { withKeptChoices } from '../config/liveConfig.ts';
import type { Config } from '../config/schema.ts';
import { inspectionFor, type InspectionFor } from '../inspection/settings.ts';
import { UsageError } from '../run-verb.ts';
import { crawlerPolicyOf, isAnyRuled, robotsOf } from './aiCrawlers.ts';
import type { GatewayFlags } from './gatewayAsked.ts';

export interface ResolvedGateway {
  readonly gateway: GatewayConfig;
  readonly drainMs: number;
  readonly throttle: ThrottleRates;
  readonly challenge: NonNullable<GuardSettings['challenge']>;
  readonly inspection?: InspectionFor;
  readonly healthToken?: string;
  readonly costlyPages: NonNullable<GuardSettings['costlyPages']>;
  readonly learnCostsMs: number;
  /** Absent where there is no waiting room. */
  readonly queue?: QueueSettings;
  /** Absent where all are let in. */
  readonly aiCrawlers?: CrawlerPolicySettings;
  /** robots.txt, where the gateway answers it. */
  readonly robots?: string;
}

const DEFAULT_PORT = 8080;

/** Returns what the gateway is told; throws a UsageError when that cannot be. */
export function resolveGateway(
  written: Config,
  flags: GatewayFlags,
  folder: string,
  dataDir: string,
): ResolvedGateway {
  const config = withKeptChoices(written, dataDir);
  const { gateway } = config;
  const sites = sitesFor(config, flags);
  for (const { hosts } of sites) for (const host of hosts) refuse('E_GATEWAY_HOST', hostProblem(host));
  for (const proxy of [...gateway.trusted_proxies, ...gateway.askers])
    refuse('E_GATEWAY_PROXY', trustedProxyProblem(proxy));
  const listeners = listenersOf(gateway, flags);
  if (listeners.some(({ isTls }) => isTls) && gateway.certificates.length === 0) {
    throw new UsageError(
      'E_GATEWAY_NO_CERTIFICATE',
      'The gateway is to speak TLS and has no certificate',
      'Name one in parapet.yaml: gateway.certificates with cert_file and key_file',
    );
  }
  const alone = sites.find(({ upstreams }) => upstreams.length === 0);
  if (alone !== undefined && listeners.some(({ serves }) => serves !== 'forward-auth'))
    throw new UsageError(
      'E_GATEWAY_UPSTREAM',
      `The site '${alone.name}' has no server behind it`,
      'Name one in parapet.yaml: upstreams of the site',
    );
  const { limits, timeouts, waiting_room: room } = gateway;
  const aiCrawlers = crawlerPolicyOf(gateway.ai_crawlers);
  const ms = (text: string): number => parseDuration(text) ?? 0; // the schema has checked it
  return {
    gateway: {
      listeners,
      certificates: gateway.certificates.map(({ cert_file: cert, key_file: key }) => ({
        certFile: path.resolve(folder, cert),
        keyFile: path.resolve(folder, key),
      })),
      sites,
      trustedProxies: gateway.trusted_proxies,
      askers: gateway.askers,
      limits: {
        headBytes: limits.head_bytes,
        headers: limits.headers,
        requestBodyBytes: limits.request_body_bytes,
        connectionsPerClient: limits.connections_per_client,
        connections: limits.connections,
      },
      timeouts: {
        headMs: ms(timeouts.head),
        bodyMs: ms(timeouts.body),
        idleMs: ms(timeouts.idle),
        connectMs: ms(timeouts.connect),
        upstreamMs: ms(timeouts.upstream),
      },
      workers: gateway.workers,
      dataDir,
    },
    drainMs: ms(timeouts.drain),
    throttle: {
      throttle: rateOf(gateway.throttle.throttle),
      tarpit: rateOf(gateway.throttle.tarpit),
      captcha: rateOf(gateway.throttle.captcha),
      crawler: rateOf(gateway.throttle.crawler),
    },
    challenge: { bits: gateway.challenge.work_bits, allowsWaiting: gateway.challenge.without_scripts },
    // What was chosen may be taken back while it runs.
    ...([...sites, ...sitesFor(written, flags)].some((site) => site.inspection !== 'off')
      ? { inspection: inspectionFor(config, folder, dataDir) }
      : {}),
    ...(gateway.health_token === undefined ? {} : { healthToken: gateway.health_token }),
    costlyPages: gateway.costly_pages.mode,
    learnCostsMs: ms(gateway.costly_pages.learn_for),
    ...(room.most_at_once === 0
      ? {}
      : { queue: { mostAtOnce: room.most_at_once, longestWaitMs: ms(room.longest_wait) } }),
    ...(isAnyRuled(aiCrawlers) ? { aiCrawlers } : {}),
    ...(gateway.ai_crawlers.serve_robots ? { robots: robotsOf(gateway.ai_crawlers, folder, undefined) } : {}),
  };
}

/** Returns what workers are told of choices, as they count now; `folder` is what paths are relative to. */
export function gatewayPolicy(config: Config, folder: string): GatewayPolicy {
  const aiCrawlers = crawlerPolicyOf(config.gateway.ai_crawlers);
  const { mode: ofMain, title = '' } = config.gateway;
  const main = { name: MAIN_SITE, title, mode: ofMain, inspection: inspectionOf(config, MAIN_SITE) };
  const sites = new Map([main, ...sitesFor(config, {})].map((site) => [site.name, site]));
  return {
    sites: [...sites.values()].map(({ name, title: called = name, mode, inspection = 'off' }) => ({
      ...{ name, mode, inspection },
      title: called,
    })),
    ...(isAnyRuled(aiCrawlers) ? { aiCrawlers } : {}),
    ...(config.gateway.ai_crawlers.serve_robots
      ? { robots: robotsOf(config.gateway.ai_crawlers, folder, undefined) }
      : {}),
  };
}

function inspectionOf({ inspection }: Config, name: string): Config['inspection']['mode'] {
  return inspection.sites.find((site) => site.name === name)?.mode ?? inspection.mode;
}

/** Returns the sites of the configuration, each with its mode of inspection. */
export function sitesFor(
  { gateway, inspection }: Pick<Config, 'gateway' | 'inspection'>,
  flags: GatewayFlags,
): readonly SiteConfig[] {
  return inspected(sitesOf(gateway, flags), inspection);
}

function rateOf(written: Config['gateway']['throttle']['throttle']): Rate {
  return {
    perSecond: written.per_second,
    burst: written.burst,
    queue: written.queue,
    maxWaitMs: parseDuration(written.max_wait) ?? 0, // the schema has checked it
  };
}

/** A server of the site as it is written in the configuration: no path, no trailing slash. */
function normalizeUpstream(written: string): string {
  // `localhost:3000` is what people write.
  const text = /^[\w.-]+:\d{1,5}\/?$/.test(written) ? `http://${written}` : written;
  const parsed = parseUpstream(text);
  if (parsed.ok) return parsed.address.url;
  throw new UsageError(
    'E_GATEWAY_UPSTREAM',
    parsed.says.replaceAll('`', "'"),
    'Write it like http://127.0.0.1:8081, or unix:/run/site.sock',
  );
}

function sitesOf(gateway: Config['gateway'], flags: GatewayFlags): readonly SiteConfig[] {
  const single = flags.upstream ?? gateway.upstream;
  // The option is about the whole site: who gives it wants that server, whatever the file says.
  const written = flags.upstream === undefined ? gateway.sites : [];
  const sites = written.map((site): SiteConfig => ({
    name: site.name,
    ...(site.title === undefined ? {} : { title: site.title }),
    hosts: site.hosts.map((host) => host.toLowerCase()),
    upstreams: site.upstreams.map(normalizeUpstream),
    hostHeader: site.host_header,
    health:
      site.health_path === undefined
        ? undefined
        : { path: site.health_path, everyMs: parseDuration(site.health_every) ?? 10_000 },
    mode: site.mode,
    closedPaths: site.closed_paths,
    neverChallenge: site.never_challenge,
    ...(site.base_path === undefined ? {} : { basePath: site.base_path }),
  }));
  // Who is only asked (forward-auth) has no server behind.
  if (single === undefined && sites.length > 0) return sites;
  return [
    ...sites,
    {
      name: MAIN_SITE,
      // Nobody has given it a name: visitors need not read ours.
      title: gateway.title ?? '',
      hosts: ['*'],
      upstreams: single === undefined ? [] : [normalizeUpstream(single)],
      hostHeader: 'client',
      health: undefined,
      mode: gateway.mode,
      closedPaths: [],
      neverChallenge: [],
    },
  ];
}

/** The sites, each with its mode of inspection. */
function inspected(
  sites: readonly SiteConfig[],
  { mode, sites: own }: Config['inspection'],
): readonly SiteConfig[] {
  for (const { name } of own) {
    if (sites.some((site) => site.name === name)) continue;
    throw new UsageError(
      'E_INSPECTION_SITE',
      `inspection.sites names '${name}', and the gateway has no such site`,
      `There are: ${sites.map((site) => site.name).join(', ')}`,
    );
  }
  const modes = new Map(own.map((site) => [site.name, site.mode]));
  return sites.map((site) => ({ ...site, inspection: modes.get(site.name) ?? mode }));
}

function listenersOf(gateway: Config['gateway'], { port }: GatewayFlags): GatewayConfig['listeners'] {
  const written = gateway.listen.map((one) => ({
    listen: one.address,
    isTls: one.tls,
    expectsProxyProtocol: one.proxy_protocol,
    redirectsToHttps: one.redirect_to_https,
    serves: one.serves,
    socketMode: Number.parseInt(one.socket_mode, 8),
  }));
  if (port === undefined && written.length > 0) return written;
  const number = port === undefined ? DEFAULT_PORT : /^\d{1,5}$/.test(port) ? Number(port) : 65_536;
  if (number > 65_535)
    throw new UsageError('E_GATEWAY_PORT', `'${port}' is no port`, 'Give a number from 0 to 65535');
  const main = { listen: `*:${number}`, isTls: false, expectsProxyProtocol: false };
  // The option is about where visitors come in.
  return [main, ...written.filter(({ serves }) => serves === 'forward-auth')];
}

function refuse(code: string, problem: string | undefined): void {
  if (problem !== undefined)
    throw new UsageError(code, problem.replaceAll('`', "'"), 'Mend it in parapet.yaml, under gateway');
}
