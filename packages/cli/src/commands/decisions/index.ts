// `parapet decisions`: what is done about whom, until when.
import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { registerAdd } from './add.ts';
import { registerDelete } from './delete.ts';
import { registerExport } from './export.ts';
import { registerImport } from './import.ts';
import { registerList } from './list.ts';

export function register(program: Command, context: CommandContext): void {
  const decisions = program
    .command('decisions')
    .description('what is in force against whom: list, add, delete, import, export');
  registerList(decisions, context);
  registerAdd(decisions, context);
  registerDelete(decisions, context);
  registerImport(decisions, context);
  registerExport(decisions, context);
}
