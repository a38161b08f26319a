// installed.json: what was installed, from where, and with which digest. It lies inside the installed hub, so it
// changes together with the files that it is about.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ITEM_KINDS } from '@parapet/engine';
import { z } from 'zod';
import { isDataFileName } from '../collectItems.ts';
import { HubError } from '../hubError.ts';
import { isItemPath } from '../from/hubSource.ts';

const itemSchema = z.object({
  kind: z.enum(ITEM_KINDS),
  name: z.string(),
  path: z.string(),
  version: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  from: z.string(),
  /** Asked for by name; the others came with a collection. */
  wanted: z.boolean(),
  /** What a collection lists, as `kind:name`. */
  parts: z.array(z.string()),
});

const recordSchema = z.object({
  items: z.array(itemSchema),
  /** Data files, and the items that named them as `kind:name`. */
  data: z.array(z.object({ name: z.string(), digest: z.string(), neededBy: z.array(z.string()) })),
});

export type InstalledItem = Readonly<z.infer<typeof itemSchema>>;
export type InstalledRecord = Readonly<z.infer<typeof recordSchema>>;

export const RECORD_FILE = 'installed.json';

/** Reads the record of an installed hub; nothing is installed where there is none. */
export function readRecord(hubFolder: string): InstalledRecord {
  const file = path.join(hubFolder, RECORD_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // node:fs throws these
    if (code === 'ENOENT') return { items: [], data: [] };
    throw new HubError(
      'E_HUB_RECORD',
      `${file} cannot be read: ${message}`,
      'Look at the rights of the folder.',
    );
  }
  const record = parseRecord(text);
  if (record !== undefined) return record;
  throw new HubError(
    'E_HUB_RECORD',
    `${file} is damaged`,
    'Move it away and install again; the items themselves go on working.',
  );
}

function parseRecord(text: string): InstalledRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const { items, data } = parsed.data;
  // The paths are used for writing and removing, so they are as untrusted as any.
  const areInside =
    items.every(({ kind, name, path: at }) => isItemPath(kind, name, at)) &&
    data.every(({ name }) => isDataFileName(name));
  return areInside ? parsed.data : undefined;
}

export function recordText(record: InstalledRecord): string {
  const byName = (a: { name: string }, b: { name: string }): number =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  const sorted = { items: record.items.toSorted(byName), data: record.data.toSorted(byName) };
  return `${JSON.stringify(sorted, undefined, 2)}\n`;
}
