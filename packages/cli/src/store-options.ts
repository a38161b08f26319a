// The options all verbs on the store share: which store, and which output.
import path from 'node:path';
import type { Command } from 'commander';
import { findEngine, openStore, requireStore, type Store } from '@parapet/store';
import { loadConfig } from './config/loadConfig.ts';
import type { CommandContext } from './context.ts';
import { addOutputOptions, type OutputOptions } from './output.ts';

export { formatOf } from './output.ts';

export interface StoreOptions extends OutputOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

/** Adds `--data-dir`, `--config` where the verb has none of its own, `-o` and `--json`. */
export function addStoreOptions(command: Command): Command {
  if (!command.options.some(({ long }) => long === '--config'))
    command.option(
      '--config <file>',
      'the configuration that says where the store is (default: parapet.yaml here)',
    );
  return addOutputOptions(
    command.option(
      '--data-dir <dir>',
      'where the store is (default: $PARAPET_DATA_DIR, or as the configuration says)',
    ),
  );
}

/** Returns the folder that `parapet up` uses with the same options, here; throws as loadConfig does. */
export async function dataDirOf(context: CommandContext, options: StoreOptions): Promise<string> {
  const named = options.dataDir ?? context.env['PARAPET_DATA_DIR'];
  const folder = named ?? (await loadConfig(context, options.config)).config.data_dir;
  return path.resolve(context.folder, folder);
}

/** `maker` makes a store where there is none; the others find a mistyped folder out. */
type Use = 'reader' | 'changer' | 'maker';

/** Opens the store, lets the work use it and closes it, whatever happens. */
export async function withStore<T>(
  context: CommandContext,
  options: StoreOptions,
  use: Use,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const dataDir = await dataDirOf(context, options);
  if (use !== 'maker') requireStore(dataDir);
  const role = use === 'reader' ? 'reader' : 'tool';
  const store = await openStore({ dataDir, role, now: context.now });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Returns when a change will be acted on: at once by a running engine, or when one is started. */
export async function whenItCounts(context: CommandContext, options: StoreOptions): Promise<string> {
  const engine = await findEngine(await dataDirOf(context, options));
  return engine === undefined
    ? 'No engine is running here: it counts from the next `parapet up` on.'
    : `The engine (process ${engine.pid}) acts on it within a second.`;
}
