// `parapet hub`: CrowdSec's parsers and scenarios, and one's own.

import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { registerInspect } from './inspect.ts';
import { registerInstall, registerRemove, registerUpdate } from './install.ts';
import { registerList } from './list.ts';
import { registerTest } from './test.ts';

export function register(program: Command, context: CommandContext): void {
  const hub = program
    .command('hub')
    .description('parsers, scenarios and collections: test, list, inspect, install, update, remove');
  registerTest(hub, context);
  registerList(hub, context);
  registerInspect(hub, context);
  registerInstall(hub, context);
  registerUpdate(hub, context);
  registerRemove(hub, context);
}
