// The data files that items name (`data:` in YAML): word lists, patterns, maps and lists of known bots. They are
// read before expressions are compiled and do not change while those run.

import type { Problem } from '@parapet/kinds';
import { compilePattern, PatternSet, type Pattern } from '../../patterns/index.ts';
import { childrenOf, type Node } from '../ast.ts';
import type { LiteralRequirement } from '../environment.ts';
import { BotList } from './botList.ts';
import { Lookup, readLookupRow, type LookupRow } from './lookup.ts';
import { Memo } from './memo.ts';

export type DataFileType = 'string' | 'regexp' | 'map' | 'bots';

/** Answers whether any pattern of a file matches a text. */
export interface PatternFile {
  matches(text: string): boolean;
  /** What a text has to contain to match; undefined when some pattern needs nothing in particular. */
  readonly requiredLiterals: LiteralRequirement | undefined;
}

// Texts per pattern file whose answer is remembered: user agents and host names come again and again.
const TEXTS_REMEMBERED_MAX = 4096;

export class DataFiles {
  readonly #strings = new Map<string, readonly string[]>();
  readonly #patterns = new Map<string, PatternFile>();
  readonly #lookups = new Map<string, Lookup>();
  readonly #bots = new Map<string, BotList>();

  /**
   * Takes a file in and returns what is wrong with it; the rest of it is used. A file without a type is ignored,
   * as is one that is there already under its name and type.
   */
  add(name: string, type: string | undefined, text: string): readonly Problem[] {
    const problems = new FileProblems(name);
    const lines = linesOf(text);
    switch (type) {
      case undefined:
      case '':
      case 'mmdb': // opened by whoever looks places up
        break;
      case 'string':
        addOnce(this.#strings, name, () => lines.map((line) => line.text));
        break;
      case 'regex':
      case 'regexp':
        addOnce(this.#patterns, name, () => readPatterns(lines, problems));
        break;
      case 'map':
        addOnce(this.#lookups, name, () => readLookup(lines, problems));
        break;
      case 'bots':
        addOnce(this.#bots, name, () => readBots(lines, problems));
        break;
      default:
        problems.add('E_DATA_FILE_TYPE', 0, `The data file has the unknown type '${type}'`, TYPES_HINT);
    }
    return problems.list;
  }

  has(name: string, type: DataFileType): boolean {
    return this.#ofType(type).has(name);
  }

  /** Returns the lines of a file of type string, or undefined when there is none of that name. */
  strings(name: string): readonly string[] | undefined {
    return this.#strings.get(name);
  }

  /** Returns the patterns of a file of type regexp, or undefined when there is none of that name. */
  regexps(name: string): PatternFile | undefined {
    return this.#patterns.get(name);
  }

  /** Returns the rows of a file of type map, or undefined when there is none of that name. */
  map(name: string): Lookup | undefined {
    return this.#lookups.get(name);
  }

  /** Returns the list of a file of type bots, or undefined when there is none of that name. */
  bots(name: string): BotList | undefined {
    return this.#bots.get(name);
  }

  #ofType(type: DataFileType): ReadonlyMap<string, unknown> {
    switch (type) {
      case 'string':
        return this.#strings;
      case 'regexp':
        return this.#patterns;
      case 'map':
        return this.#lookups;
      case 'bots':
        return this.#bots;
    }
  }
}

/** A file that an expression names and that is not there. */
export interface MissingDataFile {
  readonly name: string;
  readonly type: DataFileType;
  /** Where it is named, in the source of the expression. */
  readonly offset: number;
}

/** Returns the files that the expression names by constants and that are not among the files. */
export function missingDataFiles(ast: Node, files: DataFiles): readonly MissingDataFile[] {
  const found: MissingDataFile[] = [];
  const use = ast.kind === 'call' ? FILE_ARGUMENTS.get(ast.name) : undefined;
  if (ast.kind === 'call' && use !== undefined) {
    for (const arg of ast.args.slice(use.from, use.to)) {
      if (arg.kind !== 'literal' || typeof arg.value !== 'string' || files.has(arg.value, use.type)) continue;
      found.push({ name: arg.value, type: use.type, offset: arg.start });
    }
  }
  for (const child of childrenOf(ast)) found.push(...missingDataFiles(child, files));
  return found;
}

// Which arguments of a helper are names of files.
const FILE_ARGUMENTS: ReadonlyMap<string, { type: DataFileType; from: number; to: number }> = new Map([
  ['File', { type: 'string', from: 0, to: 1 }],
  ['RegexpInFile', { type: 'regexp', from: 1, to: 2 }],
  ['FileMap', { type: 'map', from: 0, to: 1 }],
  ['LookupFile', { type: 'map', from: 1, to: 2 }],
  ['MatchKnownBot', { type: 'bots', from: 3, to: Infinity }],
]);

const TYPES_HINT = "Types are 'string', 'regexp', 'map', 'bots' and 'mmdb'";

interface FileLine {
  readonly text: string;
  readonly number: number;
}

// Empty lines and comments hold nothing; a line of spaces is a line.
function linesOf(text: string): FileLine[] {
  return text
    .split('\n')
    .map((line, i) => ({ text: line.endsWith('\r') ? line.slice(0, -1) : line, number: i + 1 }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}

function addOnce<T>(files: Map<string, T>, name: string, read: () => T): void {
  if (!files.has(name)) files.set(name, read());
}

class FileProblems {
  readonly list: Problem[] = [];
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }
  add(code: string, line: number, message: string, hint: string, column = line === 0 ? 0 : 1): void {
    this.list.push({ code, file: this.#file, line, column, message, hint });
  }
}

function readPatterns(lines: readonly FileLine[], problems: FileProblems): PatternFile {
  const patterns: Pattern[] = [];
  for (const { text, number } of lines) {
    const result = compilePattern(text);
    if (result.ok) patterns.push(result.pattern);
    else addPatternProblem(problems, number, result.error, 0);
  }
  const set = new PatternSet(patterns);
  const memo = new Memo(TEXTS_REMEMBERED_MAX, (text) => set.anyMatch(text));
  return { matches: (text) => memo.get(text), requiredLiterals: set.requiredLiterals };
}

function readLookup(lines: readonly FileLine[], problems: FileProblems): Lookup {
  const rows: LookupRow[] = [];
  for (const { text, number } of lines) {
    const row = readLookupRow(text);
    if (!row.ok) {
      problems.add('E_DATA_FILE_ROW', number, row.reason, ROW_HINT);
      continue;
    }
    rows.push(row.row);
    const result = row.row.type === 'regex' ? compilePattern(row.row.pattern) : undefined;
    if (result?.ok === false) addPatternProblem(problems, number, result.error, undefined);
  }
  return new Lookup(rows);
}

const ROW_HINT = `Write one object of texts a line: {"pattern": "/wp-admin", "tag": "wordpress", "type": "equals"}`;

function readBots(lines: readonly FileLine[], problems: FileProblems): BotList {
  const list = new BotList();
  for (const { text, number } of lines) {
    const reason = list.add(text);
    if (reason !== undefined) problems.add('E_DATA_FILE_ROW', number, reason, BOT_HINT);
  }
  return list;
}

const BOT_HINT = `Write one object a line: {"name": "…", "user_agent": "…", "ranges": ["192.0.2.0/24"]}`;

function addPatternProblem(
  problems: FileProblems,
  line: number,
  error: { readonly message: string; readonly offset: number; readonly hint?: string | undefined },
  columnBefore: number | undefined,
): void {
  const column = columnBefore === undefined ? 1 : columnBefore + error.offset + 1;
  const hint = error.hint ?? 'Correct the pattern, or take the line out';
  problems.add('E_DATA_FILE_PATTERN', line, `The pattern is refused: ${error.message}`, hint, column);
}
