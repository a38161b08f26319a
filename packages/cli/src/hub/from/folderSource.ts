// A folder laid out as the hub is, with or without its `.index.json`: a checkout, an unpacked archive, a copy on
// a machine without network.

import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { placeOf } from '@parapet/engine';
import { HubError } from '../hubError.ts';
import { readHubFolder } from '../hubFolder.ts';
import { isDataFileName } from '../collectItems.ts';
import { parseIndex } from './hubIndex.ts';
import {
  isItemPath,
  itemKey,
  MAX_DATA_BYTES,
  MAX_INDEX_BYTES,
  MAX_ITEM_BYTES,
  type HubSource,
  type OfferedItem,
} from './hubSource.ts';

/** Returns the hub in a folder as a source. Throws when it cannot be read. */
export function openFolder(folder: string): HubSource {
  let paths: readonly string[];
  try {
    ({ paths } = readHubFolder(folder));
  } catch (error) {
    throw new HubError(
      'E_HUB_FOLDER',
      `The folder ${folder} cannot be read: ${(error as Error).message}`, // node:fs throws Errors
      'Name a folder that has parsers/, scenarios/ or collections/.',
    );
  }
  const items = new Map<string, OfferedItem>();
  for (const one of paths) {
    const place = placeOf(one);
    if (place === undefined || !isItemPath(place.kind, place.name, one)) continue;
    const { kind, name } = place;
    items.set(itemKey(kind, name), { kind, name, path: one, version: '', digest: '', description: '' });
  }
  const indexBytes = readInside(folder, '.index.json', MAX_INDEX_BYTES);
  if (indexBytes !== undefined) {
    for (const [key, { content: _, ...item }] of parseIndex(folder, new TextDecoder().decode(indexBytes))) {
      if (items.has(key)) items.set(key, item);
    }
  }
  return {
    from: folder,
    items,
    readItem: async (item) => {
      const bytes = readInside(folder, item.path, MAX_ITEM_BYTES);
      if (bytes !== undefined) return bytes;
      throw new HubError('E_HUB_READ', `${folder} has no ${item.path}`, 'Nothing was installed.');
    },
    readData: async (name) =>
      isDataFileName(name) ? readInside(folder, `data/${name}`, MAX_DATA_BYTES) : undefined,
  };
}

/** Reads a file of the folder; a link that leads out of the folder is refused. */
function readInside(folder: string, relative: string, maxBytes: number): Uint8Array | undefined {
  const file = path.join(folder, relative);
  const entry = lstatSync(file, { throwIfNoEntry: false });
  if (entry === undefined) return undefined;
  const real = realpathSync(file);
  const root = realpathSync(folder);
  if (!real.startsWith(root + path.sep)) {
    throw new HubError('E_HUB_LINK', `${file} is a link that leads out of the folder`, 'Nothing was read.');
  }
  const { size } = lstatSync(real);
  if (size > maxBytes) {
    throw new HubError('E_HUB_TOO_LARGE', `${file} has more than ${maxBytes} bytes`, 'Nothing was read.');
  }
  return readFileSync(real);
}
