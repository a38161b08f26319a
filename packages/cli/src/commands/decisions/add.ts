import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Decision } from '@parapet/kinds';
import { formatInstant, formatRemaining, plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../../context.ts';
import { answer } from '../../output.ts';
import { periodOption } from '../../period.ts';
import { runVerb, UsageError } from '../../run-verb.ts';
import { addStoreOptions, whenItCounts, withStore, type StoreOptions } from '../../store-options.ts';
import {
  makeOperatorCheck,
  makeSpareCheck,
  operatorsSince,
  targetOption,
  type TargetOptions,
} from '../../target.ts';
import { jsonOf, rawOf, targetText } from './print.ts';

interface AddOptions extends StoreOptions, TargetOptions {
  readonly duration: string;
  readonly type: string;
  readonly reason: string;
  readonly force?: true;
}

export function registerAdd(decisions: Command, context: CommandContext): void {
  const command = decisions
    .command('add')
    .description('ban (or slow down, or question) an address, a range or another value')
    .option('-i, --ip <address>', 'an address')
    .option('-r, --range <cidr>', 'a range of addresses')
    .option('--scope <scope>', 'the kind of --value: country, as, user, session, or a scope of your own')
    .option('-v, --value <value>', 'any value')
    .option('-d, --duration <time>', 'for how long: 30m, 4h, 7d', '4h')
    .option(
      '-t, --type <type>',
      'what to do: ban, captcha, throttle, tarpit, or what your bouncer knows',
      'ban',
    )
    .option('-R, --reason <text>', 'why, for those who will ask', 'added by hand')
    .option('--force', 'also private, own and very wide targets, and operators');
  addStoreOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet decisions add --ip 192.0.2.7 --reason "spams the contact form"
  parapet decisions add --range 198.51.100.0/24 --duration 7d
  parapet decisions add --scope country --value FR --type captcha --duration 1h`,
    )
    .action((options: AddOptions) => runVerb(context, () => add(context, options)));
}

async function add(context: CommandContext, options: AddOptions): Promise<ExitCode> {
  const target = targetOption(options);
  const durationMs = periodOption('--duration', options.duration);
  const spare = makeSpareCheck(context)(target);
  if (spare !== undefined && options.force !== true) {
    throw new UsageError('E_CLI_SPARED', spare, 'Give --force if you are sure.');
  }
  const now = context.now();
  const decision: Decision = {
    id: randomUUID(),
    target,
    remediation: options.type,
    startAt: now,
    expiresAt: new Date(now.getTime() + durationMs),
    scenario: options.reason,
    origin: 'operator',
    mode: 'live',
  };
  return withStore<ExitCode>(context, options, 'maker', async (store) => {
    const operators = options.force === true ? [] : await store.listOperators(operatorsSince(now));
    const lockOut = makeOperatorCheck(operators, now)(target);
    if (lockOut !== undefined) throw new UsageError('E_CLI_SPARED', lockOut, 'Give --force if you are sure.');
    const [entry] = await store.findAllowlisted(target.value);
    if (entry !== undefined) {
      const comment = entry.comment === '' ? '' : ` (${entry.comment})`;
      throw new UsageError(
        'E_CLI_ALLOWLISTED',
        `${targetText(decision)} is on the allowlist ${entry.list} through ${entry.value}${comment}`,
        `Nothing was done. To ban it all the same, first: parapet allowlist remove ${entry.value} --list ${entry.list}`,
      );
    }
    await store.addDecisions([decision]);
    const [stored] = await store.listDecisions({ id: decision.id });
    const counts = await whenItCounts(context, options);
    await answer(context, options, {
      json: () => jsonOf(stored!, now),
      raw: () => [rawOf(stored!, now)],
      human: () =>
        `${plain(targetText(decision))}: ${plain(decision.remediation)} for ${formatRemaining(durationMs)}, until ${formatInstant(decision.expiresAt)} (#${stored!.number}).\n` +
        `${counts} To undo: parapet unban ${plain(target.value)}\n`,
    });
    return 0;
  });
}
