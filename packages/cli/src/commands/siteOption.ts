// `--site` of verbs that give rights: names of sites, as the configuration has them.
import { plain } from '@parapet/reports';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../run-verb.ts';
import type { StoreOptions } from '../store-options.ts';

export const SITE_FLAG = '--site <name...>';

/** Returns the names, each once; throws a UsageError for one that the configuration does not have. */
export async function knownSites(
  context: CommandContext,
  options: StoreOptions,
  given: readonly string[],
): Promise<readonly string[]> {
  const { siteNames } = await import('../up/siteFinder.ts');
  const { names } = siteNames((await loadConfig(context, options.config)).config);
  const unknown = given.find((one) => !names.includes(one));
  if (unknown !== undefined)
    throw new UsageError(
      'E_SITE_UNKNOWN',
      `The configuration has no site '${plain(unknown)}'`,
      `There are: ${names.map(plain).join(', ')}`,
    );
  return [...new Set(given)];
}
