// `parapet allowlist`: who is never decided on.
import type { Command } from 'commander';
import { parseIpOrCidr } from '@parapet/kinds';
import { formatInstant, formatRemaining, plain, renderTable } from '@parapet/reports';
import type { AllowlistEntry } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { answer } from '../output.ts';
import { periodOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { addStoreOptions, formatOf, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';
import { jsonOf, targetText } from './decisions/print.ts';

interface AddOptions extends StoreOptions {
  readonly list?: string;
  readonly comment: string;
  readonly expires?: string;
}

interface RemoveOptions extends StoreOptions {
  readonly list?: string;
}

const SHOWN = 20;

export function register(program: Command, context: CommandContext): void {
  const allowlist = program
    .command('allowlist')
    .alias('allowlists')
    .description('addresses and ranges that are never decided on: list, add, remove, check');
  addStoreOptions(
    allowlist.command('list').description('show the entries').argument('[list]', 'only of this list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet allowlist list\n  parapet allowlist list office --json')
    .action((list: string | undefined, options: StoreOptions) =>
      runVerb(context, () => listEntries(context, list, options)),
    );
  addStoreOptions(
    allowlist.command('inspect').description('show the entries of one list').argument('<list>', 'its name'),
  ).action((list: string, options: StoreOptions) =>
    runVerb(context, () => listEntries(context, list, options)),
  );
  addStoreOptions(
    allowlist
      .command('check')
      .description('say of values whether they are on an allowlist')
      .argument('<value...>', 'addresses and ranges'),
  )
    .addHelpText('after', '\nExamples:\n  parapet allowlist check 192.0.2.7')
    .action((values: readonly string[], options: StoreOptions) =>
      runVerb(context, () => checkValues(context, values, options)),
    );
  addStoreOptions(
    allowlist.command('delete').description('remove a whole list').argument('<list>', 'its name'),
  ).action((list: string, options: StoreOptions) =>
    runVerb(context, () => deleteList(context, list, options)),
  );
  addStoreOptions(
    allowlist
      .command('add')
      .description('add entries; decisions in force that they cover end at once')
      .argument('<value...>', "addresses and ranges; before them, a list's name")
      .option('--list <name>', 'the list they belong to (default: default)')
      .option('-d, --comment <text>', 'who that is, for those who will ask', '')
      .option('-e, --expires <time>', 'until then only: 30d, 12h'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet allowlist add 192.0.2.7 --comment "our monitoring"
  parapet allowlist add 198.51.100.0/24 2001:db8::/48 --list office --expires 90d
  parapet allowlists add office 198.51.100.0/24 -e 90d -d "our office"     as cscli has it`,
    )
    .action((values: readonly string[], options: AddOptions) =>
      runVerb(context, () => addEntries(context, values, options)),
    );
  addStoreOptions(
    allowlist
      .command('remove')
      .description('remove entries')
      .argument('<value...>', "as they are listed; before them, a list's name")
      .option('--list <name>', 'only from this list (default: from all)'),
  )
    .addHelpText('after', '\nExamples:\n  parapet allowlist remove 192.0.2.7')
    .action((values: readonly string[], options: RemoveOptions) =>
      runVerb(context, () => removeEntries(context, values, options)),
    );
}

async function listEntries(
  context: CommandContext,
  list: string | undefined,
  options: StoreOptions,
): Promise<ExitCode> {
  const entries = await withStore(context, options, 'reader', (store) => store.listAllowlist(list));
  await printEntries(context, options, entries, 'The allowlist is empty.');
  return entries.length === 0 ? 1 : 0;
}

async function addEntries(
  context: CommandContext,
  values: readonly string[],
  options: AddOptions,
): Promise<ExitCode> {
  const now = context.now();
  const expires = options.expires === undefined ? {} : { expiresAt: expiry(options.expires, now) };
  const { list = 'default', rest } = listBefore(values, options.list);
  const entries = rest.map((value) => ({
    list,
    value: checkedValue(value),
    comment: options.comment,
    ...expires,
  }));
  const done = await withStore(context, options, 'maker', (store) =>
    store.addToAllowlist(entries, context.userName),
  );
  const counts = await whenItCounts(context, options);
  await answer(context, options, {
    json: () => ({
      entries: done.entries,
      lifted: done.lifted.map((one) => jsonOf(one, now)),
      around: done.around.map((one) => jsonOf(one, now)),
    }),
    raw: () => done.entries.map(rawEntry),
    human: () => {
      const until = options.expires === undefined ? '' : ` for ${options.expires}`;
      const names = done.entries.map(({ value }) => value).join(', ');
      return [
        `${names} will never be decided on${until} (list ${plain(list)}).\n`,
        ...done.lifted
          .slice(0, SHOWN)
          .map(
            (one) =>
              `${plain(targetText(one))} is free: ${plain(one.remediation)} for ${plain(one.scenario)} ended (#${one.number}).\n`,
          ),
        ...(done.lifted.length > SHOWN ? [`… and ${done.lifted.length - SHOWN} more are free.\n`] : []),
        ...done.around.map(
          (one) =>
            `${one.target.value}: ${plain(one.remediation)} goes on for the others in this range (#${one.number}).\n`,
        ),
        `${counts}\n`,
      ].join('');
    },
  });
  return 0;
}

/** `office 192.0.2.7`, as cscli has it: a first word that is no address names the list. */
function listBefore(
  values: readonly string[],
  named: string | undefined,
): { readonly list: string | undefined; readonly rest: readonly string[] } {
  const [first = '', ...rest] = values;
  const isList = named === undefined && rest.length > 0 && parseIpOrCidr(first) === undefined;
  return isList ? { list: first, rest } : { list: named, rest: values };
}

/** 1 when one of them is on none. */
async function checkValues(
  context: CommandContext,
  values: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  const checked = values.map(checkedValue);
  const found = await withStore(context, options, 'reader', async (store) => {
    const all: Array<{ value: string; entries: readonly AllowlistEntry[] }> = [];
    for (const value of checked) all.push({ value, entries: await store.findAllowlisted(value) });
    return all;
  });
  const textOf = ({ list, value, comment }: AllowlistEntry): string =>
    `${value} of ${plain(list)}${comment === '' ? '' : ` (${plain(comment)})`}`;
  await answer(context, options, {
    json: () => found.map(({ value, entries }) => ({ value, allowlisted: entries.length > 0, entries })),
    raw: () => found.map(({ value, entries }) => [value, entries.map(({ list }) => list).join(',')]),
    human: () =>
      found
        .map(({ value, entries }) =>
          entries.length === 0
            ? `${value} is on no allowlist.\n`
            : `${value} is allowlisted by ${entries.map(textOf).join(', ')}.\n`,
        )
        .join(''),
  });
  return found.every(({ entries }) => entries.length > 0) ? 0 : 1;
}

async function deleteList(context: CommandContext, list: string, options: StoreOptions): Promise<ExitCode> {
  const removed = await withStore(context, options, 'changer', async (store) => {
    const all: Array<readonly AllowlistEntry[]> = [];
    for (const { value } of await store.listAllowlist(list))
      all.push(await store.removeFromAllowlist(value, list));
    return all.flat();
  });
  await printEntries(context, options, removed, 'No such list; parapet allowlist list shows what there is.');
  return removed.length === 0 ? 1 : 0;
}

async function removeEntries(
  context: CommandContext,
  values: readonly string[],
  options: RemoveOptions,
): Promise<ExitCode> {
  const { list, rest } = listBefore(values, options.list);
  const checked = rest.map(checkedValue);
  const removed = await withStore(context, options, 'changer', async (store) => {
    const all: Array<readonly AllowlistEntry[]> = [];
    for (const value of checked) all.push(await store.removeFromAllowlist(value, list));
    return all.flat();
  });
  await printEntries(context, options, removed, 'No such entry; parapet allowlist list shows what there is.');
  if (removed.length > 0 && formatOf(options) === 'human') {
    await context.out.write(`${removed.length} removed. ${await whenItCounts(context, options)}\n`);
  }
  return removed.length === 0 ? 1 : 0;
}

async function printEntries(
  context: CommandContext,
  options: StoreOptions,
  entries: readonly AllowlistEntry[],
  whenNone: string,
): Promise<void> {
  const now = context.now();
  await answer(context, options, {
    json: () => entries,
    raw: () => entries.map(rawEntry),
    human: () => {
      const rows = entries.map(({ list, value, comment, createdAt, expiresAt }) => [
        list,
        value,
        comment,
        endText(expiresAt, now),
        formatInstant(createdAt),
      ]);
      const columns = ['list', 'value', 'comment', 'ends', 'since'].map((title) => ({ title }));
      const size = { columns: context.out.columns, color: context.out.hasColor };
      return `${rows.length === 0 ? whenNone : renderTable(columns, rows, size)}\n`;
    },
  });
}

function rawEntry({ list, value, comment, createdAt, expiresAt }: AllowlistEntry): readonly string[] {
  return [list, value, comment, createdAt.toISOString(), expiresAt?.toISOString() ?? ''];
}

function endText(expiresAt: Date | undefined, now: Date): string {
  if (expiresAt === undefined) return 'never';
  const leftMs = expiresAt.getTime() - now.getTime();
  return leftMs > 0 ? `in ${formatRemaining(leftMs)}` : 'has ended';
}

function expiry(text: string, now: Date): Date {
  return new Date(now.getTime() + periodOption('--expires', text));
}

function checkedValue(value: string): string {
  if (parseIpOrCidr(value) !== undefined) return value;
  throw new UsageError(
    'E_CLI_TARGET',
    `${value} is no address and no range`,
    'Write it like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/48.',
  );
}
