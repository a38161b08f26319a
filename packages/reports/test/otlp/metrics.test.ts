import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricSample } from '../../src/metrics.ts';
import { METRICS, type MetricDefinition, type MetricName } from '../../src/metrics.table.ts';
import { otlpMetrics } from '../../src/otlp/metrics.ts';
import { T0 } from '../samples.ts';
import { faultsOf } from './proto.ts';

const SENDER = { version: '0.1.0', resource: { 'service.name': 'parapet' } };
const LATENCY: MetricSample = {
  name: 'parapet_gateway_request_duration_seconds',
  buckets: [
    [0.005, 3],
    [0.05, 3],
    [0.5, 7],
  ],
  sum: 2.25,
  count: 9,
};

/** As a collector has it: what was sent is text. */
function sent(samples: readonly MetricSample[]) {
  const message = JSON.parse(JSON.stringify(otlpMetrics(samples, SENDER, T0, T0 + 60_000)));
  return { message, metrics: message.resourceMetrics[0].scopeMetrics[0].metrics };
}

describe('metrics for OpenTelemetry', () => {
  it('are what the page of Prometheus has, counters as sums since the start', () => {
    const { message, metrics } = sent([
      { name: 'parapet_alerts_total', value: 4, labels: { scenario: 'a' } },
      { name: 'parapet_gateway_memory_bytes', value: 5e8 },
      { name: 'parapet_alerts_total', value: 1, labels: { scenario: 'b' } },
    ]);
    expect(faultsOf('ExportMetricsServiceRequest', message)).toEqual([]);
    const times = { startTimeUnixNano: `${T0}000000`, timeUnixNano: `${T0 + 60_000}000000` };
    const point = (scenario: string, asDouble: number) => ({
      ...{ attributes: [{ key: 'scenario', value: { stringValue: scenario } }], asDouble },
      ...times,
    });
    expect(metrics).toEqual([
      {
        ...{ name: 'parapet_alerts_total', description: METRICS.parapet_alerts_total.help, unit: '' },
        sum: { dataPoints: [point('a', 4), point('b', 1)], aggregationTemporality: 2, isMonotonic: true },
      },
      {
        name: 'parapet_gateway_memory_bytes',
        description: METRICS.parapet_gateway_memory_bytes.help,
        unit: 'By',
        gauge: { dataPoints: [{ attributes: [], ...times, asDouble: 5e8 }] },
      },
    ]);
  });

  it('count in a histogram what lies between two bounds, and what lies above all', () => {
    const { message, metrics } = sent([LATENCY]);
    expect(faultsOf('ExportMetricsServiceRequest', message)).toEqual([]);
    expect(metrics[0]).toMatchObject({ unit: 's', histogram: { aggregationTemporality: 2 } });
    expect(metrics[0].histogram.dataPoints[0]).toMatchObject({
      count: '9',
      sum: 2.25,
      explicitBounds: [0.005, 0.05, 0.5],
      bucketCounts: ['3', '0', '4', '2'],
    });
  });

  it('say who sends them', () => {
    const { resource, scopeMetrics } = sent([LATENCY]).message.resourceMetrics[0];
    expect(resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'parapet' } }]);
    expect(scopeMetrics[0].scope).toEqual({ name: 'parapet', version: '0.1.0' });
  });

  it('are well formed for each metric that there is, whatever its labels and value', () => {
    // Tables of the same keys.
    const names = Object.keys(METRICS) as MetricName[];
    const sample = fc
      .record({ name: fc.constantFrom(...names), value: fc.double(), text: fc.string({ unit: 'binary' }) })
      .map(({ name, value, text }) => {
        const { labels, type }: MetricDefinition = METRICS[name];
        const one =
          type === 'histogram'
            ? LATENCY
            : { name, value, labels: Object.fromEntries(labels.map((label) => [label, `${text}\uD800`])) };
        // The labels are those of the metric.
        return one as MetricSample;
      });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
        expect(faultsOf('ExportMetricsServiceRequest', sent(samples).message)).toEqual([]);
      }),
    );
  });
});
