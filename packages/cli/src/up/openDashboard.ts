// The dashboard of an engine, as its configuration says; loaded only where it is served. It has a connection to the
// store of its own: what it changes reaches the engine as what any other process changes does, and a page that takes
// long to read holds up no line.

import { hkdfSync } from 'node:crypto';
import {
  createDashboard,
  DASHBOARD_ASSETS,
  makeInvitation,
  type ReportMaker,
  type Feed,
  type DashboardOptions,
} from '@parapet/dashboard';
import type { Pipeline } from '@parapet/engine';
import { askSupervisor, siteSecret } from '@parapet/gateway';
import type { Line } from '@parapet/kinds';
import { formatInstant } from '@parapet/reports';
import { openStore, type Store } from '@parapet/store';
import type { DashboardConfig, OidcConfig } from '../config/dashboardSchema.ts';
import { readSecret } from '../config/secret.ts';
import type { CommandContext } from '../context.ts';
import { allowsChoice, type LiveConfig } from '../config/liveConfig.ts';
import type { Config } from '../config/schema.ts';
import type { OwnRules } from '../notifications/ownRules.ts';
import { makeOperatorCheck, makeSpareCheck, makeTarget, operatorsSince } from '../target.ts';
import { VERSION } from '../version.ts';
import { accessTeller } from './dashboardAccess.ts';
import { crawlerPolicyOf } from './aiCrawlers.ts';
import { closingDesk } from './closings.ts';
import { BotCounts } from './botCounts.ts';
import type { DashboardDesk } from './dashboardDesk.ts';
import type { RuleDeskSurroundings } from './ruleDesk.ts';
import type { SiteDesk } from './siteDesk.ts';
import { faultTeller } from './faultTeller.ts';
import { nodesOf } from './nodes.ts';
import { siteNames } from './siteFinder.ts';
import { serveDashboard, type DashboardServer } from './dashboardServer.ts';
import { VisitorBook } from './visitorBook.ts';

export interface DashboardSurroundings extends Pick<DashboardOptions, 'engine' | 'diagnose'> {
  readonly context: CommandContext;
  readonly dataDir: string;
  readonly config: Config;
  readonly ownRules: () => Promise<OwnRules>;
  readonly pipeline: Pick<Pipeline, 'sawOperator'>;
  /** Takes what the dashboard tells of who tries to come in. */
  readonly onLine: (line: Line) => void;
  readonly desk: DashboardDesk;
  readonly feed: Feed;
  readonly onNote: (text: string) => void;
  /** Whose rules are shown. */
  readonly loaded: RuleDeskSurroundings['engine'];
  /** What people choose, over the configuration. */
  readonly live: LiveConfig;
  /** The file that was named; undefined for the usual one. */
  readonly configFile: string | undefined;
  /** Undefined where nobody looks into requests. */
  readonly sites: SiteDesk | undefined;
}

const LINK_MS = 86_400_000;
const PULSE_MS = 1000;
const SAMPLE_MS = 400;
const SAVE_MS = 5000;
const SAVE_COUNTS_MS = 60_000;

