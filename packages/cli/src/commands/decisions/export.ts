import fs from 'node:fs';
import path from 'node:path';
import type { DecisionFilter } from '@parapet/store';
import { Option, type Command } from 'commander';
import type { CommandContext, ExitCode } from '../../context.ts';
import type { ListFormat } from '../../lists/item.ts';
import { listWriter } from '../../lists/write-list.ts';
import { runVerb, UsageError } from '../../run-verb.ts';
import { addStoreOptions, formatOf, withStore, type StoreOptions } from '../../store-options.ts';
import { addFilterOptions, filterOf, type FilterOptions } from './filter.ts';

interface ExportOptions extends StoreOptions, FilterOptions {
  readonly format?: ListFormat;
}

const PAGE = 1000;

export function registerExport(decisions: Command, context: CommandContext): void {
  const command = decisions
    .command('export')
    .description('write what is in force as a list that `import`, CrowdSec or a firewall reads')
    .argument('[file]', 'where to; standard output when absent')
    .addOption(
      new Option('--format <format>', 'by default from the name of the file, otherwise csv').choices([
        'csv',
        'json',
        'plain',
      ]),
    );
  addStoreOptions(addFilterOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  parapet decisions export bans.csv
  parapet decisions export --format plain --type ban --scope ip > banned.txt
  parapet decisions export --format json | ssh other parapet decisions import -`,
    )
    .action((file: string | undefined, options: ExportOptions) =>
      runVerb(context, () => exportList(context, file, options)),
    );
}

async function exportList(
  context: CommandContext,
  file: string | undefined,
  options: ExportOptions,
): Promise<ExitCode> {
  const now = context.now();
  const writer = listWriter(options.format ?? formatOfName(file, formatOf(options) === 'json'), now);
  const count = await withStore(context, options, 'reader', async (store) => {
    const { write, close } = openTarget(context, file);
    let written = 0;
    let after = 0;
    await write(writer.head);
    for (;;) {
      const filter: DecisionFilter = { ...filterOf(options), activeAt: now, mode: 'live', after };
      const page = await store.listDecisions(filter, { limit: PAGE });
      if (page.length === 0) break;
      await write(page.map((decision, i) => writer.item(decision, written + i === 0)).join(''));
      written += page.length;
      after = page.at(-1)!.number;
    }
    await write(writer.tail);
    close();
    return written;
  });
  if (file !== undefined && file !== '-') await context.err.write(`${count} decisions written to ${file}.\n`);
  return count === 0 ? 1 : 0;
}

interface ListTarget {
  readonly write: (text: string) => Promise<void>;
  readonly close: () => void;
}

function openTarget(context: CommandContext, file: string | undefined): ListTarget {
  if (file === undefined || file === '-') {
    return { write: (text) => context.out.write(text), close: () => {} };
  }
  const failed = (error: unknown): UsageError =>
    new UsageError('E_CLI_CANNOT_WRITE', `${file} cannot be written: ${messageOf(error)}`);
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw failed(error);
    }
  };
  const descriptor = attempt(() => fs.openSync(path.resolve(context.folder, file), 'w', 0o640));
  return {
    write: async (text) => {
      attempt(() => fs.writeFileSync(descriptor, text));
    },
    close: () => {
      fs.closeSync(descriptor);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function formatOfName(file: string | undefined, isJson: boolean): ListFormat {
  if (isJson || file?.endsWith('.json') === true) return 'json';
  return file?.endsWith('.txt') === true ? 'plain' : 'csv';
}
