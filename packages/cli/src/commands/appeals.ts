// `parapet appeals`: what visitors who were stopped have to say, and the owner's answer. All they wrote is text of
// strangers and reaches a terminal only through `plain`.
import type { Command } from 'commander';
import { cidrContains, parseIp, parseIpOrCidr } from '@parapet/kinds';
import { explainAlert, formatInstant, plain, renderTable } from '@parapet/reports';
import type { AppealFilter, Store, StoredAppeal, StoredDecision } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { limitOption, restText } from '../limit.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';
import { decisionsTable, jsonOf as jsonOfDecision } from './decisions/print.ts';

interface ListOptions extends StoreOptions {
  readonly all?: true;
  readonly limit: string;
}

interface CloseOptions extends StoreOptions {
  readonly reason?: string;
}

/** An appeal with what it is about. */
interface Case {
  readonly appeal: StoredAppeal;
  readonly decisions: readonly StoredDecision[];
}

export function register(program: Command, context: CommandContext): void {
  const appeals = program
    .command('appeals')
    .description('what visitors who were stopped have to say: list, show, accept, dismiss');
  addStoreOptions(
    appeals
      .command('list')
      .description('show appeals that wait for an answer, the newest last')
      .option('--all', 'also those that were answered')
      .option('--limit <count>', 'at most so many, the newest; 0 for all', '50'),
  )
    .addHelpText('after', '\nExamples:\n  parapet appeals list\n  parapet appeals list --all --json')
    .action((options: ListOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    appeals
      .command('show')
      .description('show appeals whole, with the decision they are about and why it was made')
      .argument('<number...>', 'numbers from the list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet appeals show 3')
    .action((numbers: readonly string[], options: StoreOptions) =>
      runVerb(context, () => show(context, numbers, options)),
    );
  addStoreOptions(
    appeals
      .command('accept')
      .description('agree: the decision ends now')
      .argument('<number...>', 'numbers from the list')
      .option('--reason <text>', 'why, for the history'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet appeals accept 3
  parapet appeals accept 3 --reason "the school's network"

It does not keep the address from being decided on again: parapet allowlist add ADDRESS`,
    )
    .action((numbers: readonly string[], options: CloseOptions) =>
      runVerb(context, () => close(context, numbers, 'accepted', options)),
    );
  addStoreOptions(
    appeals
      .command('dismiss')
      .description('disagree: the decision stays, and the appeal leaves the list')
      .argument('<number...>', 'numbers from the list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet appeals dismiss 4 5')
    .action((numbers: readonly string[], options: CloseOptions) =>
      runVerb(context, () => close(context, numbers, 'dismissed', options)),
    );
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const filter: AppealFilter = options.all === true ? {} : { state: 'open' };
  const limit = limitOption(options.limit);
  return withStore(context, options, 'reader', async (store) => {
    const page = { newestFirst: true, ...(limit === undefined ? {} : { limit }) };
    const found = (await store.listAppeals(filter, page)).toReversed();
    await answer(context, options, {
      json: () => found,
      raw: () => found.map(rawOf),
      human: async () =>
        found.length === 0
          ? 'No appeals.\n'
          : `${table(context, found)}${restText(found.length, await store.countAppeals(filter))}`,
    });
    return found.length === 0 ? 1 : 0;
  });
}

function table(context: CommandContext, appeals: readonly StoredAppeal[]): string {
  const rows = appeals.map(({ number, at, ip, recordId, site, message, state }) => [
    String(number),
    formatInstant(at),
    ip,
    recordId,
    site,
    message.replace(/\s+/g, ' '),
    state,
  ]);
  const columns = [
    { title: '#', align: 'right' as const },
    { title: 'when' },
    { title: 'from' },
    { title: 'record' },
    { title: 'site' },
    { title: 'says', maxWidth: 60 },
    { title: 'state' },
  ];
  return `${renderTable(columns, rows, { columns: context.out.columns, color: context.out.hasColor })}\n`;
}

async function show(
  context: CommandContext,
  numbers: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  return withStore(context, options, 'reader', async (store) => {
    const now = context.now();
    const found: Case[] = [];
    for (const text of numbers) {
      const [appeal] = await store.listAppeals({ number: numberOf(text) }, { limit: 1 });
      if (appeal === undefined) await context.err.write(`There is no appeal ${plain(text)}.\n`);
      else found.push({ appeal, decisions: await decisionsOf(store, appeal) });
    }
    await answer(context, options, {
      json: () =>
        found.map(({ appeal, decisions }) => ({
          ...appeal,
          decisions: decisions.map((one) => jsonOfDecision(one, now)),
        })),
      raw: () => found.map(({ appeal }) => rawOf(appeal)),
      human: async () => {
        let text = '';
        for (const one of found) text += await whole(context, store, one);
        return text;
      },
    });
    return found.length < numbers.length ? 1 : 0;
  });
}

async function whole(context: CommandContext, store: Store, { appeal, decisions }: Case): Promise<string> {
  const { number, at, ip, recordId, site, email, message, state, closed } = appeal;
  const facts = [
    ['when', formatInstant(at)],
    ['from', `${ip}${email === '' ? '' : `, ${email} (as given)`}`],
    ['site', site],
    ['record', recordId],
    ['state', closed === undefined ? state : `${state} by ${closed.by}, ${formatInstant(closed.at)}`],
  ].map(([name = '', text = '']) => `  ${name.padEnd(8)}${plain(text)}\n`);
  const words = message.split('\n').map((line) => `  > ${plain(line)}\n`);
  const reasons: string[] = [];
  for (const { alertId } of decisions) {
    const alert = alertId === undefined ? undefined : await store.findAlert(alertId);
    if (alert !== undefined) reasons.push(`  It was made because: ${explainAlert(alert)}.\n`);
  }
  const about =
    decisions.length === 0
      ? '  The decision is no longer kept.\n'
      : `${decisionsTable(decisions, context.now(), context.out)}\n`;
  const next =
    state === 'open'
      ? `  To agree:     parapet appeals accept ${number}\n  To disagree:  parapet appeals dismiss ${number}\n`
      : '';
  return `Appeal #${number}\n${facts.join('')}\n${words.join('')}\n${about}${reasons.join('')}${next}`;
}

async function close(
  context: CommandContext,
  numbers: readonly string[],
  state: 'accepted' | 'dismissed',
  options: CloseOptions,
): Promise<ExitCode> {
  const wanted = numbers.map(numberOf);
  const closed: Case[] = [];
  await withStore(context, options, 'changer', async (store) => {
    for (const number of wanted) {
      const appeal = await store.closeAppeal(number, state, context.userName);
      if (appeal === undefined) {
        await context.err.write(await whyNot(store, number));
        continue;
      }
      const reason = options.reason ?? `appeal #${number} accepted`;
      const lifted: StoredDecision[] = [];
      if (state === 'accepted') {
        for (const { id } of await decisionsOf(store, appeal))
          lifted.push(...(await store.liftDecisions({ id }, context.userName, reason)));
      }
      closed.push({ appeal, decisions: lifted });
    }
  });
  const now = context.now();
  await answer(context, options, {
    json: () =>
      closed.map(({ appeal, decisions }) => ({
        ...appeal,
        lifted: decisions.map((one) => jsonOfDecision(one, now)),
      })),
    raw: () => closed.map(({ appeal }) => rawOf(appeal)),
    human: async () => {
      const hasLifted = closed.some(({ decisions }) => decisions.length > 0);
      return `${closed.map(outcome).join('')}${hasLifted ? `${await whenItCounts(context, options)}\n` : ''}`;
    },
  });
  return closed.length < wanted.length ? 1 : 0;
}

/** Somebody was quicker, here or in the dashboard: nothing is done again. */
async function whyNot(store: Store, number: number): Promise<string> {
  const [appeal] = await store.listAppeals({ number }, { limit: 1 });
  if (appeal?.closed === undefined) return `There is no appeal ${number}.\n`;
  const { by, at } = appeal.closed;
  return `Appeal #${number} is ${appeal.state} already, by ${plain(by)}, ${formatInstant(at)}: nothing is done again.\n`;
}

function outcome({ appeal, decisions }: Case): string {
  const { number, state, ip, email } = appeal;
  const wish = email === '' ? '' : `  They asked to be told: ${plain(email)}\n`;
  if (state === 'dismissed')
    return `Appeal #${number} of ${plain(ip)} is dismissed; the decision stays.\n${wish}`;
  const ended = decisions.map(
    ({ number: decision, target, remediation }) =>
      `  ${plain(target.value)} is free: ${plain(remediation)} ended (#${decision}).\n`,
  );
  const nothing = '  Nothing had to be lifted: the decision has ended already.\n';
  return `Appeal #${number} of ${plain(ip)} is accepted.\n${ended.length === 0 ? nothing : ended.join('')}${wish}`;
}

/** What an appeal is about: of the decisions with the record of its page, those that can hit its address. */
async function decisionsOf(store: Store, { recordId, ip }: StoredAppeal): Promise<readonly StoredDecision[]> {
  if (recordId === '') return [];
  const address = parseIp(ip);
  return (await store.listDecisions({ recordId }, { limit: 10 })).filter(({ target: { scope, value } }) => {
    const range = scope === 'ip' || scope === 'range' ? parseIpOrCidr(value) : undefined;
    return range === undefined || (address !== undefined && cidrContains(range, address));
  });
}

function numberOf(text: string): number {
  const match = /^#?(\d{1,15})$/.exec(text);
  if (match !== null) return Number(match[1]);
  throw new UsageError(
    'E_CLI_ID',
    `${text} is no number of an appeal`,
    'Take the number from `parapet appeals list`.',
  );
}

function rawOf({ number, at, state, ip, recordId, site, email, message }: StoredAppeal): readonly string[] {
  return [String(number), at.toISOString(), state, ip, recordId, site, email, message];
}
