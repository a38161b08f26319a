// What the verbs on machines and on bouncers share: clients of the local API as people, programs and scripts read them,
// and forgetting them.

import { plain, renderTable } from '@parapet/reports';
import type { Clients, Store } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { formatOf, withStore, type StoreOptions } from '../store-options.ts';
import { tabbed } from './decisions/print.ts';

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
    switch (formatOf(options)) {
      case 'json':
        await context.out.write(`${JSON.stringify(found.map(publicOf), undefined, 2)}\n`);
        break;
      case 'raw':
        for (const one of found) await context.out.write(tabbed(fieldsOf(one)));
        break;
      case 'human': {
        const columns = titles.map((title) => ({ title }));
        const size = { columns: context.out.columns, color: context.out.hasColor };
        await context.out.write(
          found.length === 0 ? `${empty}\n` : `${renderTable(columns, found.map(fieldsOf), size)}\n`,
        );
        break;
      }
    }
    return 0;
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
