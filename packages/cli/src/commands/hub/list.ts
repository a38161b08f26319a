// `parapet hub list`: what is installed, what is our own, and what could be installed.

import type { Command } from 'commander';
import { plain, renderTable } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../../context.ts';
import { listItems, type ListedItem } from '../../hub/listItems.ts';
import { answer } from '../../output.ts';
import { addStoreOptions, dataDirOf } from '../../store-options.ts';
import { openSources, runHubVerb, type SourceOptions } from './source.ts';

interface ListOptions extends SourceOptions {
  readonly all?: true;
}

export function registerList(hub: Command, context: CommandContext): void {
  addStoreOptions(
    hub
      .command('list')
      .description("what is installed and what is Parapet's own, with its state")
      .option('-a, --all', 'what could be installed, too, and for what there are updates')
      .option('--from <dir or url>', 'where to look for that'),
  )
    .addHelpText(
      'after',
      `
States: up to date; update available; tainted (changed by hand since it was installed); missing (its file is
gone); local (put there by hand); own (ships with Parapet); superseded (an own item that steps aside for an
installed one); available.`,
    )
    .action((options: ListOptions) => runHubVerb(context, () => list(context, options)));
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const asksSources = options.all === true || options.from !== undefined;
  const sources = asksSources ? await openSources(context, options) : [];
  const items = listItems(await dataDirOf(context, options), sources).filter(
    ({ state }) => options.all === true || state !== 'available',
  );
  await answer(context, options, {
    json: () => items,
    raw: () => items.map(({ kind, name, version, state, from }) => [kind, name, version, state, from]),
    human: () =>
      `${renderTable(
        ['kind', 'name', 'version', 'state', 'from'].map((title) => ({ title })),
        items.map(rowOf),
        { columns: context.out.columns, color: context.out.hasColor },
      )}\n`,
  });
  return 0;
}

function rowOf({ kind, name, version, state, from, replacedBy }: ListedItem): string[] {
  const by = replacedBy === undefined ? '' : ` by ${plain(replacedBy)}`;
  return [kind, name, version, `${state}${by}`, from];
}
