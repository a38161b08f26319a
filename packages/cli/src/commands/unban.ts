// `parapet unban`: the shortest way back in, with what it undoes and what it does not.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { parseIpOrCidr } from '@parapet/kinds';
import { explainAlert, formatInstant, plain } from '@parapet/reports';
import { requireStore, type Store, type StoredDecision } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { periodOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer, type Forms } from '../output.ts';
import { addStoreOptions, dataDirOf, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';
import { jsonOf, rawOf, targetText } from './decisions/print.ts';

interface UnbanOptions extends StoreOptions {
  readonly ranges?: true;
  readonly reason: string;
  readonly link?: true;
  readonly site?: string;
  readonly for: string;
}

/** A link that works for longer would lie about in some mailbox. */
const LONGEST_LINK_MS = 86_400_000;
/** Whoever unbans a whole range wants the number, not a thousand stories. */
const SHOWN = 20;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('unban')
    .description('let an address, a range or another value in again')
    .argument('[value]', 'an address, a range (with all inside it), a country, a user, …, or a record id')
    .option('--ranges', 'also end the decisions on whole ranges that contain it')
    .option('--reason <text>', 'why, for the history', 'unbanned by hand')
    .option('--link', 'print a link that lets whoever opens it in, once, and ends what is decided on them')
    .option('--site <url>', 'with --link: the site it is for (default: any site of this gateway)')
    .option('--for <time>', 'with --link: how long it works', '10m');
  addStoreOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet unban 192.0.2.7
  parapet unban 192.0.2.7 --ranges
  parapet unban 198.51.100.0/24        everything inside that range
  parapet unban 1a2b3c4d               the decision whose record a block page shows
  parapet unban --link --site https://example.org      for yourself, from a phone, for a customer

It does not keep the value from being banned again: parapet allowlist add 192.0.2.7`,
    )
    .action((value: string | undefined, options: UnbanOptions) =>
      runVerb(context, () => act(context, value, options)),
    );
}

async function act(
  context: CommandContext,
  value: string | undefined,
  options: UnbanOptions,
): Promise<ExitCode> {
  if (value === undefined && options.link !== true) {
    throw new UsageError(
      'E_CLI_NOTHING_CHOSEN',
      'nobody was named',
      'Give an address, a range, a record id, or --link for a link that lets someone in.',
    );
  }
  const link = options.link === true ? await makeLink(context, options) : undefined;
  if (value === undefined) {
    await answer(context, options, linkForms(link!));
    return 0;
  }
  return unban(context, value, options, link);
}

async function unban(
  context: CommandContext,
  value: string,
  options: UnbanOptions,
  link: Link | undefined,
): Promise<ExitCode> {
  const now = context.now();
  const given = parseIpOrCidr(value);
  return withStore(context, options, 'changer', async (store) => {
    const lift = (filter: Parameters<Store['liftDecisions']>[0]): Promise<readonly StoredDecision[]> =>
      store.liftDecisions(filter, context.userName, options.reason);
    const recorded = isRecordId(value) ? await lift({ recordId: value.toLowerCase() }) : [];
    const [first] = recorded;
    const cidr = first === undefined ? given : parseIpOrCidr(first.target.value);
    const inside =
      first === undefined ? await lift(cidr === undefined ? { value } : { inside: cidr }) : recorded;
    const ranges = cidr !== undefined && options.ranges === true ? await lift({ around: cidr }) : [];
    const lifted = [...inside, ...ranges];
    const around =
      cidr === undefined ? [] : await store.listDecisions({ around: cidr, activeAt: now, mode: 'live' });
    const linked = link === undefined ? undefined : linkForms(link);
    await answer(context, options, {
      json: () => ({
        lifted: lifted.map((one) => jsonOf(one, now)),
        stillIn: around.map((one) => jsonOf(one, now)),
        ...linked?.json(),
      }),
      raw: () => [...lifted.map((one) => rawOf(one, now)), ...(linked?.raw() ?? [])],
      human: async () => {
        let text = '';
        for (const one of lifted.slice(0, SHOWN)) text += await sentence(store, one);
        if (lifted.length > SHOWN) text += `… and ${lifted.length - SHOWN} more.\n`;
        if (lifted.length > 0) text += `${await whenItCounts(context, options)}\n`;
        else if (around.length === 0) text += `Nothing is in force against ${plain(value)}.\n`;
        return `${text}${stillBanned(first?.target.value ?? value, around)}${linked?.human() ?? ''}`;
      },
    });
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

interface Link {
  readonly url: string;
  readonly expiresAt: Date;
  /** Empty when it opens any site. */
  readonly host: string;
}

async function makeLink(context: CommandContext, options: UnbanOptions): Promise<Link> {
  const forMs = periodOption('--for', options.for);
  if (forMs > LONGEST_LINK_MS) {
    throw new UsageError(
      'E_CLI_PERIOD',
      `--for ${options.for} is too long for a link`,
      'A day is the longest: whoever finds the link is let in.',
    );
  }
  const site = siteOf(options.site);
  const dataDir = await dataDirOf(context, options);
  requireStore(dataDir);
  const { siteSecret } = await import('@parapet/gateway');
  const { makeLinkPath } = await import('@parapet/enforcement');
  const expiresAt = new Date(context.now().getTime() + forMs);
  const host = site?.hostname.toLowerCase() ?? '';
  const path = makeLinkPath(
    siteSecret(dataDir),
    host === '' ? '*' : host,
    expiresAt.getTime(),
    randomBytes(16),
  );
  return { url: `${site?.origin ?? ''}${path}`, expiresAt, host };
}

function siteOf(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const address = text.includes('://') ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '')
    return url;
  throw new UsageError(
    'E_CLI_SITE',
    `${text} is no address of a site`,
    'Write it as it stands in the browser, like https://example.org',
  );
}

interface LinkForms extends Forms {
  readonly json: () => { readonly link: Link };
  readonly raw: () => readonly (readonly string[])[];
  readonly human: () => string;
}

function linkForms(link: Link): LinkForms {
  const { url, expiresAt, host } = link;
  return {
    json: () => ({ link }),
    raw: () => [[url]],
    human: () =>
      `${host === '' ? 'Open this path at your site (put https://your-site in front)' : 'Open this'}, until ${formatInstant(expiresAt)}; it works once:\n` +
      `  ${url}\n` +
      'Whoever opens it is trusted in that browser for 30 days: send it to nobody else. To end all trust: parapet operators revoke\n',
  };
}

function isRecordId(text: string): boolean {
  return /^[0-9a-f]{8}$/i.test(text);
}
