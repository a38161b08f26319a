// The program: its verbs, and what happens when one fails in a way that nobody foresaw.

import { Command, CommanderError } from 'commander';
import { processContext, type CommandContext, type ExitCode } from './context.ts';
import { VERSION } from './version.ts';

interface Verb {
  readonly register: (program: Command, context: CommandContext) => void;
}

/** The modules of a verb are loaded when it is called, or all of them when the help lists them. */
const VERBS: ReadonlyMap<string, () => Promise<Verb>> = new Map<string, () => Promise<Verb>>([
  ['inspect', () => import('./commands/inspect.ts')],
  ['replay', () => import('./commands/replay.ts')],
  ['report', () => import('./commands/report.ts')],
  ['series', () => import('./commands/series.ts')],
  ['up', () => import('./commands/up.ts')],
  ['engine', () => import('./commands/engine.ts')],
  ['gateway', () => import('./commands/gateway.ts')],
  ['gateway-worker', () => import('./commands/gatewayWorker.ts')],
  ['demo', () => import('./commands/demo.ts')],
  ['explain', () => import('./commands/explain.ts')],
  ['hub', () => import('./commands/hub/index.ts')],
  ['hub-test-sites', () => import('./commands/hubTestSites.ts')],
  ['decisions', () => import('./commands/decisions/index.ts')],
  ['unban', () => import('./commands/unban.ts')],
  ['alerts', () => import('./commands/alerts.ts')],
  ['appeals', () => import('./commands/appeals.ts')],
  ['inspections', () => import('./commands/inspections.ts')],
  ['feedback', () => import('./commands/feedback.ts')],
  ['operators', () => import('./commands/operators.ts')],
  ['nodes', () => import('./commands/nodes.ts')],
  ['machines', () => import('./commands/machines.ts')],
  ['tokens', () => import('./commands/tokens.ts')],
  ['bouncers', () => import('./commands/bouncers.ts')],
  ['dashboard', () => import('./commands/dashboard.ts')],
  ['users', () => import('./commands/users.ts')],
  ['notifications', () => import('./commands/notifications.ts')],
  ['allowlist', () => import('./commands/allowlist.ts')],
  ['simulation', () => import('./commands/simulation.ts')],
  ['metrics', () => import('./commands/metrics.ts')],
  ['doctor', () => import('./commands/doctor.ts')],
  ['support', () => import('./commands/support.ts')],
  ['init', () => import('./commands/init.ts')],
  ['config', () => import('./commands/config.ts')],
  ['train', () => import('./commands/train.ts')],
  ['robots', () => import('./commands/robots.ts')],
  ['traffic', () => import('./commands/traffic.ts')],
]);

const EXAMPLES = `
Examples:
  parapet replay /var/log/nginx/access.log     who attacked, with what, and what would have been done
  parapet up --log /var/log/nginx/access.log   watch it from now on
  parapet unban 192.0.2.7                      let an address in again`;

/** Runs the command line and returns the exit code: 0 fine, 1 findings or a failed check, 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const context = {
    ...processContext(),
    setExitCode: (code: ExitCode) => {
      exitCode = code;
    },
  };
  const program = await buildProgram(context, argv[2]);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

/** Returns the program with the verb that is called, or with all of them when that is none. */
export async function buildProgram(context: CommandContext, called: string | undefined): Promise<Command> {
  const program = new Command('parapet')
    .description(
      'Protects a web site: learns what is normal for it, stops what is hostile, explains every act.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.out.write(text),
      writeErr: (text) => void context.err.write(text),
    })
    .showHelpAfterError('(more with --help)')
    .addHelpText('after', EXAMPLES);
  const verb = VERBS.get(called ?? '');
  const verbs = verb === undefined ? [...VERBS.values()] : [verb];
  for (const { register } of await Promise.all(verbs.map((load) => load()))) register(program, context);
  return program;
}
