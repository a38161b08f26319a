// Metrics in the text exposition format 0.0.4 of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/).

import { METRICS, type MetricDefinition, type MetricLabels, type MetricName } from './metrics.table.ts';

/** One value of one metric, with exactly the labels of that metric; of a histogram all its buckets. */
export type MetricSample = ValueSample | HistogramSample;

export interface HistogramSample {
  readonly name: 'parapet_gateway_request_duration_seconds';
  /** How many values were no larger than each bound; rising. */
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly sum: number;
  readonly count: number;
}

type ValueSample = {
  readonly [Name in Exclude<MetricName, HistogramSample['name']>]: [MetricLabels[Name]] extends [never]
    ? { readonly name: Name; readonly value: number; readonly labels?: undefined }
    : {
        readonly name: Name;
        readonly value: number;
        readonly labels: Readonly<Record<MetricLabels[Name], string>>;
      };
}[Exclude<MetricName, HistogramSample['name']>];

/** The content type that goes with the text. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Returns the samples as text, grouped by metric; metrics without a sample are left out. */
export function renderMetrics(samples: Iterable<MetricSample>): string {
  let text = '';
  for (const { name, type, help, found } of samplesByName(samples)) {
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const one of found)
      text +=
        'buckets' in one
          ? renderHistogram(one)
          : `${one.name}${renderLabels(one)} ${renderValue(one.value)}\n`;
  }
  return text;
}

export interface MetricFamily extends MetricDefinition {
  readonly name: MetricName;
  readonly found: readonly MetricSample[];
}

/** Returns the samples grouped by metric, in the order of the table; metrics without a sample are left out. */
export function* samplesByName(samples: Iterable<MetricSample>): Generator<MetricFamily> {
  const byName = new Map<MetricName, MetricSample[]>();
  for (const one of samples) {
    const found = byName.get(one.name);
    if (found === undefined) byName.set(one.name, [one]);
    else found.push(one);
  }
  for (const name of metricNames()) {
    const found = byName.get(name);
    if (found !== undefined) yield { name, ...METRICS[name], found };
  }
}

/** Returns the table of all metrics for the documentation. */
export function renderMetricsTable(): string {
  const rows = metricNames().map((name) => {
    const { type, labels, help }: MetricDefinition = METRICS[name];
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
  });
  return ['| name | type | labels | what |', '|---|---|---|---|', ...rows].join('\n');
}

function metricNames(): MetricName[] {
  // The keys of a constant object are its keys.
  return Object.keys(METRICS) as MetricName[];
}

function renderHistogram({ name, buckets, sum, count }: HistogramSample): string {
  const lines = [...buckets, [Infinity, count] as const].map(
    ([bound, below]) => `${name}_bucket{le="${renderValue(bound)}"} ${renderValue(below)}\n`,
  );
  return `${lines.join('')}${name}_sum ${renderValue(sum)}\n${name}_count ${renderValue(count)}\n`;
}

function renderLabels(one: ValueSample): string {
  const pairs = Object.entries(one.labels ?? {}).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function renderValue(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

/** A lone half of a surrogate pair would not be UTF-8, so it becomes the replacement character. */
function escapeLabel(text: string): string {
  return text
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
