// YAML as a tree with positions. Item files are simple YAML, read by simpleYaml.ts in a fraction of the time;
// whatever that does not know goes to the `yaml` package, which is loaded when first needed: starting it takes
// as long as reading a hundred items. Both give the same tree.

import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { parseSimpleYaml } from './simpleYaml.ts';

export type YamlNode = YamlScalar | YamlMap | YamlList | YamlOther;

export interface YamlScalar {
  readonly kind: 'scalar';
  /** Offset of the first character, which may be a quote or the sign of a block. */
  readonly start: number;
  readonly value: unknown;
  /** As it is written, where that is not the value; undefined where it is not known. */
  readonly source: string | undefined;
  readonly style: 'plain' | 'quoted' | 'block';
}

export interface YamlMap {
  readonly kind: 'map';
  readonly start: number;
  readonly pairs: readonly YamlPair[];
  readonly toPlain?: () => unknown;
}

export interface YamlPair {
  /** As it is shown. */
  readonly key: string;
  /** Whether the key is a text, and can be asked for. */
  readonly isText: boolean;
  readonly keyStart: number;
  /** Undefined for null, written or not. */
  readonly value: YamlNode | undefined;
}

export interface YamlList {
  readonly kind: 'list';
  readonly start: number;
  readonly items: readonly YamlNode[];
  readonly toPlain?: () => unknown;
}

/** An alias, or something else that no item has. */
export interface YamlOther {
  readonly kind: 'other';
  readonly start: number;
  readonly toPlain: () => unknown;
}

export interface YamlError {
  readonly offset: number;
  readonly message: string;
}

export type YamlDocument =
  | { readonly ok: true; readonly root: YamlNode | undefined }
  | { readonly ok: false; readonly errors: readonly YamlError[] };

/** Returns the documents of a text; one without content has no root. */
export function parseYaml(text: string): readonly YamlDocument[] {
  return parseSimpleYaml(text)?.map((root) => ({ ok: true, root })) ?? parseAnyYaml(text);
}

let loaded: typeof Yaml | undefined;

/** The same for all of YAML. */
export function parseAnyYaml(text: string): readonly YamlDocument[] {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml; // the package's own types
  const yaml = loaded;
  const documents: YamlDocument[] = [];
  for (const { errors, contents } of yaml.parseAllDocuments(text, { merge: true, uniqueKeys: true })) {
    if (errors.length > 0) {
      documents.push({
        ok: false,
        errors: errors.map(({ pos, message }) => ({ offset: pos[0], message: message.split('\n')[0]! })),
      });
    } else {
      documents.push({ ok: true, root: contents === null ? undefined : valueOf(yaml, contents) });
    }
  }
  return documents;
}

function convert(yaml: typeof Yaml, node: Yaml.Node): YamlNode {
  const start = node.range?.[0] ?? 0;
  const toPlain = (): unknown => node.toJSON() as unknown;
  if (yaml.isScalar(node)) {
    const style =
      node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
        ? 'block'
        : node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
          ? 'quoted'
          : 'plain';
    return { kind: 'scalar', start, value: node.value, source: node.source, style };
  }
  if (yaml.isMap(node)) {
    const pairs = node.items.map(({ key, value }): YamlPair => {
      const keyNode = key as Yaml.Node; // a parsed document has nodes everywhere
      const keyValue = yaml.isScalar(keyNode) ? keyNode.value : keyNode;
      return {
        key: String(keyValue),
        isText: typeof keyValue === 'string',
        keyStart: keyNode.range?.[0] ?? 0,
        value: value === null ? undefined : valueOf(yaml, value as Yaml.Node), // as above
      };
    });
    return { kind: 'map', start, pairs, toPlain };
  }
  if (yaml.isSeq(node)) {
    const items = node.items.map((item) => convert(yaml, item as Yaml.Node)); // as above
    return { kind: 'list', start, items, toPlain };
  }
  return { kind: 'other', start, toPlain };
}

function valueOf(yaml: typeof Yaml, node: Yaml.Node): YamlNode | undefined {
  return yaml.isScalar(node) && node.value === null ? undefined : convert(yaml, node);
}

/** The value of a node as plain JavaScript. */
export function plainOf(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.toPlain !== undefined) return node.toPlain();
  if (node.kind === 'list') return node.items.map(plainOf);
  const plain: Record<string, unknown> = {};
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) plain[key] = value === undefined ? null : plainOf(value);
  }
  return plain;
}
