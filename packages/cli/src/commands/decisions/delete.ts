import type { Command } from 'commander';
import type { StoredDecision } from '@parapet/store';
import type { CommandContext, ExitCode } from '../../context.ts';
import { runVerb, UsageError } from '../../run-verb.ts';
import { answer } from '../../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../../store-options.ts';
import { addFilterOptions, filterOf, filterOfId, type FilterOptions } from './filter.ts';
import { decisionsTable, jsonOf, rawOf } from './print.ts';

interface DeleteOptions extends StoreOptions, FilterOptions {
  readonly all?: true;
  readonly id?: string;
  readonly reason: string;
}

const SHOWN = 50;

export function registerDelete(decisions: Command, context: CommandContext): void {
  const command = decisions
    .command('delete')
    .description('end decisions now; they stay in the history with who and why')
    .argument('[number...]', 'numbers or record ids')
    .option('-a, --all', 'every decision in force')
    .option('--id <number>', 'the same as its number alone')
    .option('--reason <text>', 'why, for the history', 'deleted by hand');
  addStoreOptions(addFilterOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  parapet decisions delete 12 13
  parapet decisions delete --ip 192.0.2.7
  parapet decisions delete --scenario my-blocklist
  parapet decisions delete --range 198.51.100.0/24 --reason "a customer's office"`,
    )
    .action((numbers: readonly string[], options: DeleteOptions) =>
      runVerb(context, () => remove(context, numbers, options)),
    );
}

async function remove(
  context: CommandContext,
  numbers: readonly string[],
  options: DeleteOptions,
): Promise<ExitCode> {
  const filters = [...numbers, ...(options.id === undefined ? [] : [options.id])].map(filterOfId);
  const filter = filterOf(options);
  if (Object.keys(filter).length > 0 || options.all === true) filters.push(filter);
  if (filters.length === 0) {
    throw new UsageError(
      'E_CLI_NOTHING_CHOSEN',
      'no decision was named',
      'Give numbers, one of the filters, or --all for every decision in force.',
    );
  }
  const now = context.now();
  const lifted = await withStore(context, options, 'changer', async (store) => {
    const all: Array<readonly StoredDecision[]> = [];
    for (const one of filters) {
      all.push(await store.liftDecisions(one, context.userName, options.reason));
    }
    return all.flat();
  });
  await answer(context, options, {
    json: () => lifted.map((one) => jsonOf(one, now)),
    raw: () => lifted.map((one) => rawOf(one, now)),
    human: () =>
      lifted.length === 0
        ? 'No decision in force matches.\n'
        : `${decisionsTable(lifted.slice(0, SHOWN), now, context.out)}\n${rest(lifted.length)}${lifted.length} ended.\n`,
  });
  return lifted.length === 0 ? 1 : 0;
}

function rest(count: number): string {
  return count > SHOWN ? `… and ${count - SHOWN} more.\n` : '';
}
