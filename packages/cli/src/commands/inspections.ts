// `parapet inspections`: what was found in requests, and why. Paths, names and excerpts were written by strangers and
// reach a terminal only through `plain`.
import type { Command } from 'commander';
import type { InspectionAction, InspectionFeedback, InspectionRecord } from '@parapet/kinds';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import type { InspectionFilter, Store, StoredInspection } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { limitOption, restText } from '../limit.ts';
import { momentOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';
import { registerLearned } from './learned.ts';

interface ListOptions extends StoreOptions {
  readonly since?: string;
  readonly ip?: string;
  readonly class?: string;
  readonly action?: string;
  readonly site?: string;
  readonly limit: string;
}

export function register(program: Command, context: CommandContext): void {
  const inspections = program
    .command('inspections')
    .description(
      'what was found in requests, and why, and what was learned of them: list, show, learned, forget',
    );
  addStoreOptions(
    inspections
      .command('list')
      .description('show findings, the newest last')
      .option('--since <time>', 'from then on: 24h, 7d, 2026-03-01')
      .option('--ip <address>', 'those in requests from this address')
      .option('--class <class>', 'those of this class: sqli, xss, rce, …')
      .option('--action <action>', 'those with this verdict: pass, challenge, block, reject')
      .option('--site <name>', 'those of this site of the configuration')
      .option('--limit <count>', 'at most so many, the newest; 0 for all', '50'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet inspections list --since 24h
  parapet inspections list --class sqli --action block
  parapet inspections list --ip 192.0.2.7 --json`,
    )
    .action((options: ListOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    inspections
      .command('show')
      .description('show findings whole: what was found where, what spoke for it and against it')
      .argument('<record...>', 'the 8 characters of the block page, or of the list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet inspections show 1a2b3c4d')
    .action((records: readonly string[], options: StoreOptions) =>
      runVerb(context, () => show(context, records, options)),
    );
  registerLearned(inspections, context);
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const filter = filterOf(options, context.now());
  const limit = limitOption(options.limit);
  return withStore(context, options, 'reader', async (store) => {
    const page = { newestFirst: true, ...(limit === undefined ? {} : { limit }) };
    const found = (await store.inspections.list(filter, page)).toReversed();
    await answer(context, options, {
      json: () => found.map(inspectionJson),
      raw: () => found.map(rawOf),
      human: async () =>
        found.length === 0
          ? 'Nothing was found.\n'
          : `${inspectionsTable(context, found)}${restText(found.length, await store.inspections.count(filter))}`,
    });
    return found.length === 0 ? 1 : 0;
  });
}

function filterOf(options: ListOptions, now: Date): InspectionFilter {
  const { since, ip, class: attackClass, action, site } = options;
  return {
    ...(since === undefined ? {} : { since: momentOption('--since', since, now) }),
    ...(ip === undefined ? {} : { ip }),
    ...(attackClass === undefined ? {} : { class: attackClass }),
    ...(action === undefined ? {} : { action: actionOption(action) }),
    ...(site === undefined ? {} : { site }),
  };
}

function actionOption(text: string): InspectionAction {
  if (text === 'pass' || text === 'challenge' || text === 'block' || text === 'reject') return text;
  throw new UsageError(
    'E_CLI_ACTION',
    `--action ${text} is no verdict`,
    'It is pass, challenge, block or reject.',
  );
}

/** Returns findings as a table, one a line. */
export function inspectionsTable(context: CommandContext, found: readonly InspectionRecord[]): string {
  const rows = found.map((one) => [
    one.id,
    formatInstant(one.at),
    one.ip,
    classOf(one),
    `${one.method} ${one.path}`,
    whereOf(one),
    doneText(one),
  ]);
  const columns = [
    { title: 'record' },
    { title: 'when' },
    { title: 'from' },
    { title: 'class' },
    { title: 'request', maxWidth: 40 },
    { title: 'in', maxWidth: 30 },
    { title: 'verdict' },
  ];
  return `${renderTable(columns, rows, { columns: context.out.columns, color: context.out.hasColor })}\n`;
}

async function show(
  context: CommandContext,
  records: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  const ids = records.map(recordIdOf);
  return withStore(context, options, 'reader', async (store) => {
    const found: Array<{ record: StoredInspection; feedback: readonly InspectionFeedback[] }> = [];
    for (const id of ids) {
      const record = await findInspection(store, id);
      if (record === undefined) await context.err.write(`There is no record ${id}.\n`);
      else found.push({ record, feedback: await store.inspections.listFeedback({ recordId: id }) });
    }
    await answer(context, options, {
      json: () => found.map(({ record, feedback }) => ({ ...inspectionJson(record), feedback })),
      raw: () => found.map(({ record }) => rawOf(record)),
      human: () => found.map(({ record, feedback }) => whole(record, feedback)).join(''),
    });
    return found.length < ids.length ? 1 : 0;
  });
}

/** Returns the newest record of the id. */
export async function findInspection(store: Store, id: string): Promise<StoredInspection | undefined> {
  return (await store.inspections.list({ id }, { newestFirst: true, limit: 1 }))[0];
}

/** Returns the id of a record as people give it; throws when it cannot be one. */
export function recordIdOf(text: string): string {
  if (/^[0-9a-f]{8}$/i.test(text)) return text.toLowerCase();
  throw new UsageError(
    'E_CLI_ID',
    `${text} is no record`,
    'A record has 8 characters, 0-9 and a-f: take it from the block page or from `parapet inspections list`.',
  );
}

function whole(record: StoredInspection, feedback: readonly InspectionFeedback[]): string {
  const { id, at, ip, site, method, path, route, score, reasons } = record;
  const facts = [
    ['when', formatInstant(at)],
    ['from', `${ip}${record.isVouched ? ', whom the site vouches for' : ''}`],
    ...(site === '' ? [] : [['site', site]]),
    ['request', `${method} ${path}${route === path ? '' : `   (route ${route})`}`],
    ['verdict', `${doneText(record)}, ${(score * 100).toFixed(score > 0.999 ? 2 : 1)} % likely an attack`],
  ].map(([name = '', text = '']) => `  ${name.padEnd(8)}${plain(text)}\n`);
  const why = reasons.map(({ detector, class: one, text, weight, foundIn }) => {
    const sign = weight < 0 ? '−' : '+';
    const excerpt =
      foundIn.excerpt === '' ? '' : `\n          > ${plain(foundIn.excerpt.replace(/\s+/g, ' '))}`;
    const where = `${foundIn.placement} ${foundIn.name}`.trim();
    return `  ${sign}${Math.abs(weight).toFixed(1).padStart(5)}  ${plain(`${where} ${text}`)}  (${plain(detector)}, ${one})${excerpt}\n`;
  });
  const said = feedback.map((one) => `  ${feedbackSentence(one)}\n`);
  const next =
    feedback.some(({ undone }) => undone === undefined) || record.findings.length === 0
      ? ''
      : `\n  It was no attack:  parapet feedback no-attack ${id}\n  It was an attack:  parapet feedback attack ${id}\n`;
  return `Record ${id}\n${facts.join('')}\n${why.join('')}${said.length === 0 ? '' : '\n'}${said.join('')}${next}`;
}

/** Returns what was said, by whom and when. */
export function feedbackSentence({ number, kind, by, at, undone, comment }: InspectionFeedback): string {
  const what = kind === 'attack' ? 'an attack' : 'no attack';
  const words = comment === '' ? '' : `: ${comment}`;
  const end = undone === undefined ? '' : `; undone by ${undone.by}, ${formatInstant(undone.at)}`;
  return plain(`#${number} ${by} called it ${what}, ${formatInstant(at)}${words}${end}`);
}

function doneText({ action, isEnforced }: InspectionRecord): string {
  switch (action) {
    case 'pass':
      return 'passed';
    case 'challenge':
      return isEnforced ? 'challenged' : 'would be challenged';
    case 'block':
      return isEnforced ? 'blocked' : 'would be blocked';
    case 'reject':
      return isEnforced ? 'refused' : 'would be refused';
  }
}

function classOf({ findings, reasons }: InspectionRecord): string {
  return findings[0]?.class ?? reasons[0]?.class ?? '';
}

function whereOf({ reasons }: InspectionRecord): string {
  const foundIn = reasons[0]?.foundIn;
  return foundIn === undefined ? '' : `${foundIn.placement} ${foundIn.name}`.trim();
}

/** What programs get of a record: without the shapes, which nobody can read. */
export function inspectionJson({ findings, network: _network, ...record }: StoredInspection): object {
  return { ...record, findings: findings.map(({ shape: _shape, ...finding }) => finding) };
}

function rawOf(one: StoredInspection): readonly string[] {
  return [
    one.id,
    one.at.toISOString(),
    one.ip,
    one.site,
    one.action,
    String(one.isEnforced),
    one.score.toFixed(4),
    classOf(one),
    one.method,
    one.path,
    whereOf(one),
  ];
}
