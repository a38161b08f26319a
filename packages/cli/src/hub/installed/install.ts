// Installing, updating and removing: what a wish comes to is read and checked first, outside the lock; then all of
// it takes its place at once.

import path from 'node:path';
import { readFileSync } from 'node:fs';
import {
  digestOf,
  itemKey,
  partKeys,
  readWithParts,
  type CheckedItem,
  type HubSource,
  type OfferedItem,
} from '../from/hubSource.ts';
import { HubError } from '../hubError.ts';
import { changeInstalled, type Draft } from './change.ts';
import { dataNeedsOf } from './dataNeeds.ts';
import { type InstalledItem, type InstalledRecord } from './record.ts';

export interface Installed {
  /** As `kind:name`. */
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
  /** Changed by hand since they were installed, and therefore left as they are. */
  readonly kept: readonly string[];
  /** Data files that the source does not have, with who needs them. */
  readonly missingData: readonly { readonly name: string; readonly neededBy: string }[];
}

interface ReadData {
  readonly bytes: Uint8Array;
  readonly neededBy: Set<string>;
}

interface Bundle {
  readonly from: string;
  readonly items: ReadonlyMap<string, CheckedItem>;
  readonly data: ReadonlyMap<string, ReadData>;
  readonly missingData: readonly { readonly name: string; readonly neededBy: string }[];
}

/** Installs items and all that they come to. `force` overwrites what was changed by hand. */
export async function installItems(
  dataDir: string,
  source: HubSource,
  wishes: readonly OfferedItem[],
  force: boolean,
): Promise<Installed> {
  const bundle = await readBundle(source, wishes);
  const wanted = new Set(wishes.map(({ kind, name }) => itemKey(kind, name)));
  return changeInstalled(dataDir, (draft) => place(draft, bundle, wanted, force));
}

/** Brings what was installed to the state of its source, with parts that collections have got since. */
export async function updateItems(
  dataDir: string,
  source: HubSource,
  items: readonly InstalledItem[],
  force: boolean,
): Promise<Installed> {
  const offered = items.flatMap(({ kind, name }) => source.items.get(itemKey(kind, name)) ?? []);
  const bundle = await readBundle(source, offered);
  return changeInstalled(dataDir, (draft) => {
    // What another process has removed meanwhile stays removed.
    const isThere = new Set(draft.record.items.map(({ kind, name }) => itemKey(kind, name)));
    const wasThere = new Set(items.map(({ kind, name }) => itemKey(kind, name)));
    const still = new Map([...bundle.items].filter(([key]) => !wasThere.has(key) || isThere.has(key)));
    return place(draft, { ...bundle, items: still }, new Set(), force);
  });
}

async function readBundle(source: HubSource, wishes: readonly OfferedItem[]): Promise<Bundle> {
  const items = await readWithParts(source, wishes);
  const data = new Map<string, ReadData>();
  const missingData: { name: string; neededBy: string }[] = [];
  for (const [key, item] of items) {
    for (const { name, sourceUrl } of dataNeedsOf(item)) {
      const known = data.get(name);
      if (known !== undefined) {
        known.neededBy.add(key);
        continue;
      }
      const bytes = await source.readData(name, sourceUrl);
      if (bytes === undefined) missingData.push({ name, neededBy: item.name });
      else data.set(name, { bytes, neededBy: new Set([key]) });
    }
  }
  return { from: source.from, items, data, missingData };
}

