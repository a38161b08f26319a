// The process that `parapet hub test` puts its sites in; started by it, and of no use to people.

import process from 'node:process';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import type { FromSites, ToSites } from '../hub/testing/siteProcess.ts';
import { createTestSites, type OpenSite } from '../hub/testing/testSite.ts';

export function register(program: Command, _context: CommandContext): void {
  program.command('hub-test-sites', { hidden: true }).action(async () => {
    const sites = await createTestSites();
    const open = new Map<number, OpenSite>();
    const say = (message: FromSites): void => void process.send?.(message);
    const answer = async (message: ToSites): Promise<FromSites> => {
      const { id } = message;
      if (message.kind === 'open') {
        const site = await sites.open(message.rules);
        open.set(id, site);
        return { kind: 'opened', id, port: site.port };
      }
      await open.get(id)?.close();
      open.delete(id);
      return { kind: 'closed', id };
    };
    process.on('message', (message: ToSites) => {
      answer(message).then(say, (error: unknown) => {
        say({
          kind: 'failed',
          id: message.id,
          message: error instanceof Error ? error.message : String(error),
        });
      });
    });
    // Nothing is to be kept: whoever started this process is gone.
    process.on('disconnect', () => process.exit(0));
    if (!process.connected) process.exit(0);
  });
}
