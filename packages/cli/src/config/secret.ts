// Secrets stand in a file or in a variable of the environment, never in the configuration itself.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandContext } from '../context.ts';

/** Returns the secret, the first line of a file or a variable; a problem when it is empty or cannot be read. */
export function readSecret(
  named: { readonly file: string | undefined; readonly variable: string | undefined },
  { env, folder }: Pick<CommandContext, 'env' | 'folder'>,
): { readonly secret: string | undefined } | { readonly problem: string; readonly in: 'file' | 'env' } {
  const { file, variable } = named;
  if (file !== undefined) {
    try {
      const secret = readFileSync(path.resolve(folder, file), 'utf8').split(/\r?\n/, 1)[0]!.trim();
      return secret === '' ? { problem: `${file} is empty`, in: 'file' } : { secret };
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : '';
      return { problem: `${file} cannot be read: ${String(code)}`, in: 'file' };
    }
  }
  if (variable === undefined) return { secret: undefined };
  const secret = env[variable]?.trim() ?? '';
  return secret === '' ? { problem: `$${variable} is not set`, in: 'env' } : { secret };
}
