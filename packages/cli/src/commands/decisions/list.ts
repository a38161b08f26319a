import type { Command } from 'commander';
import { parseIpOrCidr } from '@parapet/kinds';
import type { DecisionFilter, Store, StoredDecision } from '@parapet/store';
import type { CommandContext, ExitCode } from '../../context.ts';
import { runVerb } from '../../run-verb.ts';
import { answer } from '../../output.ts';
import { momentOption } from '../../period.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../../store-options.ts';
import { limitOption, restText } from '../../limit.ts';
import { addFilterOptions, filterOf, type FilterOptions } from './filter.ts';
import { decisionsTable, jsonOf, rawOf } from './print.ts';

interface ListOptions extends StoreOptions, FilterOptions {
  readonly all?: true;
  readonly contains?: true;
  readonly since?: string;
  readonly until?: string;
  readonly simu: boolean;
  readonly machine?: true;
  readonly limit: string;
}

export function registerList(decisions: Command, context: CommandContext): void {
  const command = decisions
    .command('list')
    .description('show what is in force')
    .option('-a, --all', 'also those that have ended')
    .option('--contains', 'with --ip or --range: also ranges that contain it')
    .option('--since <time>', 'made from then on: 24h, 7d, 2026-03-01')
    .option('--until <time>', 'made before then')
    .option('--no-simu', 'without those of scenarios in simulation')
    .option('-m, --machine', 'whose alert led to each')
    .option('-l, --limit <count>', 'at most so many, the newest; 0 for all', '100');
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
      ...(options.simu ? {} : { mode: 'live' as const }),
      ...(options.since === undefined ? {} : { since: momentOption('--since', options.since, now) }),
      ...(options.until === undefined ? {} : { until: momentOption('--until', options.until, now) }),
    };
    const total = await store.countDecisions(filter);
    const found = (
      await store.listDecisions(filter, { newestFirst: true, ...(limit === undefined ? {} : { limit }) })
    ).toReversed();
    const machines = options.machine === true ? await machinesOf(store, found) : undefined;
    await answer(context, options, {
      json: () =>
        found.map((decision, i) => ({
          ...jsonOf(decision, now),
          ...(machines === undefined ? {} : { machine: machines[i] }),
        })),
      raw: () => found.map((decision) => rawOf(decision, now)),
      human: () =>
        [
          found.length === 0 ? 'No decisions.\n' : `${decisionsTable(found, now, context.out, machines)}\n`,
          restText(found.length, total),
        ].join(''),
    });
    return found.length === 0 ? 1 : 0;
  });
}

/** Of each decision; '' of one that no alert led to. */
async function machinesOf(store: Store, decisions: readonly StoredDecision[]): Promise<readonly string[]> {
  const machines: string[] = [];
  for (const { alertId } of decisions) {
    const [alert] = alertId === undefined ? [] : await store.listAlerts({ id: alertId }, { limit: 1 });
    machines.push(alert === undefined ? '' : (alert.machine ?? 'parapet'));
  }
  return machines;
}

function filterAround(options: ListOptions): DecisionFilter {
  const { ip, range, ...others } = options;
  const cidr = parseIpOrCidr(ip ?? range ?? '');
  return cidr === undefined ? filterOf(options) : { ...filterOf(others), around: cidr };
}
