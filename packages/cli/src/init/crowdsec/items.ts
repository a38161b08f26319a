// The parsers, scenarios, collections and other items that are enabled in a CrowdSec. What is a link into its hub is
// installed from there, so that `parapet hub list` and `update` know it; what was written or changed by hand is copied.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { placeOf } from '@parapet/engine';
import { isDataFileName } from '../../hub/collectItems.ts';
import { openFolder } from '../../hub/from/folderSource.ts';
import { digestOf, itemKey, partKeys, type HubSource, type OfferedItem } from '../../hub/from/hubSource.ts';
import { HubError } from '../../hub/hubError.ts';
import { readHubFolder } from '../../hub/hubFolder.ts';
import { changeInstalled } from '../../hub/installed/change.ts';
import { dataNeedsOf } from '../../hub/installed/dataNeeds.ts';
import { installItems } from '../../hub/installed/install.ts';
import { counted, type Found } from './found.ts';
import type { CrowdsecSettings } from './settings.ts';

interface Enabled {
  readonly fromHub: ReadonlyMap<string, OfferedItem>;
  /** Relative paths in CrowdSec's folder of what is not the hub's. */
  readonly own: readonly string[];
}

/** Installs what is enabled into the data directory. */
export async function takeItems(settings: CrowdsecSettings, dataDir: string, found: Found): Promise<void> {
  const hub = hubOf(settings, found);
  const enabled = enabledIn(settings, hub, found);
  const own = [...enabled.own];
  if (hub !== undefined && enabled.fromHub.size > 0) {
    const wishes = await wholeOnes(hub, enabled.fromHub, found);
    try {
      const done = await installItems(dataDir, hub, wishes, false);
      found.take(
        'hub items',
        done.added.length + done.unchanged.length + done.updated.length,
        `${counted(enabled.fromHub.size, 'item')} of the hub, installed from ${settings.hubFolder}`,
      );
      for (const { name, neededBy } of done.missingData)
        found.leave(
          `data file ${name}`,
          `it is not in ${settings.dataFolder}; ${neededBy} finds nothing without it`,
        );
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      found.leave('hub items as such', `${error.message}. They are copied instead, and not updated`);
      own.push(...linksInto(settings, enabled.fromHub));
    }
  }
  await copyOwn(settings, dataDir, own, found);
}

/** CrowdSec's hub, with data from where it keeps them; what was changed there by hand is taken as it is. */
function hubOf({ hubFolder, dataFolder }: CrowdsecSettings, found: Found): HubSource | undefined {
  if (!existsSync(hubFolder)) return undefined;
  let source: HubSource;
  try {
    source = openFolder(hubFolder);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    found.leave('the hub as such', `${error.message}. Items are copied instead, and not updated`);
    return undefined;
  }
  const items = new Map<string, OfferedItem>();
  for (const [key, item] of source.items) {
    const file = path.join(hubFolder, item.path);
    const isTainted = existsSync(file) && item.digest !== '' && digestOf(readFileSync(file)) !== item.digest;
    items.set(key, isTainted ? { ...item, version: '', digest: '' } : item);
  }
  return {
    ...source,
    items,
    // Debian has some by their source's name only.
    readData: async (name, url) =>
      dataFile(dataFolder, name) ??
      (await source.readData(name, url)) ??
      dataFile(dataFolder, path.posix.basename(url)),
  };
}

function enabledIn(settings: CrowdsecSettings, hub: HubSource | undefined, found: Found): Enabled {
  const { folder, hubFolder } = settings;
  const fromHub = new Map<string, OfferedItem>();
  const own: string[] = [];
  for (const relative of pathsIn(folder, found)) {
    const real = realpathSync(path.join(folder, relative));
    const inHub = existsSync(hubFolder) ? path.relative(realpathSync(hubFolder), real) : '..';
    const place = inHub.startsWith('..') ? undefined : placeOf(inHub);
    const item = place === undefined ? undefined : hub?.items.get(itemKey(place.kind, place.name));
    if (item === undefined || item.path !== inHub) own.push(relative);
    else fromHub.set(itemKey(item.kind, item.name), item);
  }
  return { fromHub, own };
}

function pathsIn(folder: string, found: Found): readonly string[] {
  try {
    return readHubFolder(folder).paths;
  } catch (error) {
    found.leave(`items of ${folder}`, (error as Error).message); // node:fs throws Errors
    return [];
  }
}

/** A collection some parts of which were taken out stands for the others, each by itself: it would bring all back. */
async function wholeOnes(
  hub: HubSource,
  enabled: ReadonlyMap<string, OfferedItem>,
  found: Found,
): Promise<readonly OfferedItem[]> {
  const wishes: OfferedItem[] = [];
  for (const item of enabled.values()) {
    const lacking = item.kind === 'collections' ? await lackingOf(hub, item, enabled) : [];
    if (lacking.length === 0) wishes.push(item);
    else
      found.leave(
        `collection ${item.name}`,
        `${lacking.map((key) => key.replace(':', ' ')).join(', ')} of it was taken out; its other parts are installed each by itself`,
      );
  }
  return wishes;
}

async function lackingOf(
  hub: HubSource,
  item: OfferedItem,
  enabled: ReadonlyMap<string, OfferedItem>,
): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await hub.readItem(item));
  const lacking: string[] = [];
  for (const key of partKeys({ ...item, text })) {
    const part = enabled.get(key);
    if (part === undefined) lacking.push(key);
    else if (part.kind === 'collections') lacking.push(...(await lackingOf(hub, part, enabled)));
  }
  return lacking;
}

function linksInto(
  { folder, hubFolder }: CrowdsecSettings,
  items: ReadonlyMap<string, OfferedItem>,
): readonly string[] {
  const places = new Set([...items.values()].map((item) => realpathSync(path.join(hubFolder, item.path))));
  return readHubFolder(folder).paths.filter((one) => places.has(realpathSync(path.join(folder, one))));
}

async function copyOwn(
  { folder, dataFolder }: CrowdsecSettings,
  dataDir: string,
  paths: readonly string[],
  found: Found,
): Promise<void> {
  if (paths.length === 0) return;
  await changeInstalled(dataDir, (draft) => {
    for (const relative of paths) {
      const bytes = readFileSync(path.join(folder, relative));
      draft.write(relative, bytes);
      const place = placeOf(relative);
      if (place === undefined) continue;
      for (const { name } of needsOf({ ...place, path: relative, text: bytes.toString('utf8') }, found)) {
        const data = dataFile(dataFolder, name);
        if (data === undefined) found.leave(`data file ${name}`, `${relative} asks for it; it is not there`);
        else draft.write(`data/${name}`, data);
      }
    }
    return { record: draft.record, result: undefined };
  });
  const names = paths.length > 8 ? `${paths.slice(0, 8).join(', ')} …` : paths.join(', ');
  found.take('own items', paths.length, `${counted(paths.length, 'item')} of your own: ${names}`);
}

function needsOf(item: Parameters<typeof dataNeedsOf>[0], found: Found): ReturnType<typeof dataNeedsOf> {
  try {
    return dataNeedsOf(item);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    found.leave(`data of ${item.path}`, error.message);
    return [];
  }
}

function dataFile(folder: string, name: string): Buffer | undefined {
  const file = path.join(folder, name);
  return isDataFileName(name) && existsSync(file) ? readFileSync(file) : undefined;
}
