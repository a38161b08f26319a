// Grok: named regular expressions that refer to each other (`%{IP:source_ip}`), with the semantics of grokky as
// CrowdSec uses it. What a name captures is decided there by counting parentheses in the text around each
// reference; that count is sometimes wrong, and the wrong group is then what CrowdSec reads, so it is counted
// the same way here (see `countGroups`).

import { nearestName } from './nearestName.ts';
import { isTooLarge, Matcher, MAX_PROGRAM_SIZE } from './matcher.ts';
import { compileScanner, type Scan } from './scanner/scanner.ts';
import { parsePattern, type PatternError } from './parse.ts';
import type { RequiredLiterals } from './literals.ts';
import { withoutCaptures, type Node } from './syntaxTree.ts';
import { BASE_PATTERNS } from './grokBase.table.ts';
import { HUB_PATTERN_FILES } from './grokHub.table.ts';

export type GrokResult =
  | { readonly ok: true; readonly grok: Grok }
  | { readonly ok: false; readonly error: PatternError };

export type AddResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'exists' | 'invalid'; readonly error: PatternError };

export interface PatternFileProblem {
  /** 1-based. */
  readonly line: number;
  readonly name: string;
  readonly error: PatternError;
}

// References nested deeper than this, or expanding to more than this, come from a mistake or an attack.
const MAX_DEPTH = 50;
const MAX_EXPANDED = 400_000;

const REFERENCE = /%\{(\w+)(?::(\w+))?\}/g;

/** An expression with its references replaced, and the group that each name reads. */
interface Expansion {
  readonly source: string;
  /** In order of first appearance, which fixes the order of `Grok.names`. */
  readonly groupOf: ReadonlyMap<string, number>;
}

interface NamedExpansion extends Expansion {
  readonly groupCount: number;
}

interface Cut {
  /** Where the reference stands in the expression, and where its replacement stands in the source. */
  readonly from: number;
  readonly fromEnd: number;
  readonly to: number;
  readonly toEnd: number;
}

/** A set of named expressions. The first registration of a name wins, as in CrowdSec. */
export class GrokLibrary {
  readonly #expressions = new Map<string, string>();
  readonly #expansions = new Map<string, NamedExpansion>();
  readonly #groks = new Map<string, GrokResult>();
  /** By expression and what it comes to: a library and its copies compile the same thing once. */
  #compiled = new Map<string, Grok>();
  #original: GrokLibrary | undefined;

  /** The library that hub items expect: base patterns and CrowdSec's pattern files. */
  static standard(): GrokLibrary {
    const library = new GrokLibrary();
    for (const [name, expression] of BASE_PATTERNS) library.#expressions.set(name, expression);
    for (const [, text] of HUB_PATTERN_FILES) library.loadPatternFile(text, false);
    return library;
  }

