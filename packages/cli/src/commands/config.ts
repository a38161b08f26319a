// `parapet config`: whether the configuration is right, what it comes to, and its JSON Schema for editors.

import type { Command } from 'commander';
import { formatProblem } from '@parapet/kinds';
import { plain } from '@parapet/reports';
import { checkConfig } from '../config/checkConfig.ts';
import { loadConfig } from '../config/loadConfig.ts';
import { configJsonSchema } from '../config/schema.ts';
import { renderSettings, settingsOf } from '../config/showConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { addOutputOptions, answer, type OutputOptions } from '../output.ts';
import { runVerb, UsageError } from '../run-verb.ts';

interface ConfigOptions extends OutputOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

export function register(program: Command, context: CommandContext): void {
  const config = program
    .command('config')
    .description('check the configuration, show what is in force, or print its JSON Schema');
  addOptions(
    config
      .command('check')
      .description('read the configuration and everything it names, and say what is wrong and where')
      .argument('[file]', 'the configuration (default: parapet.yaml in this folder)'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet config check
  parapet config check /etc/parapet/parapet.yaml && systemctl restart parapet

Exit code 1 when something is wrong, 2 when the file cannot be read.`,
    )
    .action((file: string | undefined, options: ConfigOptions) =>
      runVerb(context, () => check(context, file, options)),
    );
  addOptions(
    config
      .command('show')
      .description('print the settings in force as YAML, each with where it comes from')
      .argument('[file]', 'the configuration (default: parapet.yaml in this folder)'),
  ).action((file: string | undefined, options: ConfigOptions) =>
    runVerb(context, () => show(context, file, options)),
  );
  config
    .command('schema')
    .description('print the JSON Schema of parapet.yaml, for editors')
    .action(() =>
      runVerb(context, async () => {
        await context.out.write(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
        return 0;
      }),
    );
}

function addOptions(command: Command): Command {
  return addOutputOptions(
    command
      .option('--config <file>', 'the same as naming the file')
      .option('--data-dir <dir>', 'where installed hub items are (default: as the configuration says)'),
  );
}

async function check(
  context: CommandContext,
  named: string | undefined,
  options: ConfigOptions,
): Promise<ExitCode> {
  const given = fileOf(named, options);
  const checked = await checkConfig(context, {
    ownItems: true,
    ...(given === undefined ? {} : { config: given }),
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  });
  const { file, isAbsent, problems, engine } = checked;
  const lines = problems.map((problem) => plain(formatProblem(problem)));
  await answer(context, options, {
    json: () => ({ file: isAbsent ? null : file, valid: problems.length === 0, problems }),
    raw: () => lines.map((line) => [line]),
    human: () => {
      const what = isAbsent ? 'There is no parapet.yaml here; the defaults' : plain(file);
      const loaded =
        engine === undefined
          ? ''
          : ` (${engine.parserCount} parsers, ${engine.scenarios.length} scenarios load)`;
      const verdict =
        problems.length === 0
          ? isAbsent
            ? 'are fine'
            : 'is fine'
          : `${isAbsent ? 'have' : 'has'} ${problems.length} problem${problems.length === 1 ? '' : 's'}`;
      return [...lines, `${what} ${verdict}${loaded}.`].map((line) => `${line}\n`).join('');
    },
  });
  return problems.length === 0 ? 0 : 1;
}

async function show(
  context: CommandContext,
  named: string | undefined,
  options: ConfigOptions,
): Promise<ExitCode> {
  const { file, text, config } = await loadConfig(context, fileOf(named, options));
  const variable = context.env['PARAPET_DATA_DIR'];
  const dataDir =
    options.dataDir !== undefined
      ? { value: options.dataDir, from: '--data-dir' }
      : variable === undefined
        ? undefined
        : { value: variable, from: '$PARAPET_DATA_DIR' };
  const settings = settingsOf(config, file, text, dataDir);
  await answer(context, options, {
    json: () => settings.map(({ path, value, from }) => ({ key: path.join('.'), value, from })),
    raw: () => renderSettings(settings),
    human: () => renderSettings(settings),
  });
  return 0;
}

function fileOf(named: string | undefined, { config }: ConfigOptions): string | undefined {
  if (named !== undefined && config !== undefined && named !== config) {
    throw new UsageError('E_CONFIG_TWICE', `Both ${named} and ${config} are named`, 'Name one file.');
  }
  return named ?? config;
}
