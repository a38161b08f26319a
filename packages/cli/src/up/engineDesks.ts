// The desks of a running engine: what works beside the pipeline and brings it lines of its own. Knowledge of sites,
// questions of web servers, the gateway's workers, what applications tell, and what traffic is normal. Each is there
// only when the configuration wants it.

import { once } from 'node:events';
import type { LineSource } from '@parapet/engine';
import { siteSecret } from '@parapet/gateway';
import type { MetricSample } from '@parapet/reports';
import type { Config } from '../config/schema.ts';
import { withHubOptions } from '../inspection/settings.ts';
import { countLive, lifter, type EngineHouse } from './engineHouse.ts';
import { gatewayPolicy } from './gatewayConfig.ts';
import { gatewaySamples } from './gatewayMetrics.ts';
import { GatewayLink } from './gatewayLink.ts';
import { GuardDesk } from './guardDesk.ts';
import type { ApiService } from './openApi.ts';
import type { AppsecListener, AppsecService } from './openAppsec.ts';
import { readAcquisitions } from './openSources.ts';
import { rehearse } from './rehearsal.ts';
import { SiteDesk } from './siteDesk.ts';
import { isTrafficWatched, TrafficDesk, wavesOf } from './trafficDesk.ts';
import { siteNames } from './siteFinder.ts';

type Cursors = ReadonlyMap<string, unknown>;

export class EngineDesks {
  readonly #house: EngineHouse;
  #guard: GuardDesk | undefined;
  #traffic: TrafficDesk | undefined;
  sites: SiteDesk | undefined;
  link: GatewayLink | undefined;
  appsec: AppsecService | undefined;
  api: ApiService | undefined;

  constructor(house: EngineHouse) {
    this.#house = house;
  }

  /** Sets up those that are wanted; nothing is heard of anybody yet. */
  async prepare(cursors: Cursors): Promise<void> {
    const { context, engine, gateway, store, nowMs } = this.#house;
    const listeners = appsecListeners(this.#house);
    if (gateway !== undefined || listeners.length > 0) {
      const sites = this.#siteDesk();
      this.sites = sites;
      await sites.open();
      if (listeners.length > 0) await this.#prepareAppsec(sites, listeners);
      if (gateway !== undefined) this.#prepareGateway(sites, cursors);
    }
    if (isToldOf(engine.config)) await this.#prepareApi(cursors);
    if (isTrafficWatched(engine.config.traffic)) {
      this.#traffic = new TrafficDesk({
        ...{ settings: engine.config.traffic, dataDir: engine.dataDir, pipeline: engine.pipeline, nowMs },
        waves: await wavesOf(store, context.now().getTime()),
        onDecision: (decision) => {
          this.#house.running()?.onDecisions([decision]);
          this.#house.audience.decided(decision);
        },
        onNote: this.#house.audience.say,
      });
      this.#house.audience.traffic = this.#traffic;
    }
    if (this.link !== undefined) rehearse(engine.pipeline, nowMs());
  }

  /** Lets the workers of the gateway in. */
  async open(): Promise<void> {
    if (this.#guard !== undefined) this.link?.trustEpoch(await this.#guard.open());
    await this.link?.open();
  }

  /** What they bring; with one of these the engine does not end when standard input does. */
  sources(signal: AbortSignal): readonly LineSource[] {
    return [
      ...(this.link === undefined ? [] : [this.link.source(signal)]),
      ...(this.appsec === undefined ? [] : [this.appsec.source(signal)]),
      ...(this.api === undefined ? [] : [this.api.source(signal)]),
      ...(this.#house.engine.config.lapi.listen.length > 0 ? [silence(signal)] : []),
    ];
  }

  *samples(): Generator<MetricSample> {
    yield* this.appsec?.samples() ?? [];
    yield* this.api?.samples() ?? [];
    if (this.link !== undefined) yield* gatewaySamples(this.link, this.#house.restarts());
  }

  async close(): Promise<void> {
    await this.#traffic?.close();
    this.#guard?.close();
    await this.link?.close();
    await this.sites?.close();
  }

  #siteDesk(): SiteDesk {
    const { engine, store, nowMs, audience } = this.#house;
    return new SiteDesk({
      ...{ store, secret: siteSecret(engine.dataDir), nowMs, onNote: audience.say },
      chosen: () => Object.fromEntries(engine.chosen.all()),
      policy: () => gatewayPolicy(engine.live.current, this.#house.context.folder),
      onKnowledge: (message) => {
        this.link?.knowledge(message);
        this.appsec?.know(message);
      },
    });
  }

  async #prepareAppsec(sites: SiteDesk, listeners: readonly AppsecListener[]): Promise<void> {
    const { context, options, engine, store, gateway, audience } = this.#house;
    const { prepareAppsec } = await import('./openAppsec.ts');
    const appsec = prepareAppsec({
      ...{ store, now: context.now, folder: context.folder, onNote: audience.say },
      config: withHubOptions(engine.config, options),
      ...{ dataDir: engine.dataDir, pipeline: engine.pipeline, hasGateway: gateway !== undefined },
      current: () => engine.live.current,
      listeners,
      onRecord: (record) => sites.found(record),
      onTrusted: (sighting) => this.#guard?.trusted(sighting),
    });
    for (const message of sites.knowledge()) appsec.know(message);
    appsec.trustEpoch(await store.trustEpoch());
    this.appsec = appsec;
  }

  #prepareGateway(sites: SiteDesk, cursors: Cursors): void {
    const { engine, store, audience, nowMs } = this.#house;
    const { pipeline, dataDir } = engine;
    this.#guard = new GuardDesk({
      ...{ store, pipeline, nowMs, onNote: audience.say, onLifted: lifter(this.#house) },
      onAppeal: ({ number, ip, site }) => audience.appeal(number, ip, site),
      onTrustEpoch: (epoch) => {
        this.link?.trustEpoch(epoch);
        this.appsec?.trustEpoch(epoch);
      },
    });
    this.link = new GatewayLink({
      ...{ desk: this.#guard, sites, dataDir, cursors, nowMs, onNote: audience.say },
      isCovered: (ip) => pipeline.stages.decisions.isEnforcedOn(ip, nowMs()),
    });
  }

  async #prepareApi(cursors: Cursors): Promise<void> {
    const { context, engine, store, audience, running, startedAt, watched, gateway } = this.#house;
    const { pipeline, config, dataDir } = engine;
    const { prepareApi } = await import('./openApi.ts');
    this.api = prepareApi({
      ...{ context, store, cursors, dataDir, onNote: audience.say },
      ...{ api: config.api, signals: config.signals, siteOf: siteNames(config).nameOf },
      engine: () => ({
        ...{ startedAt, lines: pipeline.counts.lines, sources: watched },
        unparsedLines: pipeline.counts.lines - pipeline.counts.parsed,
        ...{ scenarios: engine.scenarios.length, problems: engine.problems.length },
        decisionsActive: countLive(pipeline.stages.decisions.counts()),
        // An engine on its own may have no gateway at all.
        ...(this.link === undefined || (this.link.workers === 0 && gateway?.urls.length === 0)
          ? {}
          : { gateway: { workers: this.link.workers } }),
      }),
      onAdded: (added) => running()?.onAddedInStore(added),
      onLifted: lifter(this.#house),
    });
  }
}

function isToldOf({ api, signals }: Config): boolean {
  return api.listen.length > 0 || signals.listen.length > 0 || signals.spool !== undefined;
}

/** Where web servers ask: what the configuration says, and CrowdSec's acquisition files. */
function appsecListeners({ context, engine: { config } }: EngineHouse): readonly AppsecListener[] {
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
