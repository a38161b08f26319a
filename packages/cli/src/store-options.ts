// The options all verbs on the store share: which store, and which output.
import path from 'node:path';
import { Option, type Command } from 'commander';
import { findEngine, openStore, requireStore, type Store } from '@parapet/store';
import type { CommandContext } from './context.ts';

export type OutputFormat = 'human' | 'json' | 'raw';

export interface StoreOptions {
  readonly dataDir?: string;
  readonly output: OutputFormat;
  readonly json?: true;
}

/** Adds `--data-dir`, `-o` and `--json`. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'where the store is (default: $PARAPET_DATA_DIR, or .parapet in this folder)')
    .addOption(
      new Option(
        '-o, --output <format>',
        'for people, for programs, or one line of tab-separated fields each',
      )
        .choices(['human', 'json', 'raw'])
        .default('human'),
    )
    .option('--json', 'the same as -o json');
}

export function formatOf(options: StoreOptions): OutputFormat {
  return options.json === true ? 'json' : options.output;
}

export function dataDirOf(context: CommandContext, options: StoreOptions): string {
  return path.resolve(context.folder, options.dataDir ?? context.env['PARAPET_DATA_DIR'] ?? '.parapet');
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
  const dataDir = dataDirOf(context, options);
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
  const engine = await findEngine(dataDirOf(context, options));
  return engine === undefined
    ? 'No engine is running here: it counts from the next `parapet up` on.'
    : `The engine (process ${engine.pid}) acts on it within a second.`;
}
