// `parapet train traffic`: learns what is normal for a site from its past logs.

import { statSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { detectLogType, TrafficMonitor, trafficProgress, trafficReader, type Event } from '@parapet/engine';
import type { LineOrigin } from '@parapet/kinds';
import { findEngine } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { prepareEngine, printProblems, type EngineOptions } from '../engine/prepareEngine.ts';
import { openLines } from '../io/openLines.ts';
import { UsageError } from '../run-verb.ts';
import { CostWatch, removeCosts, saveCosts } from './costWatch.ts';
import { calendarOf } from './seasons.ts';
import { removeStatus, statusOf, writeStatus } from './status.ts';
import { removeState, StateWriter, stateFile } from './stateFile.ts';

export interface TrainTrafficOptions extends EngineOptions {
  readonly type: string;
  readonly days: string;
  readonly reset?: true;
}

/** Learns from the files, or forgets; the model that is there already is replaced when the new one is whole. */
export async function trainTraffic(
  context: CommandContext,
  files: readonly string[],
  options: TrainTrafficOptions,
): Promise<ExitCode> {
  const wanted = Number(options.days);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 56)
    throw new UsageError('E_TRAIN_DAYS', `--days is a whole number from 1 to 56, not ${options.days}`);
  const listener = { onEvent: (event: Event) => learn(event) };
  const { pipeline, problems, dataDir, config } = await prepareEngine(
    context,
    { ...options, ownItems: true },
    'replay',
    listener,
  );
  const engine = await findEngine(dataDir);
  if (engine !== undefined)
    throw new UsageError(
      'E_TRAFFIC_BUSY',
      `An engine (process ${engine.pid}) uses ${dataDir}, and learns there by itself`,
      'Stop it first, or have it forget: parapet traffic reset',
    );
  if (options.reset === true) {
    removeStatus(dataDir);
    removeCosts(dataDir);
    await context.out.write(
      removeState(dataDir) ? 'Forgot what was normal\n' : 'There was nothing to forget\n',
    );
    return 0;
  }
  if (files.length === 0)
    throw new UsageError(
      'E_TRAIN_FILES',
      'No log is named to learn from',
      'parapet train traffic access.log',
    );
  await printProblems(context, problems);
  const monitor = new TrafficMonitor('train', [], calendarOf(config.traffic));
  const read = trafficReader(pipeline.stages.event.schema);
  const costs = new CostWatch(pipeline, () => {});
  let requests = 0;
  const learn = (event: Event): void => {
    const request = read(event);
    if (request === undefined) return;
    requests++;
    monitor.observe(request, () => {});
    costs.observe(event);
  };
  const { ProgressBar, plain } = await import('@parapet/reports');
  const bar = new ProgressBar(process.stderr, { color: context.err.hasColor });
  const startedMs = performance.now();
  for (const file of files) {
    const reading = await openLines(context, file);
    let origin: LineOrigin | undefined;
    for await (const { lines, bytesRead } of reading) {
      origin ??= originOf(file, lines, options.type);
      const nowMs = context.now().getTime();
      for (const line of lines) if (line !== '') pipeline.process(line, origin, nowMs);
      bar.update({
        label: file === '-' ? 'standard input' : path.basename(file),
        done: bytesRead,
        ...(reading.totalBytes === undefined ? {} : { total: reading.totalBytes }),
        elapsedMs: performance.now() - startedMs,
        count: pipeline.counts.lines,
        countWord: 'lines',
      });
    }
    bar.clear();
    if (reading.damage !== undefined) await context.err.write(`${plain(`${file}: ${reading.damage}`)}\n`);
  }
  if (requests === 0)
    throw new UsageError(
      'E_TRAIN_NO_REQUESTS',
      `None of the ${pipeline.counts.lines} lines is a request`,
      'Name the type: --type nginx',
    );
  monitor.finish();
  const writer = new StateWriter(dataDir, 0);
  await writer.writeAll(monitor.saveAll(), context.now().getTime());
  await writer.close();
  saveCosts(dataDir, costs);
  writeStatus(dataDir, statusOf(monitor, { ...config.traffic, days: wanted }, context.now()));
  const progress = [...monitor.sites].map(
    ({ site, traffic }) =>
      `${site === '' ? '' : `${plain(site)}: `}${trafficProgress(traffic.minutes.requests, wanted)}`,
  );
  await context.out.write(`${requests.toLocaleString('en')} requests, ${progress.join('\n')}\n`);
  const kibibytes = Math.ceil(statSync(stateFile(dataDir)).size / 1024);
  await context.out.write(`Wrote ${kibibytes.toLocaleString('en')} KiB to ${plain(dataDir)}\n`);
  return 0;
}

function originOf(file: string, lines: readonly string[], type: string): LineOrigin {
  const detected = type === 'auto' ? detectLogType(lines, file) : { type };
  if (detected.type === undefined)
    throw new UsageError(
      'E_LOG_TYPE',
      `${file}: the type of the log is not known`,
      'Name the type: --type nginx',
    );
  return { src: file, module: file === '-' ? 'stdin' : 'file', labels: { type: detected.type } };
}
