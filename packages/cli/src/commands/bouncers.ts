// `parapet bouncers`: the bouncers that fetch decisions from the local API.

import type { Command } from 'commander';
import { formatInstant, plain } from '@parapet/reports';
import type { Bouncer } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';
import { forgetClients, listClients, registerPrune, type ClientListing } from './clients.ts';

interface AddOptions extends StoreOptions {
  readonly key?: string;
}

const NAME = /^[\w.@:-]{1,200}$/;
const SHORTEST_KEY = 16;

export function register(program: Command, context: CommandContext): void {
  const bouncers = program
    .command('bouncers')
    .description('bouncers that fetch decisions from the local API: list, add, delete, prune');
  addStoreOptions(bouncers.command('list').description('show them, and when each last came'))
    .addHelpText('after', '\nExamples:\n  parapet bouncers list\n  parapet bouncers list --json')
    .action((options: StoreOptions) => runVerb(context, () => listClients(context, options, LISTING)));
  addStoreOptions(
    bouncers
      .command('add')
      .description('make a key for a bouncer and print it')
      .argument('<name>', 'how it is called')
      .option('-k, --key <key>', 'a key of your own, such as the one it has already'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet bouncers add firewall               prints the key for api_key: in its configuration
  parapet bouncers add firewall -o raw        the key alone, for scripts`,
    )
    .action((name: string, options: AddOptions) => runVerb(context, () => add(context, name, options)));
  addStoreOptions(
    bouncers
      .command('delete')
      .description('forget bouncers: their keys are worth nothing from now on')
      .argument('<names...>', 'as parapet bouncers list shows them'),
  )
    .addHelpText('after', '\nExamples:\n  parapet bouncers delete firewall')
    .action((names: readonly string[], options: StoreOptions) =>
      runVerb(context, () => forgetClients(context, options, 'bouncer', names)),
    );
  registerPrune(bouncers, context, 'bouncer', '30d');
}

const LISTING: ClientListing<Bouncer> = {
  find: (clients) => clients.listBouncers(),
  titles: ['name', 'from', 'last came', 'type', 'version', 'known by'],
  fieldsOf,
  publicOf: (one) => ({ ...one, keyHash: undefined }),
  empty: 'No bouncer is known. Add one: parapet bouncers add NAME',
};

function fieldsOf({ name, ip, pulledAt, type, version, keyHash }: Bouncer): string[] {
  const last = pulledAt === undefined ? 'never' : formatInstant(pulledAt);
  return [name, ip, last, type, version, keyHash === undefined ? 'certificate' : 'key'].map(plain);
}

async function add(context: CommandContext, name: string, options: AddOptions): Promise<ExitCode> {
  if (!NAME.test(name))
    throw new UsageError(
      'E_BOUNCER_NAME',
      `'${plain(name)}' is no name for a bouncer`,
      'Letters, digits, . @ : _ and -, at most 200',
    );
  if (options.key !== undefined && options.key.length < SHORTEST_KEY)
    throw new UsageError(
      'E_BOUNCER_KEY',
      'The key is so short that it could be guessed',
      `Take at least ${SHORTEST_KEY} characters, or leave --key out`,
    );
  return withStore(context, options, 'maker', async ({ clients }): Promise<ExitCode> => {
    if ((await clients.findBouncer(name)) !== undefined)
      throw new UsageError(
        'E_BOUNCER_KNOWN',
        `A bouncer '${name}' is known already`,
        `Take another name, or forget it first: parapet bouncers delete ${name}`,
      );
    const { hashOfKey, newBouncerKey } = await import('@parapet/lapi');
    const key = options.key ?? newBouncerKey();
    const keyHash = hashOfKey(key);
    if ((await clients.findBouncerByKey(keyHash)) !== undefined)
      throw new UsageError(
        'E_BOUNCER_KEY',
        'Another bouncer has this key',
        'Several processes of one bouncer may share its key; another bouncer takes its own',
      );
    await clients.putBouncer({ name, keyHash, ip: '', type: '', version: '', createdAt: context.now() });
    await answer(context, options, {
      json: () => ({ name, key }),
      raw: () => [[key]],
      human: () =>
        `The key of '${name}':\n\n   ${key}\n\nIt is shown this once: put it into the bouncer's configuration now.\n`,
    });
    return 0;
  });
}
