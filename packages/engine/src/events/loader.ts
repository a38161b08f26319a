// Reads parser items: YAML documents become nodes that run. What is wrong with a document is a problem with
// its place in the file, and keeps that document out; all others load.

import type { Problem } from '@parapet/kinds';
import type { Stash } from '../expressions/helpers/stash.ts';
import type { HelperFunction } from '../expressions/index.ts';
import { readDocuments, type MapReader } from '../items/index.ts';
import type { GrokLibrary } from '../patterns/index.ts';
import { ExpressionCompiler } from './compile.ts';
import { Event, type EventSchema } from './event.ts';
import { effectOf, joinFootprints, type Footprint } from './effect.ts';
import { Faults } from './faults.ts';
import { readGrok, addPatterns } from './grok.ts';
import { splitFilter } from './guard.ts';
import type { ParserNode, Predicate } from './node.ts';
import { ParserSet } from './parserSet.ts';
import type { StageNode } from './stage.ts';
import { readStashes } from './stash.ts';
import { footprintOf, fuse, idleSources, readStatics, type Enrichers } from './statics.ts';
import { readWhitelist } from './whitelist.ts';

export interface ParserContext {
  readonly schema: EventSchema;
  /** Helper functions of expressions. */
  readonly functions: Readonly<Record<string, HelperFunction>>;
  /** Patterns; `pattern_syntax` adds to it, and the first of a name wins. */
  readonly grok: GrokLibrary;
  readonly enrichers: Enrichers;
  readonly stash: Stash;
}

export interface ParserFile {
  readonly file: string;
  readonly text: string;
  /** `s01-parse`: the folder the file is in. */
  readonly stage: string;
}

/** A data file that an item names: what expressions read by `File`, `RegexpInFile`, … */
export interface DataFile {
  readonly sourceUrl: string;
  readonly destFile: string;
  /** `string`, `regexp`, `map`, or '' for those that no expression reads (`mmdb`). */
  readonly type: string;
}

export interface ParserItem extends StageNode {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly stage: string;
  readonly file: string;
  readonly data: readonly DataFile[];
  /** Slots of Enriched that its statics copy, where they do nothing else. */
  readonly idleSources: readonly number[] | undefined;
}

export interface LoadedParsers {
  readonly set: ParserSet;
  readonly items: readonly ParserItem[];
  readonly problems: readonly Problem[];
}

/** Loads parsers in CrowdSec's order: by stage, then by the name of the file. */
export function loadParsers(files: readonly ParserFile[], context: ParserContext): LoadedParsers {
  const problems: Problem[] = [];
  const faults = new Faults();
  const sorted = files.toSorted(
    (a, b) =>
      compare(a.stage, b.stage) || compare(baseName(a.file), baseName(b.file)) || compare(a.file, b.file),
  );
  const written = new Set<number>();
  const items = sorted
    .flatMap((file) => loadParser(file, context, faults, problems, written))
    .map((item) => ({ ...item, isIdle: isIdle(item, written) }));
  return { set: new ParserSet(items, new Event(context.schema), faults), items, problems };
}

