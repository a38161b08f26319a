// `parapet engine`: the engine alone, for gateways that run as processes of their own.

import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { runVerb } from '../run-verb.ts';
import { ANNOUNCED } from '../up/engineChild.ts';
import { addRunOptions, type RunOptions } from '../up/engineOptions.ts';
import type { GatewayAnnounced } from '../up/supervised.ts';

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('engine')
    .description('the engine alone: decides on what gateways and logs tell, for `parapet gateway` beside it');
  addRunOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet engine --data-dir /var/lib/parapet
  parapet gateway --upstream http://127.0.0.1:8081 --data-dir /var/lib/parapet`,
    )
    .action((options: RunOptions) =>
      runVerb(context, async () => {
        const { runEngine } = await import('../up/runEngine.ts');
        return runEngine(context, options, announced(context.env[ANNOUNCED]));
      }),
    );
}

/** What the process that started this one says of the gateway. */
function announced(text: string | undefined): GatewayAnnounced {
  const none: GatewayAnnounced = { urls: [] };
  // Written by EngineChild.
  return text === undefined ? none : (JSON.parse(text) as GatewayAnnounced);
}
