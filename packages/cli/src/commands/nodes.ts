// `parapet nodes`: what reports here, from this machine or another, and what is wrong with them.

import type { Command } from 'commander';
import type { NodeRow } from '@parapet/dashboard';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import { findEngine } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { answer } from '../output.ts';
import { runVerb } from '../run-verb.ts';
import { addStoreOptions, dataDirOf, withStore, type StoreOptions } from '../store-options.ts';
import { nodesOf, nodeTroubles } from '../up/nodes.ts';

const TITLES = ['node', 'name', 'state', 'from', 'last heard of', 'what it is'] as const;

export function register(program: Command, context: CommandContext): void {
  addStoreOptions(
    program
      .command('nodes')
      .description(
        'what reports here: agents, bouncers, applications; ends with 1 when something is wrong with one',
      ),
  )
    .addHelpText(
      'after',
      `
An agent is silent after five minutes, a bouncer after an hour; an application may be quiet for long. A bouncer is late,
and acts on old decisions, when it stays away for five minutes and twice as long as it used to. A clock is wrong
when it is five seconds off; clients that do not say their time are not judged.

Examples:
  parapet nodes                      those with troubles first, with what to do
  parapet nodes --json               for programs
  parapet nodes || notify-somebody   in a cron job`,
    )
    .action((options: StoreOptions) => runVerb(context, () => list(context, options)));
}

async function list(context: CommandContext, options: StoreOptions): Promise<ExitCode> {
  const engine = await findEngine(await dataDirOf(context, options));
  return withStore(context, options, 'reader', async (store): Promise<ExitCode> => {
    const nowMs = context.now().getTime();
    // Without an engine there is nobody to report to: then what was seen last says how long that has been so.
    const nodes = await nodesOf(store, nowMs, engine?.startedAt.getTime() ?? 0);
    const troubles = nodes.flatMap((node) => nodeTroubles(node, nowMs));
    const isAnySilent = nodes.some(({ state }) => state === 'silent' || state === 'late');
    await answer(context, options, {
      json: () => nodes,
      raw: () => nodes.map(fieldsOf),
      human: () =>
        nodes.length === 0
          ? 'Nothing reports here. Admit an agent: parapet machines add NAME; a bouncer: parapet bouncers add NAME\n'
          : [
              renderTable(
                TITLES.map((title) => ({ title })),
                nodes.map(fieldsOf),
                { columns: context.out.columns, color: context.out.hasColor },
              ),
              ...(isAnySilent && engine === undefined
                ? ['', 'No engine is running here, so nothing can report to it. Start it: parapet up']
                : troubles.map(({ says, fix }) => `\n${plain(`${says}. ${fix}.`)}`)),
              '',
            ].join('\n'),
    });
    return troubles.length === 0 ? 0 : 1;
  });
}

function fieldsOf({ kind, name, state, ip, seenMs, type, version }: NodeRow): string[] {
  const seen = seenMs === undefined ? 'never' : formatInstant(new Date(seenMs));
  return [kind, name, state, ip, seen, `${type} ${version}`.trim()].map(plain);
}
