// `parapet metrics`: what a running engine counts, read off its Prometheus page; without one, what the store holds.

import type { Command } from 'commander';
import { formatCount, plain, renderTable, type TextOptions } from '@parapet/reports';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { answer } from '../output.ts';
import { parseMetrics, type Sample } from '../parseMetrics.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { countStore } from '../storeCounts.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';

interface MetricsOptions extends StoreOptions {
  readonly config?: string;
  readonly url?: string;
}

const WAIT_MS = 3000;
const MAX_BYTES = 16_777_216;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('metrics')
    .description('what the running engine has counted; without one, what the store holds')
    .option('-u, --url <url>', 'its Prometheus page, as `parapet up --metrics` says (default: as configured)')
    .option('--config <file>', 'the configuration (default: parapet.yaml in this folder, if there is one)');
  addStoreOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet metrics
  parapet metrics --url http://127.0.0.1:9464/metrics
  parapet metrics --url http://127.0.0.1:9464/metrics -o raw     as Prometheus reads it`,
    )
    .action((options: MetricsOptions) => runVerb(context, () => metrics(context, options)));
}

async function metrics(context: CommandContext, options: MetricsOptions): Promise<ExitCode> {
  const { config } = await loadConfig(context, options.config);
  const url = options.url ?? configuredUrl(config.metrics);
  if (url !== undefined) {
    const page = await read(url);
    if (page.ok) return showPage(context, options, page.text);
    if (options.url !== undefined) {
      const hint = 'Is the engine running with --metrics, or metrics.enabled in parapet.yaml?';
      throw new UsageError('E_METRICS_UNREACHABLE', `${url} does not answer: ${page.reason}`, hint);
    }
    await context.err.write(`${plain(`No engine answers at ${url}: ${page.reason}`)}\n`);
  }
  const dataDir = options.dataDir ?? context.env['PARAPET_DATA_DIR'] ?? config.data_dir;
  return showStore(context, { ...options, dataDir });
}

/** Where the page is, if it was asked for on a port that is known beforehand. */
function configuredUrl({
  enabled,
  listen,
}: {
  readonly enabled: boolean;
  readonly listen: string;
}): string | undefined {
  return enabled && !listen.endsWith(':0') ? `http://${listen}/metrics` : undefined;
}

type Page = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

async function read(url: string): Promise<Page> {
  if (!/^https?:\/\//.test(url))
    throw new UsageError(
      'E_METRICS_URL',
      `'${url}' is no URL`,
      'Write it like http://127.0.0.1:9464/metrics',
    );
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS), redirect: 'error' });
    if (!response.ok) return { ok: false, reason: `status ${response.status}` };
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_BYTES) return { ok: false, reason: 'the page is too long' };
    }
    return { ok: true, text };
  } catch (error) {
    const { message, cause } = error as Error; // fetch rejects with Errors
    return { ok: false, reason: cause instanceof Error ? cause.message : message };
  }
}

async function showPage(context: CommandContext, options: MetricsOptions, text: string): Promise<ExitCode> {
  const samples = parseMetrics(text);
  await answer(context, options, {
    json: () => ({ from: 'engine', samples }),
    raw: () => text,
    human: () => tablesOf(samples, textOptions(context)),
  });
  return samples.length > 0 ? 0 : 1;
}

