// `parapet train traffic`: learns what is normal for a site from its past logs.

import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { detectLogType, TrafficLearner, trafficProgress, trafficReader, type Event } from '@parapet/engine';
import type { LineOrigin } from '@parapet/kinds';
import type { CommandContext, ExitCode } from '../context.ts';
import { prepareEngine, printProblems, type EngineOptions } from '../engine/prepareEngine.ts';
import { openLines } from '../io/openLines.ts';
import { UsageError } from '../run-verb.ts';
import { readModel, removeModel, writeModel } from './modelFile.ts';

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
  const learner = new TrafficLearner();
  const listener = { onEvent: (event: Event) => learn(event) };
  const { pipeline, problems, dataDir } = await prepareEngine(
    context,
    { ...options, ownItems: true },
    'replay',
    listener,
  );
  if (options.reset === true) {
    await context.out.write(
      removeModel(dataDir) ? 'Forgot what was normal\n' : 'There was nothing to forget\n',
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
  const read = trafficReader(pipeline.stages.event.schema);
  let requests = 0;
  const learn = (event: Event): void => {
    const request = read(event);
    if (request === undefined) return;
    requests++;
    learner.learn(request);
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
  const model = learner.model();
  const bytes = writeModel(dataDir, model);
  if (readModel(dataDir) === undefined) throw new Error('the model that was written cannot be read');
  await context.out.write(
    `${requests.toLocaleString('en')} requests, ${trafficProgress(model, wanted).join('\n')}\n`,
  );
  await context.out.write(`Wrote ${Math.ceil(bytes / 1024).toLocaleString('en')} KiB to ${plain(dataDir)}\n`);
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
