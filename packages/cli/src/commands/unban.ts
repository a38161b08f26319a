// `parapet unban`: the shortest way back in, with what it undoes and what it does not.
import type { Command } from 'commander';
import { parseIpOrCidr } from '@parapet/kinds';
import { explainAlert, formatInstant, plain } from '@parapet/reports';
import type { Store, StoredDecision } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { runVerb } from '../run-verb.ts';
import { addStoreOptions, formatOf, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';
import { jsonOf, rawOf, targetText } from './decisions/print.ts';

interface UnbanOptions extends StoreOptions {
  readonly ranges?: true;
  readonly reason: string;
}

/** Whoever unbans a whole range wants the number, not a thousand stories. */
const SHOWN = 20;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('unban')
    .description('let an address, a range or another value in again')
    .argument('<value>', 'an address, a range (with all inside it), a country, a user, …')
    .option('--ranges', 'also end the decisions on whole ranges that contain it')
    .option('--reason <text>', 'why, for the history', 'unbanned by hand');
  addStoreOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet unban 192.0.2.7
  parapet unban 192.0.2.7 --ranges
  parapet unban 198.51.100.0/24        everything inside that range

It does not keep the value from being banned again: parapet allowlist add 192.0.2.7`,
    )
    .action((value: string, options: UnbanOptions) => runVerb(context, () => unban(context, value, options)));
}

async function unban(context: CommandContext, value: string, options: UnbanOptions): Promise<ExitCode> {
  const now = context.now();
  const cidr = parseIpOrCidr(value);
  return withStore(context, options, 'changer', async (store) => {
    const lift = (filter: Parameters<Store['liftDecisions']>[0]): Promise<readonly StoredDecision[]> =>
      store.liftDecisions(filter, context.userName, options.reason);
    const inside = await lift(cidr === undefined ? { value } : { inside: cidr });
    const ranges = cidr !== undefined && options.ranges === true ? await lift({ around: cidr }) : [];
    const lifted = [...inside, ...ranges];
    const around =
      cidr === undefined ? [] : await store.listDecisions({ around: cidr, activeAt: now, mode: 'live' });
    switch (formatOf(options)) {
      case 'json':
        await context.out.write(
          `${JSON.stringify({ lifted: lifted.map((one) => jsonOf(one, now)), stillIn: around.map((one) => jsonOf(one, now)) }, undefined, 2)}\n`,
        );
        break;
      case 'raw':
        for (const one of lifted) await context.out.write(rawOf(one, now));
        break;
      case 'human':
        for (const one of lifted.slice(0, SHOWN)) await context.out.write(await sentence(store, one));
        if (lifted.length > SHOWN) await context.out.write(`… and ${lifted.length - SHOWN} more.\n`);
        if (lifted.length === 0 && around.length === 0) {
          await context.out.write(`Nothing is in force against ${plain(value)}.\n`);
        }
        if (lifted.length > 0) await context.out.write(`${await whenItCounts(context, options)}\n`);
        await context.out.write(stillBanned(value, around));
        break;
    }
    return lifted.length === 0 || around.length > 0 ? 1 : 0;
  });
}

/** What was in force, until when, and why it had come to that. */
async function sentence(store: Store, decision: StoredDecision): Promise<string> {
  const alert = decision.alertId === undefined ? undefined : await store.findAlert(decision.alertId);
  const why = alert === undefined ? plain(decision.scenario) : explainAlert(alert);
  const mode = decision.mode === 'simulated' ? ' (simulated)' : '';
  return (
    `${plain(targetText(decision))} is free: ${plain(decision.remediation)}${mode} until ${formatInstant(decision.expiresAt)} ended (#${decision.number}).\n` +
    `  It was there because: ${why}\n`
  );
}

function stillBanned(value: string, around: readonly StoredDecision[]): string {
  if (around.length === 0) return '';
  const list = around
    .map(
      (one) =>
        `  ${one.target.value}: ${plain(one.remediation)} until ${formatInstant(one.expiresAt)}, ${plain(one.scenario)} (#${one.number})\n`,
    )
    .join('');
  return (
    `${plain(value)} is still inside ${around.length === 1 ? 'a range' : 'ranges'} with a decision in force:\n${list}` +
    `  To let the whole range in:  parapet unban ${plain(value)} --ranges\n` +
    `  To let only this one in:    parapet allowlist add ${plain(value)}\n`
  );
}
