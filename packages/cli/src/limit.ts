import { UsageError } from './run-verb.ts';

/** Returns the number of a `--limit` option, undefined for 0, which means all. */
export function limitOption(text: string): number | undefined {
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError('E_CLI_LIMIT', `--limit ${text} is no number`, 'Give a number, or 0 for all.');
  }
  return text === '0' ? undefined : Number(text);
}

/** Returns the line below a list that shows so many, the newest, of so many; '' where it shows all. */
export function restText(shown: number, total: number): string {
  return total > shown ? `${shown} of ${total}, the newest; --limit 0 shows all.\n` : '';
}
