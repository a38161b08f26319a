// `parapet init`: finds the logs of this machine and writes a first configuration.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { formatProblem } from '@parapet/kinds';
import { plain } from '@parapet/reports';
import { CONFIG_FILE } from '../config/loadConfig.ts';
import { configJsonSchema } from '../config/schema.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { findDrupalSettings, type DrupalSettings } from '../init/drupalSettings.ts';
import { findLogs, type FoundLogs } from '../init/findLogs.ts';
import { firstConfig, SCHEMA_FILE } from '../init/writeConfig.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { addOutputOptions, answer, formatOf, type OutputOptions } from '../output.ts';
import { runVerb, UsageError } from '../run-verb.ts';

interface InitOptions extends OutputOptions {
  readonly drupal?: string;
  readonly fromCrowdsec?: string;
  readonly dataDir?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly force?: true;
  readonly config: string;
  readonly root: string;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('init')
    .description('find the logs of this machine and write a first parapet.yaml')
    .option(
      '--drupal <dir>',
      "take over the Perimeter module's settings from a Drupal or its config sync folder",
    )
    .option(
      '--from-crowdsec <dir>',
      'take over a CrowdSec, such as /etc/crowdsec; its own files stay as they are',
    )
    .option('--data-dir <dir>', 'with --from-crowdsec: where Parapet keeps what it takes over')
    .option('--dry-run', 'with --from-crowdsec: only say what would be taken over')
    .option('--yes', 'do not ask')
    .option('--force', 'write over a configuration that is there')
    .option('--config <file>', 'what to write', CONFIG_FILE)
    .option('--root <dir>', 'look for logs below this folder, as in an image of another machine', '/');
  addOutputOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet init
  parapet init --drupal /var/www/example.org --yes
  parapet init --from-crowdsec /etc/crowdsec --dry-run`,
    )
    .action((options: InitOptions) => runVerb(context, () => init(context, options)));
}

async function init(context: CommandContext, options: InitOptions): Promise<ExitCode> {
  const file = path.resolve(context.folder, options.config);
  if (options.fromCrowdsec !== undefined) return takeCrowdsec(context, options, options.fromCrowdsec, file);
  if (existsSync(file) && options.force !== true) {
    throw new UsageError(
      'E_INIT_EXISTS',
      `${file} is there already`,
      'It is left as it is. Write over it with --force, or name another file with --config.',
    );
  }
  const drupal = options.drupal === undefined ? undefined : drupalSettings(context, options.drupal);
  const found = await findLogs(path.resolve(context.folder, options.root));
  const format = formatOf(options);
  if (format === 'human') await context.out.write(foundText(found, drupal));
  const asks = format === 'human' && context.out.isTerminal && options.yes !== true;
  if (asks && !(await confirms(context, `Write ${plain(file)}? [Y/n] `))) {
    await context.out.write('Nothing was written.\n');
    return 1;
  }
  write(file, firstConfig(found, drupal));
  const schema = path.join(path.dirname(file), SCHEMA_FILE);
  if (mayReplace(schema)) write(schema, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
  await answer(context, options, {
    json: () => ({ file, logs: found.logs, left: found.left, drupalSettings: drupal?.file ?? null }),
    raw: () => [
      ...found.logs.map(({ file: log, type }) => ['log', plain(log), type]),
      ['wrote', plain(file)],
    ],
    human: () => nextText(context, file, found),
  });
  return 0;
}

async function takeCrowdsec(
  context: CommandContext,
  options: InitOptions,
  from: string,
  file: string,
): Promise<ExitCode> {
  if (existsSync(file) && options.dryRun !== true)
    throw new UsageError(
      'E_INIT_EXISTS',
      `${file} is there already`,
      'It is left as it is. Name another file with --config, or look at what would be taken over: --dry-run',
    );
  const { migrate } = await import('../init/crowdsec/migrate.ts');
  const isDryRun = options.dryRun === true;
  const dataDir = options.dataDir === undefined ? undefined : path.resolve(context.folder, options.dataDir);
  const { found, listen } = await migrate(context, {
    ...{ from: path.resolve(context.folder, from), file, dataDir, isDryRun },
  });
  const { taken, left } = found;
  await answer(context, options, {
    json: () => ({ file, dryRun: isDryRun, taken, left }),
    raw: () => [
      ...taken.map(({ what, count, text }) => ['taken', what, String(count), text]),
      ...left.map(({ what, why }) => ['left', what, '', why]),
    ],
    human: () =>
      [
        isDryRun ? 'Would be taken over:\n' : 'Taken over:\n',
        ...(taken.length === 0 ? ['  nothing\n'] : taken.map(({ text }) => `  ${plain(text)}\n`)),
        ...(left.length === 0 ? [] : ['Left as it is:\n']),
        ...left.map(({ what, why }) => `  ${plain(what)}: ${plain(why)}\n`),
        ...(isDryRun ? [] : [afterCrowdsec(context, file, listen)]),
      ].join(''),
  });
  return 0;
}

function afterCrowdsec(context: CommandContext, file: string, listen: readonly string[]): string {
  const isHere = path.relative(context.folder, file) === CONFIG_FILE;
  const given = isHere ? '' : ` --config ${plain(file)}`;
  const steps = [
    `parapet doctor${given}     whether everything is in place`,
    ...(listen.length === 0
      ? []
      : [`systemctl disable --now crowdsec     Parapet takes its place on ${plain(listen.join(', '))}`]),
    `parapet up${given}     agents and bouncers go on with what they have`,
  ];
  return `Wrote ${plain(file)}.\nNext:\n${steps.map((step, i) => `  ${i + 1}. ${step}\n`).join('')}`;
}

function drupalSettings(context: CommandContext, folder: string): DrupalSettings {
  const settings = findDrupalSettings(path.resolve(context.folder, folder));
  if (settings !== undefined) return settings;
  throw new UsageError(
    'E_INIT_DRUPAL',
    `There is no perimeter.settings.yml in ${folder}`,
    'Export it with `drush config:export`, and name the folder that it is exported to.',
  );
}

function foundText({ logs, left }: FoundLogs, drupal: DrupalSettings | undefined): string {
  let text = logs.length === 0 ? 'No log was found in the usual places.\n' : 'Found:\n';
  for (const { file, type, sentence } of logs) text += `  ${plain(file)}: ${type} (${plain(sentence)})\n`;
  for (const { file, why } of left) text += `  ${plain(file)} is left out: ${plain(why)}\n`;
  if (drupal !== undefined) {
    text += `  ${plain(drupal.file)}: ${drupal.patterns} patterns of the Perimeter module\n`;
    for (const problem of drupal.problems) text += `  ${plain(formatProblem(problem))}\n`;
  }
  return text;
}

function nextText(context: CommandContext, file: string, { logs, left }: FoundLogs): string {
  const isHere = path.relative(context.folder, file) === CONFIG_FILE;
  const given = isHere ? '' : ` --config ${plain(file)}`;
  const first = logs[0]?.file;
  const steps = [
    ...(logs.length === 0 ? [`Name the logs of your site in ${plain(file)}`] : []),
    ...(left.some(({ why }) => why.startsWith('it cannot be read'))
      ? ['Let this user read the logs; on Debian: sudo usermod -aG adm "$USER", then log in again']
      : []),
    `parapet doctor${given}     whether everything is in place`,
    ...(first === undefined
      ? []
      : [`parapet replay${given} ${shellWord(plain(first))}     who attacked until now; changes nothing`]),
    `parapet up${given}     watch from now on`,
  ];
  return `Wrote ${plain(file)}.\nNext:\n${steps.map((step, i) => `  ${i + 1}. ${step}\n`).join('')}`;
}

/** A pattern is for the shell here, so it stands without quotes. */
function shellWord(text: string): string {
  return /^[\w./*-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

async function confirms(context: CommandContext, question: string): Promise<boolean> {
  await context.out.write(question);
  let answer = '';
  for await (const chunk of context.stdin) {
    answer += Buffer.from(chunk).toString('utf8');
    if (answer.includes('\n')) break;
  }
  // The end of the input is no consent.
  return /^\s*(y(es)?)?\s*\n/i.test(answer);
}

/** The schema is a copy of ours; something else of that name is left alone. */
function mayReplace(file: string): boolean {
  if (!existsSync(file)) return true;
  try {
    const there: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return (
      typeof there === 'object' && there !== null && 'description' in there && there.description === 'Parapet'
    );
  } catch {
    return false;
  }
}

function write(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch (error) {
    throw new UsageError('E_FILE_UNWRITABLE', `${file} cannot be written: ${(error as Error).message}`); // node:fs throws Errors
  }
}