function place(
  draft: Draft,
  bundle: Bundle,
  wanted: ReadonlySet<string>,
  force: boolean,
): { record: InstalledRecord; result: Installed } {
  const items = new Map(draft.record.items.map((item) => [itemKey(item.kind, item.name), item]));
  const done = {
    added: [] as string[],
    updated: [] as string[],
    unchanged: [] as string[],
    kept: [] as string[],
  };
  for (const [key, item] of bundle.items) {
    const before = items.get(key);
    const isWanted = wanted.has(key) || before?.wanted === true;
    const there = digestOfFile(draft.folder, before?.path ?? item.path);
    const changedByHand = there !== undefined && there !== before?.digest && there !== item.digest;
    if (changedByHand && !force) {
      done.kept.push(key);
      if (before !== undefined) items.set(key, { ...before, wanted: isWanted });
      continue;
    }
    if (before !== undefined && before.path !== item.path) draft.remove(before.path);
    if (there !== item.digest || before?.path !== item.path) draft.write(item.path, item.bytes);
    const { kind, name, path: at, version, digest } = item;
    const { from } = bundle;
    items.set(key, {
      kind,
      name,
      path: at,
      version,
      digest,
      from,
      wanted: isWanted,
      parts: [...partKeys(item)],
    });
    if (before === undefined) done.added.push(key);
    else (before.digest === digest && there === digest ? done.unchanged : done.updated).push(key);
  }
  const data = new Map(draft.record.data.map((file) => [file.name, file]));
  for (const [name, { bytes, neededBy }] of bundle.data) {
    const digest = digestOf(bytes);
    if (digestOfFile(draft.folder, `data/${name}`) !== digest) draft.write(`data/${name}`, bytes);
    const needs = new Set([...(data.get(name)?.neededBy ?? []), ...neededBy]);
    data.set(name, { name, digest, neededBy: [...needs] });
  }
  const record = { items: [...items.values()], data: [...data.values()] };
  return { record, result: { ...done, missingData: bundle.missingData } };
}

/** Removes items, the parts that nothing else needs, and their data files. Returns what has gone, as `kind:name`. */
export async function removeItems(
  dataDir: string,
  names: readonly string[],
  force: boolean,
): Promise<readonly string[]> {
  return changeInstalled(dataDir, (draft) => {
    const items = new Map(draft.record.items.map((item) => [itemKey(item.kind, item.name), item]));
    const asked = new Set(names.flatMap((name) => findInstalled(draft.record, name)));
    for (const key of asked) {
      const user = [...items].find(([other, { parts }]) => !asked.has(other) && parts.includes(key));
      if (user === undefined || force) continue;
      throw new HubError(
        'E_HUB_NEEDED',
        `${key.replace(':', ' ')} is a part of ${user[1].name}, which is installed`,
        'Remove that instead, or give --force.',
      );
    }
    const gone = [...asked, ...noLongerNeeded(items, asked)];
    for (const key of gone) {
      draft.remove(items.get(key)!.path);
      items.delete(key);
    }
    const data = draft.record.data.flatMap((file) => {
      const neededBy = file.neededBy.filter((key) => items.has(key));
      if (neededBy.length > 0) return [{ ...file, neededBy }];
      draft.remove(`data/${file.name}`);
      return [];
    });
    return { record: { items: [...items.values()], data }, result: gone };
  });
}

/** Parts of what goes that nobody asked for by name and nothing that stays lists. */
function noLongerNeeded(
  items: ReadonlyMap<string, InstalledItem>,
  asked: ReadonlySet<string>,
): readonly string[] {
  const staying = new Set<string>();
  const stay = (key: string): void => {
    const item = items.get(key);
    if (item === undefined || staying.has(key) || asked.has(key)) return;
    staying.add(key);
    for (const part of item.parts) stay(part);
  };
  for (const [key, { wanted }] of items) if (wanted) stay(key);
  const reached = new Set<string>();
  const reach = (key: string): void => {
    for (const part of items.get(key)?.parts ?? []) {
      if (reached.has(part) || !items.has(part)) continue;
      reached.add(part);
      reach(part);
    }
  };
  for (const key of asked) reach(key);
  return [...reached].filter((key) => !staying.has(key) && !asked.has(key));
}

/** Returns what is installed under a name, as `kind:name`; a collection of that name stands before all others. */
function findInstalled(record: InstalledRecord, wish: string): readonly string[] {
  return chooseByName(
    new Map(record.items.map((item) => [itemKey(item.kind, item.name), item])),
    wish,
    'parapet hub list shows what is installed.',
  ).map(({ kind, name }) => itemKey(kind, name));
}

/** Returns what a person means by `author/name` or `kind:author/name`. */
export function chooseByName<T extends { readonly kind: string; readonly name: string }>(
  items: ReadonlyMap<string, T>,
  wish: string,
  hint: string,
): readonly T[] {
  const exact = items.get(wish) ?? items.get(`collections:${wish}`);
  if (exact !== undefined) return [exact];
  const named = [...items.values()].filter(({ name }) => name === wish);
  if (named.length > 0) return named;
  throw new HubError('E_HUB_NO_ITEM', `There is no item '${wish}'`, hint);
}

/** The digest of a file of the hub; undefined when it is not there. */
export function digestOfFile(folder: string, relative: string): string | undefined {
  try {
    return digestOf(readFileSync(path.join(folder, relative)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws these
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
