// A gateway from start to end: the supervisor with its workers, and an engine of its own unless one runs elsewhere on
// the machine.

import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  parseUpstream,
  readAddressOf,
  Supervisor,
  SupervisorError,
  type UpstreamAddress,
  type WorkerConfig,
} from '@parapet/gateway';
import { formatProblem } from '@parapet/kinds';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { perimeterSettings } from '../engine/prepareEngine.ts';
import { installedAppsec } from '../inspection/installedAppsec.ts';
import { readOwnRules } from '../inspection/ownRules.ts';
import { withHubOptions } from '../inspection/settings.ts';
import { UsageError } from '../run-verb.ts';
import { crawlerRanges } from './crawlerRanges.ts';
import { EngineChild } from './engineChild.ts';
import { runArguments, type RunOptions } from './engineOptions.ts';
import type { GatewayFlags } from './gatewayAsked.ts';
import { geoFiles } from './places.ts';
import { resolveGateway } from './gatewayConfig.ts';

export type GatewayOptions = RunOptions & GatewayFlags;

const PROGRAM = fileURLToPath(new URL('../../bin/parapet.js', import.meta.url));
/** Short-lived objects of requests die young where there is room for them. */
const WORKER_FLAGS = ['--max-semi-space-size=64'];
const REACH_MS = 1000;
const SLOW_END_MS = 2000;

/** Runs until it is told to end; `hasEngine`: with an engine of its own. */
export async function runGateway(
  context: CommandContext,
  options: GatewayOptions,
  hasEngine: boolean,
): Promise<ExitCode> {
  const nowMs = (): number => context.now().getTime();
  const first = await workerConfig(context, options);
  const { dataDir } = first.gateway;
  mkdirSync(dataDir, { recursive: true });
  refuseLoop(first);

  let engine: EngineChild | undefined;
  const note = (text: string): void => {
    if (engine === undefined) process.stderr.write(`${text}\n`);
    else engine.note(text);
  };
  tellRules(first, note);
  const supervisor = new Supervisor({
    dataDir,
    program: { module: PROGRAM, args: ['gateway-worker'], execArgv: WORKER_FLAGS },
    nowMs,
    onNote: note,
    onRestart: (restarts) => engine?.restarts(restarts),
  });
  const ending = new Ending();
  try {
    const urls = await bound(() => supervisor.bind(first));
    if (hasEngine) {
      engine = new EngineChild({
        args: [...process.execArgv, PROGRAM, 'engine', ...runArguments(options)],
        announced: { urls },
        nowMs,
        onNote: note,
        onRefused: (code) => ending.end(code === 1 || code === 2 ? code : 1),
      });
      engine.start();
    }
    const started = bound(() => supervisor.start());
    await Promise.race([started, ending.ended]);
    started.catch(() => {}); // when the engine was refused, its word counts
    if (!ending.isOver) {
      // Not before there are workers: until then nobody would be answered.
      const greeting = greetingOf(urls, upstreamsOf(first), supervisor.status().workers.length);
      if (engine === undefined) note(greeting);
      else engine.greet(greeting);
      for (const upstream of upstreamsOf(first)) void tellUnreachable(upstream, note);
    }
    ending.onReload(() =>
      reload(context, options, supervisor, engine, note).catch((error: unknown) =>
        note(`Nothing was reloaded: ${error instanceof Error ? error.message : String(error)}`),
      ),
    );
    const code = await ending.ended;
    const stopping = supervisor.stop();
    const slow = setTimeout(
      () => note('Waiting for requests that are under way; a second Ctrl-C does not.'),
      SLOW_END_MS,
    );
    await Promise.race([stopping, ending.forced]);
    clearTimeout(slow);
    supervisor.close();
    await engine?.end();
    return code;
  } finally {
    ending.close();
    supervisor.close();
    engine?.kill();
  }
}

async function reload(
  context: CommandContext,
  options: GatewayOptions,
  supervisor: Supervisor,
  engine: EngineChild | undefined,
  note: (text: string) => void,
): Promise<void> {
  const next = await workerConfig(context, options);
  refuseLoop(next);
  tellRules(next, note);
  await supervisor.reload(next);
  const { listening, workers } = supervisor.status();
  const count = workers.filter(({ state }) => state !== 'draining').length;
  engine?.reload({ urls: listening }, greetingOf(listening, upstreamsOf(next), count));
  note('Configuration, certificates and decisions were read again; no connection was refused.');
}

/** Says which rules cannot be read; the workers leave them out without a word. */
function tellRules({ inspection }: WorkerConfig, note: (text: string) => void): void {
  if (inspection === undefined) return;
  const { problems } = readOwnRules(inspection.ownRules);
  for (const problem of [...problems, ...installedAppsec(inspection.appsec).problems])
    note(formatProblem(problem));
}

