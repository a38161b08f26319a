// `parapet gateway`: the gateway alone, against an engine that runs as a process of its own on this machine.

import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { runVerb } from '../run-verb.ts';
import { addRunOptions } from '../up/engineOptions.ts';
import type { GatewayOptions } from '../up/runGateway.ts';

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('gateway')
    .description('the gateway alone, for `parapet engine` beside it on the same data directory')
    .option('--upstream <url>', 'the server of the site, such as http://127.0.0.1:8081')
    .option('--port <n>', 'port that visitors connect to (default: 8080)');
  addRunOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet gateway --upstream http://127.0.0.1:8081 --data-dir /var/lib/parapet`,
    )
    .action((options: GatewayOptions) =>
      runVerb(context, async () => {
        const { runGateway } = await import('../up/runGateway.ts');
        return runGateway(context, options, false);
      }),
    );
}
