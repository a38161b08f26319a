// What the verbs that change the installed hub share: where items come from, and how their errors are said.

import path from 'node:path';
import { plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../../context.ts';
import { installedAt } from '../../hub/collectItems.ts';
import { openFolder } from '../../hub/from/folderSource.ts';
import type { HubSource } from '../../hub/from/hubSource.ts';
import { isUrl, openUrl } from '../../hub/from/urlSource.ts';
import { HubError } from '../../hub/hubError.ts';
import type { Installed } from '../../hub/installed/install.ts';
import { readRecord } from '../../hub/installed/record.ts';
import { runVerb, UsageError } from '../../run-verb.ts';
import { answer } from '../../output.ts';
import { dataDirOf, type StoreOptions } from '../../store-options.ts';

export interface SourceOptions extends StoreOptions {
  readonly from?: string;
}

/** A check that failed is exit code 1; wrong usage stays 2. */
export async function runHubVerb(context: CommandContext, verb: () => Promise<ExitCode>): Promise<void> {
  await runVerb(context, async () => {
    try {
      return await verb();
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      await context.err.write(`error: ${plain(error.message)} (${error.code})\n${plain(error.hint)}\n`);
      return 1;
    }
  });
}

/** Opens what `--from` names, else `$PARAPET_HUB`, else all that was installed from before. */
export async function openSources(
  context: CommandContext,
  options: SourceOptions,
): Promise<readonly HubSource[]> {
  const given = options.from ?? context.env['PARAPET_HUB'];
  if (given !== undefined) return [await openSource(path.resolve.bind(undefined, context.folder), given)];
  const folder = installedAt(await dataDirOf(context, options));
  const known = new Set(folder === undefined ? [] : readRecord(folder).items.map(({ from }) => from));
  if (known.size === 0) {
    throw new UsageError(
      'E_HUB_FROM',
      'There is nowhere to take items from',
      'Give --from with a folder laid out as the CrowdSec hub is, or with the https:// URL of an index.',
    );
  }
  const sources: HubSource[] = [];
  for (const from of known) sources.push(await openSource((folder_) => folder_, from));
  return sources;
}

function openSource(resolve: (folder: string) => string, from: string): Promise<HubSource> | HubSource {
  return isUrl(from) ? openUrl(from) : openFolder(resolve(from));
}

/** Says what an install or an update has done. */
export async function printInstalled(
  context: CommandContext,
  options: StoreOptions,
  done: Installed,
): Promise<void> {
  for (const key of done.kept)
    await context.err.write(`kept ${shown(key)}: it was changed by hand; --force overwrites it\n`);
  for (const { name, neededBy } of done.missingData)
    await context.err.write(
      `missing data file ${plain(name)}: ${plain(neededBy)} finds nothing with it until it is in data/\n`,
    );
  await answer(context, options, {
    json: () => done,
    raw: () =>
      (['added', 'updated', 'kept'] as const).flatMap((what) => done[what].map((key) => [what, plain(key)])),
    human: () =>
      [
        ...done.added.map((key) => `added    ${shown(key)}\n`),
        ...done.updated.map((key) => `updated  ${shown(key)}\n`),
        `${done.added.length} added, ${done.updated.length} updated, ${done.unchanged.length} were up to date.\n`,
        ...(done.added.length + done.updated.length > 0
          ? ['A running engine loads them when it is started again.\n']
          : []),
      ].join(''),
  });
}

/** `kind:author/name` as people read it. */
export function shown(key: string): string {
  return plain(key.replace(':', ' '));
}
