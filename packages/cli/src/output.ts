// What a verb answers, in the form that was asked for: for people, for programs (JSON), or raw, one line of
// tab-separated fields each. A verb says all three; which is written is decided here.

import { Option, type Command } from 'commander';
import type { CommandContext } from './context.ts';

export type OutputFormat = 'human' | 'json' | 'raw';

export interface OutputOptions {
  readonly output: OutputFormat;
  readonly json?: true;
}

/** Adds `-o` and `--json`. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-o, --output <format>',
        'for people, for programs, or one line of tab-separated fields each',
      )
        .choices(['human', 'json', 'raw'])
        .default('human'),
    )
    .option('--json', 'the same as -o json');
}

export function formatOf({ json, output }: OutputOptions): OutputFormat {
  return json === true ? 'json' : output;
}

/** An answer in its three forms; only the one that is asked for is made. */
export interface Forms {
  readonly json: () => unknown;
  /** The fields of each line; or text in a form of its own, such as a file for another program. */
  readonly raw: () => Iterable<readonly string[]> | string;
  /** With the end of its last line. */
  readonly human: () => string | Promise<string>;
}

/** Writes the answer as it was asked for. */
export async function answer(context: CommandContext, options: OutputOptions, forms: Forms): Promise<void> {
  switch (formatOf(options)) {
    case 'json':
      await context.out.write(`${JSON.stringify(forms.json(), undefined, 2)}\n`);
      break;
    case 'raw': {
      const raw = forms.raw();
      if (typeof raw === 'string') await context.out.write(raw);
      else for (const fields of raw) await context.out.write(tabbed(fields));
      break;
    }
    case 'human':
      await context.out.write(await forms.human());
      break;
  }
}

/** Returns fields as one line; a tab or line end inside a field becomes a space. */
function tabbed(fields: readonly string[]): string {
  return `${fields.map((field) => field.replace(/[\t\r\n]/g, ' ')).join('\t')}\n`;
}
