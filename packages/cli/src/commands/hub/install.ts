// `parapet hub install`, `update` and `remove`.

import type { Command } from 'commander';
import { plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../../context.ts';
import { installedAt } from '../../hub/collectItems.ts';
import type { HubSource, OfferedItem } from '../../hub/from/hubSource.ts';
import { HubError } from '../../hub/hubError.ts';
import { chooseByName, installItems, removeItems, updateItems } from '../../hub/installed/install.ts';
import { readRecord } from '../../hub/installed/record.ts';
import { answer } from '../../output.ts';
import { addStoreOptions, dataDirOf, type StoreOptions } from '../../store-options.ts';
import { openSources, printInstalled, runHubVerb, shown, type SourceOptions } from './source.ts';

interface ChangeOptions extends SourceOptions {
  readonly force?: true;
}

export function registerInstall(hub: Command, context: CommandContext): void {
  addStoreOptions(
    hub
      .command('install')
      .description('install collections, parsers and scenarios, with all that they need')
      .argument('<name...>', 'author/name, or kind:author/name where a name is used twice')
      .option('--from <dir or url>', 'a folder laid out as the hub, or the URL of an index')
      .option('--force', 'overwrite what was changed by hand'),
  )
    .addHelpText(
      'after',
      `
Without --from: what $PARAPET_HUB names, else where items were installed from before.

Examples:
  parapet hub install crowdsecurity/nginx --from ./hub
  parapet hub install crowdsecurity/http-cve`,
    )
    .action((names: readonly string[], options: ChangeOptions) =>
      runHubVerb(context, () => install(context, names, options)),
    );
}

export function registerUpdate(hub: Command, context: CommandContext): void {
  addStoreOptions(
    hub
      .command('update')
      .alias('upgrade')
      .description('bring all that is installed to the state of where it is from')
      .option('--from <dir or url>', 'take it from there instead')
      .option('--force', 'overwrite what was changed by hand'),
  ).action((options: ChangeOptions) => runHubVerb(context, () => update(context, options)));
}

export function registerRemove(hub: Command, context: CommandContext): void {
  addStoreOptions(
    hub
      .command('remove')
      .description('remove items, and the parts that nothing else needs')
      .argument('<name...>', 'author/name, or kind:author/name')
      .option('--force', 'even if an installed collection lists them'),
  ).action((names: readonly string[], options: StoreOptions & { readonly force?: true }) =>
    runHubVerb(context, () => remove(context, names, options)),
  );
}

async function install(
  context: CommandContext,
  names: readonly string[],
  options: ChangeOptions,
): Promise<ExitCode> {
  const sources = await openSources(context, options);
  const wishes = new Map<HubSource, OfferedItem[]>();
  for (const name of names) {
    const { source, items } = findOffered(sources, name);
    wishes.set(source, [...(wishes.get(source) ?? []), ...items]);
  }
  for (const [source, items] of wishes) {
    const done = await installItems(await dataDirOf(context, options), source, items, options.force === true);
    await printInstalled(context, options, done);
  }
  return 0;
}

function findOffered(
  sources: readonly HubSource[],
  name: string,
): { readonly source: HubSource; readonly items: readonly OfferedItem[] } {
  let failure: unknown;
  for (const source of sources) {
    try {
      const items = chooseByName(source.items, name, 'parapet hub list --all shows what there is.');
      return { source, items };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function update(context: CommandContext, options: ChangeOptions): Promise<ExitCode> {
  const dataDir = await dataDirOf(context, options);
  const folder = installedAt(dataDir);
  const { items } = folder === undefined ? { items: [] } : readRecord(folder);
  if (items.length === 0)
    throw new HubError('E_HUB_NOTHING', 'Nothing is installed', 'Install items with parapet hub install.');
  for (const source of await openSources(context, options)) {
    const mine = items.filter((item) => options.from !== undefined || item.from === source.from);
    for (const { kind, name } of mine) {
      if (!source.items.has(`${kind}:${name}`))
        await context.err.write(`kept ${kind} ${plain(name)}: ${plain(source.from)} has it no more\n`);
    }
    const done = await updateItems(dataDir, source, mine, options.force === true);
    await printInstalled(context, options, done);
  }
  return 0;
}

async function remove(
  context: CommandContext,
  names: readonly string[],
  options: StoreOptions & { readonly force?: true },
): Promise<ExitCode> {
  const gone = await removeItems(await dataDirOf(context, options), names, options.force === true);
  await answer(context, options, {
    json: () => ({ removed: gone }),
    raw: () => gone.map((key) => ['removed', plain(key)]),
    human: () => gone.map((key) => `removed  ${shown(key)}\n`).join(''),
  });
  return 0;
}