/** Whether an item does nothing, since all that it copies is what nobody here can find out. */
function isIdle({ idleSources: sources }: ParserItem, written: ReadonlySet<number>): boolean {
  return sources !== undefined && sources.length > 0 && !sources.some((slot) => written.has(slot));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** Loads the parsers of one file. */
function loadParser(
  file: ParserFile,
  context: ParserContext,
  faults: Faults,
  problems: Problem[],
  written: Set<number> = new Set(),
): readonly ParserItem[] {
  const items: ParserItem[] = [];
  for (const { root } of readDocuments(file.file, file.text, problems)) {
    const before = problems.length;
    const item = readItem(
      root,
      file,
      context,
      new ExpressionCompiler(context.schema, context.functions, faults, written),
    );
    if (item !== undefined && problems.length === before) items.push(item);
  }
  return items;
}

function readItem(
  root: MapReader,
  { file, stage }: ParserFile,
  context: ParserContext,
  compiler: ExpressionCompiler,
): ParserItem | undefined {
  const name = root.string('name') ?? '';
  const description = root.string('description') ?? '';
  const author = root.string('author') ?? '';
  if (name === '' && description === '' && author === '') {
    root.complain('E_PARSER_NO_NAME', 'The parser has no name', "Add 'name: author/what-it-parses'");
    return undefined;
  }
  checkFormat(root);
  const filterSource = root.string('filter') ?? '';
  const filter = filterSource === '' ? undefined : splitFilter(root, filterSource, name, compiler);
  const { node, footprint, idleSources: sources } = readNode(root, name, filter?.rest, context, compiler);
  const filterReads = filterSource === '' ? [] : filter?.restReads;
  const effect = effectOf(node, joinFootprints([readsOnly(filterReads), footprint]), context.schema);
  const data = root.maps('data').map(readData);
  root.refuseOtherKeys('a parser');
  const isEnrichment = filterReads !== undefined && node.grok === undefined && node.nodes.length === 0;
  const idleSources = isEnrichment && node.whitelist === undefined && !node.movesOn ? sources : undefined;
  const guard = filter?.guard;
  return { name, description, author, stage, file, data, node, effect, guard, idleSources, isIdle: false };
}

const FORMAT_HINT = 'This engine reads formats 1.0 to 3.0';

function checkFormat(root: MapReader): void {
  const format = root.string('format') ?? '1.0';
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(format);
  const [, major = '', minor = '0', patch = '0'] = match ?? [];
  const isAbove = Number(major) > 3 || (Number(major) === 3 && Number(minor) + Number(patch) > 0);
  if (match === null || Number(major) < 1 || isAbove) {
    root.complain(
      'E_PARSER_FORMAT',
      `Format '${format}' is not supported`,
      FORMAT_HINT,
      root.position('format'),
    );
  }
}

function readNode(
  reader: MapReader,
  name: string,
  filter: Predicate | undefined,
  context: ParserContext,
  compiler: ExpressionCompiler,
): ReadNode {
  // Keys of which the engine makes nothing.
  reader.allow(
    'name',
    'debug',
    'profiling',
    'description',
    'author',
    'references',
    'labels',
    'stage',
    'format',
  );
  addPatterns(reader, context.grok);
  const grok = readGrok(reader, name, context, compiler);
  const stashes = readStashes(reader, name, context.stash, compiler);
  const nodes = reader.maps('nodes').map((child) => readChild(child, name, context, compiler));
  const statics = readStatics(reader, name, compiler, context.enrichers);
  const whitelist = readWhitelist(reader, compiler.schema, (list, source, index) => {
    const at = list.itemPosition('expression', index);
    const expression = compiler.expression(list, 'expression', source, at);
    return expression && compiler.whitelistTest(expression, name);
  });
  const isEmpty = grok === undefined && nodes.length + statics.length === 0 && whitelist === undefined;
  if (isEmpty && !reader.has('grok') && reader.maps('statics').length === 0 && !reader.has('whitelist')) {
    reader.complain(
      'E_PARSER_EMPTY',
      'The node does nothing',
      "Give it 'grok', 'nodes', 'statics' or 'whitelist'",
    );
  }
  const movesOn = readOnSuccess(reader);
  const applied = fuse(statics);
  const hasMore = whitelist !== undefined || stashes.length > 0 || nodes.some(({ node }) => node.movesOn);
  const footprint = hasMore
    ? undefined
    : joinFootprints([
        ...(grok === undefined ? [] : [grok.footprint]),
        ...nodes.map((child) => child.footprint),
        ...statics.map(footprintOf),
      ]);
  return {
    node: {
      name,
      filter,
      whitelist,
      grok: grok?.step,
      stashes,
      nodes: nodes.map(({ node }) => node),
      statics: applied,
      movesOn,
    },
    footprint,
    idleSources: idleSources(statics, context.schema),
  };
}

interface ReadNode {
  readonly node: ParserNode;
  /** Without its own filter. Undefined when it cannot be told. */
  readonly footprint: Footprint | undefined;
  readonly idleSources: readonly number[] | undefined;
}

function readsOnly(reads: readonly number[] | undefined): Footprint | undefined {
  return reads === undefined ? undefined : { reads, writes: [], subject: undefined };
}

function readChild(
  reader: MapReader,
  parent: string,
  context: ParserContext,
  compiler: ExpressionCompiler,
): ReadNode {
  const name = reader.string('name') ?? `child-${parent}`;
  const source = reader.string('filter') ?? '';
  const expression = source === '' ? undefined : compiler.expression(reader, 'filter', source);
  const filter = expression && compiler.predicate(expression, name);
  const { node, footprint } = readNode(reader, name, filter, context, compiler);
  reader.allow('data');
  reader.refuseOtherKeys('a node');
  const filterReads = source === '' ? [] : expression && compiler.slotsRead(expression);
  return { node, footprint: joinFootprints([readsOnly(filterReads), footprint]), idleSources: undefined };
}

function readOnSuccess(reader: MapReader): boolean {
  const text = reader.string('onsuccess') ?? '';
  if (text !== '' && text !== 'continue' && text !== 'next_stage') {
    reader.complain(
      'E_PARSER_ONSUCCESS',
      `'${text}' is nothing that can happen on success`,
      "Write 'next_stage' or 'continue'",
      reader.position('onsuccess'),
    );
  }
  return text === 'next_stage';
}

function readData(reader: MapReader): DataFile {
  const sourceUrl = reader.string('source_url') ?? '';
  const destFile = reader.string('dest_file') ?? '';
  const type = reader.string('type') ?? '';
  // How CrowdSec caches regular expressions; ours are one automaton and need no cache.
  reader.allow('cache', 'strategy', 'size', 'ttl');
  reader.refuseOtherKeys('a data file');
  return { sourceUrl, destFile, type };
}