/** Serves it and says where; undefined when that is not possible or not wanted, which is said, too. */
export async function openDashboard(
  config: DashboardConfig,
  surroundings: DashboardSurroundings,
): Promise<DashboardServer | undefined> {
  if (config.listen === 'off') return undefined;
  const { context, dataDir, desk, feed, live, onNote } = surroundings;
  const { now } = context;
  const store = await openStore({ dataDir, role: 'tool', now });
  const secret = dashboardSecret(dataDir);
  const onAccess = accessTeller({
    ...{ secret, nowMs: () => now().getTime(), onLine: surroundings.onLine },
    onOperator: ({ who, ip, atMs }) => {
      surroundings.pipeline.sawOperator({ ip, who, atMs });
      // A store that cannot be written says so itself; the engine knows for as long as it runs.
      store.sawOperator({ site: '', who, ip, kind: 'operator', at: new Date(atMs) }).catch(() => {});
    },
  });
  const { names } = siteNames(surroundings.config);
  /** Each keeps the week of its sites for a minute. */
  const makers = new WeakMap<Store, ReportMaker>();
  const bots = new BotCounts(dataDir, crawlerPolicyOf(surroundings.config.gateway.ai_crawlers));
  const visitors = new VisitorBook(dataDir);
  const dashboard = createDashboard({
    onAccess,
    ...oidcOf(config.oidc, context, onNote),
    ...{ store, now, version: VERSION, secret, assets: DASHBOARD_ASSETS, hosts: config.hosts, feed },
    isSecure: config.behind_tls,
    engine: surroundings.engine,
    diagnose: surroundings.diagnose,
    readTarget: makeTarget,
    reasonToSpare: async (target) =>
      makeSpareCheck(context)(target) ??
      makeOperatorCheck(await store.listOperators(operatorsSince(now())), now())(target),
    visits: (places, people) => visitors.within(places, now().getTime(), people),
    // Loaded when somebody opens their pages.
    reports: async (shown) => {
      const { reportMaker } = await import('../report/files.ts');
      const maker =
        makers.get(shown) ?? reportMaker(shown, now, context.env, () => live.current.notifications);
      makers.set(shown, maker);
      return maker;
    },
    notifications: async () => {
      const { notificationDesk } = await import('./notificationDesk.ts');
      return notificationDesk(context, live.current, dataDir, await surroundings.ownRules());
    },
    rules: once(async () => {
      const { ruleDesk } = await import('./ruleDesk.ts');
      const { config: whole, loaded, sites } = surroundings;
      return ruleDesk({
        ...{ engine: loaded, config: whole, folder: context.folder, store },
        nowMs: () => now().getTime(),
        current: () => live.current,
        isInspecting: sites !== undefined,
        knowledge: () => sites?.knowledge() ?? [],
        onChosen: () => sites?.tellChosen(),
      });
    }),
    choices: {
      allows: allowsChoice,
      chosen: (key) => live.chosen(key),
      choose: (key, value) => {
        live.choose(key, value);
        surroundings.sites?.tellPolicy();
      },
    },
    closings: closingDesk(dataDir, () => now().getTime()),
    siteNames: () => names,
    nodes: async () => nodesOf(store, now().getTime(), surroundings.engine().startedMs),
    sites: async () => {
      const { sitesView } = await import('./siteViews.ts');
      const { startedMs } = surroundings.engine();
      const nowMs = now().getTime();
      return sitesView({
        ...{ live, folder: context.folder, dataDir, version: VERSION, startedMs, nowMs },
        ask: askSupervisor,
      });
    },
    settings: async () => {
      const { settingsView } = await import('./settingsView.ts');
      return settingsView({
        ...{ context, live, dataDir, configFile: surroundings.configFile },
        ask: askSupervisor,
      });
    },
    bots: async () => {
      const { botsView } = await import('./botDesk.ts');
      return botsView(bots, live, context.folder, now().getTime());
    },
    // The engine hears of it from the store.
    ...{
      onAdded: () => {},
      onLifted: () => {},
      onFault: faultTeller('The dashboard could not answer', now, onNote),
    },
  });
  const server = await serveDashboard(config.listen, dashboard, config.behind_tls);
  if ('problem' in server) {
    await store.close();
    onNote(`There is no dashboard: ${server.problem}. It is dashboard.listen in the configuration.`);
    return undefined;
  }
  onNote(`The dashboard is at ${server.url}`);
  if ((await store.users.list()).length === 0) onNote(firstLink(server.url, secret, now()));
  desk.countVisitors(bots, visitors);
  const onLost = faultTeller('Who visits cannot be written down', now, onNote);
  const saveCounts = (): void => {
    try {
      bots.save(now().getTime());
      visitors.save(now().getTime());
    } catch (error) {
      onLost(error);
    }
  };
  const save = (): Promise<void> => desk.save(store).catch(() => {});
  const timers = [
    setInterval(() => desk.pulse(), PULSE_MS),
    setInterval(() => feed.turn(), SAMPLE_MS),
    setInterval(() => void save(), SAVE_MS),
    setInterval(saveCounts, SAVE_COUNTS_MS),
  ];
  return {
    url: server.url,
    close: async () => {
      timers.forEach(clearInterval);
      await server.close();
      desk.pulse();
      await save();
      saveCounts();
      await store.close();
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Without its secret there is no provider, which is said; everything else works. */
function oidcOf(
  config: OidcConfig | undefined,
  context: CommandContext,
  onNote: (text: string) => void,
): Pick<DashboardOptions, 'oidc'> {
  if (config === undefined) return {};
  const named = { file: config.client_secret_file, variable: config.client_secret_env };
  const read = readSecret(named, context);
  if ('problem' in read) {
    onNote(
      `Nobody can come in through ${config.name}: dashboard.oidc.client_secret_${read.in}: ${read.problem}.`,
    );
    return {};
  }
  const { name, issuer, scopes, roles, site_roles: siteRoles } = config;
  return {
    oidc: {
      ...{ name, issuer, scopes, roles, clientId: config.client_id },
      ...{ nameClaim: config.name_claim, roleClaim: config.role_claim },
      siteRoles: new Map(Object.entries(siteRoles)),
      ...(read.secret === undefined ? {} : { clientSecret: read.secret }),
    },
  };
}

/** Keys links and tokens of the dashboard; any process that may read the data directory has it. */
export function dashboardSecret(dataDir: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', siteSecret(dataDir), '', 'dashboard', 32));
}

function firstLink(url: string, secret: Uint8Array, now: Date): string {
  const expiresAt = new Date(now.getTime() + LINK_MS);
  const token = makeInvitation(secret, { role: 'admin', expiresAt });
  return `Nobody can log in there yet. Open this once, until ${formatInstant(expiresAt)}: ${url}/welcome#${token}`;
}
