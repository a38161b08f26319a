// `parapet users`: who may use the dashboard.
import type { Command } from 'commander';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import type { User } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';
import { knownSites, SITE_FLAG } from './siteOption.ts';

interface RoleOptions extends StoreOptions {
  readonly site?: readonly string[];
}

/** Of the sites of a role, so many are named in a table. */
const MOST_NAMED = 5;

export function register(program: Command, context: CommandContext): void {
  const users = program.command('users').description('who may use the dashboard: list, role, remove');
  addStoreOptions(users.command('list').description('show them, what they may, and when they were there'))
    .addHelpText('after', '\nExamples:\n  parapet users list\n  parapet users list --json')
    .action((options: StoreOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    users
      .command('role')
      .description('say what somebody may, on all sites or on single ones')
      .argument('<name>', 'as in the list')
      .argument('<role>', 'viewer, analyst, operator or admin; none takes the role away')
      .option(SITE_FLAG, 'on these sites alone; what they may on others stays'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet users role bert operator                    on all sites
  parapet users role bert operator --site shop blog   on these two
  parapet users role bert none --site blog`,
    )
    .action((name: string, role: string, options: RoleOptions) =>
      runVerb(context, () => give(context, name, role, options)),
    );
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
              ['name', 'role', 'on single sites', 'second factor', 'since', 'last there'].map((title) => ({
                title,
              })),
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

function fieldsOf(user: Known): string[] {
  const { name, role, siteRoles = [], totpSecret, passkeys, subject, createdAt, seenAt } = user;
  const factors = [
    ...(subject === undefined ? [] : ['of the provider']),
    ...(totpSecret === undefined ? [] : ['code']),
    ...(passkeys === 0 ? [] : [passkeys === 1 ? 'passkey' : `${passkeys} passkeys`]),
  ];
  return [
    ...[name, role === '' ? 'none' : role, sitesText([...siteRoles])],
    ...[factors.length === 0 ? 'none' : factors.join(', '), formatInstant(createdAt)],
    seenAt === undefined ? 'never' : formatInstant(seenAt),
  ];
}

/** By role: an agency has hundreds of sites. */
function sitesText(siteRoles: readonly (readonly [string, string])[]): string {
  const sites = new Map<string, string[]>();
  for (const [site, role] of siteRoles) sites.set(role, [...(sites.get(role) ?? []), site]);
  return [...sites].map(([role, names]) => `${role}: ${shortened(names)}`).join('; ');
}

function shortened(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more <= 1 ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more`;
}

/** Without what could let somebody in. */
function publicOf({
  name,
  role,
  siteRoles = new Map(),
  totpSecret,
  passkeys,
  subject,
  createdAt,
  seenAt,
}: Known): object {
  const sites = Object.fromEntries(siteRoles) as Readonly<Record<string, string>>;
  return { name, role, sites, hasTotp: totpSecret !== undefined, passkeys, subject, createdAt, seenAt };
}

async function give(
  context: CommandContext,
  name: string,
  role: string,
  options: RoleOptions,
): Promise<ExitCode> {
  const { isRole } = await import('@parapet/dashboard');
  if (role !== 'none' && !isRole(role))
    throw new UsageError(
      'E_DASHBOARD_NO_ROLE',
      `${plain(role)} is no role`,
      'viewer, analyst, operator or admin; none takes a role away',
    );
  const sites = options.site === undefined ? undefined : await knownSites(context, options, options.site);
  return withStore(context, options, 'changer', async ({ users, audit }): Promise<ExitCode> => {
    const user = await users.find(name);
    if (user === undefined)
      throw new UsageError('E_DASHBOARD_USER', `There is no user ${plain(name)}`, 'See: parapet users list');
    if (user.subject !== undefined)
      throw new UsageError(
        'E_DASHBOARD_OIDC_USER',
        `What ${plain(name)} may is said by the provider of identities`,
        'Change it there, or in dashboard.oidc',
      );
    const given = role === 'none' ? '' : role;
    const siteRoles = new Map(user.siteRoles ?? []);
    for (const site of sites ?? []) {
      if (given === '') siteRoles.delete(site);
      else siteRoles.set(site, given);
    }
    await users.put(sites === undefined ? { ...user, role: given } : { ...user, siteRoles });
    await users.endSessions(name);
    const details = { to: role, ...(sites === undefined ? {} : { sites }) };
    await audit.add({ who: context.userName, ip: '', act: 'user.role', target: name, details });
    const where = sites === undefined ? 'all sites' : sites.map(plain).join(', ');
    await context.out.write(
      given === ''
        ? `${plain(name)} has no role any more for ${where}.\n`
        : `${plain(name)} may do what ${role}s may on ${where}.\n`,
    );
    return 0;
  });
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
