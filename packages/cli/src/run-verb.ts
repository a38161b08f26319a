// The one place where a command's errors become words and an exit code: 0 fine, 1 found nothing or a check
// failed, 2 wrong usage or unreadable input.
import type { StoreErrorCode } from '@parapet/store';
import type { CommandContext, ExitCode } from './context.ts';

/** Something the person who gave the command has to change; what and how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint = '') {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Runs the verb and sets the exit code; what is no expected error goes on up. */
export async function runVerb(context: CommandContext, verb: () => Promise<ExitCode>): Promise<void> {
  try {
    context.setExitCode(await verb());
  } catch (error) {
    if (error instanceof UsageError) {
      context.setExitCode(2);
      await context.err.write(await lines(`error: ${error.message} (${error.code})`, error.hint));
      return;
    }
    const { StoreError } = await import('@parapet/store');
    if (!(error instanceof StoreError)) throw error;
    context.setExitCode(UNREADABLE.has(error.code) ? 2 : 1);
    await context.err.write(await lines(`error: ${error.message}`, error.advice));
  }
}

const UNREADABLE: ReadonlySet<StoreErrorCode> = new Set<StoreErrorCode>([
  'E_STORE_ABSENT',
  'E_STORE_FOREIGN',
  'E_STORE_NEWER',
  'E_STORE_OLDER',
  'E_STORE_UNREACHABLE',
  'E_STORE_READONLY',
]);

async function lines(...texts: readonly string[]): Promise<string> {
  const { plain } = await import('@parapet/reports');
  return texts
    .filter((text) => text !== '')
    .map((text) => `${plain(text)}\n`)
    .join('');
}
