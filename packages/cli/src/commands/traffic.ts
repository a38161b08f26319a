// `parapet traffic`: how far the learning of normal traffic is, what was learnt, and how to take it back. Names of
// paths and hosts were written by strangers and reach a terminal only through `plain`.

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { TrafficMonitor, trafficSummary } from '@parapet/engine';
import { formatCount, plain } from '@parapet/reports';
import { findEngine } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { answer } from '../output.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { addStoreOptions, dataDirOf, whenItCounts, type StoreOptions } from '../store-options.ts';
import { COPIES, goBack, readState, removeState, stateFile, StateWriter } from '../traffic/stateFile.ts';
import { readStatus, removeStatus, type TrafficStatus } from '../traffic/status.ts';
import { leaveWish } from '../traffic/wish.ts';

interface SiteOptions extends StoreOptions {
  readonly site?: string;
}

export function register(program: Command, context: CommandContext): void {
  const traffic = program.command('traffic').description('what traffic is normal, and what was learnt of it');
  addStoreOptions(traffic.command('status').description('how far the learning is, and what goes on'))
    .addHelpText('after', '\nAn engine that runs writes this down once a minute.')
    .action((options: StoreOptions) => runVerb(context, () => status(context, options)));
  addStoreOptions(
    traffic
      .command('export')
      .description('print what was learnt as JSON; addresses are hashes, and are left out')
      .option('--site <name>', "of this site only; '' where the log names no hosts"),
  ).action((options: SiteOptions) => runVerb(context, () => exportSites(context, options)));
  addStoreOptions(
    traffic
      .command('reset')
      .description('forget what was learnt, and begin anew')
      .option('--site <name>', "of this site only; '' where the log names no hosts"),
  ).action((options: SiteOptions) => runVerb(context, () => reset(context, options)));
  addStoreOptions(
    traffic
      .command('back')
      .description('take what was learnt some days ago for what is normal again')
      .argument('<days>', `1 to ${COPIES}`),
  ).action((days: string, options: StoreOptions) => runVerb(context, () => back(context, days, options)));
}

async function status(context: CommandContext, options: StoreOptions): Promise<ExitCode> {
  const known = readStatus(await dataDirOf(context, options));
  const sites = known?.sites ?? [];
  await answer(context, options, {
    json: () => known ?? { sites },
    raw: () =>
      sites.map(({ site, mode, modeNow, days, state }) => [site, mode, modeNow, String(days), state]),
    human: () =>
      known === undefined || sites.length === 0
        ? 'Nothing was learnt yet. It begins by itself with parapet up; past logs teach it at once: parapet train traffic FILE...\n'
        : textOf(known),
  });
  return sites.length === 0 ? 1 : 0;
}

const STATES = {
  usual: 'as usual',
  'attack-wave': 'a wave of attack is going on',
  'flash-crowd': 'a crowd is here',
} as const;
const MODES = {
  off: 'not watched',
  learn: 'learning, nothing is said',
  observe: 'told only, nothing is done',
  enforce: 'acted on',
} as const;

function textOf({ sites, wantedDays, at }: TrafficStatus): string {
  const texts = sites.map(({ site, mode, modeNow, progress, state, seasons, ...counts }) => {
    const { clients, paths, requests, usual } = counts;
    const later = mode === modeNow ? '' : ` (${mode} was chosen; enforced from ${wantedDays} days on)`;
    const beside = usual === undefined ? '' : `, ${formatCount(usual)} are usual`;
    return [
      site === '' ? 'The site' : plain(site),
      `  ${progress}`,
      `  what is not normal is ${MODES[modeNow]}${later}`,
      `  now: ${STATES[state]}; ${formatCount(requests)} requests in the last minute${beside}`,
      ...seasons.map((season) => `  ${plain(season)}`),
      `  knows ${formatCount(clients)} clients and ${formatCount(paths)} paths`,
    ].join('\n');
  });
  return `${texts.join('\n\n')}\n\nAs of ${at}\n`;
}

async function exportSites(context: CommandContext, { site, ...options }: SiteOptions): Promise<ExitCode> {
  const learnt = readState(await dataDirOf(context, options));
  const monitor = new TrafficMonitor('live', learnt?.parts);
  const sites = [...monitor.sites].filter((one) => site === undefined || one.site === site);
  await context.out.write(`${JSON.stringify({ sites: sites.map(trafficSummary) }, undefined, 2)}\n`);
  return sites.length === 0 ? 1 : 0;
}

async function reset(context: CommandContext, { site, ...options }: SiteOptions): Promise<ExitCode> {
  const dataDir = await dataDirOf(context, options);
  if ((await findEngine(dataDir)) !== undefined)
    leaveWish(dataDir, { what: 'forget', ...(site === undefined ? {} : { site }) });
  else if (site === undefined) {
    removeStatus(dataDir);
    if (!removeState(dataDir)) return nothing(context);
  } else {
    const learnt = readState(dataDir);
    const monitor = new TrafficMonitor('live', learnt?.parts);
    if (monitor.site(site) === undefined) return nothing(context);
    monitor.forget(site);
    const writer = new StateWriter(dataDir, 0);
    await writer.writeAll(monitor.saveAll(), context.now().getTime());
    await writer.close();
  }
  await context.out.write(`What was learnt is forgotten. ${await whenItCounts(context, options)}\n`);
  return 0;
}

async function nothing(context: CommandContext): Promise<ExitCode> {
  await context.out.write('There was nothing to forget.\n');
  return 1;
}

async function back(context: CommandContext, days: string, options: StoreOptions): Promise<ExitCode> {
  const copy = Number(days);
  const dataDir = await dataDirOf(context, options);
  if (!Number.isInteger(copy) || copy < 1 || copy > COPIES)
    throw new UsageError('E_TRAFFIC_BACK', `One can go back 1 to ${COPIES} days, not ${plain(days)}`);
  if (!existsSync(stateFile(dataDir, copy)))
    throw new UsageError(
      'E_TRAFFIC_BACK',
      `What was learnt ${copy === 1 ? 'a day' : `${copy} days`} ago was not kept`,
      'Try fewer days, or begin anew: parapet traffic reset',
    );
  if ((await findEngine(dataDir)) !== undefined) leaveWish(dataDir, { what: 'go-back', copy });
  else goBack(dataDir, copy);
  const when = await whenItCounts(context, options);
  await context.out.write(
    `What was learnt is again what it was ${copy === 1 ? 'a day' : `${copy} days`} ago. ${when}\n`,
  );
  return 0;
}
