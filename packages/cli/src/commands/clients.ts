// What the verbs on machines and on bouncers share: clients of the local API as people, programs and scripts read them,
// and forgetting them.

import type { Command } from 'commander';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import type { Clients, Store } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { answer } from '../output.ts';
import { periodOption } from '../period.ts';
import { runVerb } from '../run-verb.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';

/** How clients of one kind are shown. */
export interface ClientListing<T> {
  readonly find: (clients: Clients, store: Store) => Promise<readonly T[]>;
  readonly titles: readonly string[];
  readonly fieldsOf: (client: T) => string[];
  /** The same without what is secret. */
  readonly publicOf: (client: T) => Readonly<Record<string, unknown>>;
  /** For people, when there is none. */
  readonly empty: string;
}

export async function listClients<T>(
  context: CommandContext,
  options: StoreOptions,
  { find, titles, fieldsOf, publicOf, empty }: ClientListing<T>,
): Promise<ExitCode> {
  return withStore(context, options, 'reader', async (store): Promise<ExitCode> => {
    const found = await find(store.clients, store);
    await answer(context, options, {
      json: () => found.map(publicOf),
      raw: () => found.map(fieldsOf),
      human: () =>
        found.length === 0
          ? `${empty}\n`
          : `${renderTable(
              titles.map((title) => ({ title })),
              found.map(fieldsOf),
              { columns: context.out.columns, color: context.out.hasColor },
            )}\n`,
    });
    return 0;
  });
}

/** Adds the verb that forgets those that have not come for long. */
export function registerPrune(
  clients: Command,
  context: CommandContext,
  kind: 'machine' | 'bouncer',
  usual: string,
): void {
  addStoreOptions(
    clients
      .command('prune')
      .description(`forget ${kind}s that have not come for long`)
      .option('-d, --duration <time>', 'so long: 60m, 30d', usual)
      .option('--not-validated-only', 'only machines that nobody has admitted')
      .option('--force', 'do it; without, they are only listed'),
  )
    .addHelpText(
      'after',
      `\nExamples:\n  parapet ${kind}s prune --duration 30d\n  parapet ${kind}s prune --duration 30d --force`,
    )
    .action((options: PruneOptions) => runVerb(context, () => prune(context, options, kind)));
}

interface PruneOptions extends StoreOptions {
  readonly duration: string;
  readonly notValidatedOnly?: true;
  readonly force?: true;
}

async function prune(
  context: CommandContext,
  options: PruneOptions,
  kind: 'machine' | 'bouncer',
): Promise<ExitCode> {
  const before = context.now().getTime() - periodOption('--duration', options.duration);
  return withStore(context, options, 'changer', async ({ clients }): Promise<ExitCode> => {
    const all =
      kind === 'machine'
        ? (await clients.listMachines()).map(({ name, seenAt, createdAt, isValidated }) => ({
            ...{ name, at: seenAt ?? createdAt, isWaiting: !isValidated },
          }))
        : (await clients.listBouncers()).map(({ name, pulledAt, createdAt }) => ({
            ...{ name, at: pulledAt ?? createdAt, isWaiting: false },
          }));
    const old = all.filter(
      ({ at, isWaiting }) => at.getTime() < before && (options.notValidatedOnly !== true || isWaiting),
    );
    const isDone = options.force === true;
    for (const { name } of isDone ? old : [])
      await (kind === 'machine' ? clients.removeMachine(name) : clients.removeBouncer(name));
    await answer(context, options, {
      json: () => ({ forgotten: isDone, names: old.map(({ name }) => name) }),
      raw: () => old.map(({ name }) => [name]),
      human: () =>
        old.length === 0
          ? `No ${kind} has been away for ${options.duration}.\n`
          : [
              ...old.map(({ name, at }) => `${plain(name)}, last here ${formatInstant(at)}\n`),
              isDone
                ? `${old.length} forgotten.\n`
                : `${old.length} would be forgotten: give --force to do it.\n`,
            ].join(''),
    });
    return old.length === 0 ? 1 : 0;
  });
}

/** Forgets each of them; 1 when one was not known. `kind`: as people call one. */
export async function forgetClients(
  context: CommandContext,
  options: StoreOptions,
  kind: 'machine' | 'bouncer',
  names: readonly string[],
): Promise<ExitCode> {
  return withStore(context, options, 'changer', async ({ clients }): Promise<ExitCode> => {
    let code: ExitCode = 0;
    for (const name of names) {
      const wasThere = await (kind === 'machine' ? clients.removeMachine(name) : clients.removeBouncer(name));
      if (!wasThere) code = 1;
      await context.out.write(
        wasThere ? `The ${kind} '${plain(name)}' is forgotten.\n` : `No ${kind} '${plain(name)}' is known.\n`,
      );
    }
    return code;
  });
}
