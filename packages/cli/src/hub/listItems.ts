// What is installed, what ships with Parapet, and what a source offers, each with its state.

import { Hub, ITEM_KINDS, type ItemKind } from '@parapet/engine';
import { installedAt, readSuperseded } from './collectItems.ts';
import { itemKey, type HubSource } from './from/hubSource.ts';
import { OWN_ITEMS_FOLDER, readHubFolder } from './hubFolder.ts';
import { digestOfFile } from './installed/install.ts';
import { readRecord } from './installed/record.ts';

/**
 * `up to date`: as installed, and as the source has it where one was asked. `tainted`: changed by hand since.
 * `local`: in the installed hub, but not by an install. `own`: ships with Parapet; `superseded`: an own one that
 * steps aside for an installed one.
 */
type ItemState =
  | 'up to date'
  | 'update available'
  | 'tainted'
  | 'missing'
  | 'local'
  | 'own'
  | 'superseded'
  | 'available';

export interface ListedItem {
  readonly kind: ItemKind;
  readonly name: string;
  readonly version: string;
  readonly state: ItemState;
  readonly from: string;
  /** Asked for by name, not come with a collection. */
  readonly wanted: boolean;
  readonly replacedBy?: string;
}

/** Returns the items by kind and name. What the sources offer besides is in it only if there are sources. */
export function listItems(dataDir: string, sources: readonly HubSource[]): readonly ListedItem[] {
  const listed = new Map<string, ListedItem>();
  const add = (item: ListedItem): void => {
    const key = itemKey(item.kind, item.name);
    if (!listed.has(key)) listed.set(key, item);
  };
  const folder = installedAt(dataDir);
  if (folder !== undefined) {
    for (const { kind, name, version, path, digest, from, wanted } of readRecord(folder).items) {
      const there = digestOfFile(folder, path);
      const offered =
        sources.find((source) => source.from === from)?.items.get(itemKey(kind, name))?.digest ?? '';
      const isOld = offered !== '' && offered !== digest;
      const state =
        there === undefined
          ? 'missing'
          : there !== digest
            ? 'tainted'
            : isOld
              ? 'update available'
              : 'up to date';
      add({ kind, name, version, state, from, wanted });
    }
    const hub = new Hub([readHubFolder(folder)]);
    for (const kind of ITEM_KINDS)
      for (const name of hub.names(kind))
        add({ kind, name, version: '', state: 'local', from: folder, wanted: true });
  }
  const replacedBy = readSuperseded();
  const own = new Hub([readHubFolder(OWN_ITEMS_FOLDER)]);
  for (const kind of ITEM_KINDS) {
    for (const name of own.names(kind)) {
      const other = replacedBy.get(itemKey(kind, name));
      const isSuperseded = other !== undefined && listed.has(other);
      const common = { kind, name, version: '', from: 'parapet', wanted: true };
      if (isSuperseded)
        add({ ...common, state: 'superseded', replacedBy: other.slice(other.indexOf(':') + 1) });
      else add({ ...common, state: 'own' });
    }
  }
  for (const { from, items } of sources)
    for (const { kind, name, version } of items.values())
      add({ kind, name, version, state: 'available', from, wanted: false });
  const order = (item: ListedItem): string => `${ITEM_KINDS.indexOf(item.kind)} ${item.name}`;
  return [...listed.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}
