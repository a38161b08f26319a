// `parapet hub inspect`: one item, its parts and its data, and where it is.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../../context.ts';
import { installedAt } from '../../hub/collectItems.ts';
import { itemKey, partKeys } from '../../hub/from/hubSource.ts';
import { dataNeedsOf } from '../../hub/installed/dataNeeds.ts';
import { chooseByName } from '../../hub/installed/install.ts';
import { readRecord } from '../../hub/installed/record.ts';
import { OWN_ITEMS_FOLDER, readHubFolder } from '../../hub/hubFolder.ts';
import { listItems, type ListedItem } from '../../hub/listItems.ts';
import { placeOf } from '@parapet/engine';
import { answer } from '../../output.ts';
import { addStoreOptions, dataDirOf, type StoreOptions } from '../../store-options.ts';
import { runHubVerb } from './source.ts';

interface Inspected extends ListedItem {
  readonly file: string;
  readonly parts: readonly string[];
  readonly data: readonly string[];
  /** Collections that list it. */
  readonly usedBy: readonly string[];
}

export function registerInspect(hub: Command, context: CommandContext): void {
  addStoreOptions(
    hub
      .command('inspect')
      .description('show an installed or own item: its state, its file, its parts and its data')
      .argument('<name...>', 'author/name, or kind:author/name where a name is used twice'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet hub inspect crowdsecurity/nginx\n  parapet hub inspect parsers:crowdsecurity/nginx-logs --json',
    )
    .action((names: readonly string[], options: StoreOptions) =>
      runHubVerb(context, () => inspect(context, names, options)),
    );
}

async function inspect(
  context: CommandContext,
  names: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  const dataDir = await dataDirOf(context, options);
  const items = new Map(listItems(dataDir, []).map((item) => [itemKey(item.kind, item.name), item]));
  const found = names
    .flatMap((name) => chooseByName(items, name, 'parapet hub list shows what there is.'))
    .map((item) => inspectedOf(item, dataDir));
  await answer(context, options, {
    json: () => found,
    raw: () =>
      found.map(({ kind, name, version, state, from, file, parts, data, usedBy }) => [
        ...[kind, name, version, state, from, file, parts.join(','), data.join(','), usedBy.join(',')],
      ]),
    human: () => found.map(textOf).join('\n'),
  });
  return 0;
}

function inspectedOf(item: ListedItem, dataDir: string): Inspected {
  const installed = installedAt(dataDir);
  const isOwn = item.from === 'parapet';
  const folder = isOwn ? OWN_ITEMS_FOLDER : (installed ?? OWN_ITEMS_FOLDER);
  const record = installed === undefined || isOwn ? [] : readRecord(installed).items;
  const recorded = record.find(({ kind, name }) => kind === item.kind && name === item.name);
  const relative =
    recorded?.path ??
    readHubFolder(folder).paths.find((one) => {
      const place = placeOf(one);
      return place?.kind === item.kind && place.name === item.name;
    }) ??
    '';
  const file = path.join(folder, relative);
  const text = relative !== '' && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const key = itemKey(item.kind, item.name);
  return {
    ...item,
    file,
    parts: text === '' ? [] : partKeys({ ...item, path: relative, text }),
    data: dataNeedsOf({ kind: item.kind, path: relative, text }).map(({ name }) => name),
    usedBy: record.filter(({ parts }) => parts.includes(key)).map(({ name }) => name),
  };
}

function textOf({ kind, name, version, state, from, file, parts, data, usedBy }: Inspected): string {
  const facts = [
    ['kind', kind],
    ['name', name],
    ['version', version],
    ['state', state],
    ['from', from],
    ['file', file],
    ['parts', parts.map((key) => key.replace(':', ' ')).join(', ')],
    ['data', data.join(', ')],
    ['used by', usedBy.join(', ')],
  ].filter(([, text]) => text !== '');
  return facts.map(([title = '', text = '']) => `${title.padEnd(9)}${plain(text)}\n`).join('');
}