function tablesOf(samples: readonly Sample[], options: TextOptions): string {
  const of = (name: string): readonly Sample[] => samples.filter((one) => one.name === name);
  const sum = (list: readonly Sample[], label: string, value: string): number =>
    list.filter(({ labels }) => labels[label] === value).reduce((total, one) => total + one.value, 0);
  const parsed = of('parapet_events_parsed_total');
  const sources = of('parapet_lines_total').map(({ labels, value }) => [
    labels['source'] ?? '',
    labels['type'] ?? '',
    formatCount(value),
    formatCount(sum(parsed, 'source', labels['source'] ?? '')),
  ]);
  const overflows = of('parapet_overflows_total');
  const alerts = of('parapet_alerts_total');
  const names = new Set([...overflows, ...alerts].map(({ labels }) => labels['scenario'] ?? ''));
  const scenarios = [...names]
    .map((name) => ({
      name,
      alerts: sum(alerts, 'scenario', name),
      overflows: sum(overflows, 'scenario', name),
    }))
    .toSorted((a, b) => b.alerts - a.alerts || b.overflows - a.overflows)
    .map((one) => [one.name, formatCount(one.alerts), formatCount(one.overflows)]);
  const made = of('parapet_decisions_total').map(({ labels, value }) => [
    `${labels['remediation']} by ${labels['origin']}`,
    labels['mode'] === 'simulated' ? 'simulated since the start' : 'made since the start',
    formatCount(value),
  ]);
  const active = of('parapet_decisions_active').map(({ labels, value }) => [
    `${labels['remediation']} by ${labels['origin']}`,
    'in force',
    formatCount(value),
  ]);
  const number = { align: 'right' } as const;
  const gateway = gatewayRows(samples);
  return [
    ...(gateway.length === 0
      ? []
      : [
          table(
            'Gateway',
            [{ title: 'what' }, { title: 'which' }, { title: 'count', ...number }],
            gateway,
            options,
          ),
        ]),
    table(
      'Sources',
      [{ title: 'source' }, { title: 'type' }, { title: 'lines', ...number }, { title: 'parsed', ...number }],
      sources,
      options,
    ),
    table(
      'Scenarios',
      [{ title: 'scenario' }, { title: 'alerts', ...number }, { title: 'overflows', ...number }],
      scenarios,
      options,
    ),
    table(
      'Decisions',
      [{ title: 'decision' }, { title: 'which' }, { title: 'count', ...number }],
      [...active, ...made],
      options,
    ),
  ].join('\n');
}

/** What the gateway counts; none where there is no gateway. */
function gatewayRows(samples: readonly Sample[]): readonly (readonly [string, string, string])[] {
  return GATEWAY_ROWS.flatMap(([name, what, label]) =>
    samples
      .filter((one) => one.name === `parapet_gateway_${name}` && (one.value > 0 || label === ''))
      .map((one) => [what, one.labels[label] ?? '', formatCount(one.value)] as const),
  );
}

const GATEWAY_ROWS = [
  ['workers', 'workers at the engine', ''],
  ['requests_total', 'requests', 'status'],
  ['answers_total', 'answers of its own', 'cause'],
  ['spared_total', 'passed in spite of a decision', 'cause'],
  ['refusals_total', 'refused as no request', 'reason'],
  ['asked_total', 'shown to the engine first', 'outcome'],
  ['upstream_failures_total', 'the site failed', 'kind'],
  ['connections_open', 'open connections', ''],
  ['table_decisions', 'decisions known', ''],
  ['worker_restarts_total', 'workers replaced', ''],
  ['faults_total', 'faults', ''],
] as const;

async function showStore(context: CommandContext, options: MetricsOptions): Promise<ExitCode> {
  const counts = await withStore(context, options, 'reader', (store) => countStore(store, context.now()));
  const byScenario = [...counts.alertsByScenario].toSorted((a, b) => b[1] - a[1]);
  const active = [...counts.activeBy].toSorted((a, b) => b[1] - a[1]);
  const number = { align: 'right' } as const;
  await answer(context, options, {
    json: () => ({
      from: 'store',
      alerts: counts.alerts,
      alertsByScenario: Object.fromEntries(byScenario),
      decisions: counts.decisions,
      decisionsActive: Object.fromEntries(active),
    }),
    raw: () => [
      ...byScenario.map(([name, count]) => ['alerts', plain(name), String(count)]),
      ...active.map(([name, count]) => ['decisions', plain(name), String(count)]),
    ],
    human: () =>
      [
        'From the store: a running engine tells more (parapet up --metrics 127.0.0.1:9464).\n',
        table(
          'Alerts kept',
          [{ title: 'scenario' }, { title: 'alerts', ...number }],
          byScenario.map(([name, count]) => [name, formatCount(count)]),
          textOptions(context),
        ),
        table(
          'Decisions in force',
          [{ title: 'made by' }, { title: 'count', ...number }],
          active.map(([name, count]) => [name, formatCount(count)]),
          textOptions(context),
        ),
      ].join('\n'),
  });
  return 0;
}

function table(
  title: string,
  columns: Parameters<typeof renderTable>[0],
  rows: Parameters<typeof renderTable>[1],
  options: TextOptions,
): string {
  return rows.length === 0 ? `${title}: none\n` : `${title}\n${renderTable(columns, rows, options)}\n`;
}

function textOptions({ out }: CommandContext): TextOptions {
  return { columns: out.columns, color: out.hasColor };
}
