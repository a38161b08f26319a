// What a running engine counts for Prometheus.

import process from 'node:process';
import type { Alert, Decision } from '@parapet/kinds';
import type { MetricSample } from '@parapet/reports';
import type { Store } from '@parapet/store';
import type { PreparedEngine } from '../engine/prepareEngine.ts';
import { VERSION } from '../version.ts';

interface SourceCounts {
  readonly source: string;
  readonly type: string;
  lines: number;
  unparsed: number;
  lastMs: number;
}

export class EngineMetrics {
  readonly #startedMs: number;
  readonly #sources = new Map<string, SourceCounts>();
  readonly #alerts = new Map<string, number>();
  readonly #decisions = new Map<
    string,
    { readonly labels: { origin: string; remediation: string; mode: string }; count: number }
  >();

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  lines(count: number, unparsed: number, source: string, type: string, nowMs: number): void {
    const key = `${type} ${source}`;
    let counts = this.#sources.get(key);
    if (counts === undefined)
      this.#sources.set(key, (counts = { source, type, lines: 0, unparsed: 0, lastMs: 0 }));
    counts.lines += count;
    counts.unparsed += unparsed;
    if (count > 0) counts.lastMs = nowMs;
  }

  alert(alert: Alert, decisions: readonly Decision[]): void {
    this.#alerts.set(alert.scenario, (this.#alerts.get(alert.scenario) ?? 0) + 1);
    for (const { origin, remediation, mode } of decisions) {
      const key = `${origin} ${remediation} ${mode}`;
      const known = this.#decisions.get(key);
      if (known === undefined) this.#decisions.set(key, { labels: { origin, remediation, mode }, count: 1 });
      else known.count++;
    }
  }

  /** All samples as they are now. */
  *collect(engine: PreparedEngine, store: Store): Generator<MetricSample> {
    yield { name: 'parapet_build_info', value: 1, labels: { version: VERSION } };
    yield { name: 'parapet_start_time_seconds', value: this.#startedMs / 1000 };
    for (const { source, type, lines, unparsed, lastMs } of this.#sources.values()) {
      yield { name: 'parapet_lines_total', value: lines, labels: { source, type } };
      yield { name: 'parapet_events_parsed_total', value: lines - unparsed, labels: { source, type } };
      yield { name: 'parapet_events_unparsed_total', value: unparsed, labels: { source, type } };
      if (lastMs > 0)
        yield { name: 'parapet_last_line_time_seconds', value: lastMs / 1000, labels: { source } };
    }
    for (const { scenario, live, overflowed } of engine.pipeline.stages.buckets.counts()) {
      if (live > 0) yield { name: 'parapet_buckets_active', value: live, labels: { scenario } };
      if (overflowed > 0) yield { name: 'parapet_overflows_total', value: overflowed, labels: { scenario } };
    }
    for (const [scenario, value] of this.#alerts)
      yield { name: 'parapet_alerts_total', value, labels: { scenario } };
    for (const { labels, count } of this.#decisions.values())
      yield { name: 'parapet_decisions_total', value: count, labels };
    yield* activeDecisions(engine);
    yield { name: 'parapet_items_loaded', value: engine.parserCount, labels: { kind: 'parsers' } };
    yield { name: 'parapet_items_loaded', value: engine.scenarios.length, labels: { kind: 'scenarios' } };
    yield { name: 'parapet_item_problems', value: engine.problems.length, labels: { kind: 'all' } };
    const { waitingRows, error } = store.health();
    yield { name: 'parapet_queue_length', value: waitingRows, labels: { queue: 'store' } };
    if (error !== undefined)
      yield { name: 'parapet_store_errors_total', value: 1, labels: { code: error.code } };
    yield { name: 'process_resident_memory_bytes', value: process.memoryUsage.rss() };
    const { user, system } = process.cpuUsage();
    yield { name: 'process_cpu_seconds_total', value: (user + system) / 1e6 };
  }
}

function* activeDecisions(engine: PreparedEngine): Generator<MetricSample> {
  const counts = new Map<string, { origin: string; remediation: string; count: number }>();
  for (const { origin, remediation, mode, count: more } of engine.pipeline.stages.decisions.counts()) {
    if (mode !== 'live') continue;
    const key = `${origin} ${remediation}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { origin, remediation, count: more });
    else known.count += more;
  }
  for (const { origin, remediation, count } of counts.values()) {
    yield { name: 'parapet_decisions_active', value: count, labels: { origin, remediation } };
  }
}
