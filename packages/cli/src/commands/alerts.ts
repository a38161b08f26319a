// `parapet alerts`: what was noticed, with the evidence.
import type { Command } from 'commander';
import { explainAlert, explainAttack, formatInstant, plain, renderTable } from '@parapet/reports';
import type { AlertFilter, AlertSummary, Lifting, Store, StoredAlert, StoredDecision } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { limitOption, restText } from '../limit.ts';
import { momentOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';
import { targetFilter, type TargetOptions } from '../target.ts';
import { filterOfId } from './decisions/filter.ts';
import { decisionsTable, jsonOf as jsonOfDecision } from './decisions/print.ts';

interface FilterOptions extends StoreOptions, TargetOptions {
  readonly since?: string;
  readonly until?: string;
  readonly scenario?: string;
  readonly simulated?: true;
  readonly type?: string;
}

interface ListOptions extends FilterOptions {
  readonly limit: string;
  readonly all?: true;
  readonly machine?: true;
}

interface ShowOptions extends StoreOptions {
  readonly events: string;
  readonly details?: true;
}

interface DeleteOptions extends FilterOptions {
  readonly all?: true;
  readonly id?: string;
  readonly withDecisions?: true;
}

const REQUEST_ATTACK = 'parapet/request-attack';
const MOST_SEARCHED = 5000;

export function register(program: Command, context: CommandContext): void {
  const alerts = program
    .command('alerts')
    .description('what was noticed, and the evidence: list, show, delete');
  addFilterOptions(alerts.command('list').description('show alerts, the newest last'))
    .option('-a, --all', 'all, whatever --limit says')
    .option('-m, --machine', 'who has sent each')
    .option('-l, --limit <count>', 'at most so many, the newest; 0 for all', '50')
    .addHelpText(
      'after',
      `
Examples:
  parapet alerts list --since 24h
  parapet alerts list --ip 192.0.2.7
  parapet alerts list --scenario parapet/drupal-bf --since 2026-03-01 --json`,
    )
    .action((options: ListOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    alerts
      .command('show')
      .alias('inspect')
      .description('show one alert: what happened, when, and what was done')
      .argument('<number...>', 'numbers or record ids')
      .option('--events <count>', 'at most so many pieces of evidence, 0 for all', '20')
      .option('-d, --details', 'all evidence, as --events 0'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet alerts show 12\n  parapet alerts show 1a2b3c4d      the one behind the record of a block page\n  parapet alerts show 12 --events 0 --json',
    )
    .action((numbers: readonly string[], options: ShowOptions) =>
      runVerb(context, () => show(context, numbers, options)),
    );
  addFilterOptions(
    alerts
      .command('delete')
      .description('forget alerts and their evidence')
      .argument('[number...]', 'numbers or record ids'),
  )
    .option('-a, --all', 'every alert')
    .option('--id <number>', 'the same as its number alone')
    .option('--with-decisions', 'also end the decisions in force that answer them')
    .addHelpText(
      'after',
      '\nExamples:\n  parapet alerts delete 12\n  parapet alerts delete --until 30d      those older than 30 days',
    )
    .action((numbers: readonly string[], options: DeleteOptions) =>
      runVerb(context, () => remove(context, numbers, options)),
    );
}

function addFilterOptions(command: Command): Command {
  return addStoreOptions(
    command
      .option('--since <time>', 'from then on: 24h, 7d, 2026-03-01')
      .option('--until <time>', 'before then')
      .option('-s, --scenario <name>', 'those of this scenario')
      .option('-i, --ip <address>', 'those about this address')
      .option('-r, --range <cidr>', 'those about addresses in this range')
      .option('--scope <scope>', 'those about this kind of value: ip, range, country, as, user, …')
      .option('-v, --value <value>', 'those about this value')
      .option('--type <type>', 'those that led to this: ban, captcha, throttle, …')
      .option('--contained', 'what --range does by itself; cscli has to be told')
      .option('--simulated', 'only those of scenarios in simulation'),
  );
}

function filterOf(options: FilterOptions, now: Date): AlertFilter {
  const { since, until, scenario, simulated, type } = options;
  return {
    ...targetFilter(options),
    ...(since === undefined ? {} : { since: momentOption('--since', since, now) }),
    ...(until === undefined ? {} : { until: momentOption('--until', until, now) }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(simulated === undefined ? {} : { simulated }),
    ...(type === undefined ? {} : { remediation: type }),
  };
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const filter = filterOf(options, context.now());
  const limit = options.all === true ? undefined : limitOption(options.limit);
  return withStore(context, options, 'reader', async (store) => {
    const page = { newestFirst: true, ...(limit === undefined ? {} : { limit }) };
    const found = (await store.listAlerts(filter, page)).toReversed();
    const total = await store.countAlerts(filter);
    await answer(context, options, {
      json: () => found.map(jsonOfSummary),
      raw: () => found.map(rawOf),
      human: async () =>
        [
          found.length === 0 ? 'No alerts.\n' : await table(context, store, found, options.machine === true),
          restText(found.length, total),
        ].join(''),
    });
    return found.length === 0 ? 1 : 0;
  });
}

async function table(
  context: CommandContext,
  store: Store,
  alerts: readonly AlertSummary[],
  withMachine: boolean,
): Promise<string> {
  const rows: string[][] = [];
  for (const alert of alerts) {
    const decisions = await store.listDecisions({ alertId: alert.id }, { limit: 3 });
    const { countryCode = '', asName = '' } = alert.source;
    rows.push([
      String(alert.number),
      formatInstant(alert.knownAt),
      sourceText(alert),
      [countryCode, asName].filter((text) => text !== '').join(' '),
      alert.scenario,
      String(alert.eventsCount),
      outcomeText(alert, decisions),
      ...(withMachine ? [alert.machine ?? 'parapet'] : []),
    ]);
  }
  const columns = [
    { title: '#', align: 'right' as const },
    { title: 'when' },
    { title: 'who' },
    { title: 'from', maxWidth: 24 },
    { title: 'scenario', maxWidth: 40 },
    { title: 'events', align: 'right' as const },
    { title: 'then', maxWidth: 40 },
    ...(withMachine ? [{ title: 'machine' }] : []),
  ];
  const size = { columns: context.out.columns, color: context.out.hasColor };
  return `${renderTable(columns, rows, size)}\n`;
}

function outcomeText(alert: AlertSummary, decisions: readonly StoredDecision[]): string {
  if (alert.spared !== undefined) return `spared: ${alert.spared}`;
  const done = decisions.map(({ remediation, lift, mode }) =>
    lift === undefined
      ? mode === 'simulated'
        ? `${remediation} (simulated)`
        : remediation
      : `${remediation} lifted`,
  );
  if (done.length > 0) return done.join(', ');
  return alert.simulated ? 'simulated' : '';
}

async function show(
  context: CommandContext,
  numbers: readonly string[],
  options: ShowOptions,
): Promise<ExitCode> {
  const limit = options.details === true ? undefined : limitOption(options.events);
  return withStore(context, options, 'reader', async (store) => {
    const found: Array<{ alert: StoredAlert; decisions: readonly StoredDecision[] }> = [];
    for (const text of numbers) {
      const alert = await findAlert(store, text);
      if (alert === undefined) await context.err.write(`There is no alert ${plain(text)}.\n`);
      else found.push({ alert, decisions: await store.listDecisions({ alertId: alert.id }) });
    }
    const now = context.now();
    await answer(context, options, {
      json: () =>
        found.map(({ alert, decisions }) => ({
          ...jsonOfSummary(alert),
          events: alert.events.map(({ at, meta }) => ({ at, meta: Object.fromEntries(meta) })),
          decisions: decisions.map((one) => jsonOfDecision(one, now)),
        })),
      raw: () => found.map(({ alert }) => rawOf(alert)),
      human: () =>
        found.map(({ alert, decisions }) => `${whole(context, alert, decisions, limit)}\n`).join(''),
    });
    return found.length < numbers.length ? 1 : 0;
  });
}

function whole(
  context: CommandContext,
  alert: StoredAlert,
  decisions: readonly StoredDecision[],
  limit: number | undefined,
): string {
  const size = { columns: context.out.columns, color: context.out.hasColor };
  const facts = [
    ['alert', `#${alert.number}  ${alert.id}`],
    ['scenario', alert.scenario],
    ['first event', formatInstant(alert.startAt)],
    ['last event', formatInstant(alert.stopAt)],
    ['known', formatInstant(alert.knownAt)],
    ['events', String(alert.eventsCount)],
    ...(alert.spared === undefined ? [] : [['spared', alert.spared]]),
    ...(alert.simulated ? [['simulated', 'nothing was done']] : []),
  ].map(([name = '', text = '']) => `  ${name.padEnd(12)}${plain(text)}`);
  const shown = alert.events.slice(0, limit);
  const evidence = renderTable(
    [{ title: 'time' }, { title: 'evidence' }],
    shown.map(({ at, meta }) => [formatInstant(at), meta.map(([key, value]) => `${key}=${value}`).join(' ')]),
    size,
  );
  const rest = alert.events.length - shown.length;
  const attacks = [...new Set(shown.flatMap((event) => explainAttack(event) ?? []))];
  return [
    `${explainAlert(alert)}.`,
    ...attacks.map((sentence) => `${sentence}.`),
    ...facts,
    ...(decisions.length === 0 ? [] : ['', decisionsTable(decisions, context.now(), context.out)]),
    ...(shown.length === 0 ? [] : ['', evidence]),
    ...(rest > 0 ? [`… and ${rest} more; --events 0 shows all.`] : []),
    '',
  ].join('\n');
}

async function remove(
  context: CommandContext,
  numbers: readonly string[],
  options: DeleteOptions,
): Promise<ExitCode> {
  const filter = filterOf(options, context.now());
  const hasFilter = Object.keys(filter).length > 0 || options.all === true;
  const named = [...numbers, ...(options.id === undefined ? [] : [options.id])];
  if (named.length === 0 && !hasFilter) {
    throw new UsageError(
      'E_CLI_NOTHING_CHOSEN',
      'no alert was named',
      'Give numbers, one of the filters, or --all for every alert.',
    );
  }
  const done = { alerts: 0, decisions: 0 };
  await withStore(context, options, 'changer', async (store) => {
    const filters: AlertFilter[] = hasFilter ? [filter] : [];
    for (const text of named) filters.push(await filterOfAlert(store, text));
    for (const one of filters) {
      const lifting: Lifting = {
        ...{ by: context.userName, reason: 'its alert was deleted' },
        onLifted: (lifted) => (done.decisions += lifted.length),
      };
      done.alerts += await store.deleteAlerts(one, options.withDecisions === true ? lifting : undefined);
    }
  });
  const ended = options.withDecisions === true ? `, ${done.decisions} decisions ended` : '';
  await answer(context, options, {
    json: () => ({ deleted: done.alerts, lifted: done.decisions }),
    raw: () => [[String(done.alerts), String(done.decisions)]],
    human: () => `${done.alerts} alerts deleted${ended}.\n`,
  });
  return done.alerts === 0 ? 1 : 0;
}

/** A record id is that of a decision: its alert is meant. */
async function filterOfAlert(store: Store, text: string): Promise<AlertFilter> {
  const { id, number, recordId } = filterOfId(text);
  if (number !== undefined) return { number };
  if (id !== undefined) {
    const [decision] = (await store.countAlerts({ id })) > 0 ? [] : await store.listDecisions({ id });
    return { id: decision?.alertId ?? id };
  }
  const [decision] = recordId === undefined ? [] : await store.listDecisions({ recordId }, { limit: 1 });
  return { id: decision?.alertId ?? text };
}

async function findAlert(store: Store, text: string): Promise<StoredAlert | undefined> {
  const { id, number } = await filterOfAlert(store, text);
  const found = await store.findAlert(number ?? id!);
  return found ?? (/^[0-9a-f]{8}$/.test(text) ? findRequestAttack(store, text) : undefined);
}

/** A request that was refused for what it holds has a record of its own, which stands in the evidence. */
async function findRequestAttack(store: Store, record: string): Promise<StoredAlert | undefined> {
  const page = { newestFirst: true, limit: MOST_SEARCHED };
  for (const { number } of await store.listAlerts({ scenario: REQUEST_ATTACK }, page)) {
    const alert = await store.findAlert(number);
    const isIt = ([name, value]: readonly [string, string]): boolean =>
      name === 'gateway_record' && value === record;
    if (alert?.events.some(({ meta }) => meta.some(isIt)) === true) return alert;
  }
  return undefined;
}

function jsonOfSummary(alert: AlertSummary): Record<string, unknown> {
  const { number, id, scenario, source, startAt, stopAt, knownAt, eventsCount } = alert;
  const { remediation, simulated, message, labels, spared } = alert;
  return {
    number,
    id,
    scenario,
    scope: source.scope,
    value: source.value,
    startAt,
    stopAt,
    knownAt,
    eventsCount,
    remediation,
    simulated,
    ...(spared === undefined ? {} : { spared }),
    message,
    source,
    labels,
    ...(alert.machine === undefined ? {} : { machine: alert.machine }),
  };
}

function rawOf(alert: AlertSummary): readonly string[] {
  const { number, knownAt, source, scenario, eventsCount, id, message } = alert;
  return [
    String(number),
    knownAt.toISOString(),
    source.scope,
    source.value,
    scenario,
    String(eventsCount),
    id,
    message,
  ];
}

function sourceText({ source }: AlertSummary): string {
  return source.scope === 'ip' || source.scope === 'range' ? source.value : `${source.scope} ${source.value}`;
}
