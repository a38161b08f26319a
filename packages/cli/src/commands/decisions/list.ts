import type { Command } from 'commander';
import { parseIpOrCidr } from '@parapet/kinds';
import type { DecisionFilter } from '@parapet/store';
import type { CommandContext, ExitCode } from '../../context.ts';
import { runVerb } from '../../run-verb.ts';
import { addStoreOptions, formatOf, withStore, type StoreOptions } from '../../store-options.ts';
import { limitOption } from '../../limit.ts';
import { addFilterOptions, filterOf, type FilterOptions } from './filter.ts';
import { decisionsTable, jsonOf, rawOf } from './print.ts';

interface ListOptions extends StoreOptions, FilterOptions {
  readonly all?: true;
  readonly contains?: true;
  readonly limit: string;
}

export function registerList(decisions: Command, context: CommandContext): void {
  const command = decisions
    .command('list')
    .description('show what is in force')
    .option('--all', 'also those that have ended')
    .option('--contains', 'with --ip or --range: also ranges that contain it')
    .option('--limit <count>', 'at most so many, the newest; 0 for all', '100');
  addStoreOptions(addFilterOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  parapet decisions list
  parapet decisions list --ip 192.0.2.7 --contains
  parapet decisions list --type ban --origin list --json
  parapet decisions list -o raw | cut -f3        the banned values, one a line`,
    )
    .action((options: ListOptions) => runVerb(context, () => list(context, options)));
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const now = context.now();
  const limit = limitOption(options.limit);
  return withStore(context, options, 'reader', async (store) => {
    const filter: DecisionFilter = {
      ...(options.contains === true ? filterAround(options) : filterOf(options)),
      ...(options.all === true ? {} : { activeAt: now }),
    };
    const total = await store.countDecisions(filter);
    const found = (
      await store.listDecisions(filter, { newestFirst: true, ...(limit === undefined ? {} : { limit }) })
    ).toReversed();
    switch (formatOf(options)) {
      case 'json':
        await context.out.write(
          `${JSON.stringify(
            found.map((decision) => jsonOf(decision, now)),
            undefined,
            2,
          )}\n`,
        );
        break;
      case 'raw':
        for (const decision of found) await context.out.write(rawOf(decision, now));
        break;
      case 'human':
        await context.out.write(
          found.length === 0 ? 'No decisions.\n' : `${decisionsTable(found, now, context.out)}\n`,
        );
        if (total > found.length) {
          await context.out.write(`${found.length} of ${total}, the newest; --limit 0 shows all.\n`);
        }
        break;
    }
    return found.length === 0 ? 1 : 0;
  });
}

function filterAround(options: ListOptions): DecisionFilter {
  const { ip, range, ...others } = options;
  const cidr = parseIpOrCidr(ip ?? range ?? '');
  return cidr === undefined ? filterOf(options) : { ...filterOf(others), around: cidr };
}
