// The program: its verbs, and what happens when one fails in a way that nobody foresaw.

import { Command, CommanderError } from 'commander';
import process from 'node:process';
import { register as registerAlerts } from './commands/alerts.ts';
import { register as registerAllowlist } from './commands/allowlist.ts';
import { register as registerDecisions } from './commands/decisions/index.ts';
import { register as registerHub } from './commands/hub/index.ts';
import { register as registerExplain } from './commands/explain.ts';
import { register as registerReplay } from './commands/replay.ts';
import { register as registerUnban } from './commands/unban.ts';
import { processContext, type CommandContext, type ExitCode } from './context.ts';
import { VERSION } from './version.ts';

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
  const program = buildProgram(context);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

/** Returns the program with all its verbs; used by main and by what is made from the help. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('parapet')
    .description(
      'Protects a web site: learns what is normal for it, stops what is hostile, explains every act.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(text),
    })
    .showHelpAfterError('(more with --help)')
    .addHelpText('after', EXAMPLES);
  for (const register of [
    registerReplay,
    registerExplain,
    registerHub,
    registerDecisions,
    registerUnban,
    registerAlerts,
    registerAllowlist,
  ]) {
    register(program, context);
  }
  return program;
}
