// The configuration of AI crawlers as the guard is told it, and robots.txt made of it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CRAWLERS, robotsText, type CrawlerPolicySettings } from '@parapet/enforcement';
import { nearestName } from '@parapet/engine';
import type { Config } from '../config/schema.ts';
import { UsageError } from '../run-verb.ts';

type Written = Config['gateway']['ai_crawlers'];

/** Returns the rules as they are written; throws a UsageError for a crawler that nobody knows. */
export function crawlerPolicyOf({ names, ranges, impostors, ...written }: Written): CrawlerPolicySettings {
  for (const name of [...Object.keys(names), ...Object.keys(ranges)]) refuseUnknown(name);
  const { training, search, user, undocumented } = written;
  const purposes = { training, search, user, undocumented };
  const isUsed = [...Object.values(purposes), ...Object.values(names)].some((rule) => rule !== 'allow');
  return { purposes, names, ranges, impostors: impostors ?? (isUsed ? 'challenge' : 'allow') };
}

/** Whether anything is ever done: where all are let in nobody need look. */
export function isAnyRuled({ purposes, names, impostors }: CrawlerPolicySettings): boolean {
  return [...Object.values(purposes), ...Object.values(names), impostors].some((rule) => rule !== 'allow');
}

/** Returns robots.txt as the configuration has it; `file` in place of the file that it names. */
export function robotsOf(written: Written, folder: string, file: string | undefined): string {
  const own = file ?? written.robots_file;
  return robotsText(
    crawlerPolicyOf(written),
    own === undefined ? '' : readOwn(path.resolve(folder, own), own),
  );
}

function readOwn(full: string, name: string): string {
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws these
    throw new UsageError(
      'E_ROBOTS_FILE',
      `${name} cannot be read: ${code ?? 'unknown reason'}`,
      "Name the site's own robots.txt, such as web/robots.txt, or leave it out",
    );
  }
}

function refuseUnknown(name: string): void {
  const names = CRAWLERS.map((row) => row.name);
  if (names.includes(name)) return;
  const near = nearestName(name, names);
  throw new UsageError(
    'E_CRAWLER_NAME',
    `gateway.ai_crawlers names '${name}', and there is no such crawler`,
    near === undefined ? '`parapet robots --list` has the names' : `Did you mean '${near}'?`,
  );
}
