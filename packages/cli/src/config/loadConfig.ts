// Finds the configuration for a command: the file that was named, or parapet.yaml in this folder, or none.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatProblem, type Problem } from '@parapet/kinds';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../run-verb.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import type { Config } from './schema.ts';

export const CONFIG_FILE = 'parapet.yaml';

export interface ConfigText {
  readonly file: string;
  /** Undefined when no file was named and none is there: everything is at its default then. */
  readonly text: string | undefined;
}

/** Returns the text of the configuration; throws a UsageError when it is there and cannot be read. */
export function readConfigText(context: CommandContext, named: string | undefined): ConfigText {
  const file = path.resolve(context.folder, named ?? CONFIG_FILE);
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT')
      return { file, text: undefined };
    throw new UsageError('E_CONFIG_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Returns the configuration; throws a UsageError with every problem when it has one. */
export async function loadConfig(
  context: CommandContext,
  named: string | undefined,
): Promise<ConfigText & { readonly config: Config }> {
  const { file, text } = readConfigText(context, named);
  if (text === undefined) return { file, text, config: DEFAULT_CONFIG };
  const problems: Problem[] = [];
  const { readConfig } = await import('./readConfig.ts');
  const config = readConfig(file, text, problems);
  if (config === undefined) {
    throw new UsageError(
      'E_CONFIG',
      problems.map(formatProblem).join('\n'),
      'Nothing was started; mend the configuration first',
    );
  }
  return { file, text, config };
}
