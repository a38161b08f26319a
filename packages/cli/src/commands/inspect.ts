// `parapet inspect`: gives the verdict on each request of a file, as the gateway would give it.

import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { Option, type Command } from 'commander';
import { readLog, readStream, type LogReading } from '@parapet/engine';
import type { Inspection, InspectionAction } from '@parapet/kinds';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { prepareInspector } from '../inspection/prepareInspector.ts';
import { readRequest } from '../inspection/readRequest.ts';
import { InspectionSummary } from '../inspection/summary.ts';
import { realFiles } from '../io/files.ts';
import { inspectionFor } from '../inspection/settings.ts';
import { runVerb, UsageError } from '../run-verb.ts';

interface InspectOptions {
  readonly config?: string;
  readonly output: 'human' | 'json';
  readonly json?: true;
}

/** A body of 32 MiB as base64, and the rest of the request. */
const MAX_LINE_BYTES = 64 * 1_048_576;
const PROBLEMS_SHOWN = 20;

export function register(program: Command, context: CommandContext): void {
  program
    .command('inspect')
    .description('give the verdict on each request of a file, as the gateway would')
    .argument('<file>', 'one JSON object a line, plain or gzip; - is standard input')
    .addOption(
      new Option('-o, --output <format>', 'for people, or one JSON object a line')
        .choices(['human', 'json'])
        .default('human'),
    )
    .option('--json', 'the same as -o json')
    .option('--config <file>', 'the configuration (default: parapet.yaml in this folder, if there is one)')
    .addHelpText(
      'after',
      `
A line is {"id", "method", "path", "headers", "body" or "bodyB64"}; other keys are left alone.

Examples:
  parapet inspect requests.jsonl
  parapet inspect requests.jsonl.gz --json > verdicts.jsonl
  echo '{"id":1,"path":"/?q=1+union+select+1"}' | parapet inspect -

Exit codes: 0 every request would pass, 1 some would not, 2 the file or a line of it cannot be read.`,
    )
    .action((file: string, options: InspectOptions) =>
      runVerb(context, () => inspect(context, file, options)),
    );
}

async function inspect(context: CommandContext, file: string, options: InspectOptions): Promise<ExitCode> {
  const isJson = options.json === true || options.output === 'json';
  const reading = await open(context, file);
  const { config } = await loadConfig(context, options.config);
  const dataDir = path.resolve(context.folder, context.env['PARAPET_DATA_DIR'] ?? config.data_dir);
  const inspector = prepareInspector(inspectionFor(config, context.folder, dataDir));
  const { ProgressBar, plain } = await import('@parapet/reports');
  const bar = new ProgressBar(process.stderr, { color: context.err.hasColor });
  const summary = new InspectionSummary();
  const label = file === '-' ? 'standard input' : path.basename(file);
  const startedMs = performance.now();
  let number = 0;
  let problems = 0;
  for await (const { lines, bytesRead } of reading) {
    let out = '';
    for (const text of lines) {
      number++;
      if (text.trim() === '') continue;
      const read = readRequest(text);
      if (!read.ok) {
        if (++problems <= PROBLEMS_SHOWN)
          await context.err.write(`${plain(`error: ${file}:${number}: ${read.problem}`)} (E_INSPECT_LINE)\n`);
        continue;
      }
      const { id, request } = read.line;
      const inspection = inspector.inspect(request);
      summary.add(id ?? number, request, inspection);
      if (isJson) out += `${JSON.stringify(verdictJson(id, inspection))}\n`;
    }
    if (out !== '') await context.out.write(out);
    bar.update({
      label,
      done: bytesRead,
      ...(reading.totalBytes === undefined ? {} : { total: reading.totalBytes }),
      elapsedMs: performance.now() - startedMs,
      count: number,
      countWord: 'requests',
    });
  }
  bar.clear();
  if (!isJson) {
    const { columns, hasColor } = context.out;
    const width = Number.isFinite(columns) ? columns : 100;
    await context.out.write(summary.text({ columns: width, color: hasColor }));
  }
  if (problems > PROBLEMS_SHOWN)
    await context.err.write(`error: ${problems - PROBLEMS_SHOWN} more lines cannot be read\n`);
  if (reading.damage !== undefined)
    throw new UsageError('E_INSPECT_DAMAGED', `${file} is damaged behind line ${number}: ${reading.damage}`);
  const { faults } = inspector.counts();
  if (faults > 0)
    await context.err.write(
      `${faults} requests passed because the inspector itself failed (E_INSPECT_FAULT)\n`,
    );
  if (problems > 0) return 2;
  return summary.found > 0 ? 1 : 0;
}

async function open(context: CommandContext, file: string): Promise<LogReading> {
  const options = { maxLineBytes: MAX_LINE_BYTES, keepEmpty: true };
  if (file === '-') return readStream(asBuffers(context.stdin), options);
  let reading: LogReading | undefined;
  try {
    reading = await readLog(realFiles, path.resolve(context.folder, file), options);
  } catch (error) {
    throw new UsageError('E_INSPECT_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`);
  }
  if (reading === undefined) throw new UsageError('E_INSPECT_ABSENT', `There is no file ${file}`);
  return reading;
}

async function* asBuffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

interface VerdictJson {
  readonly id: unknown;
  readonly action: InspectionAction;
  readonly score: number;
  readonly class: string | null;
  readonly reasons: readonly unknown[];
}

function verdictJson(id: unknown, { action, score, class: found, reasons }: Inspection): VerdictJson {
  return {
    id: id ?? null,
    action,
    score: Math.round(score * 1e6) / 1e6,
    class: found ?? null,
    reasons: reasons.map(({ detector, class: one, text, weight, foundIn }) => ({
      detector,
      text,
      weight: Math.round(weight * 100) / 100,
      class: one,
      placement: foundIn.placement,
      name: foundIn.name,
      excerpt: foundIn.excerpt,
    })),
  };
}
