// `parapet doctor`: what keeps Parapet from doing its work here, and what to do about it.

import type { Command } from 'commander';
import { plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../context.ts';
import type { Card, Level } from '../doctor/card.ts';
import { diagnose, type DoctorOptions } from '../doctor/diagnose.ts';
import { addEngineOptions } from '../engine/prepareEngine.ts';
import { addOutputOptions, answer, type OutputOptions } from '../output.ts';
import { runVerb } from '../run-verb.ts';

type Options = DoctorOptions & OutputOptions;

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
    .option(
      '--data-dir <dir>',
      'where the store is (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    );
  addEngineOptions(addOutputOptions(command))
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
  await answer(context, options, {
    json: () => ({ healthy: !isCritical, cards }),
    raw: () => cards.map(({ level, topic, says, fix = '' }) => [level, topic, plain(says), plain(fix)]),
    human: () => textOf(cards),
  });
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
