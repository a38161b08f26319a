// `parapet hub`: CrowdSec's parsers and scenarios, and one's own.

import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { registerTest } from './test.ts';

export function register(program: Command, context: CommandContext): void {
  const hub = program
    .command('hub')
    .description('parsers, scenarios and collections: test, list, install, update, remove');
  registerTest(hub, context);
}
