// A running engine's watch over what traffic is normal: requests come as events of logs and of the gateway, and time
// goes on when none come.

import type { Event, Pipeline } from '@parapet/engine';
import type { Decision } from '@parapet/kinds';
import type { Config } from '../config/schema.ts';
import { readModel } from '../traffic/modelFile.ts';
import { TrafficWatch, type TrafficMode } from '../traffic/watch.ts';

export interface TrafficDeskOptions {
  readonly settings: Config['traffic'];
  readonly dataDir: string;
  readonly pipeline: Pipeline;
  readonly nowMs: () => number;
  /** Told of decisions on clients of a wave that was told before. */
  readonly onDecision: (decision: Decision) => void;
}

const TURN_MS = 1000;

export class TrafficDesk {
  readonly #nowMs: () => number;
  readonly #watch: TrafficWatch | undefined;
  readonly #timer: NodeJS.Timeout;
  /** When the last request was made, and when it was heard of: the time of a log is that of its lines. */
  #latestMs = 0;
  #heardAtMs = 0;

  constructor({ settings, dataDir, pipeline, nowMs, onDecision }: TrafficDeskOptions) {
    this.#nowMs = nowMs;
    const model = readModel(dataDir);
    this.#watch = model && new TrafficWatch(model, pipeline, onDecision, (site) => modeOf(settings, site));
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
    this.#timer.unref();
  }

  observe(event: Event): void {
    this.#watch?.observe(event);
    if (event.timeMs <= this.#latestMs) return;
    this.#latestMs = event.timeMs;
    this.#heardAtMs = event.readAtMs;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #turn(): void {
    if (this.#latestMs === 0) return;
    const sinceMs = Math.max(0, this.#nowMs() - this.#heardAtMs);
    this.#watch?.advance(this.#latestMs + sinceMs);
  }
}

function modeOf({ mode, sites }: Config['traffic'], site: string): TrafficMode {
  const own = sites.find(({ name }) => name === (site === '' ? 'main' : site))?.mode ?? mode;
  return own === 'off' ? 'learn' : own;
}
