// `parapet tokens`: who may ask Parapet's own API for what.

import type { Command } from 'commander';
import { formatInstant, plain } from '@parapet/reports';
import type { ApiToken } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { periodOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';
import { listClients, type ClientListing } from './clients.ts';
import { knownSites, SITE_FLAG } from './siteOption.ts';

interface AddOptions extends StoreOptions {
  readonly scope: readonly string[];
  readonly expires?: string;
  readonly site?: readonly string[];
}

const NAME = /^[\w.@:-]{1,100}$/;

export function register(program: Command, context: CommandContext): void {
  const tokens = program
    .command('tokens')
    .description("who may ask Parapet's own API for what: list, add, delete");
  addStoreOptions(tokens.command('list').description('show them, and when each was last used'))
    .addHelpText('after', '\nExamples:\n  parapet tokens list\n  parapet tokens list --json')
    .action((options: StoreOptions) => runVerb(context, () => listClients(context, options, listing())));
  addStoreOptions(
    tokens
      .command('add')
      .description('make a token and print it')
      .argument('<name>', 'whose it is')
      .requiredOption(
        '--scope <scope...>',
        'what it is good for: signals:write, alerts:read, …; `read`, `write` and `all` are many at once',
      )
      .option('--expires <time>', 'it ends after so long: 90d, 12h')
      .option(SITE_FLAG, 'for these sites of the configuration alone'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet tokens add shop --scope signals:write
  parapet tokens add wallboard --scope read --expires 90d
  parapet tokens add shop-app --scope signals:write alerts:read --site shop
  parapet tokens add deploy --scope decisions:read decisions:write -o raw`,
    )
    .action((name: string, options: AddOptions) => runVerb(context, () => add(context, name, options)));
  addStoreOptions(
    tokens
      .command('delete')
      .description('forget tokens: they are worth nothing within a second')
      .argument('<names...>', 'as parapet tokens list shows them'),
  )
    .addHelpText('after', '\nExamples:\n  parapet tokens delete shop')
    .action((names: readonly string[], options: StoreOptions) =>
      runVerb(context, () => forget(context, names, options)),
    );
}

function listing(): ClientListing<ApiToken> {
  return {
    find: async (_clients, { tokens }) => tokens.list(),
    titles: ['name', 'scopes', 'sites', 'made', 'expires', 'last used', 'from'],
    fieldsOf: ({ name, scopes, sites, createdAt, expiresAt, usedAt, ip }) =>
      [
        name,
        scopes.join(' '),
        sites === undefined ? 'all' : sites.join(' '),
        formatInstant(createdAt),
        expiresAt === undefined ? 'never' : formatInstant(expiresAt),
        usedAt === undefined ? 'never' : formatInstant(usedAt),
        ip ?? '',
      ].map(plain),
    publicOf: ({ hash: _hash, ...token }) => token,
    empty: 'There is no token. Make one: parapet tokens add NAME --scope signals:write',
  };
}

async function add(context: CommandContext, name: string, options: AddOptions): Promise<ExitCode> {
  if (!NAME.test(name))
    throw new UsageError(
      'E_TOKEN_NAME',
      `'${plain(name)}' is no name for a token`,
      'Letters, digits, . @ : _ and -, at most 100',
    );
  const { hashOfToken, newToken, SCOPES, scopesOf } = await import('@parapet/api');
  const scopes = [...new Set(options.scope.flatMap((word) => scopesOf(word) ?? unknownScope(word, SCOPES)))];
  const now = context.now();
  const expiresAt =
    options.expires === undefined
      ? {}
      : { expiresAt: new Date(now.getTime() + periodOption('--expires', options.expires)) };
  const sites = options.site === undefined ? {} : { sites: await knownSites(context, options, options.site) };
  const token = newToken();
  return withStore(context, options, 'maker', async ({ tokens }): Promise<ExitCode> => {
    const isNew = await tokens.add({
      name,
      hash: hashOfToken(token),
      scopes,
      createdAt: now,
      ...expiresAt,
      ...sites,
    });
    if (!isNew)
      throw new UsageError(
        'E_TOKEN_KNOWN',
        `There is a token '${name}' already`,
        `Take another name, or forget it first: parapet tokens delete ${name}`,
      );
    await answer(context, options, {
      json: () => ({ name, token, scopes, ...sites, ...expiresAt }),
      raw: () => [[token]],
      human: () =>
        `The token '${name}', good for ${scopes.join(', ')}${options.site === undefined ? '' : ` on ${options.site.map(plain).join(', ')}`}:\n\n   ${token}\n\nIt is shown this once.\n`,
    });
    return 0;
  });
}

function unknownScope(word: string, known: readonly string[]): never {
  throw new UsageError(
    'E_TOKEN_SCOPE',
    `'${plain(word)}' is no scope`,
    `Scopes are ${known.join(', ')}; and read, write, all`,
  );
}

async function forget(
  context: CommandContext,
  names: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  return withStore(context, options, 'changer', async ({ tokens }): Promise<ExitCode> => {
    let code: ExitCode = 0;
    for (const name of names) {
      const wasThere = await tokens.remove(name);
      if (!wasThere) code = 1;
      await context.out.write(
        wasThere ? `The token '${plain(name)}' is forgotten.\n` : `There is no token '${plain(name)}'.\n`,
      );
    }
    return code;
  });
}
