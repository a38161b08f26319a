// `parapet explain`: which parser and which scenario took each line, and why; what each step added to it.

import path from 'node:path';
import { Option, type Command } from 'commander';
import { detectLogType, readLog, type Event, type Listener } from '@parapet/engine';
import type { Alert, LineOrigin } from '@parapet/kinds';
import { explainAlert, plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../context.ts';
import {
  addEngineOptions,
  prepareEngine,
  printProblems,
  type EngineOptions,
} from '../engine/prepareEngine.ts';
import { realFiles } from '../io/files.ts';
import { runVerb, UsageError } from '../run-verb.ts';

interface ExplainOptions extends EngineOptions {
  readonly type: string;
  readonly output: 'human' | 'json';
  readonly json?: true;
  readonly lines: string;
  readonly failures?: true;
  readonly file?: string;
  readonly log?: string;
}

interface Step {
  readonly stage: string;
  readonly parser: string;
  readonly success: boolean;
  /** Fields that the step set or changed, `Meta.source_ip`. */
  readonly set: readonly (readonly [name: string, value: string])[];
}

interface Explanation {
  readonly number: number;
  readonly line: string;
  readonly parsed: boolean;
  readonly whitelisted: string | undefined;
  readonly steps: readonly Step[];
  /** Scenarios whose filter is true for the line. */
  readonly scenarios: readonly string[];
  readonly alerts: readonly string[];
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('explain')
    .description('show which parser and which scenario took each line of a log, and why')
    .argument('[file]', 'a log, plain or gzip; - for standard input')
    .option('-f, --file <file>', 'the same')
    .option('-l, --log <line>', 'this line')
    .option('-t, --type <type>', 'nginx, apache2, syslog, drupal, … or auto', 'auto')
    .option('--lines <n>', 'explain so many lines', '20')
    .option('--failures', 'show the parsers that refused the line too')
    .option('-v, --verbose', 'what happens anyway: what each step set; cscli has to be told')
    .addOption(
      new Option('-o, --output <format>', 'for people, or JSON').choices(['human', 'json']).default('human'),
    )
    .option('--json', 'the same as -o json')
    .option(
      '--data-dir <dir>',
      'where installed hub items are (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    );
  addEngineOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet explain access.log --type nginx
  grep 'POST /user/login' access.log > some.log && parapet explain some.log --type nginx
  parapet explain odd.log --type syslog --failures --lines 3
  parapet explain --type syslog --log 'Mar  1 11:00:00 web1 sshd[77]: Failed password for root from 203.0.113.5 port 4711 ssh2'
  tail -n 5 access.log | parapet explain --type nginx -f -`,
    )
    .action((file: string | undefined, options: ExplainOptions) =>
      runVerb(context, () => explain(context, file, options)),
    );
}

async function explain(
  context: CommandContext,
  named: string | undefined,
  options: ExplainOptions,
): Promise<ExitCode> {
  const most = Number(options.lines);
  if (!Number.isInteger(most) || most < 1)
    throw new UsageError('E_LINES', `'${options.lines}' is no number of lines`);
  const { file, reading } = await readingOf(context, named ?? options.file, options.log);

  let scenarios: string[] = [];
  let alerts: Alert[] = [];
  const listener: Listener = {
    onEvent: (event) => {
      scenarios = engine.scenarios
        .filter((scenario) => holds(() => scenario.filter.test(frameOf(event))))
        .map(({ name }) => name);
    },
    onAlert: (alert) => alerts.push(alert),
  };
  const engine = await prepareEngine(context, options, 'replay', listener);
  await printProblems(context, engine.problems);
  let steps: Step[] = [];
  let before = new Map<string, string>();
  engine.pipeline.watchParsers({
    onNode: (stage, parser, success, event, depth) => {
      if (depth > 0) return;
      const after = fieldsOf(event);
      steps.push({
        stage,
        parser,
        success,
        set: [...after].filter(([name, value]) => before.get(name) !== value),
      });
      before = after;
    },
  });

  const isJson = options.json === true || options.output === 'json';
  const explanations: Explanation[] = [];
  let origin: LineOrigin | undefined;
  let unparsed = 0;
  for await (const { lines } of reading) {
    origin ??= { src: file, module: 'file', labels: { type: typeOf(file, lines, options.type) } };
    for (const line of lines) {
      if (line === '') continue;
      steps = [];
      scenarios = [];
      alerts = [];
      before = new Map();
      const { pipeline } = engine;
      const parsedBefore = pipeline.counts.parsed;
      pipeline.process(line, origin, context.now().getTime());
      const { event } = pipeline.stages;
      const explanation: Explanation = {
        number: pipeline.counts.lines,
        line,
        parsed: pipeline.counts.parsed > parsedBefore,
        whitelisted: event.whitelisted ? event.whitelistReason : undefined,
        steps: options.failures === true ? steps : steps.filter(({ success }) => success),
        scenarios,
        alerts: alerts.map((alert) => explainAlert(alert)),
      };
      if (!explanation.parsed) unparsed++;
      if (isJson) explanations.push(explanation);
      else await context.out.write(textOf(explanation));
      if (pipeline.counts.lines >= most) {
        if (isJson) await context.out.write(`${JSON.stringify(explanations.map(jsonOf), undefined, 2)}\n`);
        return unparsed > 0 ? 1 : 0;
      }
    }
  }
  if (isJson) await context.out.write(`${JSON.stringify(explanations.map(jsonOf), undefined, 2)}\n`);
  return unparsed > 0 ? 1 : 0;
}

type Lines = AsyncIterable<{ readonly lines: readonly string[] }>;

async function readingOf(
  context: CommandContext,
  file: string | undefined,
  line: string | undefined,
): Promise<{ readonly file: string; readonly reading: Lines }> {
  if ((file === undefined) === (line === undefined))
    throw new UsageError(
      'E_LOG_ABSENT',
      file === undefined ? 'No log was named' : 'A log and a line are both given',
      'Name a log, - for standard input, or give one line with --log.',
    );
  if (line !== undefined) return { file: '--log', reading: batchOf(line) };
  if (file === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of context.stdin) chunks.push(chunk);
    return { file: 'standard input', reading: batchOf(Buffer.concat(chunks).toString('utf8')) };
  }
  const reading = await readLog(realFiles, path.resolve(context.folder, file!));
  if (reading === undefined) throw new UsageError('E_LOG_ABSENT', `There is no file ${file}`);
  return { file: file!, reading };
}

async function* batchOf(text: string): Lines & AsyncGenerator<{ readonly lines: readonly string[] }> {
  yield { lines: text.split(/\r?\n/) };
}

function frameOf(event: Event): { evt: Event; bucket: undefined; signal: undefined } {
  return { evt: event, bucket: undefined, signal: undefined };
}

/** A filter that cannot be evaluated is false. */
function holds(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}

function fieldsOf(event: Event): Map<string, string> {
  const fields = new Map<string, string>();
  for (const bag of ['Parsed', 'Meta', 'Enriched'] as const) {
    for (const [name, value] of event.entries(bag)) fields.set(`${bag}.${name}`, value);
  }
  if (event.strTime !== '') fields.set('StrTime', event.strTime);
  return fields;
}

function typeOf(file: string, lines: readonly string[], type: string): string {
  if (type !== 'auto') return type;
  const detected = detectLogType(lines, file);
  if (detected.type !== undefined) return detected.type;
  throw new UsageError('E_LOG_TYPE', `${file}: ${detected.sentence}`, 'Name the type: --type nginx');
}

function textOf({ number, line, parsed, whitelisted, steps, scenarios, alerts }: Explanation): string {
  const rows = [`${number}: ${plain(line).slice(0, 400)}`];
  let stage = '';
  for (const step of steps) {
    if (step.stage !== stage) rows.push(`  ${(stage = step.stage)}`);
    rows.push(`    ${step.success ? 'took it' : 'refused'}: ${step.parser}`);
    for (const [name, value] of step.set) rows.push(`      ${name} = ${plain(value).slice(0, 160)}`);
  }
  if (!parsed) rows.push('  no parser took it to the end: it is not looked at further');
  if (whitelisted !== undefined) rows.push(`  let off: ${plain(whitelisted)}`);
  if (parsed) rows.push(scenarios.length === 0 ? '  no scenario looks at it' : '  counts for');
  for (const scenario of scenarios) rows.push(`    ${scenario}`);
  for (const alert of alerts) rows.push(`  alert: ${plain(alert)}`);
  return `${rows.join('\n')}\n`;
}

function jsonOf(explanation: Explanation): unknown {
  return {
    ...explanation,
    steps: explanation.steps.map((step) => ({ ...step, set: Object.fromEntries(step.set) })),
  };
}
