// A hub as a tree of files: which items it has, and which files a wish such as "the collection
// crowdsecurity/nginx" comes to. The tree is given as paths and a way to read them; a folder on disk, a
// downloaded index and a test's own folder all look the same here.

import { readDocuments, type MapReader } from './reader.ts';
import type { Problem } from '@parapet/kinds';

export type ItemKind =
  | 'parsers'
  | 'postoverflows'
  | 'scenarios'
  | 'collections'
  | 'contexts'
  | 'appsec-rules'
  | 'appsec-configs';

export const ITEM_KINDS: readonly ItemKind[] = [
  'parsers',
  'postoverflows',
  'scenarios',
  'collections',
  'contexts',
  'appsec-rules',
  'appsec-configs',
];

export interface ItemFile {
  readonly kind: ItemKind;
  /** `author/file-name`, as collections and tests call it. */
  readonly name: string;
  /** For parsers and postoverflows: `s01-parse`, `s00-enrich`, …; '' for the others. */
  readonly stage: string;
  /** As shown in messages. */
  readonly path: string;
  readonly text: string;
}

/** What a hub folder holds. Paths are relative, with forward slashes. */
export interface HubTree {
  readonly paths: readonly string[];
  read(path: string): string;
  /** Shown before the path in messages, e.g. the folder. */
  readonly label: string;
}

/** Items of one or several hub trees by kind and name; the first tree that has an item wins. */
export class Hub {
  readonly #entries = new Map<string, { tree: HubTree; path: string; stage: string }>();
  readonly #trees: readonly HubTree[];

  constructor(trees: readonly HubTree[]) {
    this.#trees = trees;
    for (const tree of trees) {
      for (const path of tree.paths) {
        const place = placeOf(path);
        if (place === undefined) continue;
        const key = `${place.kind}:${place.name}`;
        if (!this.#entries.has(key)) this.#entries.set(key, { tree, path, stage: place.stage });
      }
    }
  }

  has(kind: ItemKind, name: string): boolean {
    return this.#entries.has(`${kind}:${name}`);
  }

  /** Names of all items of a kind, sorted. */
  names(kind: ItemKind): string[] {
    const prefix = `${kind}:`;
    return [...this.#entries.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .toSorted();
  }

  /** Returns the item's file, or undefined when no tree has it. */
  item(kind: ItemKind, name: string): ItemFile | undefined {
    const entry = this.#entries.get(`${kind}:${name}`);
    return entry === undefined ? undefined : readItem(entry.tree, entry.path, kind, name, entry.stage);
  }

  /** Returns the item in the file at a path inside a tree, or undefined when no tree has that file. */
  itemAt(path: string): ItemFile | undefined {
    const place = placeOf(path);
    if (place === undefined) return undefined;
    const entry = this.#entries.get(`${place.kind}:${place.name}`);
    const tree = entry?.path === path ? entry.tree : this.#trees.find(({ paths }) => paths.includes(path));
    return tree === undefined ? undefined : readItem(tree, path, place.kind, place.name, place.stage);
  }

  /** Every item of the kinds that make an engine, sorted as the engine loads them. */
  everything(): readonly ItemFile[] {
    const kinds: ItemKind[] = ['parsers', 'postoverflows', 'scenarios'];
    return inLoadOrder(kinds.flatMap((kind) => this.names(kind).map((name) => this.item(kind, name)!)));
  }

  /**
   * The items that the named ones come to: a collection stands for all that it lists, and so on down. A name
   * that no tree has becomes a problem. A name that several kinds have stands for all of them.
   */
  select(wishes: readonly string[], problems: Problem[]): readonly ItemFile[] {
    const chosen = new Map<string, ItemFile>();
    const visit = (kinds: readonly ItemKind[], name: string, wantedBy: string): void => {
      const found = kinds.filter((kind) => this.has(kind, name));
      if (found.length === 0) {
        problems.push({
          code: 'E_ITEM_MISSING',
          file: wantedBy,
          line: 0,
          column: 0,
          message: `The hub has no ${kinds.length === 1 ? kinds[0]!.replace(/s$/, '') : 'item'} '${name}'`,
          hint: 'Check the name with: parapet hub list --all',
        });
      }
      for (const kind of found) {
        const key = `${kind}:${name}`;
        if (chosen.has(key)) continue;
        const item = this.item(kind, name)!;
        chosen.set(key, item);
        if (kind === 'collections') {
          for (const [part, parts] of partsOf(item, problems))
            for (const one of parts) visit([part], one, item.path);
        }
      }
    };
    for (const wish of wishes) visit(ITEM_KINDS, wish, 'the list of items');
    return inLoadOrder([...chosen.values()]);
  }
}

function readItem(tree: HubTree, path: string, kind: ItemKind, name: string, stage: string): ItemFile {
  const shown = tree.label === '' ? path : `${tree.label}/${path}`;
  return { kind, name, stage, path: shown, text: tree.read(path) };
}

/** CrowdSec loads a stage's parsers by file name, and scenarios by file name. */
export function inLoadOrder(items: readonly ItemFile[]): readonly ItemFile[] {
  const base = (item: ItemFile): string => item.path.slice(item.path.lastIndexOf('/') + 1);
  return items.toSorted(
    (a, b) =>
      compare(a.kind, b.kind) ||
      compare(a.stage, b.stage) ||
      compare(base(a), base(b)) ||
      compare(a.path, b.path),
  );
}

/** What a collection lists, by kind. */
export function partsOf(collection: ItemFile, problems: Problem[]): readonly [ItemKind, readonly string[]][] {
  const parts: [ItemKind, readonly string[]][] = [];
  for (const { root } of readDocuments(collection.path, collection.text, problems)) {
    for (const kind of ITEM_KINDS) if (root.has(kind)) parts.push([kind, listOf(root, kind)]);
  }
  return parts;
}

function listOf(root: MapReader, key: string): readonly string[] {
  return root.strings(key).filter((name) => name !== '');
}

/** Reads kind, stage and name off a path such as `parsers/s01-parse/crowdsecurity/nginx-logs.yaml`. */
export function placeOf(path: string): { kind: ItemKind; stage: string; name: string } | undefined {
  const steps = path.split('/');
  const file = steps.at(-1)!;
  if (!/\.ya?ml$/.test(file)) return undefined;
  const start = steps.findIndex((step) => (ITEM_KINDS as readonly string[]).includes(step));
  if (start < 0) return undefined;
  const kind = steps[start] as ItemKind; // checked on the line above
  const rest = steps.slice(start + 1, -1);
  const hasStage = kind === 'parsers' || kind === 'postoverflows';
  const stage = hasStage ? (rest.shift() ?? '') : '';
  if (hasStage && stage === '') return undefined;
  return { kind, stage, name: [...rest, file.replace(/\.ya?ml$/, '')].join('/') };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
