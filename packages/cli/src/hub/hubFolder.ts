// A folder on disk as a hub tree, and Parapet's own items, which ship beside the code.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ITEM_KINDS, type HubTree } from '@parapet/engine';

/** The folder of Parapet's own parsers, scenarios and their data. */
export const OWN_ITEMS_FOLDER: string = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../items',
);

/**
 * Returns the hub in a folder: the YAML files below `parsers`, `scenarios` and the other kinds' folders.
 * Throws the file system's error when the folder cannot be read.
 */
export function readHubFolder(folder: string): HubTree {
  const paths: string[] = [];
  for (const kind of ITEM_KINDS) collect(folder, kind, paths);
  return {
    label: folder,
    paths: paths.toSorted(),
    read: (relative) => readFileSync(path.join(folder, relative), 'utf8'),
  };
}

function collect(folder: string, below: string, paths: string[]): void {
  let entries;
  try {
    entries = readdirSync(path.join(folder, below), { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !below.includes('/')) {
      statSync(folder); // the folder itself has to be there; a kind that it has not is fine
      return;
    }
    throw error;
  }
  for (const entry of entries) {
    const relative = `${below}/${entry.name}`;
    // CrowdSec installs items as links; one whose target has gone holds nothing.
    const target = entry.isSymbolicLink()
      ? statSync(path.join(folder, relative), { throwIfNoEntry: false })
      : entry;
    if (target === undefined) continue;
    const isFolder = target.isDirectory();
    if (isFolder) collect(folder, relative, paths);
    else if (/\.ya?ml$/.test(entry.name)) paths.push(relative);
  }
}
