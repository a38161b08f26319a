// `parapet train`: makes the weights of learned models from labelled data, the same weights from the same data.

import path from 'node:path';
import type { Command } from 'commander';
import { LEARNER_DEFAULTS } from '@parapet/engine';
import type { CommandContext, ExitCode } from '../context.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { addEngineOptions } from '../engine/prepareEngine.ts';
import { trainTraffic, type TrainTrafficOptions } from '../traffic/trainTraffic.ts';
import { trainContent } from '../train/trainContent.ts';

interface TrainOptions {
  readonly data: string;
  readonly out: string;
  readonly seed: string;
}

export function register(program: Command, context: CommandContext): void {
  const train = program
    .command('train')
    .description('make the weights of a learned model from labelled data');
  train
    .command('content')
    .description('the model that recognises attacks in the content of requests')
    .requiredOption(
      '--data <dir>',
      'where the labelled sets are: waf/ and spam/ in the layout of docs/content-model.md',
    )
    .requiredOption('--out <file>', 'where the model is written to')
    .option('--seed <number>', 'another order and other made-up examples', String(LEARNER_DEFAULTS.seed))
    .addHelpText(
      'after',
      '\nThe same data and seed give the same bytes. Takes about two minutes of one core.',
    )
    .action((options: TrainOptions) => runVerb(context, () => content(context, options)));
  const traffic = train
    .command('traffic')
    .description('what traffic is normal for a site, from its past logs')
    .argument('[files...]', 'access logs, plain or gzip, oldest first; - is standard input')
    .option('--type <type>', 'nginx, apache2, … or auto', 'auto')
    .option('--days <number>', 'how many days are wanted before anything is called normal', '14')
    .option('--reset', 'forget what was learnt instead')
    .option(
      '--data-dir <dir>',
      'where the model is kept (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    );
  addEngineOptions(traffic)
    .addHelpText(
      'after',
      `
Examples:
  parapet train traffic access.log.2.gz access.log.1 access.log
  parapet replay access.log        what the learned detectors say about it

A new model takes the place of the one before. Attacks in the logs do not become normal.`,
    )
    .action((files: string[], options: TrainTrafficOptions) =>
      runVerb(context, () => trainTraffic(context, files, options)),
    );
}

async function content(context: CommandContext, options: TrainOptions): Promise<ExitCode> {
  const seed = Number(options.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new UsageError('E_TRAIN_SEED', `The seed is a whole number up to 4294967295, not ${options.seed}`);
  const folder = path.resolve(context.folder, options.data);
  const file = await trainContent(folder, seed, (text) => void context.err.write(`${text}\n`));
  if (file === undefined)
    throw new UsageError(
      'E_TRAIN_DATA',
      `There are no labelled sets in ${folder}`,
      'Name the folder that has waf/',
    );
  writeWhole(path.resolve(context.folder, options.out), file);
  await context.out.write(`Wrote ${options.out}: ${file.length} bytes\n`);
  return 0;
}