  /** A copy that names can be added to; what both have in common is read and compiled once. */
  copy(): GrokLibrary {
    const library = new GrokLibrary();
    for (const [name, expression] of this.#expressions) library.#expressions.set(name, expression);
    library.#compiled = this.#compiled;
    library.#original = this;
    return library;
  }

  has(name: string): boolean {
    return this.#expressions.has(name);
  }

  names(): readonly string[] {
    return [...this.#expressions.keys()];
  }

  /** Registers an expression after checking it; a name that is taken keeps its first expression. */
  add(name: string, expression: string): AddResult {
    if (!/^\w+$/.test(name)) {
      const error = { message: `'${name}' is no pattern name`, offset: 0, hint: 'Use letters, digits and _' };
      return { ok: false, reason: 'invalid', error };
    }
    if (this.#expressions.has(name)) {
      const message = `The grok pattern '${name}' is registered already, and the first one is kept`;
      return { ok: false, reason: 'exists', error: { message, offset: 0 } };
    }
    const parsed = this.#parse(expression);
    if ('message' in parsed) return { ok: false, reason: 'invalid', error: parsed };
    this.#expressions.set(name, expression);
    this.#expansions.set(name, { ...parsed.expansion, groupCount: parsed.groupCount });
    return { ok: true };
  }

  /** Registers every `NAME expression` line of a pattern file; lines may use names of later lines. */
  loadPatternFile(text: string, check = true): readonly PatternFileProblem[] {
    let waiting: { line: number; name: string; expression: string }[] = [];
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const match = /^(\w+)\s+(.+)$/.exec(line);
      if (match !== null) waiting.push({ line: i + 1, name: match[1]!, expression: match[2]! });
    }
    if (!check) {
      for (const { name, expression } of waiting) {
        if (!this.#expressions.has(name)) this.#expressions.set(name, expression);
      }
      return [];
    }
    for (;;) {
      const problems: PatternFileProblem[] = [];
      const refused: typeof waiting = [];
      for (const entry of waiting) {
        const result = this.add(entry.name, entry.expression);
        if (result.ok) continue;
        problems.push({ line: entry.line, name: entry.name, error: result.error });
        if (result.reason === 'invalid') refused.push(entry);
      }
      if (refused.length === 0 || refused.length === waiting.length) return problems;
      waiting = refused;
    }
  }

  /** Compiles the pattern registered under `name`. */
  get(name: string): GrokResult {
    if (!this.#expressions.has(name)) return { ok: false, error: this.#missing(name, 0) };
    return this.compile(`%{${name}}`, this.#expressions.get(name)!);
  }

  /** Compiles an expression; equal expressions share one Grok. */
  compile(expression: string, meant: string = expression): GrokResult {
    let result = this.#groks.get(meant);
    if (result === undefined) {
      result = this.#compile(meant);
      this.#groks.set(meant, result);
    }
    return result;
  }

  #compile(expression: string): GrokResult {
    const expansion = this.#expand(expression, [], []);
    const key = 'message' in expansion ? undefined : `${expression}\0${expansion.source}`;
    const known = key === undefined ? undefined : this.#compiled.get(key);
    if (known !== undefined) return { ok: true, grok: known };
    const parsed = this.#parse(expression);
    if ('message' in parsed) return { ok: false, error: parsed };
    const wanted = new Set(parsed.expansion.groupOf.values());
    const tree = withoutCaptures(parsed.tree, (index) => wanted.has(index));
    const matcher = new Matcher(tree, parsed.groupCount + 1);
    const grok = new Grok(expression, parsed.expansion.groupOf, matcher);
    if (key !== undefined) this.#compiled.set(key, grok);
    return { ok: true, grok };
  }

  #parse(expression: string): { tree: Node; groupCount: number; expansion: Expansion } | PatternError {
    if (expression === '') return { message: 'The grok expression is empty', offset: 0 };
    const cuts: Cut[] = [];
    const expansion = this.#expand(expression, [], cuts);
    if ('message' in expansion) return expansion;
    const result = parsePattern(expansion.source);
    if (!result.ok) return { ...result.error, offset: offsetBefore(cuts, result.error.offset) };
    const { tree, groupNames } = result.parsed;
    if (isTooLarge(tree)) {
      const message = `Written out, the pattern has more than ${MAX_PROGRAM_SIZE} steps`;
      return { message, offset: 0, hint: 'Use smaller repetition counts' };
    }
    return { tree, groupCount: groupNames.length - 1, expansion };
  }

  #expand(expression: string, path: readonly string[], cuts: Cut[]): Expansion | PatternError {
    const groupOf = new Map<string, number>();
    const references = [...expression.matchAll(REFERENCE)];
    const own = new Set(references.map((reference) => reference[2]));
    let source = '';
    let at = 0;
    let order = 1;
    for (const reference of references) {
      const name = reference[1]!;
      const before = expression.slice(at, reference.index);
      const inner = this.#expandName(name, reference.index, path);
      if ('message' in inner) return { ...inner, offset: reference.index };
      order += countGroups(before);
      source += before;
      const end = reference.index + reference[0].length;
      cuts.push({
        from: reference.index,
        fromEnd: end,
        to: source.length,
        toEnd: source.length + inner.source.length + 2,
      });
      source += `(${inner.source})`;
      if (source.length > MAX_EXPANDED) {
        return {
          message: `Expanded, the pattern has more than ${MAX_EXPANDED} characters`,
          offset: reference.index,
        };
      }
      if (reference[2] !== undefined) groupOf.set(reference[2], order);
      // A name given at this level hides the same name inside; among inner ones the last stands.
      for (const [innerName, group] of inner.groupOf) {
        if (!own.has(innerName)) groupOf.set(innerName, order + group);
      }
      order += inner.groupCount + 1;
      at = end;
    }
    source += expression.slice(at);
    return { source, groupOf };
  }

  #expandName(name: string, offset: number, path: readonly string[]): NamedExpansion | PatternError {
    const known = this.#expansions.get(name);
    if (known !== undefined) return known;
    const expression = this.#expressions.get(name);
    if (expression === undefined) return this.#missing(name, offset);
    // A name keeps its first expression, so what the original can write out is the same in every copy.
    if (path.length === 0 && this.#original?.has(name) === true) {
      const shared = this.#original.#expandName(name, offset, path);
      if (!('message' in shared)) return shared;
    }
    if (path.includes(name)) {
      const message = `The grok pattern '${name}' refers to itself: ${[...path, name].join(' > ')}`;
      return { message, offset, hint: 'Break the circle' };
    }
    if (path.length >= MAX_DEPTH) return { message: `More than ${MAX_DEPTH} nested grok patterns`, offset };
    const expansion = this.#expand(expression, [...path, name], []);
    if ('message' in expansion) return expansion;
    const named = { ...expansion, groupCount: trueGroupCount(expansion.source) };
    this.#expansions.set(name, named);
    return named;
  }

