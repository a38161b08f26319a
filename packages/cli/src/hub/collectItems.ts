// What an engine loads: the items that are installed, those of folders that were named, and Parapet's own,
// which step aside where a hub item does the same.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Hub, inLoadOrder, readDocuments, type HubTree, type ItemFile, type ItemKind } from '@parapet/engine';
import type { Problem } from '@parapet/kinds';
import { UsageError } from '../run-verb.ts';
import { OWN_ITEMS_FOLDER, readHubFolder } from './hubFolder.ts';

export interface CollectOptions {
  readonly dataDir: string;
  /** Folders laid out as the hub is. What they have wins over what is installed. */
  readonly folders: readonly string[];
  /** Of the folders, only these collections and items; without folders, of what is installed. */
  readonly with: readonly string[];
  readonly ownItems: boolean;
}

export interface CollectedItems {
  readonly items: readonly ItemFile[];
  readonly dataFile: (name: string) => string | undefined;
}

/** The kinds an engine is made of; the others only name these. */
const LOADED: ReadonlySet<ItemKind> = new Set<ItemKind>(['parsers', 'postoverflows', 'scenarios']);

/** Where installed items are. */
export function installedFolder(dataDir: string): string {
  return path.join(dataDir, 'hub');
}

/** Where the installed hub is now; undefined when nothing is installed. */
export function installedAt(dataDir: string): string | undefined {
  return [installedFolder(dataDir), previousFolder(dataDir)].find((folder) => existsSync(folder));
}

/** Where they are for the instant in which a new state takes the old one's place, and after a kill in it. */
export function previousFolder(dataDir: string): string {
  return path.join(dataDir, 'hub.previous');
}

/** Returns what to load. A wish that nothing fulfils is a problem; a folder that cannot be read is thrown. */
export function collectItems(options: CollectOptions, problems: Problem[]): CollectedItems {
  const installedIn = installedAt(options.dataDir);
  const installedTree = installedIn === undefined ? undefined : readGivenFolder(installedIn);
  const folderTrees = options.folders.map(readGivenFolder);
  const installed = installedTree === undefined ? [] : [installedTree];
  const all = new Hub([...folderTrees, ...installed]);
  const chosen: ItemFile[] = [];
  if (options.with.length === 0) chosen.push(...all.everything());
  else {
    chosen.push(...all.select(options.with, problems));
    if (options.folders.length > 0) chosen.push(...new Hub(installed).everything());
  }
  const items = new Map<string, ItemFile>();
  for (const item of chosen) {
    const key = `${item.kind}:${item.name}`;
    if (LOADED.has(item.kind) && !items.has(key)) items.set(key, item);
  }
  if (options.ownItems) {
    const replacedBy = readSuperseded();
    for (const item of new Hub([readHubFolder(OWN_ITEMS_FOLDER)]).everything()) {
      const key = `${item.kind}:${item.name}`;
      const other = replacedBy.get(key);
      if (!items.has(key) && (other === undefined || !items.has(other))) items.set(key, item);
    }
  }
  const folders = [...options.folders];
  if (installedIn !== undefined) folders.push(installedIn);
  folders.push(OWN_ITEMS_FOLDER);
  return {
    items: inLoadOrder([...items.values()]),
    dataFile: dataFilesOf(folders.map((folder) => path.join(folder, 'data'))),
  };
}

/** Returns a look-up of data files by name; the first folder that has one wins. */
export function dataFilesOf(folders: readonly string[]): (name: string) => string | undefined {
  return (name) => {
    if (!isDataFileName(name)) return undefined;
    for (const folder of folders) {
      const text = readIfThere(path.join(folder, name));
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

/** Whether a name stays inside the folder that it is looked up in. */
export function isDataFileName(name: string): boolean {
  if (name.length > 200) return false;
  return name.split('/').every((step) => /^[\w.@+ -]+$/.test(step) && step !== '.' && step !== '..');
}

/** By `kind:name` of an own item, the `kind:name` of the hub item that does the same. */
export function readSuperseded(): ReadonlyMap<string, string> {
  const file = path.join(OWN_ITEMS_FOLDER, 'superseded.yaml');
  const replacedBy = new Map<string, string>();
  for (const { root } of readDocuments(file, readFileSync(file, 'utf8'), [])) {
    for (const kind of root.keys()) {
      const names = root.map(kind);
      for (const own of names?.keys() ?? [])
        replacedBy.set(`${kind}:${own}`, `${kind}:${names!.string(own)}`);
    }
  }
  return replacedBy;
}

function readGivenFolder(folder: string): HubTree {
  try {
    return readHubFolder(folder);
  } catch (error) {
    throw new UsageError(
      'E_HUB_FOLDER',
      `The hub folder ${folder} cannot be read: ${(error as Error).message}`, // node:fs throws Errors
      'Name a folder that has parsers/, scenarios/ or collections/.',
    );
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws these
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}
