// `parapet operators`: whom the site trusts, where they were seen, and how to end it.
import type { Command } from 'commander';
import { OPERATOR_HOURS } from '@parapet/engine';
import { formatInstant, renderTable } from '@parapet/reports';
import type { OperatorSession } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { momentOption } from '../period.ts';
import { runVerb } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, dataDirOf, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';

interface ListOptions extends StoreOptions {
  readonly since: string;
}

interface KeyOptions extends StoreOptions {
  readonly site: string;
}

export function register(program: Command, context: CommandContext): void {
  const operators = program
    .command('operators')
    .description('whom the site trusts and never locks out: list, revoke, key');
  addStoreOptions(
    operators
      .command('list')
      .description('show who was seen, from where, and whether nothing is decided there now')
      .option('--since <time>', 'from then on: 24h, 30d', '30d'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet operators list\n  parapet operators list --since 24h --json',
    )
    .action((options: ListOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    operators
      .command('revoke')
      .description('end all trust: every trust cookie is worth nothing from now on, also your own'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet operators revoke
  parapet operators revoke && parapet unban --link      end it for all others`,
    )
    .action((options: StoreOptions) => runVerb(context, () => revoke(context, options)));
  addStoreOptions(
    operators
      .command('key')
      .description('print the key with which the CMS of a site vouches for its sessions')
      .option('--site <name>', 'the name of the site in the configuration', 'main'),
  )
    .addHelpText(
      'after',
      `
The key speaks for that site alone. Keep it where the CMS keeps its other secrets.

Examples:
  parapet operators key
  parapet operators key --site shop`,
    )
    .action((options: KeyOptions) => runVerb(context, () => key(context, options)));
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const now = context.now();
  const since = momentOption('--since', options.since, now);
  return withStore(context, options, 'reader', async (store) => {
    const found = (await store.listOperators(since)).toReversed();
    const isSpared = ({ lastAt }: OperatorSession): boolean =>
      now.getTime() - lastAt.getTime() <= OPERATOR_HOURS * 3_600_000;
    await answer(context, options, {
      json: () => found.map((one) => ({ ...one, isSpared: isSpared(one) })),
      raw: () => found.map(rawOf),
      human: () => (found.length === 0 ? 'Nobody was seen.\n' : table(context, found, isSpared)),
    });
    return found.length === 0 ? 1 : 0;
  });
}

function table(
  context: CommandContext,
  sessions: readonly OperatorSession[],
  isSpared: (one: OperatorSession) => boolean,
): string {
  const rows = sessions.map((one) => [
    one.who,
    one.ip,
    one.site,
    one.kind === 'operator' ? 'a one-time link' : 'the CMS',
    formatInstant(one.firstAt),
    formatInstant(one.lastAt),
    isSpared(one) ? 'yes' : 'no',
  ]);
  const titles = ['who', 'from', 'site', 'trusted by', 'first seen', 'last seen', 'spared now'];
  const size = { columns: context.out.columns, color: context.out.hasColor };
  return `${renderTable(
    titles.map((title) => ({ title })),
    rows,
    size,
  )}\n`;
}

async function revoke(context: CommandContext, options: StoreOptions): Promise<ExitCode> {
  const epoch = await withStore(context, options, 'changer', (store) => store.raiseTrustEpoch());
  await answer(context, options, {
    json: () => ({ epoch }),
    raw: () => [[String(epoch)]],
    human: async () =>
      `All trust has ended. ${await whenItCounts(context, options)} To be let in again: parapet unban --link\n`,
  });
  return 0;
}

async function key(context: CommandContext, options: KeyOptions): Promise<ExitCode> {
  const { siteSecret } = await import('@parapet/gateway');
  const { vouchingKey } = await import('@parapet/enforcement');
  const hex = vouchingKey(siteSecret(await dataDirOf(context, options)), options.site).toString('hex');
  await answer(context, options, {
    json: () => ({ site: options.site, key: hex }),
    raw: () => [[hex]],
    human: () => `${hex}\n`,
  });
  return 0;
}

function rawOf({ who, ip, site, kind, firstAt, lastAt }: OperatorSession): readonly string[] {
  return [who, ip, site, kind, firstAt.toISOString(), lastAt.toISOString()];
}
