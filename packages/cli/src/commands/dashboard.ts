// `parapet dashboard`: links into it, and whether its audit log is whole.
import type { Command } from 'commander';
import { formatInstant, plain } from '@parapet/reports';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { periodOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { knownSites, SITE_FLAG } from './siteOption.ts';
import { addStoreOptions, dataDirOf, withStore, type StoreOptions } from '../store-options.ts';

interface LinkOptions extends StoreOptions {
  readonly role: string;
  readonly user?: string;
  readonly site?: readonly string[];
  readonly for: string;
  readonly url?: string;
}

/** A link that works for longer would lie about in some mailbox. */
const LONGEST_MS = 7 * 86_400_000;

export function register(program: Command, context: CommandContext): void {
  const dashboard = program
    .command('dashboard')
    .description('the web page: a link to come in by, and its audit log');
  addStoreOptions(
    dashboard
      .command('link')
      .description('print a link by which somebody makes an account, or a new password, once')
      .option('--role <role>', 'what they may: viewer, analyst, operator or admin', 'admin')
      .option('--user <name>', 'for somebody who is known: a new password, and no codes or passkeys any more')
      .option(SITE_FLAG, 'the role is for these sites alone; without it, for all')
      .option('--for <time>', 'how long it works', '24h')
      .option('--url <url>', 'where the dashboard is (default: as the configuration says)'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet dashboard link                        for the first one, who may do everything
  parapet dashboard link --role viewer --for 1h
  parapet dashboard link --role operator --site shop blog
  parapet dashboard link --user anna            anna has lost her phone`,
    )
    .action((options: LinkOptions) => runVerb(context, () => link(context, options)));
  addStoreOptions(
    dashboard.command('audit').description('check that nobody has changed what was written of who did what'),
  )
    .addHelpText('after', '\nExamples:\n  parapet dashboard audit\n\nExit codes: 0 whole, 1 changed.')
    .action((options: StoreOptions) => runVerb(context, () => audit(context, options)));
}

async function link(context: CommandContext, options: LinkOptions): Promise<ExitCode> {
  const { isRole, makeInvitation } = await import('@parapet/dashboard');
  const { role, user } = options;
  const sites = options.site === undefined ? undefined : await knownSites(context, options, options.site);
  if (!isRole(role))
    throw new UsageError(
      'E_DASHBOARD_NO_ROLE',
      `${plain(role)} is no role`,
      'viewer, analyst, operator or admin',
    );
  const lastsMs = periodOption('--for', options.for);
  if (lastsMs > LONGEST_MS)
    throw new UsageError('E_DASHBOARD_LONG', `--for ${options.for} is too long`, 'A week at most: 168h');
  const dataDir = await dataDirOf(context, options);
  // A link may be made before the first start: the folder that holds its key is made as well.
  const known = await withStore(context, options, 'maker', async (store) =>
    user === undefined ? undefined : store.users.find(user),
  );
  if (user !== undefined && known === undefined)
    throw new UsageError('E_DASHBOARD_USER', `There is no user ${plain(user)}`, 'See: parapet users list');
  const { dashboardSecret } = await import('../up/openDashboard.ts');
  const expiresAt = new Date(context.now().getTime() + lastsMs);
  const token = makeInvitation(dashboardSecret(dataDir), {
    ...{ role: known !== undefined && isRole(known.role) ? known.role : role, expiresAt },
    ...(user === undefined ? {} : { user }),
    ...(sites === undefined ? {} : { sites }),
  });
  const base = (options.url ?? (await urlOf(context, options))).replace(/\/+$/, '');
  const url = `${base}/welcome#${token}`;
  await answer(context, options, {
    json: () => ({ url, expiresAt }),
    raw: () => [[url]],
    human: () =>
      `${url}\n\nIt works once, until ${formatInstant(expiresAt)}. Who opens it ${user === undefined ? `may do what ${role}s may${sites === undefined ? '' : ` on ${sites.map(plain).join(', ')}`}` : `is ${plain(user)} from then on`}.\n`,
  });
  return 0;
}

async function urlOf(context: CommandContext, options: LinkOptions): Promise<string> {
  const { dashboard } = (await loadConfig(context, options.config)).config;
  const [host] = dashboard.hosts;
  if (host !== undefined && dashboard.behind_tls) return `https://${host}`;
  const listen = dashboard.listen === 'off' ? '127.0.0.1:8421' : dashboard.listen;
  return `http://${listen.replace(/^(0\.0\.0\.0|\[::\]|\*)?:/, '127.0.0.1:')}`;
}

async function audit(context: CommandContext, options: StoreOptions): Promise<ExitCode> {
  return withStore(context, options, 'reader', async (store): Promise<ExitCode> => {
    const check = await store.audit.check();
    await answer(context, options, {
      json: () => check,
      raw: () => [[check.isWhole ? 'whole' : 'changed', String(check.entries)]],
      human: () =>
        check.isWhole
          ? `The audit log is whole: ${check.entries} entries, each as it was written.\n`
          : `The audit log was changed: entry ${check.brokenAt} is not as it was written; the ${check.entries} before it are.\n`,
    });
    return check.isWhole ? 0 : 1;
  });
}
