// An engine from start to end: its sources, what it says, and how it is told to end. It runs as `parapet up` on its
// own, or as a child of the process that also keeps a gateway.

import { once } from 'node:events';
import process from 'node:process';
import type { LineSource } from '@parapet/engine';
import { parseDuration, formatProblem, type Alert, type Decision } from '@parapet/kinds';
import { describeDecision, LiveStatus, plain, renderEventLine, type MetricSample } from '@parapet/reports';
import { siteSecret } from '@parapet/gateway';
import { openStore, type StoreHealth } from '@parapet/store';
import type { Config } from '../config/schema.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { prepareEngine, printProblems } from '../engine/prepareEngine.ts';
import type { RunOptions } from './engineOptions.ts';
import type { ApiService } from './openApi.ts';
import type { AppsecListener, AppsecService } from './openAppsec.ts';
import { EngineMetrics } from './engineMetrics.ts';
import { healthSentence, openWhenFree } from './engineStore.ts';
import { EngineProcess, STATE_CURSOR } from './engineProcess.ts';
import { GatewayLink } from './gatewayLink.ts';
import { collectAlone, freeMemory } from '../io/freeMemory.ts';
import { gatewaySamples, stoppedBy } from './gatewayMetrics.ts';
import { withHubOptions } from '../inspection/settings.ts';
import { laterRules } from '../notifications/laterRules.ts';
import { GuardDesk } from './guardDesk.ts';
import type { DashboardDesk } from './dashboardDesk.ts';
import type { DashboardServer } from './dashboardServer.ts';
import type { LapiOptions } from '@parapet/lapi';
import type { Notifications } from '@parapet/notify';
import type { Listening } from './listening.ts';
import { SiteDesk } from './siteDesk.ts';
import { openTelemetry, type Telemetry } from '../telemetry/openTelemetry.ts';
import { isTrafficWatched, TrafficDesk, wavesOf } from './trafficDesk.ts';
import { serveMetrics, type MetricsServer } from './metricsServer.ts';
import { openSources, readAcquisitions } from './openSources.ts';
import { rehearse } from './rehearsal.ts';
import { endSignal, type EndSignal, type GatewayAnnounced } from './supervised.ts';

/** The live view holds no more. */
const SHOWN_AT_START = 10_000;

/** Runs until it is told to end. `gateway`: listens for workers; what is known about it is told to people. */
export async function runEngine(
  context: CommandContext,
  options: RunOptions,
  gateway?: GatewayAnnounced,
): Promise<ExitCode> {
  const end = endSignal();
  try {
    return await run(context, options, gateway, end);
  } finally {
    end.close();
  }
}

