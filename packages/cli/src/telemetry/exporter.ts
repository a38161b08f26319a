// What goes to an OpenTelemetry collector, and when. Nobody waits for it: a record is put into a queue that has a
// bound, and a timer sends what is there. Metrics count from the start, so that of those nothing is kept: the next
// message says all that a lost one has said.

import { setTimeout as pause } from 'node:timers/promises';
import {
  otlpLogs,
  otlpMetrics,
  type MetricSample,
  type OtlpLogRecord,
  type OtlpSender,
} from '@parapet/reports';
import { Poster, type Posted, type Target } from './post.ts';

/** Some 4 MB of ordinary records, a quarter of an hour of a heavy attack. */
const MAX_WAITING = 4096;
const MAX_BATCH = 512;
const LOOK_MS = 1000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const CLOSING_MS = 2000;

type Signal = 'logs' | 'metrics';

export interface ExporterOptions {
  /** Where each goes; one that is undefined is not sent. */
  readonly logs: Target | undefined;
  readonly metrics: Target | undefined;
  readonly intervalMs: number;
  readonly sender: OtlpSender;
  readonly nowMs: () => number;
  readonly collect: () => Iterable<MetricSample>;
  /** Told once when a collector begins to fail, and once when it takes messages again. */
  readonly onNote: (text: string) => void;
}

export class OtlpExporter {
  readonly #options: ExporterOptions;
  readonly #poster = new Poster();
  readonly #startedMs: number;
  readonly #counts = new Map<string, { readonly signal: Signal; readonly outcome: string; count: number }>();
  readonly #ailing = new Map<Signal, string>();
  #waiting: OtlpLogRecord[] = [];
  #dropped = 0;
  #waitMs = 0;
  #nextLogsMs = 0;
  #nextMetricsMs: number;
  #turns: Promise<unknown> = Promise.resolve();
  #isTurning = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#startedMs = options.nowMs();
    this.#nextMetricsMs = this.#startedMs + options.intervalMs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#isTurning) return;
      this.#isTurning = true;
      this.#turns = this.#turn().finally(() => (this.#isTurning = false));
    }, LOOK_MS).unref();
  }

  /** Takes a record; when too many wait, it is dropped and counted. */
  log(record: OtlpLogRecord): void {
    if (this.#options.logs === undefined) return;
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(record);
    else this.#dropped++;
  }

  *samples(): Generator<MetricSample> {
    const queue = 'otlp';
    yield { name: 'parapet_queue_length', value: this.#waiting.length, labels: { queue } };
    yield { name: 'parapet_queue_dropped_total', value: this.#dropped, labels: { queue } };
    for (const { signal, outcome, count } of this.#counts.values())
      yield { name: 'parapet_otlp_exports_total', value: count, labels: { signal, outcome } };
  }

  /** Sends what is left, and waits no longer than two seconds for it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const rest = this.#turns.then(() =>
      // Whom nothing reached a moment ago will not be reached now.
      Promise.all([
        this.#ailing.has('logs') ? undefined : this.#sendLogs(),
        this.#ailing.has('metrics') ? undefined : this.#sendMetrics(),
      ]),
    );
    await Promise.race([rest, pause(CLOSING_MS, undefined, { ref: false })]);
    this.#poster.close();
    await rest;
  }

  async #turn(): Promise<void> {
    const nowMs = this.#options.nowMs();
    const isMetrics = nowMs >= this.#nextMetricsMs || nowMs < this.#nextMetricsMs - this.#options.intervalMs;
    if (isMetrics) this.#nextMetricsMs = nowMs + this.#options.intervalMs;
    const isLogs = nowMs >= this.#nextLogsMs || nowMs < this.#nextLogsMs - LONGEST_WAIT_MS;
    await Promise.all([isLogs ? this.#sendLogs() : undefined, isMetrics ? this.#sendMetrics() : undefined]);
  }

  async #sendLogs(): Promise<void> {
    const { logs, sender, nowMs } = this.#options;
    while (logs !== undefined && this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH);
      const posted = await this.#poster.post(logs, otlpLogs(batch, sender));
      this.#note('logs', posted);
      if (posted.outcome === 'failed') {
        this.#waitMs = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, this.#waitMs * 2));
        // Not all of those whom a collector lost come back in the same moment.
        const jitter = 0.75 + Math.random() / 2;
        this.#nextLogsMs = nowMs() + Math.min(LONGEST_WAIT_MS, posted.retryAfterMs ?? this.#waitMs * jitter);
        return;
      }
      this.#waitMs = 0;
      this.#waiting.splice(0, batch.length);
      this.#dropped += posted.outcome === 'refused' ? batch.length : posted.rejected;
    }
  }

  async #sendMetrics(): Promise<void> {
    const { metrics, sender, collect, nowMs } = this.#options;
    if (metrics === undefined) return;
    const message = otlpMetrics(collect(), sender, this.#startedMs, nowMs());
    this.#note('metrics', await this.#poster.post(metrics, message));
  }

  #note(signal: Signal, posted: Posted): void {
    const { outcome, reason } = posted;
    const key = `${signal} ${outcome}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { signal, outcome, count: 1 });
    else known.count++;
    const isFine = outcome === 'delivered' && posted.rejected === 0;
    if (isFine && this.#ailing.delete(signal))
      this.#options.onNote(`The OpenTelemetry collector takes ${signal} again.`);
    if (isFine || this.#ailing.has(signal)) return;
    this.#ailing.set(signal, reason);
    const next =
      signal === 'metrics'
        ? 'the next ones are tried in time'
        : outcome === 'failed'
          ? 'they wait and are tried again'
          : 'what it does not take is dropped and counted';
    const how = outcome === 'failed' ? `takes no ${signal} now` : `refuses ${signal}`;
    this.#options.onNote(`The OpenTelemetry collector ${how} (${reason}): ${next}.`);
  }
}