  #missing(name: string, offset: number): PatternError {
    const near = nearestName(name, this.#expressions.keys());
    const hint = near === undefined ? 'Register it under pattern_syntax' : `Did you mean '${near}'?`;
    return { message: `There is no grok pattern '${name}'`, offset, hint };
  }
}

// A scanner is made for patterns that see this many lines; for fewer it does not pay for its making.
const LINES_BEFORE_SCANNER = 24;

/** A compiled grok expression. */
export class Grok {
  readonly expression: string;
  /** The names given to parts of the match, each once. Without any, CrowdSec takes a match for a failure. */
  readonly names: readonly string[];
  /** The group that each name reads. */
  readonly groups: readonly number[];
  readonly matcher: Matcher;
  #lines = 0;
  #matched = false;
  #scan: Scan | undefined;

  constructor(expression: string, groupOf: ReadonlyMap<string, number>, matcher: Matcher) {
    this.expression = expression;
    this.names = [...groupOf.keys()];
    this.groups = [...groupOf.values()];
    this.matcher = matcher;
  }

  get requiredLiterals(): RequiredLiterals | undefined {
    return this.matcher.required;
  }

  /** The values of `names` in the first match ('' for a part that took none), or null without a match. */
  exec(text: string): readonly string[] | null {
    // Lines of one kind come in a row: after a match, looking for the literal first would cost more than it spares.
    if ((!this.#matched || this.#scan === undefined) && !this.matcher.mayMatch(text)) return null;
    const values = this.#match(text);
    this.#matched = values !== null;
    return values;
  }

  #match(text: string): readonly string[] | null {
    if (this.#lines < LINES_BEFORE_SCANNER) {
      this.#lines++;
      if (this.#lines === LINES_BEFORE_SCANNER) this.#scan = compileScanner(this.matcher.tree, this.groups);
    }
    const scanned = this.#scan?.(text);
    if (scanned !== undefined) return scanned;
    const groups = this.matcher.exec(text);
    return groups === null ? null : this.groups.map((group) => groups[group] ?? '');
  }
}

/** Translates an offset in the expanded source to the expression; inside a reference, to its start. */
function offsetBefore(cuts: readonly Cut[], offset: number): number {
  let shift = 0;
  for (const cut of cuts) {
    if (offset < cut.to) break;
    if (offset < cut.toEnd) return cut.from;
    shift = cut.fromEnd - cut.toEnd;
  }
  return offset + shift;
}

/** The number of groups that the parser sees in a well-formed source. */
function trueGroupCount(source: string): number {
  const result = parsePattern(source);
  return result.ok ? result.parsed.groupNames.length - 1 : 0;
}

/**
 * The number of groups that grokky sees in the text between two references: all `(` but `\(`, `(?flags:` and
 * whatever ends like `(?flags)`. The last test also hits the end of words ("items)"), and `(` in a class
 * counts: names behind such text read a neighbouring group, here as there.
 */
function countGroups(text: string): number {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return count(/\(/g) - count(/\(\?[imsU-]*:/g) - count(/\(?[imsU-]+\)/g) - count(/\\\(/g);
}
