// The options of an engine that runs: those of `up`, `engine` and `gateway` that are about it.

import type { Command } from 'commander';
import { addEngineOptions, type EngineOptions } from '../engine/prepareEngine.ts';

export interface RunOptions extends EngineOptions {
  readonly log?: readonly string[];
  readonly fromBeginning?: true;
  readonly metrics?: string;
}

export function addRunOptions(command: Command): Command {
  command
    .option(
      '--log <file[=type]>',
      'a log to watch, or a pattern in quotes; may be given several times',
      (value: string, list?: readonly string[]) => [...(list ?? []), value],
    )
    .option('--from-beginning', 'on the first run, read what the logs hold already')
    .option(
      '--data-dir <dir>',
      'where alerts, decisions and cursors are kept (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    )
    .option('--metrics <host:port>', 'serve Prometheus metrics there; port 0 takes a free one');
  return addEngineOptions(command);
}

/** The same options as a command line, for a process of our own. */
export function runArguments(options: RunOptions): readonly string[] {
  const { log = [], hub = [], with: items = [], config, dataDir, metrics } = options;
  return [
    ...log.flatMap((value) => ['--log', value]),
    ...hub.flatMap((value) => ['--hub', value]),
    ...items.flatMap((value) => ['--with', value]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(metrics === undefined ? [] : ['--metrics', metrics]),
    ...(options.fromBeginning === true ? ['--from-beginning'] : []),
    ...(options.ownItems ? [] : ['--no-own-items']),
  ];
}
