// `parapet replay`: reads finished logs in their own time and says who attacked, with what, and what would have
// been done about it, and to whom.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { Option, type Command } from 'commander';
import { detectLogType, TrafficMonitor, type Event, type Listener } from '@parapet/engine';
import { formatDuration, type Alert, type Decision, type Inspector, type LineOrigin } from '@parapet/kinds';
import type { Finding, ProgressBar } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../context.ts';
import {
  addEngineOptions,
  prepareEngine,
  printProblems,
  type EngineOptions,
  type PreparedEngine,
} from '../engine/prepareEngine.ts';
import { openLines } from '../io/openLines.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import type { LoggedRequests } from '../inspection/loggedRequests.ts';
import { readState } from '../traffic/stateFile.ts';
import { alertOf } from '../traffic/alertOf.ts';
import { CostWatch, restoreCosts } from '../traffic/costWatch.ts';
import { calendarOf } from '../traffic/seasons.ts';
import { TrafficWatch } from '../traffic/watch.ts';
import { eventFields } from '../engine/eventFields.ts';

interface ReplayOptions extends EngineOptions {
  readonly type: string;
  readonly output: 'human' | 'json';
  readonly json?: true;
  readonly html?: string;
  readonly inspection: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('replay')
    .description('read finished logs and say who attacked, with what, and what would have been done')
    .argument('<files...>', 'logs, plain or gzip; - is standard input')
    .option('--type <type>', 'nginx, apache2, syslog, drupal, drupal-watchdog, … or auto', 'auto')
    .addOption(
      new Option('-o, --output <format>', 'for people, or one JSON object')
        .choices(['human', 'json'])
        .default('human'),
    )
    .option('--json', 'the same as -o json')
    .option('--html <file>', 'write one self-contained page')
    .option('--no-inspection', 'do not look for attacks inside the addresses that were asked for')
    .option(
      '--data-dir <dir>',
      'where installed hub items and the traffic model are (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    );
  addEngineOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet replay /var/log/nginx/access.log
  parapet replay access.log.2.gz access.log.1 access.log --html report.html
  zcat old/*.gz | parapet replay - --type apache2 --json
  parapet replay access.log --hub ./hub --with crowdsecurity/nginx

Nothing is changed and nobody is banned by a replay.`,
    )
    .action((files: string[], options: ReplayOptions) =>
      runVerb(context, () => replay(context, files, options)),
    );
}

async function replay(
  context: CommandContext,
  files: readonly string[],
  options: ReplayOptions,
): Promise<ExitCode> {
  const isJson = options.json === true || options.output === 'json';
  const alerts: Alert[] = [];
  const decisions: Decision[] = [];
  // A run for a machine writes none of the reports, and loads none.
  const reports =
    isJson && options.html === undefined && process.stderr.isTTY !== true
      ? undefined
      : await import('@parapet/reports');
  const collector =
    reports === undefined || (isJson && options.html === undefined)
      ? undefined
      : new reports.ReplayCollector();
  const listener: Listener = {
    onAlert: (alert, made) => {
      alerts.push(alert);
      decisions.push(...made);
      collector?.alert(alert);
      for (const decision of made) collector?.decision(decision);
    },
    ...(collector === undefined
      ? {}
      : {
          onUnparsed: (raw: string) => collector.unparsed(raw),
          onFinding: (finding) => collector.finding(asReportFinding(finding)),
        }),
    onEvent: (event: Event) => {
      collector?.event(fields(event));
      traffic?.observe(event);
      costs?.observe(event);
    },
  };
  const engine = await prepareEngine(context, options, 'replay', listener);
  const fields = eventFields(engine.pipeline.stages.event.schema);
  await printProblems(context, engine.problems);
  const inspecting = await inspectionOf(context, engine, options);
  if (inspecting !== undefined) engine.pipeline.inspectWith((event) => inspecting.look(event));

  const learnt = readState(engine.dataDir);
  const traffic =
    learnt &&
    new TrafficWatch(
      new TrafficMonitor('replay', learnt.parts, calendarOf(engine.config.traffic)),
      engine.pipeline,
      (decision) => {
        decisions.push(decision);
        collector?.decision(decision);
      },
    );

  const costWatch = new CostWatch(engine.pipeline, (finding) => engine.pipeline.ingest(alertOf(finding), []));
  const costs = restoreCosts(engine.dataDir, costWatch) ? costWatch : undefined;

  const startedAt = performance.now();
  const bar = reports && new reports.ProgressBar(process.stderr, { color: context.err.hasColor });
  await readAll(context, files, options, engine, bar);
  traffic?.finish();
  engine.pipeline.stop();
  const seconds = (performance.now() - startedAt) / 1000;

  const { lines, parsed } = engine.pipeline.counts;
  if (reports !== undefined && collector !== undefined) {
    const summary = collector.finish({
      files: files.map((file) => (file === '-' ? 'standard input' : file)),
      lines,
      parsed,
      seconds,
      ...(inspecting === undefined ? {} : { inspection: inspecting.findings }),
      descriptions: new Map(engine.scenarios.map(({ name, description }) => [name, description])),
    });
    if (options.html !== undefined) {
      await writePage(path.resolve(context.folder, options.html), reports.renderReplayHtml(summary));
      if (!isJson) await context.out.write(`Wrote ${reports.plain(options.html)}\n`);
    }
    if (!isJson) {
      const { columns, hasColor } = context.out;
      const width = Number.isFinite(columns) ? columns : 100;
      await context.out.write(reports.renderReplayText(summary, { columns: width, color: hasColor }));
    }
  }
  if (isJson) {
    const answer = {
      lines,
      parsed,
      unparsed: lines - parsed,
      seconds: Math.round(seconds * 1000) / 1000,
      alerts: alerts.map(alertJson),
      decisions: decisions.map(decisionJson),
      ...(inspecting === undefined ? {} : { inspection: inspecting.findings }),
    };
    await context.out.write(`${JSON.stringify(answer)}\n`);
  }
  return alerts.length > 0 ? 1 : 0;
}

/** Who looks into requests, as the gateway of the same configuration would; loaded for the first line that has one. */
async function inspectionOf(
  context: CommandContext,
  { config, dataDir, pipeline }: PreparedEngine,
  options: ReplayOptions,
): Promise<LoggedRequests | undefined> {
  const { mode } = config.inspection;
  if (!options.inspection || mode === 'off') return undefined;
  const [{ LoggedRequests }, { prepareInspector }, { inspectionFor, withHubOptions }] = await Promise.all([
    import('../inspection/loggedRequests.ts'),
    import('../inspection/prepareInspector.ts'),
    import('../inspection/settings.ts'),
  ]);
  let inspector: Inspector | undefined;
  const inspect: Inspector['inspect'] = (request) => {
    inspector ??= prepareInspector(inspectionFor(withHubOptions(config, options), context.folder, dataDir));
    return inspector.inspect(request);
  };
  return new LoggedRequests(pipeline.stages.event.schema, { inspect }, mode === 'enforce');
}

async function readAll(
  context: CommandContext,
  files: readonly string[],
  options: ReplayOptions,
  engine: PreparedEngine,
  bar: ProgressBar | undefined,
): Promise<void> {
  const startedMs = performance.now();
  for (const file of files) {
    const reading = await openLines(context, file);
    const label = file === '-' ? 'standard input' : path.basename(file);
    let origin: LineOrigin | undefined;
    for await (const { lines, bytesRead } of reading) {
      origin ??= originOf(file, lines, options.type);
      const { pipeline } = engine;
      const nowMs = context.now().getTime();
      for (const line of lines) if (line !== '') pipeline.process(line, origin, nowMs);
      bar?.update({
        label,
        done: bytesRead,
        ...(reading.totalBytes === undefined ? {} : { total: reading.totalBytes }),
        elapsedMs: performance.now() - startedMs,
        count: pipeline.counts.lines,
        countWord: 'lines',
      });
    }
    bar?.clear();
    if (reading.damage === undefined && reading.cutLines === 0) continue;
    const { plain } = await import('@parapet/reports');
    if (reading.damage !== undefined) await context.err.write(`${plain(`${file}: ${reading.damage}`)}\n`);
    if (reading.cutLines > 0)
      await context.err.write(`${plain(file)}: ${reading.cutLines} lines were cut at 64 KiB\n`);
  }
}

function originOf(file: string, lines: readonly string[], type: string): LineOrigin {
  let known = type;
  if (type === 'auto') {
    const detected = detectLogType(lines, file);
    if (detected.type === undefined)
      throw new UsageError('E_LOG_TYPE', `${file}: ${detected.sentence}`, 'Name the type: --type nginx');
    known = detected.type;
  }
  return { src: file, module: file === '-' ? 'stdin' : 'file', labels: { type: known } };
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new UsageError('E_PAGE_UNWRITABLE', `${file} cannot be written: ${(error as Error).message}`);
  }
}

function asReportFinding({
  message,
  advice,
}: {
  readonly message: string;
  readonly advice: string;
}): Finding {
  return { severity: 'problem', title: 'A proxy is taken for a visitor', detail: message, advice };
}

function alertJson(alert: Alert): unknown {
  return {
    id: alert.id,
    scenario: alert.scenario,
    scope: alert.source.scope,
    value: alert.source.value,
    startAt: alert.knownAt.toISOString(),
    stopAt: alert.stopAt.toISOString(),
    firstEventAt: alert.startAt.toISOString(),
    eventsCount: alert.eventsCount,
    remediation: alert.remediation,
    simulated: alert.simulated,
    message: alert.message,
    ...(alert.spared === undefined ? {} : { spared: alert.spared }),
  };
}

function decisionJson(decision: Decision): unknown {
  return {
    id: decision.id,
    scope: decision.target.scope,
    value: decision.target.value,
    type: decision.remediation,
    duration: formatDuration(decision.expiresAt.getTime() - decision.startAt.getTime()),
    scenario: decision.scenario,
    origin: decision.origin,
    startAt: decision.startAt.toISOString(),
    ...(decision.mode === 'simulated' ? { simulated: true } : {}),
    ...(decision.alertId === undefined ? {} : { alertId: decision.alertId }),
  };
}
