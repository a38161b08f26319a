// `parapet demo`: a small shop behind engine and gateway, to see protection at work, and `parapet demo attack`, which
// attacks it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { CommandContext, ExitCode } from '../context.ts';
import type { DemoResult } from '../demo/attack.ts';
import { runVerb, UsageError } from '../run-verb.ts';

const FIRST_PORT = 8080;
const FIRST_DASHBOARD_PORT = 8421;
const PORTS_TRIED = 20;
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

export function register(program: Command, context: CommandContext): void {
  const demo = program
    .command('demo')
    .description('see protection at work: a small shop behind the gateway, and an attack on it')
    .addHelpText(
      'after',
      `
Examples:
  parapet demo                in one terminal: the shop, the gateway and the live view
  parapet demo attack         in another: five attackers, while people go on shopping`,
    );
  demo
    .command('run', { isDefault: true })
    .description('start the shop behind engine and gateway, on this machine only')
    .option('--port <n>', `port of the gateway (default: ${FIRST_PORT}, or the next that is free)`)
    .action((options: { port?: string }) => runVerb(context, () => runDemo(context, options.port)));
  demo
    .command('attack')
    .description('attack the running demo; it is stopped, and people are not')
    .option('--url <url>', 'where the demo is', `http://127.0.0.1:${FIRST_PORT}`)
    .action((options: { url: string }) => runVerb(context, () => attackDemo(context, options.url)));
}

async function runDemo(context: CommandContext, wanted: string | undefined): Promise<ExitCode> {
  const port = wanted === undefined ? await firstFreePort(FIRST_PORT) : portOf(wanted);
  const [{ startDemoSite }, { runGateway }] = await Promise.all([
    import('../demo/site.ts'),
    import('../up/runGateway.ts'),
  ]);
  const site = await startDemoSite();
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-demo-'));
  try {
    const config = path.join(folder, 'parapet.yaml');
    const dashboardPort = await firstFreePort(FIRST_DASHBOARD_PORT);
    writeFileSync(config, configuration(port, site.url, dashboardPort));
    const dataDir = path.join(folder, 'data');
    await context.out.write(introduction(port, dataDir));
    return await runGateway(context, { config, dataDir, ownItems: true }, true);
  } finally {
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The attack says where it comes from with X-Forwarded-For, which is believed from this machine and no other. */
function configuration(port: number, upstream: string, dashboardPort: number): string {
  return `# The demo: only this machine can reach it.
gateway:
  upstream: ${upstream}
  listen:
    - address: 127.0.0.1:${port}
  trusted_proxies: [127.0.0.1]
  workers: 2
dashboard:
  listen: 127.0.0.1:${dashboardPort}
`;
}

function introduction(port: number, dataDir: string): string {
  const url = `http://127.0.0.1:${port}`;
  const command = port === FIRST_PORT ? 'npm run demo:attack' : `npm run demo:attack -- --url ${url}`;
  return `
A small shop now runs behind Parapet. Visit it, then watch here how attackers are stopped while people go on shopping:

  in your browser:      ${url}
  in another terminal:  ${command}

The dashboard, where all of it is explained, prints its address and a link to come in by below.

What was decided, and how to undo it, on the command line:

  npx parapet decisions list --data-dir ${dataDir}
  npx parapet unban 198.51.100.66 --data-dir ${dataDir}

Your own browser is never banned: its address is private. Ctrl-C ends it and leaves nothing behind.
Your own site instead: npm start -- --upstream http://127.0.0.1:PORT

`;
}

async function attackDemo(context: CommandContext, url: string): Promise<ExitCode> {
  if (!URL.canParse(url) || !LOOPBACK.test(new URL(url).hostname)) {
    throw new UsageError(
      'E_DEMO_URL',
      `${url} is not on this machine`,
      'The attack is for the demo only: parapet demo attack --url http://127.0.0.1:8080',
    );
  }
  const { isDemoSite, runAttacks } = await import('../demo/attack.ts');
  if (!(await isDemoSite(url))) {
    throw new UsageError(
      'E_DEMO_ABSENT',
      `No demo answers at ${url}`,
      'Start it in another terminal: npm start   (and give the attack the address that it prints: --url)',
    );
  }
  const result = await runAttacks(url, (line) => context.out.write(`${line}\n`));
  await context.out.write(summary(result));
  return isProtected(result) ? 0 : 1;
}

function summary(result: DemoResult): string {
  const stopped = result.attacks.filter(({ isStopped }) => isStopped).length;
  const visitors =
    result.troubled === 0
      ? `${result.visits} pages were shown to the people who were shopping meanwhile, and none was held up.`
      : `${result.troubled} of ${result.visits} pages were not shown to the people who were shopping meanwhile.`;
  return `
${stopped} of ${result.attacks.length} attackers were stopped. ${visitors}
`;
}

function isProtected({ attacks, troubled, smuggled }: DemoResult): boolean {
  return attacks.every(({ isStopped }) => isStopped) && troubled === 0 && smuggled === 400;
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError(
    'E_DEMO_PORT',
    `${text} is no port`,
    'A number from 1 to 65535: parapet demo --port 8081',
  );
}

async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new UsageError(
    'E_DEMO_PORT',
    `No port from ${first} to ${first + PORTS_TRIED - 1} is free`,
    'Name another one: parapet demo --port N',
  );
}
