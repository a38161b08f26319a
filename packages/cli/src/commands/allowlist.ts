// `parapet allowlist`: who is never decided on.
import type { Command } from 'commander';
import { parseIpOrCidr } from '@parapet/kinds';
import { formatInstant, formatRemaining, plain, renderTable } from '@parapet/reports';
import type { AllowlistEntry } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { periodOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { addStoreOptions, formatOf, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';
import { jsonOf, tabbed, targetText } from './decisions/print.ts';

interface AddOptions extends StoreOptions {
  readonly list: string;
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
    .description('addresses and ranges that are never decided on: list, add, remove');
  addStoreOptions(
    allowlist.command('list').description('show the entries').argument('[list]', 'only of this list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet allowlist list\n  parapet allowlist list office --json')
    .action((list: string | undefined, options: StoreOptions) =>
      runVerb(context, () => listEntries(context, list, options)),
    );
  addStoreOptions(
    allowlist
      .command('add')
      .description('add entries; decisions in force that they cover end at once')
      .argument('<value...>', 'addresses and ranges')
      .option('--list <name>', 'the list they belong to', 'default')
      .option('--comment <text>', 'who that is, for those who will ask', '')
      .option('--expires <time>', 'until then only: 30d, 12h'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet allowlist add 192.0.2.7 --comment "our monitoring"
  parapet allowlist add 198.51.100.0/24 2001:db8::/48 --list office --expires 90d`,
    )
    .action((values: readonly string[], options: AddOptions) =>
      runVerb(context, () => addEntries(context, values, options)),
    );
  addStoreOptions(
    allowlist
      .command('remove')
      .description('remove entries')
      .argument('<value...>', 'as they are listed')
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
  const entries = values.map((value) => ({
    list: options.list,
    value: checkedValue(value),
    comment: options.comment,
    ...expires,
  }));
  const done = await withStore(context, options, 'maker', (store) =>
    store.addToAllowlist(entries, context.userName),
  );
  switch (formatOf(options)) {
    case 'json':
      await context.out.write(
        `${JSON.stringify({ entries: done.entries, lifted: done.lifted.map((one) => jsonOf(one, now)), around: done.around.map((one) => jsonOf(one, now)) }, undefined, 2)}\n`,
      );
      return 0;
    case 'raw':
      for (const entry of done.entries) await context.out.write(rawEntry(entry));
      return 0;
    case 'human':
      break;
  }
  const until = options.expires === undefined ? '' : ` for ${options.expires}`;
  const names = done.entries.map(({ value }) => value).join(', ');
  await context.out.write(`${names} will never be decided on${until} (list ${plain(options.list)}).\n`);
  for (const one of done.lifted.slice(0, SHOWN)) {
    await context.out.write(
      `${plain(targetText(one))} is free: ${plain(one.remediation)} for ${plain(one.scenario)} ended (#${one.number}).\n`,
    );
  }
  if (done.lifted.length > SHOWN)
    await context.out.write(`… and ${done.lifted.length - SHOWN} more are free.\n`);
  for (const one of done.around) {
    await context.out.write(
      `${one.target.value}: ${plain(one.remediation)} goes on for the others in this range (#${one.number}).\n`,
    );
  }
  await context.out.write(`${await whenItCounts(context, options)}\n`);
  return 0;
}

async function removeEntries(
  context: CommandContext,
  values: readonly string[],
  options: RemoveOptions,
): Promise<ExitCode> {
  const checked = values.map(checkedValue);
  const removed = await withStore(context, options, 'changer', async (store) => {
    const all: Array<readonly AllowlistEntry[]> = [];
    for (const value of checked) all.push(await store.removeFromAllowlist(value, options.list));
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
  switch (formatOf(options)) {
    case 'json':
      await context.out.write(`${JSON.stringify(entries, undefined, 2)}\n`);
      break;
    case 'raw':
      for (const entry of entries) await context.out.write(rawEntry(entry));
      break;
    case 'human': {
      const rows = entries.map(({ list, value, comment, createdAt, expiresAt }) => [
        list,
        value,
        comment,
        endText(expiresAt, now),
        formatInstant(createdAt),
      ]);
      const columns = [
        { title: 'list' },
        { title: 'value' },
        { title: 'comment' },
        { title: 'ends' },
        { title: 'since' },
      ];
      const size = { columns: context.out.columns, color: context.out.hasColor };
      await context.out.write(`${rows.length === 0 ? whenNone : renderTable(columns, rows, size)}\n`);
      break;
    }
  }
}

function rawEntry({ list, value, comment, createdAt, expiresAt }: AllowlistEntry): string {
  return tabbed([list, value, comment, createdAt.toISOString(), expiresAt?.toISOString() ?? '']);
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
