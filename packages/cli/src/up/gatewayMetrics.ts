// What the gateway's workers have counted, for Prometheus.

import { LATENCY_MS } from '@parapet/gateway';
import type { MetricSample } from '@parapet/reports';
import type { GatewayLink } from './gatewayLink.ts';

/** All samples as they are now. `restarts`: workers that had to be replaced. */
export function* gatewaySamples(link: GatewayLink, restarts: number): Generator<MetricSample> {
  const { stats } = link;
  for (const [status, value] of stats.below('counts statuses'))
    yield { name: 'parapet_gateway_requests_total', value, labels: { status } };
  yield latency(link);
  for (const [cause, value] of stats.below('counts answers'))
    yield { name: 'parapet_gateway_answers_total', value, labels: { cause } };
  for (const [cause, value] of stats.below('counts spared'))
    yield { name: 'parapet_gateway_spared_total', value, labels: { cause } };
  for (const [reason, value] of stats.below('counts refusals'))
    yield { name: 'parapet_gateway_refusals_total', value, labels: { reason } };
  const asked = stats.sum('counts asked');
  const stopped = stats.sum('counts stopped');
  yield { name: 'parapet_gateway_asked_total', value: stopped, labels: { outcome: 'decided' } };
  yield { name: 'parapet_gateway_asked_total', value: asked - stopped, labels: { outcome: 'passed' } };
  for (const outcome of ['passed', 'answered', 'refused', 'strangers'] as const) {
    const value = stats.sum(`auth ${outcome}`);
    if (value > 0) yield { name: 'parapet_gateway_auth_total', value, labels: { outcome } };
  }
  for (const [kind, name] of FAILURES)
    yield {
      name: 'parapet_gateway_upstream_failures_total',
      value: stats.sum(`gateway ${name}`),
      labels: { kind },
    };
  yield { name: 'parapet_gateway_connections_total', value: stats.sum('gateway connections') };
  yield { name: 'parapet_gateway_connections_open', value: stats.sum('gateway openConnections') };
  yield { name: 'parapet_gateway_connections_refused_total', value: stats.sum('gateway turnedAway') };
  yield {
    name: 'parapet_gateway_bytes_total',
    value: stats.sum('gateway requestBytes'),
    labels: { direction: 'in' },
  };
  yield {
    name: 'parapet_gateway_bytes_total',
    value: stats.sum('gateway responseBytes'),
    labels: { direction: 'out' },
  };
  yield { name: 'parapet_gateway_faults_total', value: stats.sum('gateway guardFaults') };
  yield { name: 'parapet_gateway_workers', value: link.workers };
  yield { name: 'parapet_gateway_worker_restarts_total', value: restarts };
  yield { name: 'parapet_gateway_memory_bytes', value: stats.sum('rssBytes') };
  yield { name: 'parapet_gateway_cpu_seconds_total', value: stats.sum('cpuMs') / 1000 };
  yield { name: 'parapet_gateway_queued_bytes', value: stats.sum('link queuedBytes') };
  yield { name: 'parapet_queue_length', value: link.waiting, labels: { queue: 'gateway' } };
  yield {
    name: 'parapet_queue_dropped_total',
    value: stats.sum('link droppedEvents'),
    labels: { queue: 'gateway' },
  };
  yield { name: 'parapet_gateway_table_decisions', value: stats.least('table size') };
  yield { name: 'parapet_gateway_table_version', value: link.version };
  yield { name: 'parapet_gateway_table_refused_total', value: stats.sum('table refused') };
  yield { name: 'parapet_gateway_snapshot_error', value: link.snapshotError === undefined ? 0 : 1 };
}

/** How many requests the gateway has answered itself. */
export function stoppedBy(link: GatewayLink | undefined): number {
  let sum = 0;
  for (const count of link?.stats.below('counts answers').values() ?? []) sum += count;
  return sum;
}

const FAILURES = [
  ['connection', 'upstreamFailures'],
  ['timeout', 'upstreamTimeouts'],
  ['retry', 'retries'],
  ['cut', 'cutAnswers'],
] as const;

function latency({ stats }: GatewayLink): MetricSample {
  let count = 0;
  const buckets = LATENCY_MS.map((boundMs, i) => {
    count += stats.sum(`counts latency ${i}`);
    return [boundMs / 1000, count] as const;
  });
  count += stats.sum(`counts latency ${LATENCY_MS.length}`);
  const sum = stats.sum('counts latencySumMs') / 1000;
  return { name: 'parapet_gateway_request_duration_seconds', buckets, sum, count };
}
