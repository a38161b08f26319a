// Reads YAML that people wrote, keeping positions: every complaint has file, line and column, an unknown key
// gets the nearest known one as a hint, and one bad document never takes its neighbours with it.

import { nearestName } from '../patterns/index.ts';
import { parseDuration, type Problem } from '@parapet/kinds';
import { LineStarts, type Position } from './lineStarts.ts';
import { parseYaml, plainOf, type YamlMap, type YamlNode } from './yamlTree.ts';

/** One YAML document of a file, as a map, with the means to complain about it. */
export interface ItemDocument {
  readonly file: string;
  readonly root: MapReader;
}

/** Splits a file into its documents. Syntax errors become problems; documents that are no map are refused. */
export function readDocuments(file: string, text: string, problems: Problem[]): readonly ItemDocument[] {
  const lines = new LineStarts(text);
  const documents: ItemDocument[] = [];
  for (const document of parseYaml(text)) {
    if (!document.ok) {
      for (const { offset, message } of document.errors) {
        problems.push({
          code: 'E_YAML_SYNTAX',
          file,
          ...lines.position(offset),
          message: message.replace(/ at line \d+, column \d+:?$/, ''),
          hint: 'Mend the YAML at this place',
        });
      }
      continue;
    }
    // Nothing at all, or nothing between two `---`.
    if (document.root === undefined) continue;
    if (document.root.kind !== 'map') {
      problems.push({
        code: 'E_YAML_NOT_A_MAP',
        file,
        line: 1,
        column: 1,
        message: 'The document is not a map of keys to values',
        hint: 'Start it with `name: …`',
      });
      continue;
    }
    documents.push({ file, root: new MapReader(document.root, { file, lines, problems }) });
  }
  return documents;
}

interface ReaderContext {
  readonly file: string;
  readonly lines: LineStarts;
  readonly problems: Problem[];
}

/** A map of the file. Getters return undefined for an absent key, and complain about a wrong type. */
export class MapReader {
  readonly #map: YamlMap;
  readonly #context: ReaderContext;
  readonly #asked = new Set<string>();

  constructor(map: YamlMap, context: ReaderContext) {
    this.#map = map;
    this.#context = context;
  }

  get file(): string {
    return this.#context.file;
  }

  /** Where this map, or the value of one of its keys, starts. */
  position(key?: string): Position {
    const node = key === undefined ? this.#map : (this.#node(key) ?? this.#map);
    return this.#context.lines.position(node.start);
  }

  /** Where character `offset` of the scalar at `key` stands in the file (exact for plain one-line scalars). */
  positionInside(key: string, offset: number): Position {
    const start = this.position(key);
    const node = this.#node(key);
    if (node?.kind !== 'scalar' || node.source === undefined) return start;
    const text = typeof node.value === 'string' ? node.value : '';
    const before = text.slice(0, offset);
    const newlines = before.split('\n').length - 1;
    if (node.style === 'block') {
      const column = offset - (before.lastIndexOf('\n') + 1) + 1;
      return { line: start.line + 1 + newlines, column };
    }
    const quote = node.style === 'quoted' ? 1 : 0;
    return newlines > 0 ? start : { line: start.line, column: start.column + quote + offset };
  }

  complain(code: string, message: string, hint?: string, at: Position = this.position()): void {
    const { file, problems } = this.#context;
    problems.push({ code, file, ...at, message, ...(hint === undefined ? {} : { hint }) });
  }

  has(key: string): boolean {
    return this.#node(key) !== undefined;
  }

  keys(): string[] {
    return this.#map.pairs.map(({ key }) => key);
  }

  /** A string; numbers and booleans are taken as they are written. */
  string(key: string): string | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    const text = scalarText(node);
    if (text === undefined) this.#wrongType(key, 'a string');
    return text;
  }

  boolean(key: string): boolean | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    this.#wrongType(key, 'true or false');
    return undefined;
  }

  number(key: string): number | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'number') return node.value;
    this.#wrongType(key, 'a number');
    return undefined;
  }

  /** A Go duration such as `1m30s`, in milliseconds. */
  durationMs(key: string): number | undefined {
    const text = this.string(key);
    if (text === undefined || text === '') return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) {
      this.complain(
        'E_DURATION',
        `'${text}' is no duration`,
        "Write it like '30s', '1m30s' or '4h'",
        this.position(key),
      );
    }
    return ms;
  }

  /** A list of strings; one string alone is taken as a list of one. */
  strings(key: string): readonly string[] {
    const node = this.#node(key);
    if (node === undefined) return [];
    if (node.kind === 'list') {
      const texts = node.items.map(scalarText);
      if (texts.every((text) => text !== undefined)) return texts;
    } else {
      const text = scalarText(node);
      if (text !== undefined) return [text];
    }
    this.#wrongType(key, 'a list of strings');
    return [];
  }

  /** Where item `index` of the list at `key` starts. */
  itemPosition(key: string, index: number): Position {
    const node = this.#node(key);
    const item = node?.kind === 'list' ? node.items[index] : undefined;
    return this.#context.lines.position((item ?? this.#map).start);
  }

  /** Whether the value at `key` is a list. */
  isList(key: string): boolean {
    return this.#node(key)?.kind === 'list';
  }

  map(key: string): MapReader | undefined {
    const node = this.#node(key);
    if (node === undefined) return undefined;
    if (node.kind === 'map') return new MapReader(node, this.#context);
    this.#wrongType(key, 'a map of keys to values');
    return undefined;
  }

  maps(key: string): readonly MapReader[] {
    const node = this.#node(key);
    if (node === undefined) return [];
    if (node.kind === 'list') {
      const maps = node.items.filter((item) => item.kind === 'map');
      if (maps.length === node.items.length) return maps.map((map) => new MapReader(map, this.#context));
    }
    this.#wrongType(key, 'a list of maps');
    return [];
  }

  /** The value at `key` as plain JavaScript. */
  plain(key: string): unknown {
    const node = this.#node(key);
    return node === undefined ? undefined : plainOf(node);
  }

  /** Complains about every key that no getter has asked for. Call it when all has been read. */
  refuseOtherKeys(what: string): void {
    for (const { key, keyStart } of this.#map.pairs) {
      if (this.#asked.has(key)) continue;
      const near = nearestName(key, this.#asked);
      this.complain(
        'E_UNKNOWN_KEY',
        `'${key}' is no key of ${what}`,
        near === undefined ? 'Remove it' : `Did you mean '${near}'?`,
        this.#context.lines.position(keyStart),
      );
    }
  }

  /** Marks keys as known without reading them. */
  allow(...keys: string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  #node(key: string): YamlNode | undefined {
    this.#asked.add(key);
    return this.#map.pairs.find((pair) => pair.key === key && pair.isText)?.value;
  }

  #wrongType(key: string, expected: string): void {
    this.complain('E_WRONG_TYPE', `'${key}' has to be ${expected}`, undefined, this.position(key));
  }
}

function scalarText(node: YamlNode): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'string') return node.value;
  if (node.value === null) return '';
  return node.source ?? `${node.value as number | boolean | bigint}`;
}
