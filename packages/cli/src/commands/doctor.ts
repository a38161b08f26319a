// `parapet doctor`: what keeps Parapet from doing its work here, and what to do about it.

import { Option, type Command } from 'commander';
import { plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../context.ts';
import type { Card, Level } from '../doctor/card.ts';
import { diagnose, type DoctorOptions } from '../doctor/diagnose.ts';
import { addEngineOptions } from '../engine/prepareEngine.ts';
import { runVerb } from '../run-verb.ts';

interface Options extends DoctorOptions {
  readonly output: 'human' | 'json' | 'raw';
  readonly json?: true;
}

const TITLES: Readonly<Record<Level, string>> = {
  critical: 'Critical',
  important: 'Important',
  recommended: 'Recommended',
  fine: 'Fine',
};
const EXAMPLE_LENGTH = 160;

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .description('say what keeps Parapet from doing its work here, and what to do about it')
    .option(
      '--log <file[=type]>',
      'look at this log too, or a pattern in quotes; may be given several times',
      (value: string, list?: readonly string[]) => [...(list ?? []), value],
    )
    .option('--data-dir <dir>', 'where the store is (default: $PARAPET_DATA_DIR, or .parapet in this folder)')
    .addOption(
      new Option('-o, --output <format>', 'for people, for programs, or tab-separated fields')
        .choices(['human', 'json', 'raw'])
        .default('human'),
    )
    .option('--json', 'the same as -o json');
  addEngineOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  parapet doctor
  parapet doctor --log /var/log/nginx/access.log

It changes nothing. Exit code 1 when something critical was found.`,
    )
    .action((options: Options) => runVerb(context, () => doctor(context, options)));
}

async function doctor(context: CommandContext, options: Options): Promise<ExitCode> {
  const { cards } = await diagnose(context, options);
  const isCritical = cards.some(({ level }) => level === 'critical');
  switch (options.json === true ? 'json' : options.output) {
    case 'json':
      await context.out.write(`${JSON.stringify({ healthy: !isCritical, cards }, undefined, 2)}\n`);
      break;
    case 'raw':
      for (const { level, topic, says, fix = '' } of cards)
        await context.out.write(`${[level, topic, plain(says), plain(fix)].join('\t')}\n`);
      break;
    case 'human':
      await context.out.write(textOf(cards));
      break;
  }
  return isCritical ? 1 : 0;
}

function textOf(cards: readonly Card[]): string {
  let text = '';
  let open: Level | undefined;
  for (const { level, says, fix, example } of cards) {
    if (level !== open) text += `${open === undefined ? '' : '\n'}${TITLES[level]}\n`;
    open = level;
    text += `  ${level === 'fine' ? '✓' : '✗'} ${plain(says)}\n`;
    if (example !== undefined) text += `    such as: ${plain(example).slice(0, EXAMPLE_LENGTH)}\n`;
    if (fix !== undefined) text += `    → ${plain(fix)}\n`;
  }
  return text;
}
