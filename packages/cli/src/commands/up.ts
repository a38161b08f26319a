// `parapet up`: watches the logs of a running site and decides; shows what happens, and why.

import process from 'node:process';
import type { Command } from 'commander';
import type { Alert, Decision } from '@parapet/kinds';
import { formatProblem, parseDuration } from '@parapet/kinds';
import { describeDecision, LiveStatus, plain, renderEventLine } from '@parapet/reports';
import { openStore, type Store, type StoreHealth } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import {
  addEngineOptions,
  prepareEngine,
  printProblems,
  type EngineOptions,
} from '../engine/prepareEngine.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { EngineProcess, STATE_CURSOR } from '../up/engineProcess.ts';
import { EngineMetrics } from '../up/engineMetrics.ts';
import { serveMetrics, type MetricsServer } from '../up/metricsServer.ts';
import { openSources } from '../up/openSources.ts';

interface UpOptions extends EngineOptions {
  readonly log?: readonly string[];
  readonly upstream?: string;
  readonly port?: string;
  readonly fromBeginning?: true;
  readonly metrics?: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('up')
    .description('watch the logs of a running site, decide, and explain each act')
    .option(
      '--log <file[=type]>',
      'a log to watch, or a pattern in quotes; may be given several times',
      (value: string, list?: readonly string[]) => [...(list ?? []), value],
    )
    .option('--from-beginning', 'on the first run, read what the logs hold already')
    .option(
      '--data-dir <dir>',
      'where alerts, decisions and cursors are kept (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    )
    .option('--metrics <host:port>', 'serve Prometheus metrics there; port 0 takes a free one')
    .option('--upstream <url>', 'protect this site as a gateway (not built yet)')
    .option('--port <n>', 'port of the gateway (not built yet)');
  addEngineOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet up --log /var/log/nginx/access.log
  parapet up --log '/var/log/nginx/*access.log=nginx' --log /var/log/auth.log=syslog
  parapet up --config /etc/parapet/parapet.yaml

Ctrl-C ends it cleanly; after any other end it goes on where it was. While it runs:
  parapet decisions list      parapet alerts list      parapet unban VALUE`,
    )
    .action((options: UpOptions) => runVerb(context, () => up(context, options)));
}

async function up(context: CommandContext, options: UpOptions): Promise<ExitCode> {
  if (options.upstream !== undefined || options.port !== undefined) {
    throw new UsageError(
      'E_NO_GATEWAY',
      'The gateway is not built yet',
      'Watch the log of the web server: parapet up --log FILE',
    );
  }
  const nowMs = (): number => context.now().getTime();
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => stop.abort();
  for (const signal of signals) process.on(signal, onSignal);

  let running: EngineProcess | undefined;
  const metrics = new EngineMetrics(nowMs());
  let view: LiveStatus | undefined;
  const say = (line: string): void => view?.print(line);
  const engine = await prepareEngine(context, options, 'live', {
    onAlert: (alert: Alert, decisions: readonly Decision[], covered: readonly Decision[]) => {
      running?.onAlert(alert, decisions);
      metrics.alert(alert, decisions);
      if (process.stdout.isTTY) view?.alert(alert, decisions, nowMs(), covered);
      else say(renderEventLine(alert, decisions, covered));
    },
    onFinding: ({ message, advice }, lifted) => {
      const ended = lifted.length === 0 ? '' : ' What had been decided on it is lifted.';
      say(`Attention: ${message}.${ended} ${advice}`);
      running?.onLifted(lifted, message);
      for (const decision of lifted) view?.lifted(decision);
    },
  });
  await printProblems(context, engine.problems);

  const store = await openStore({
    dataDir: engine.dataDir,
    role: 'engine',
    now: context.now,
    onHealth: (health: StoreHealth) => say(healthSentence(health)),
  });
  let server: MetricsServer | undefined;
  try {
    const cursors = await store.cursors();
    const saved = cursors.get(STATE_CURSOR);
    if (typeof saved === 'string') engine.pipeline.restoreState(Buffer.from(saved, 'base64'));
    const notes: string[] = [];
    const { sources, names } = openSources(context, {
      logs: options.log ?? [],
      config: engine.config,
      cursors,
      signal: stop.signal,
      fromBeginning: options.fromBeginning === true,
      onProblem: (problem) => say(formatProblem(problem)),
      onNote: (note) => (view === undefined ? notes.push(note) : say(note)),
    });
    running = new EngineProcess({
      pipeline: engine.pipeline,
      store,
      sources,
      nowMs,
      retention: { alertsForMs: parseDuration(engine.config.retention.alerts) ?? 7_776_000_000 },
      onLines: (count, unparsed, src, type) => {
        view?.lines(count, unparsed, nowMs());
        metrics.lines(count, unparsed, src, type, nowMs());
      },
      onForeign: (started, ended) => {
        for (const decision of started) view?.decision(decision);
        for (const decision of ended) view?.lifted(decision);
        if (!process.stdout.isTTY) {
          for (const decision of started)
            say(`${plain(decision.target.value)} ${describeDecision(decision)}`);
          for (const decision of ended) say(`${plain(decision.target.value)} is free again`);
        }
      },
    });
    const inForce = await running.prepare();
    const listen =
      options.metrics ?? (engine.config.metrics.enabled ? engine.config.metrics.listen : undefined);
    if (listen !== undefined)
      server = await serveMetrics(
        listen,
        () => metrics.collect(engine, store),
        () => store.health().state === 'ok',
      );

    view = new LiveStatus(process.stdout, {
      color: context.out.hasColor,
      startedMs: nowMs(),
      sources: names,
    });
    for (const decision of inForce) view.decision(decision);
    if (!process.stdout.isTTY) {
      say(
        `Parapet watches ${names.join(', ')} with ${engine.scenarios.length} scenarios; ${inForce.length} decisions are in force.`,
      );
    }
    if (server !== undefined) say(`Metrics: ${server.url}`);
    for (const note of notes) say(note);
    const live = view;
    const timer = setInterval(() => live.tick(nowMs()), 250);
    const onResize = (): void => void live.tick(nowMs());
    process.stdout.on('resize', onResize);
    try {
      await running.run(stop.signal);
    } finally {
      clearInterval(timer);
      process.stdout.off('resize', onResize);
      live.close(nowMs());
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    await server?.close();
    await closeStore(store);
  }
  return 0;
}

async function closeStore(store: Store): Promise<void> {
  await store.close();
}

function healthSentence({ state, error, lost }: StoreHealth): string {
  if (state === 'ok') return 'The store works again.';
  const gone =
    lost.alerts + lost.decisions > 0
      ? ` ${lost.alerts} alerts and ${lost.decisions} decisions had to be given up.`
      : '';
  return `The store cannot be written (${state}): ${error?.message ?? 'unknown reason'}. ${error?.advice ?? ''} Detection goes on.${gone}`;
}
