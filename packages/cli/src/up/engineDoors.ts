// The doors of a running engine: where monitoring, machines and bouncers, web servers, people and applications come
// in. Each listens only when the configuration says so, and has a sentence for people when it does.

import type { LapiOptions } from '@parapet/lapi';
import { plain, type MetricSample } from '@parapet/reports';
import { withHubOptions } from '../inspection/settings.ts';
import { freeMemory } from '../io/freeMemory.ts';
import { lifter, type EngineHouse } from './engineHouse.ts';
import type { EngineDesks } from './engineDesks.ts';
import { stoppedBy } from './gatewayMetrics.ts';
import { serveMetrics } from './metricsServer.ts';
import { siteNames } from './siteFinder.ts';

interface Door {
  close(): Promise<void>;
}

export class EngineDoors {
  readonly #house: EngineHouse;
  readonly #desks: EngineDesks;
  readonly #open: Door[] = [];
  readonly #sentences: string[] = [];

  constructor(house: EngineHouse, desks: EngineDesks) {
    this.#house = house;
    this.#desks = desks;
  }

  /** Opens all; rejects with a UsageError when one cannot be had. What comes in by them is added to what is watched. */
  async open(samples: () => Iterable<MetricSample>): Promise<void> {
    await this.#openMetrics(samples);
    const heard = [
      [await this.#openLapi(), 'what machines send'],
      [await this.#openAppsec(), 'what web servers ask about'],
      [await this.#openApi(), 'what applications tell'],
    ] as const;
    await this.#openDashboard();
    for (const [isOpen, name] of heard) if (isOpen) this.#house.watched.push(name);
  }

  /** Where they are, for people. */
  get sentences(): readonly string[] {
    return this.#sentences;
  }

  async close(): Promise<void> {
    for (const door of this.#open.splice(0)) await door.close();
  }

  async #openMetrics(samples: () => Iterable<MetricSample>): Promise<void> {
    const { options, engine, store } = this.#house;
    const { enabled, listen } = engine.config.metrics;
    const wanted = options.metrics ?? (enabled ? listen : undefined);
    if (wanted === undefined) return;
    const page = await serveMetrics(wanted, samples, () => store.health().state === 'ok');
    this.#open.push(page);
    this.#sentences.push(`Metrics: ${page.url}`);
  }

  async #openLapi(): Promise<boolean> {
    const { context, engine, store, audience, running } = this.#house;
    const { config, dataDir } = engine;
    if (config.lapi.listen.length === 0) return false;
    const ingest: LapiOptions['ingest'] = (alerts) => running()?.ingest(alerts);
    const ingestMore: LapiOptions['ingestMore'] = (made) => running()?.ingestMore(made);
    const { openLapi } = await import('./openLapi.ts');
    const lapi = await openLapi(config.lapi, context.folder, {
      ...{ store, dataDir, now: context.now, ingest, ingestMore },
      ...{ onLifted: lifter(this.#house), freeMemory, onNote: audience.say },
    });
    this.#open.push(lapi);
    const { nodeSentence, NodeWatch } = await import('./nodes.ts');
    const { nowMs } = this.#house;
    const watch = new NodeWatch(store, nowMs, (node) =>
      audience.node(plain(nodeSentence(node, nowMs())), node.state === 'silent'),
    );
    watch.start();
    this.#open.push(watch);
    this.#sentences.push(`The local API is at ${lapi.urls.join(', ')}.`);
    return true;
  }

  async #openAppsec(): Promise<boolean> {
    const asked = await this.#desks.appsec?.open();
    if (asked === undefined) return false;
    this.#open.push(asked);
    this.#sentences.push(`Web servers ask at ${asked.urls.join(', ')}.`);
    return true;
  }

  async #openApi(): Promise<boolean> {
    const told = await this.#desks.api?.open();
    if (told === undefined) return false;
    this.#open.push(told);
    if (told.urls.length > 0) this.#sentences.push(`The API is at ${told.urls.join(', ')}.`);
    return true;
  }

  /** It says itself where it is. */
  async #openDashboard(): Promise<void> {
    const { context, options, engine, audience, nowMs, running, ownRules } = this.#house;
    const { config, dataDir } = engine;
    if (config.dashboard.listen === 'off') return;
    const [{ openDashboard }, { DashboardDesk }, { Feed }] = await Promise.all([
      import('./openDashboard.ts'),
      import('./dashboardDesk.ts'),
      import('@parapet/dashboard'),
    ]);
    const { link, sites } = this.#desks;
    const feed = new Feed();
    const desk = new DashboardDesk(feed, nowMs, () => stoppedBy(link), siteNames(config).nameOf);
    audience.pages = desk;
    const startedMs = nowMs();
    const door = await openDashboard(config.dashboard, {
      ...{ context, dataDir, desk, feed, onNote: audience.say, ownRules },
      ...{ config: withHubOptions(config, options), loaded: engine, live: engine.live, sites },
      configFile: options.config,
      ...{ pipeline: engine.pipeline, onLine: (line) => running()?.tell(line) },
      engine: () => ({
        ...{ startedMs, lastLineMs: desk.lastLineMs, findings: desk.findings },
        isObserving: link !== undefined && config.inspection.mode === 'observe',
      }),
      diagnose: async () => {
        const { diagnose } = await import('../doctor/diagnose.ts');
        const { cards } = await diagnose(context, { ...options, dataDir });
        return cards.map(({ level, topic, says, fix }) => ({
          ...{ level, topic, says },
          ...(fix === undefined ? {} : { fix }),
        }));
      },
    });
    if (door !== undefined) this.#open.push(door);
  }
}
