// `parapet users`: who may use the dashboard.
import type { Command } from 'commander';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import type { User } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { runVerb } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';

export function register(program: Command, context: CommandContext): void {
  const users = program.command('users').description('who may use the dashboard: list, remove');
  addStoreOptions(users.command('list').description('show them, what they may, and when they were there'))
    .addHelpText('after', '\nExamples:\n  parapet users list\n  parapet users list --json')
    .action((options: StoreOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    users
      .command('remove')
      .description('let somebody in no more; sessions end at once')
      .argument('<name...>', 'names from the list'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet users remove bert\n\nTo let somebody in: parapet dashboard link --role viewer',
    )
    .action((names: readonly string[], options: StoreOptions) =>
      runVerb(context, () => remove(context, names, options)),
    );
}

async function list(context: CommandContext, options: StoreOptions): Promise<ExitCode> {
  return withStore(context, options, 'reader', async (store): Promise<ExitCode> => {
    const users = await Promise.all(
      (await store.users.list()).map(async (user) => ({
        ...user,
        passkeys: (await store.passkeys.list(user.name)).length,
      })),
    );
    const rows = users.map(fieldsOf);
    await answer(context, options, {
      json: () => users.map(publicOf),
      raw: () => rows,
      human: () =>
        users.length === 0
          ? 'Nobody may use the dashboard yet. Let somebody in: parapet dashboard link\n'
          : `${renderTable(
              ['name', 'role', 'second factor', 'since', 'last there'].map((title) => ({ title })),
              rows.map((row) => row.map(plain)),
              { columns: context.out.columns, color: context.out.hasColor },
            )}\n`,
    });
    return 0;
  });
}

interface Known extends User {
  readonly passkeys: number;
}

function fieldsOf({ name, role, totpSecret, passkeys, subject, createdAt, seenAt }: Known): string[] {
  const factors = [
    ...(subject === undefined ? [] : ['of the provider']),
    ...(totpSecret === undefined ? [] : ['code']),
    ...(passkeys === 0 ? [] : [passkeys === 1 ? 'passkey' : `${passkeys} passkeys`]),
  ];
  return [
    ...[name, role, factors.length === 0 ? 'none' : factors.join(', '), formatInstant(createdAt)],
    seenAt === undefined ? 'never' : formatInstant(seenAt),
  ];
}

/** Without what could let somebody in. */
function publicOf({ name, role, totpSecret, passkeys, subject, createdAt, seenAt }: Known): object {
  return { name, role, hasTotp: totpSecret !== undefined, passkeys, subject, createdAt, seenAt };
}

async function remove(
  context: CommandContext,
  names: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  return withStore(context, options, 'changer', async (store): Promise<ExitCode> => {
    let absent = 0;
    for (const name of names) {
      const isRemoved = await store.users.remove(name);
      if (isRemoved) {
        const entry = { who: context.userName, ip: '', act: 'user.remove', target: name, details: {} };
        await store.audit.add(entry);
        await context.out.write(`${plain(name)} may use the dashboard no more.\n`);
      } else {
        absent += 1;
        await context.err.write(`There is no user ${plain(name)}.\n`);
      }
    }
    return absent === 0 ? 0 : 1;
  });
}