/** Reads the configuration, as it is now, into what workers are told. */
async function workerConfig(context: CommandContext, options: GatewayOptions): Promise<WorkerConfig> {
  const { config } = await loadConfig(context, options.config);
  const dataDir = path.resolve(
    context.folder,
    options.dataDir ?? context.env['PARAPET_DATA_DIR'] ?? config.data_dir,
  );
  const resolved = resolveGateway(withHubOptions(config, options), options, context.folder, dataDir);
  const { gateway, drainMs, throttle, challenge, aiCrawlers, costlyPages, queue } = resolved;
  const { learnCostsMs, robots, inspection, healthToken } = resolved;
  const perimeter = perimeterSettings(context, config, options.ownItems);
  return {
    gateway,
    drainMs,
    perimeterPatterns: perimeter?.patterns ?? [],
    guard: {
      throttle,
      challenge,
      crawlers: crawlerRanges(),
      costlyPages,
      ...(aiCrawlers === undefined ? {} : { aiCrawlers }),
      ...(queue === undefined ? {} : { queue }),
    },
    learnCostsMs,
    ...(robots === undefined ? {} : { robots }),
    geo: geoFiles(config, context.folder),
    ...(inspection === undefined ? {} : { inspection }),
    ...(healthToken === undefined ? {} : { healthToken }),
  };
}

/** The first signal ends it after what is under way, the second at once; SIGHUP reloads where nobody looks on. */
class Ending {
  readonly ended: Promise<ExitCode>;
  /** Resolves when it was asked for a second time. */
  readonly forced: Promise<void>;
  isOver = false;
  #resolve: (code: ExitCode) => void = () => {};
  #force = (): void => {};
  #isReloadAsked = false;
  #reload: (() => void) | undefined = undefined;

  constructor() {
    this.ended = new Promise((resolve) => (this.#resolve = resolve));
    this.forced = new Promise((resolve) => (this.#force = resolve));
    process.on('SIGINT', this.#onEnd);
    process.on('SIGTERM', this.#onEnd);
    process.on('SIGHUP', this.#onHangUp);
  }

  end(code: ExitCode): void {
    this.isOver = true;
    this.#resolve(code);
  }

  /** To be called when all is running; what was asked for before that is done then. */
  onReload(listener: () => Promise<void>): void {
    this.#reload = () => void listener();
    if (this.#isReloadAsked) this.#reload();
  }

  close(): void {
    process.off('SIGINT', this.#onEnd);
    process.off('SIGTERM', this.#onEnd);
    process.off('SIGHUP', this.#onHangUp);
  }

  readonly #onEnd = (): void => {
    if (this.isOver) this.#force();
    else this.end(0);
  };

  readonly #onHangUp = (): void => {
    if (process.stdout.isTTY) this.end(0);
    else if (this.#reload === undefined) this.#isReloadAsked = true;
    else this.#reload();
  };
}

function greetingOf(urls: readonly string[], upstreams: readonly string[], workers: number): string {
  if (upstreams.length === 0)
    return `Servers ask at ${urls.join(', ')}; ${workers} ${workers === 1 ? 'worker answers' : 'workers answer'}.`;
  return `The site is protected at ${urls.join(', ')} and comes from ${upstreams.join(', ')}; ${workers} ${workers === 1 ? 'worker serves' : 'workers serve'} it.`;
}

function upstreamsOf({ gateway }: WorkerConfig): readonly string[] {
  return [...new Set(gateway.sites.flatMap(({ upstreams }) => upstreams))];
}

/** A gateway that is its own upstream would ask itself for ever. */
function refuseLoop(config: WorkerConfig): void {
  const own = config.gateway.listeners
    .filter(({ listen }) => !listen.startsWith('unix:'))
    .map(({ listen }) => readAddressOf(listen));
  for (const { host, port } of upstreamsOf(config).map(addressOf)) {
    const isOwn = own.some(
      (one) =>
        one.port === port &&
        (one.host === host || (LOCAL.has(host) && (ANY.has(one.host) || LOCAL.has(one.host)))),
    );
    if (!isOwn) continue;
    throw new UsageError(
      'E_GATEWAY_LOOP',
      `The gateway and the site are both to be at port ${port}`,
      'Let the site listen on another port, or give the gateway one: --port N',
    );
  }
}

/** Of an upstream that was read before. */
function addressOf(upstream: string): UpstreamAddress {
  const parsed = parseUpstream(upstream);
  if (!parsed.ok) throw new Error(parsed.says);
  return parsed.address;
}

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0']);
const ANY: ReadonlySet<string> = new Set(['*', '', '::', '0.0.0.0']);

async function tellUnreachable(upstream: string, note: (text: string) => void): Promise<void> {
  const { host, port, socketPath } = addressOf(upstream);
  const target = socketPath === '' ? { host, port } : { path: socketPath };
  const problem = await new Promise<string | undefined>((resolve) => {
    const socket = connect(target, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.setTimeout(REACH_MS, () => {
      socket.destroy();
      resolve('no answer');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  if (problem !== undefined)
    note(`Nothing answers at ${upstream} (${problem}): visitors are told so until something does.`);
}

/** What keeps a gateway from starting is something that people have to change. */
async function bound<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SupervisorError) throw new UsageError(error.code, error.message, error.hint);
    throw error;
  }
}
