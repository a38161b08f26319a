// `parapet series`: says of each row of a series of numbers how unusual it was when it came.

import { Option, type Command } from 'commander';
import { SERIES_ALARM, SeriesDetector, type SeriesSign } from '@parapet/engine';
import type { CommandContext, ExitCode } from '../context.ts';
import { openLines } from '../io/openLines.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { isHeader, readRow } from '../series/readRow.ts';

interface SeriesOptions {
  readonly output: 'human' | 'json';
  readonly json?: true;
}

const PROBLEMS_SHOWN = 20;

const SIGNS: Readonly<Record<SeriesSign, string>> = {
  value: 'beyond every value before',
  mean: 'the mean of 12 rows is beyond every mean before',
  'time-of-day': 'unusual for this time of day',
  sequence: 'such values never followed each other so',
};

export function register(program: Command, context: CommandContext): void {
  program
    .command('series')
    .description('say how unusual each row of timestamp,value was when it came')
    .argument('<file>', 'CSV, plain or gzip, with or without a first line of names; - is standard input')
    .addOption(
      new Option('-o, --output <format>', 'for people, or one JSON object a row')
        .choices(['human', 'json'])
        .default('human'),
    )
    .option('--json', 'the same as -o json')
    .addHelpText(
      'after',
      `
A score is between 0 and 1 and uses nothing that came later; ${SERIES_ALARM} and more is worth a look.

Examples:
  parapet series requests-per-minute.csv
  parapet series requests-per-minute.csv --json > scores.jsonl

Exit codes: 0 nothing unusual, 1 some rows were, 2 the file or a row of it cannot be read.`,
    )
    .action((file: string, options: SeriesOptions) => runVerb(context, () => series(context, file, options)));
}

async function series(context: CommandContext, file: string, options: SeriesOptions): Promise<ExitCode> {
  const isJson = options.json === true || options.output === 'json';
  const reading = await openLines(context, file);
  const { plain } = await import('@parapet/reports');
  const detector = new SeriesDetector();
  let number = 0;
  let rows = 0;
  let unusual = 0;
  let problems = 0;
  let isFirst = true;
  for await (const { lines } of reading) {
    let out = '';
    for (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      const isNames = isFirst && isHeader(line);
      isFirst = false;
      if (isNames) continue;
      const row = readRow(line);
      if (!row.ok) {
        if (++problems <= PROBLEMS_SHOWN)
          await context.err.write(`${plain(`error: ${file}:${number}: ${row.problem}`)} (E_SERIES_ROW)\n`);
        continue;
      }
      rows++;
      const { timestamp, value } = row;
      const { score, sign } = detector.score(row.atMs, value);
      if (score >= SERIES_ALARM) unusual++;
      if (isJson)
        out += `{"timestamp":${JSON.stringify(timestamp)},"value":${value},"score":${rounded(score)}}\n`;
      else if (score >= SERIES_ALARM)
        out += `${plain(timestamp)}  ${value}  ${score.toFixed(2)}  ${SIGNS[sign]}\n`;
    }
    if (out !== '') await context.out.write(out);
  }
  if (problems > PROBLEMS_SHOWN)
    await context.err.write(`error: ${problems - PROBLEMS_SHOWN} more rows cannot be read\n`);
  if (reading.damage !== undefined)
    throw new UsageError('E_SERIES_DAMAGED', `${file} is damaged behind row ${number}: ${reading.damage}`);
  if (!isJson) await context.out.write(`${rows} rows, ${unusual} unusual\n`);
  if (problems > 0) return 2;
  return unusual > 0 ? 1 : 0;
}

function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}
