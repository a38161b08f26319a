// The metrics of the Prometheus page as OTLP's ExportMetricsServiceRequest (opentelemetry/proto/metrics/v1). Names stay
// as they are, `_total` included: a collector that hands them to Prometheus adds no second one, so that dashboards and
// alarms work over either way.

import { samplesByName, type HistogramSample, type MetricSample } from '../metrics.ts';
import {
  attributesOf,
  headOf,
  nanosOf,
  type OtlpAttribute,
  type OtlpHead,
  type OtlpSender,
} from './values.ts';

const CUMULATIVE = 2;

interface Point {
  readonly attributes: readonly OtlpAttribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}
interface NumberPoint extends Point {
  readonly asDouble: number | string;
}
interface HistogramPoint extends Point {
  readonly count: string;
  readonly sum: number | string;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
}

interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[];
    readonly aggregationTemporality: typeof CUMULATIVE;
    readonly isMonotonic: true;
  };
  readonly histogram?: {
    readonly dataPoints: readonly HistogramPoint[];
    readonly aggregationTemporality: typeof CUMULATIVE;
  };
}

export interface OtlpMetrics {
  readonly resourceMetrics: ReadonlyArray<{
    readonly resource: OtlpHead['resource'];
    readonly scopeMetrics: ReadonlyArray<{
      readonly scope: OtlpHead['scope'];
      readonly metrics: readonly OtlpMetric[];
    }>;
  }>;
}

/** Returns the message; counters have counted since `startedMs`. */
export function otlpMetrics(
  samples: Iterable<MetricSample>,
  sender: OtlpSender,
  startedMs: number,
  nowMs: number,
): OtlpMetrics {
  const times = { startTimeUnixNano: nanosOf(startedMs), timeUnixNano: nanosOf(nowMs) };
  const metrics: OtlpMetric[] = [];
  for (const { name, type, help, found } of samplesByName(samples)) {
    const head = { name, description: help, unit: unitOf(name) };
    const numbers: NumberPoint[] = [];
    const histograms: HistogramPoint[] = [];
    for (const one of found) {
      if ('buckets' in one) histograms.push(histogramPoint(one, times));
      else
        numbers.push({ attributes: attributesOf(one.labels ?? {}), ...times, asDouble: double(one.value) });
    }
    const cumulative = { aggregationTemporality: CUMULATIVE } as const;
    if (type === 'gauge') metrics.push({ ...head, gauge: { dataPoints: numbers } });
    else if (type === 'counter')
      metrics.push({ ...head, sum: { dataPoints: numbers, ...cumulative, isMonotonic: true } });
    else metrics.push({ ...head, histogram: { dataPoints: histograms, ...cumulative } });
  }
  const { resource, scope } = headOf(sender);
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] };
}

/** OTLP counts what lies between two bounds, Prometheus what lies below one. */
function histogramPoint(
  { buckets, sum, count }: HistogramSample,
  times: { readonly startTimeUnixNano: string; readonly timeUnixNano: string },
): HistogramPoint {
  let below = 0;
  const bucketCounts = [...buckets.map(([, most]) => most), count].map((most) => {
    const between = Math.max(0, most - below);
    below = Math.max(below, most);
    return String(between);
  });
  return {
    attributes: [],
    ...times,
    count: String(count),
    sum: double(sum),
    bucketCounts,
    explicitBounds: buckets.map(([bound]) => bound),
  };
}

/** Units by UCUM. A bare count has none: `1` would have Prometheus call the metric a ratio. */
function unitOf(name: string): string {
  if (/_seconds(?:_total)?$/.test(name)) return 's';
  return /_bytes(?:_total)?$/.test(name) ? 'By' : '';
}

/** JSON has no infinity; the mapping of protocol buffers writes it as text. */
function double(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
