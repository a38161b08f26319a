// The learned traffic detectors beside a pipeline: events go in, alerts and decisions go the way of all others.

import {
  SearchEngineRule,
  trafficReader,
  type Event,
  type Pipeline,
  type TrafficFinding,
  type TrafficMode,
  type TrafficMonitor,
} from '@parapet/engine';
import type { Alert, Decision } from '@parapet/kinds';
import { crawlerRanges } from '../up/crawlerRanges.ts';
import { alertOf, decisionOf, remediationFor, siteOf } from './alertOf.ts';

const MINUTE_MS = 60_000;

export class TrafficWatch {
  readonly monitor: TrafficMonitor;
  readonly #read: ReturnType<typeof trafficReader>;
  readonly #pipeline: Pipeline;
  readonly #onDecision: (decision: Decision) => void;
  readonly #modeOf: (site: string) => TrafficMode;
  /** The wave that is going on, by site: clients that turn out to belong to it are decided on in its name. */
  readonly #waves = new Map<string, Alert>();
  readonly #crawlers = new SearchEngineRule([['published ranges', crawlerRanges().join('\n')]]);
  #latestMs = 0;
  readonly #tell = (finding: TrafficFinding): void => this.#found(finding);

  /** `onDecision` is told of decisions on clients of a wave; alerts and other decisions go to the pipeline's listener. */
  constructor(
    monitor: TrafficMonitor,
    pipeline: Pipeline,
    onDecision: (decision: Decision) => void,
    modeOf: (site: string) => TrafficMode = () => 'enforce',
  ) {
    this.monitor = monitor;
    this.#modeOf = modeOf;
    this.#read = trafficReader(pipeline.stages.event.schema);
    this.#pipeline = pipeline;
    this.#onDecision = onDecision;
  }

  /** Takes over the waves that were told before the start: those that go on have no alert of their own again. */
  resume(waves: readonly Alert[]): void {
    for (const wave of waves) this.#waves.set(siteOf(wave), wave);
  }

  observe(event: Event): void {
    const request = this.#read(event);
    if (request === undefined) return;
    this.#latestMs = Math.max(this.#latestMs, request.atMs);
    this.monitor.observe(request, this.#tell);
  }

  /** Tells the time when no request comes. */
  advance(nowMs: number): void {
    this.monitor.advance(nowMs, this.#tell);
  }

  /** Judges the minute that the last line is of. */
  finish(): void {
    if (this.#latestMs > 0) this.advance(this.#latestMs + MINUTE_MS);
  }

  #found(finding: TrafficFinding): void {
    const pipeline = this.#pipeline;
    const mode = this.#modeOf(finding.site);
    if (mode === 'learn') return;
    // What search engines ask for is their business, and nobody decides on them.
    if (
      'ip' in finding &&
      this.#crawlers.spare({ scope: 'ip', value: finding.ip, ip: finding.ip }) !== undefined
    )
      return;
    if (finding.kind !== 'hostile-client') {
      const alert = { ...alertOf(finding), simulated: mode === 'observe' };
      if (finding.kind === 'attack-wave') this.#waves.set(finding.site, alert);
      const isSpared = pipeline.stages.judge.judgeForeign(alert).spared !== undefined;
      const isOfClient = finding.kind === 'client-surge' || finding.kind === 'scraper';
      pipeline.ingest(
        alert,
        isOfClient && !isSpared ? [decisionOf(alert, finding.ip, 'throttle', finding.atMs)] : [],
      );
      return;
    }
    const wave = this.#waves.get(finding.site);
    if (wave === undefined) return;
    const { ip, odds, atMs } = finding;
    // Whom nobody decides on is no client of a wave either: search engines, the operator, the site's own proxy.
    const asked = { ...wave, source: { scope: 'ip', value: ip, ip }, knownAt: new Date(atMs) };
    if (pipeline.stages.judge.judgeForeign(asked).spared !== undefined) return;
    const { outcome, decision } = pipeline.stages.decisions.add(
      decisionOf(wave, ip, remediationFor(odds), atMs),
    );
    if (outcome !== 'covered') this.#onDecision(decision);
  }
}