async function run(
  context: CommandContext,
  options: RunOptions,
  gateway: GatewayAnnounced | undefined,
  end: EndSignal,
): Promise<ExitCode> {
  collectAlone();
  const nowMs = (): number => context.now().getTime();
  let running: EngineProcess | undefined;
  const metrics = new EngineMetrics(nowMs());
  let view: LiveStatus | undefined;
  let pages: DashboardDesk | undefined;
  let notifications: Notifications | undefined;
  let traffic: TrafficDesk | undefined;
  let telemetry: Telemetry | undefined;
  const early: string[] = [];
  const say = (line: string): void => void (view === undefined ? early.push(line) : view.print(line));
  end.onNote(say);
  let restarts = 0;
  end.onRestarts((count) => (restarts = count));
  const engine = await prepareEngine(context, options, 'live', {
    onAlert: (alert: Alert, decisions: readonly Decision[], covered: readonly Decision[]) => {
      running?.onAlert(alert, decisions);
      metrics.alert(alert, decisions);
      pages?.alert(alert, decisions);
      notifications?.alert(alert, [...decisions, ...covered]);
      telemetry?.alert(alert, decisions);
      if (process.stdout.isTTY) view?.alert(alert, decisions, nowMs(), covered);
      else say(renderEventLine(alert, decisions, covered));
    },
    onEvent: (event) => {
      pages?.event(event);
      traffic?.observe(event);
    },
    onFinding: ({ message, advice }, lifted) => {
      const ended = lifted.length === 0 ? '' : ' What had been decided on it is lifted.';
      say(`Attention: ${message}.${ended} ${advice}`);
      running?.onLifted(lifted, message);
      pages?.finding(`${message}.${ended} ${advice}`);
      notifications?.attention('set-up', `${message}.${ended} ${advice}`, 'high');
      telemetry?.attention('set-up', `${message}.${ended} ${advice}`, 'WARN');
      telemetry?.lifted(lifted);
      for (const decision of lifted) view?.lifted(decision);
    },
  });
  await printProblems(context, engine.problems);

  const store = await openWhenFree(() =>
    openStore({
      dataDir: engine.dataDir,
      role: 'engine',
      now: context.now,
      onHealth: (health: StoreHealth) => {
        say(healthSentence(health));
        notifications?.attention(
          health.state === 'ok' ? 'store-ok' : 'store',
          healthSentence(health),
          'critical',
        );
        telemetry?.attention('store', healthSentence(health), health.state === 'ok' ? 'INFO' : 'ERROR');
      },
    }),
  );
  let server: MetricsServer | undefined;
  let dashboard: DashboardServer | undefined;
  let api: Listening | undefined;
  const shown: Decision[] = [];
  let link: GatewayLink | undefined;
  let desk: GuardDesk | undefined;
  let sites: SiteDesk | undefined;
  let appsec: AppsecService | undefined;
  let own: ApiService | undefined;
  const servers: { close(): Promise<void> }[] = [];
  const watched: string[] = [];
  const startedAt = context.now();
  try {
    const cursors = await store.cursors();
    const saved = cursors.get(STATE_CURSOR);
    if (typeof saved === 'string') engine.pipeline.restoreState(Buffer.from(saved, 'base64'));
    const { decisions } = engine.pipeline.stages;
    const listeners = appsecListeners(context, engine.config);
    const isAsked = listeners.length > 0;
    if (gateway !== undefined || isAsked) {
      sites = new SiteDesk({
        store,
        secret: siteSecret(engine.dataDir),
        ...{ nowMs, onNote: say, chosen: () => engine.chosen.all() },
        onKnowledge: (message) => {
          link?.knowledge(message);
          appsec?.know(message);
        },
      });
      await sites.open();
    }
    if (isAsked) {
      const { prepareAppsec } = await import('./openAppsec.ts');
      appsec = prepareAppsec({
        ...{ store, now: context.now, folder: context.folder, onNote: say },
        config: withHubOptions(engine.config, options),
        ...{ dataDir: engine.dataDir, pipeline: engine.pipeline, hasGateway: gateway !== undefined },
        listeners,
        onRecord: (record) => sites?.found(record),
        onTrusted: (sighting) => desk?.trusted(sighting),
      });
      for (const message of sites?.knowledge() ?? []) appsec.know(message);
      appsec.trustEpoch(await store.trustEpoch());
    }
    if (gateway !== undefined && sites !== undefined) {
      desk = new GuardDesk({
        store,
        pipeline: engine.pipeline,
        nowMs,
        onNote: say,
        onLifted: (lifted) => running?.onLiftedInStore(lifted),
        onAppeal: ({ number, ip, site }) =>
          notifications?.attention(
            'appeal',
            `#${number}, ${ip}: parapet appeals show ${number}`,
            'medium',
            site,
          ),
        onTrustEpoch: (epoch) => {
          link?.trustEpoch(epoch);
          appsec?.trustEpoch(epoch);
        },
      });
      link = new GatewayLink({
        desk,
        sites,
        dataDir: engine.dataDir,
        cursors,
        nowMs,
        isCovered: (ip) => decisions.isEnforcedOn(ip, nowMs()),
        onNote: say,
      });
    }
    if (isToldOf(engine.config)) {
      const { prepareApi } = await import('./openApi.ts');
      own = prepareApi({
        ...{ context, store, cursors, dataDir: engine.dataDir, onNote: say },
        ...{ api: engine.config.api, signals: engine.config.signals },
        engine: () => ({
          ...{ startedAt, lines: engine.pipeline.counts.lines, sources: watched },
          unparsedLines: engine.pipeline.counts.lines - engine.pipeline.counts.parsed,
          ...{ scenarios: engine.scenarios.length, problems: engine.problems.length },
          decisionsActive: decisions
            .counts()
            .reduce((sum, { mode, count }) => sum + (mode === 'live' ? count : 0), 0),
          // An engine on its own may have no gateway at all.
          ...(link === undefined || (link.workers === 0 && gateway?.urls.length === 0)
            ? {}
            : { gateway: { workers: link.workers } }),
        }),
        onAdded: (added) => running?.onAddedInStore(added),
        onLifted: (lifted) => running?.onLiftedInStore(lifted),
      });
    }
    const { sources, names } = openSources(context, {
      logs: options.log ?? [],
      config: engine.config,
      cursors,
      signal: end.signal,
      fromBeginning: options.fromBeginning === true,
      hasOthers: link !== undefined || isAsked || own !== undefined || engine.config.lapi.listen.length > 0,
      onProblem: (problem) => say(formatProblem(problem)),
      onNote: say,
    });
    running = new EngineProcess({
      pipeline: engine.pipeline,
      store,
      sources: [
        ...sources,
        // Standard input ends, and the engine with it, unless somebody else has something to say.
        ...(link === undefined ? [] : [link.source(end.signal)]),
        ...(appsec === undefined ? [] : [appsec.source(end.signal)]),
        ...(own === undefined ? [] : [own.source(end.signal)]),
        ...(engine.config.lapi.listen.length > 0 ? [silence(end.signal)] : []),
      ],
      nowMs,
      retention: { alertsForMs: parseDuration(engine.config.retention.alerts) ?? 7_776_000_000 },
      allowlist: engine.config.allowlist.map((value) => ({ value, comment: 'parapet.yaml' })),
      ...(link === undefined ? {} : { enforcer: link }),
      freeMemory,
      onResumed: (decisions) => {
        shown.push(...decisions);
        return shown.length < SHOWN_AT_START;
      },
      onLines: (count, unparsed, src, type) => {
        view?.lines(count, unparsed, nowMs());
        metrics.lines(count, unparsed, src, type, nowMs());
        pages?.lines(count);
      },
      onForeign: (started, ended) => {
        telemetry?.decided(started);
        telemetry?.lifted(ended);
        for (const decision of started) view?.decision(decision);
        for (const decision of ended) view?.lifted(decision);
        if (!process.stdout.isTTY) {
          for (const decision of started)
            say(`${plain(decision.target.value)} ${describeDecision(decision)}`);
          for (const decision of ended) say(`${plain(decision.target.value)} is free again`);
        }
      },
    });
    if (isTrafficWatched(engine.config.traffic)) {
      traffic = new TrafficDesk({
        ...{ settings: engine.config.traffic, dataDir: engine.dataDir, pipeline: engine.pipeline, nowMs },
        waves: await wavesOf(store, nowMs()),
        onDecision: (decision) => {
          running?.onDecisions([decision]);
          telemetry?.decided([decision]);
          view?.decision(decision);
        },
        onNote: say,
      });
    }
    if (link !== undefined) rehearse(engine.pipeline, nowMs());
    const inForce = await running.prepare();
    const ownRules = laterRules(engine.dataDir, say);
    if (engine.config.notifications.channels.length > 0) {
      const { openNotifications } = await import('../notifications/openNotifications.ts');
      notifications = await openNotifications(context, {
        ...{ store, config: engine.config, dataDir: engine.dataDir, onNote: say },
        hasGateway: gateway !== undefined,
        own: await ownRules(),
      });
    }
    if (desk !== undefined) link?.trustEpoch(await desk.open());
    await link?.open();
    const samples = (): MetricSample[] => [
      ...metrics.collect(engine, store),
      ...(appsec?.samples() ?? []),
      ...(own?.samples() ?? []),
      ...(notifications?.samples() ?? []),
      ...(telemetry?.samples() ?? []),
      ...(link === undefined ? [] : gatewaySamples(link, restarts)),
    ];
    telemetry = await openTelemetry(context, { config: engine.config, collect: samples, onNote: say });
    const listen =
      options.metrics ?? (engine.config.metrics.enabled ? engine.config.metrics.listen : undefined);
    if (listen !== undefined)
      server = await serveMetrics(listen, samples, () => store.health().state === 'ok');

    if (engine.config.lapi.listen.length > 0) {
      const ingest: LapiOptions['ingest'] = (alerts) => running?.ingest(alerts);
      const ingestMore: LapiOptions['ingestMore'] = (made) => running?.ingestMore(made);
      const onLifted: LapiOptions['onLifted'] = (lifted) => running?.onLiftedInStore(lifted);
      const { openLapi } = await import('./openLapi.ts');
      const { dataDir } = engine;
      api = await openLapi(engine.config.lapi, context.folder, {
        ...{ store, dataDir, now: context.now, ingest, ingestMore, onLifted, freeMemory, onNote: say },
      });
    }

    const asked = await appsec?.open();
    if (asked !== undefined) servers.push(asked);

    const { inspection, dashboard: pagesWanted } = engine.config;
    if (pagesWanted.listen !== 'off') {
      const [{ openDashboard }, { DashboardDesk: Desk }, { Feed }] = await Promise.all([
        import('./openDashboard.ts'),
        import('./dashboardDesk.ts'),
        import('@parapet/dashboard'),
      ]);
      const feed = new Feed();
      const told = new Desk(feed, nowMs, () => stoppedBy(link));
      pages = told;
      const startedMs = nowMs();
      dashboard = await openDashboard(pagesWanted, {
        ...{ context, dataDir: engine.dataDir, desk: told, feed, onNote: say },
        ...{ config: withHubOptions(engine.config, options), ownRules, loaded: engine, sites },
        ...{ config: engine.config, ownRules },
        ...{ pipeline: engine.pipeline, onLine: (line) => running?.tell(line) },
        engine: () => ({
          ...{ startedMs, lastLineMs: told.lastLineMs, findings: told.findings },
          isObserving: link !== undefined && inspection.mode === 'observe',
        }),
        diagnose: async () => {
          const { diagnose } = await import('../doctor/diagnose.ts');
          const { cards } = await diagnose(context, { ...options, dataDir: engine.dataDir });
          return cards.map(({ level, topic, says, fix }) => ({
            ...{ level, topic, says },
            ...(fix === undefined ? {} : { fix }),
          }));
        },
      });
    }

    const toldBy = await own?.open();
    if (toldBy !== undefined) servers.push(toldBy);

    watched.push(
      ...(gateway === undefined ? [] : whereVisitorsCome(gateway)),
      ...names,
      ...(api === undefined ? [] : ['what machines send']),
      ...(asked === undefined ? [] : ['what web servers ask about']),
      ...(toldBy === undefined ? [] : ['what applications tell']),
    );
    view = new LiveStatus(process.stdout, {
      color: context.out.hasColor,
      startedMs: nowMs(),
      sources: watched,
      hasGateway: gateway !== undefined,
    });
    for (const decision of shown.splice(0)) view.decision(decision);
    if (!process.stdout.isTTY) {
      say(
        `Parapet watches ${watched.join(', ')} with ${engine.scenarios.length} scenarios; ${inForce} decisions are in force.`,
      );
    }
    if (server !== undefined) say(`Metrics: ${server.url}`);
    if (telemetry !== undefined) say(`OpenTelemetry: ${telemetry.places.join(' and ')}`);
    if (api !== undefined) say(`The local API is at ${api.urls.join(', ')}.`);
    if (toldBy !== undefined && toldBy.urls.length > 0) say(`The API is at ${toldBy.urls.join(', ')}.`);
    if (asked !== undefined) say(`Web servers ask at ${asked.urls.join(', ')}.`);
    for (const note of early.splice(0)) say(note);
    end.ready();
    const live = view;
    const timer = setInterval(() => live.tick(nowMs()), 250);
    const onResize = (): void => void live.tick(nowMs());
    process.stdout.on('resize', onResize);
    try {
      await running.run(end.signal);
    } finally {
      clearInterval(timer);
      process.stdout.off('resize', onResize);
      live.close(nowMs());
    }
  } finally {
    await traffic?.close();
    desk?.close();
    await link?.close();
    await sites?.close();
    await server?.close();
    await api?.close();
    await dashboard?.close();
    for (const one of servers) await one.close();
    await notifications?.close();
    await telemetry?.close();
    await store.close();
  }
  return 0;
}

function isToldOf({ api, signals }: Config): boolean {
  return api.listen.length > 0 || signals.listen.length > 0 || signals.spool !== undefined;
}

/** Where web servers ask: what the configuration says, and CrowdSec's acquisition files. */
function appsecListeners(context: CommandContext, config: Config): readonly AppsecListener[] {
  const { listen, tls } = config.appsec;
  return [
    ...(listen.length === 0 ? [] : [{ listen, tls }]),
    ...readAcquisitions(context, config).filter((one) => one.source === 'appsec'),
  ];
}

/** A source of no lines: an engine whose alerts come from machines alone runs until it is told to end. */
async function* silence(signal: AbortSignal): LineSource {
  if (!signal.aborted) await once(signal, 'abort');
  yield* [];
}

/** An engine that runs on its own does not know where its gateways listen. */
function whereVisitorsCome({ urls }: GatewayAnnounced): readonly string[] {
  return urls.length === 0 ? ['what gateways tell'] : urls;
}
