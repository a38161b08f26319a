// `parapet up`: watches a running site, decides, and explains each act; with an upstream it also stands in front of
// the site and enforces.

import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../context.ts';
import { loadConfig } from '../config/loadConfig.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { addRunOptions } from '../up/engineOptions.ts';
import { isGatewayAsked } from '../up/gatewayAsked.ts';
import { runEngine } from '../up/runEngine.ts';
import type { GatewayOptions } from '../up/runGateway.ts';

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('up')
    .description('protect a running site: watch, decide, act, and explain each act')
    .option('--upstream <url>', 'stand in front of this site as a gateway, e.g. http://127.0.0.1:8081')
    .option('--port <n>', 'port of the gateway (default: 8080)');
  addRunOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet up --upstream http://127.0.0.1:8081 --port 80
  parapet up --log /var/log/nginx/access.log
  parapet up --log '/var/log/nginx/*access.log=nginx' --log /var/log/auth.log=syslog
  parapet up --config /etc/parapet/parapet.yaml

Ctrl-C ends it cleanly; after any other end it goes on where it was. While it runs:
  parapet decisions list      parapet alerts list      parapet unban VALUE`,
    )
    .action((options: GatewayOptions) => runVerb(context, () => up(context, options)));
}

async function up(context: CommandContext, options: GatewayOptions): Promise<ExitCode> {
  const { config } = await loadConfig(context, options.config);
  if (isGatewayAsked(config, options)) {
    const { runGateway } = await import('../up/runGateway.ts');
    return runGateway(context, options, true);
  }
  if (options.port !== undefined) {
    throw new UsageError(
      'E_NO_GATEWAY',
      'A port was given, and no site to put a gateway in front of',
      'Name it: parapet up --upstream http://127.0.0.1:8081 --port N',
    );
  }
  return runEngine(context, options);
}
