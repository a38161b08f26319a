// Where items are installed from: a folder laid out as the hub is, or an index behind a URL. Whatever comes from
// there is checked here: names, paths, sizes, digests.

import { createHash } from 'node:crypto';
import { ITEM_KINDS, partsOf, placeOf, type ItemKind } from '@parapet/engine';
import type { Problem } from '@parapet/kinds';
import { HubError } from '../hubError.ts';

/** An item as a source offers it. */
export interface OfferedItem {
  readonly kind: ItemKind;
  readonly name: string;
  /** Relative, checked to stay inside the hub. */
  readonly path: string;
  /** '' where the source knows no versions. */
  readonly version: string;
  /** SHA-256 in hex of the text; '' where the source has no index to compare with. */
  readonly digest: string;
  readonly description: string;
}

export interface HubSource {
  /** The folder or URL, as it is recorded and shown. */
  readonly from: string;
  /** By `kind:name`. */
  readonly items: ReadonlyMap<string, OfferedItem>;
  /** Returns the item's bytes as the source has them. */
  readItem(item: OfferedItem): Promise<Uint8Array>;
  /** Returns a data file, or undefined when the source does not have it. */
  readData(name: string, sourceUrl: string): Promise<Uint8Array | undefined>;
}

/** An item whose text has been compared with its digest. */
export interface CheckedItem extends OfferedItem {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** The hub's largest item has 51 kB. */
export const MAX_ITEM_BYTES = 1_000_000;
export const MAX_DATA_BYTES = 64_000_000;
export const MAX_INDEX_BYTES = 64_000_000;

export function itemKey(kind: ItemKind, name: string): string {
  return `${kind}:${name}`;
}

/** Whether an item's path is one that the hub's layout allows, and is the place of that kind and name. */
export function isItemPath(kind: ItemKind, name: string, path: string): boolean {
  const steps = path.split('/');
  const hasStage = kind === 'parsers' || kind === 'postoverflows';
  if (path.length > 250 || steps.length !== (hasStage ? 4 : 3) || steps[0] !== kind) return false;
  if (!steps.every((step) => /^[A-Za-z0-9][\w.@+ -]*$/.test(step))) return false;
  if (hasStage && !/^s\d\d-[a-z0-9-]+$/.test(steps[1]!)) return false;
  return placeOf(path)?.name === name;
}

export function isItemKind(text: string): text is ItemKind {
  return (ITEM_KINDS as readonly string[]).includes(text);
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads an item and compares it with the digest that the index promises. */
async function readChecked(source: HubSource, item: OfferedItem): Promise<CheckedItem> {
  const bytes = await source.readItem(item);
  if (bytes.length > MAX_ITEM_BYTES) {
    throw new HubError(
      'E_HUB_TOO_LARGE',
      `${item.path} has more than ${MAX_ITEM_BYTES} bytes`,
      'Nothing was installed.',
    );
  }
  const digest = digestOf(bytes);
  if (item.digest !== '' && digest !== item.digest) {
    throw new HubError(
      'E_HUB_DIGEST',
      `${item.path} is not what the index of ${source.from} says: SHA-256 ${digest} instead of ${item.digest}`,
      'Nothing was installed. Somebody has changed the file, or the index is old.',
    );
  }
  return { ...item, digest, bytes, text: new TextDecoder().decode(bytes) };
}

/** Returns the named items and all that they come to, checked. What a source does not have is an error. */
export async function readWithParts(
  source: HubSource,
  wishes: readonly OfferedItem[],
): Promise<ReadonlyMap<string, CheckedItem>> {
  const read = new Map<string, CheckedItem>();
  const waiting = [...wishes];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const key = itemKey(item.kind, item.name);
    if (read.has(key)) continue;
    const checked = await readChecked(source, item);
    read.set(key, checked);
    for (const part of partKeys(checked)) {
      const offered = source.items.get(part);
      if (offered === undefined) {
        throw new HubError(
          'E_HUB_PART_MISSING',
          `${item.path} asks for ${part.replace(':', ' ')}, which ${source.from} does not have`,
          'Nothing was installed.',
        );
      }
      waiting.push(offered);
    }
  }
  return read;
}

/** What a collection lists, as `kind:name`; nothing for the other kinds. */
export function partKeys(item: Pick<CheckedItem, 'kind' | 'name' | 'path' | 'text'>): readonly string[] {
  if (item.kind !== 'collections') return [];
  const problems: Problem[] = [];
  const parts = partsOf({ ...item, stage: '' }, problems).flatMap(([kind, names]) =>
    names.map((name) => itemKey(kind, name)),
  );
  const [problem] = problems;
  if (problem === undefined) return parts;
  throw new HubError(
    'E_HUB_COLLECTION',
    `${item.path}:${problem.line}: ${problem.message}`,
    'Mend the collection, or leave it out.',
  );
}
