// Who hears what an engine sees and does: the terminal, the counters, the dashboard, those who are notified, and a
// collector of telemetry. Each of them may be absent; the engine tells the audience and need not know who is in it.

import process from 'node:process';
import type { Event, Finding } from '@parapet/engine';
import type { Alert, Decision } from '@parapet/kinds';
import type { Notifications } from '@parapet/notify';
import {
  describeDecision,
  LiveStatus,
  plain,
  renderEventLine,
  type LiveStatusOptions,
  type MetricSample,
} from '@parapet/reports';
import type { StoreHealth } from '@parapet/store';
import { openTelemetry, type Telemetry } from '../telemetry/openTelemetry.ts';
import type { DashboardDesk } from './dashboardDesk.ts';
import type { EngineHouse } from './engineHouse.ts';
import { EngineMetrics } from './engineMetrics.ts';
import { healthSentence } from './engineStore.ts';
import type { TrafficDesk } from './trafficDesk.ts';

/** The live view holds no more. */
const SHOWN_AT_START = 10_000;
const TICK_MS = 250;

export class EngineAudience {
  readonly metrics: EngineMetrics;
  /** Set when the dashboard is opened. */
  pages: DashboardDesk | undefined;
  /** Set when traffic is watched. */
  traffic: TrafficDesk | undefined;
  readonly #nowMs: () => number;
  readonly #isTerminal = process.stdout.isTTY;
  readonly #inForce: Decision[] = [];
  /** What was said before the first sentence. */
  #early: string[] | undefined = [];
  #view: LiveStatus | undefined;
  #hideView = (): void => {};
  #notifications: Notifications | undefined;
  #telemetry: Telemetry | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.metrics = new EngineMetrics(nowMs());
  }

  /** A line for people; it waits until the first sentence is said. */
  readonly say = (line: string): void => {
    if (this.#early === undefined) this.#view?.print(line);
    else this.#early.push(line);
  };

  /** Opens those who are far away. `collect` gives all counters. */
  async open(house: EngineHouse, collect: () => Iterable<MetricSample>): Promise<void> {
    const { context, engine, store, gateway } = house;
    const { config, dataDir } = engine;
    if (config.notifications.channels.length > 0) {
      const { openNotifications } = await import('../notifications/openNotifications.ts');
      this.#notifications = await openNotifications(context, {
        ...{ store, config, dataDir, onNote: this.say },
        hasGateway: gateway !== undefined,
        own: await house.ownRules(),
        current: () => engine.live.current,
      });
    }
    this.#telemetry = await openTelemetry(context, { config, collect, onNote: this.say });
    const places = this.#telemetry?.places ?? [];
    if (places.length > 0) this.say(`OpenTelemetry: ${places.join(' and ')}`);
  }

  /** Shows the live view, with what was in force at the start. */
  show(options: Omit<LiveStatusOptions, 'startedMs'>): void {
    const view = new LiveStatus(process.stdout, { ...options, startedMs: this.#nowMs() });
    this.#view = view;
    for (const decision of this.#inForce.splice(0)) view.decision(decision);
    const tick = (): void => void view.tick(this.#nowMs());
    const timer = setInterval(tick, TICK_MS);
    process.stdout.on('resize', tick);
    this.#hideView = () => {
      clearInterval(timer);
      process.stdout.off('resize', tick);
      view.close(this.#nowMs());
    };
  }

  /** Says the first sentences, and then what had to wait for them. */
  announce(sentences: readonly string[]): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const line of [...sentences, ...early]) this.say(line);
  }

  hide(): void {
    this.#hideView();
    this.#hideView = () => {};
  }

  async close(): Promise<void> {
    await this.#notifications?.close();
    await this.#telemetry?.close();
  }

  *samples(): Generator<MetricSample> {
    yield* this.#notifications?.samples() ?? [];
    yield* this.#telemetry?.samples() ?? [];
  }

  event(event: Event): void {
    this.pages?.event(event);
    this.traffic?.observe(event);
  }

  alert(alert: Alert, decisions: readonly Decision[], covered: readonly Decision[]): void {
    this.metrics.alert(alert, decisions);
    this.pages?.alert(alert, decisions);
    this.#notifications?.alert(alert, [...decisions, ...covered]);
    this.#telemetry?.alert(alert, decisions);
    if (this.#isTerminal) this.#view?.alert(alert, decisions, this.#nowMs(), covered);
    else this.say(renderEventLine(alert, decisions, covered));
  }

  finding({ message, advice }: Finding, lifted: readonly Decision[]): void {
    const ended = lifted.length === 0 ? '' : ' What had been decided on it is lifted.';
    const sentence = `${message}.${ended} ${advice}`;
    this.say(`Attention: ${sentence}`);
    this.pages?.finding(sentence);
    this.#notifications?.attention('set-up', sentence, 'high');
    this.#telemetry?.attention('set-up', sentence, 'WARN');
    this.#telemetry?.lifted(lifted);
    for (const decision of lifted) this.#view?.lifted(decision);
  }

  /** A node has fallen silent, or is back. */
  node(sentence: string, isSilent: boolean): void {
    this.say(sentence);
    if (isSilent) this.#notifications?.attention('set-up', sentence, 'high');
    this.#telemetry?.attention('node', sentence, isSilent ? 'WARN' : 'INFO');
  }

  health(health: StoreHealth): void {
    const sentence = healthSentence(health);
    const isFine = health.state === 'ok';
    this.say(sentence);
    this.#notifications?.attention(isFine ? 'store-ok' : 'store', sentence, 'critical');
    this.#telemetry?.attention('store', sentence, isFine ? 'INFO' : 'ERROR');
  }

  /** Somebody who was stopped asks to be let in. */
  appeal(number: number, ip: string, site: string): void {
    this.#notifications?.attention(
      'appeal',
      `#${number}, ${ip}: parapet appeals show ${number}`,
      'medium',
      site,
    );
  }

  lines(count: number, unparsed: number, src: string, type: string): void {
    this.#view?.lines(count, unparsed, this.#nowMs());
    this.metrics.lines(count, unparsed, src, type, this.#nowMs());
    this.pages?.lines(count);
  }

  /** What was in force at the start; returns whether more of it is wanted. */
  resumed(decisions: readonly Decision[]): boolean {
    this.#inForce.push(...decisions);
    return this.#inForce.length < SHOWN_AT_START;
  }

  /** A further decision of an alert that was told before. */
  decided(decision: Decision): void {
    this.#telemetry?.decided([decision]);
    this.#view?.decision(decision);
  }

  /** Decisions that an operator, another process or time has started or ended. */
  foreign(started: readonly Decision[], ended: readonly Decision[]): void {
    this.#telemetry?.decided(started);
    this.#telemetry?.lifted(ended);
    for (const decision of started) this.#view?.decision(decision);
    for (const decision of ended) this.#view?.lifted(decision);
    if (this.#isTerminal) return;
    for (const decision of started) this.say(`${plain(decision.target.value)} ${describeDecision(decision)}`);
    for (const decision of ended) this.say(`${plain(decision.target.value)} is free again`);
  }
}
