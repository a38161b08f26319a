// A data file of type map: rows of texts, each with a pattern, the way to compare it, and a tag to answer with.

import { compilePattern, LiteralSet, PatternSet, type Pattern } from '../../patterns/index.ts';
import { Memo } from './memo.ts';

export interface LookupRow {
  readonly pattern: string;
  readonly tag: string;
  readonly type: 'equals' | 'contains' | 'regex';
  /** All that was in the row, the three above included. */
  readonly fields: ReadonlyMap<string, string>;
}

export type LookupRowResult =
  | { readonly ok: true; readonly row: LookupRow }
  | { readonly ok: false; readonly reason: string };

const TEXTS_REMEMBERED_MAX = 4096;

/** Reads one line: a JSON object of texts. */
export function readLookupRow(line: string): LookupRowResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { ok: false, reason: 'The row is not a JSON object' };
  }
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') return { ok: false, reason: `The row's '${key}' is not a text` };
    fields.set(key, value);
  }
  const [pattern, tag, type] = ['pattern', 'tag', 'type'].map((key) => fields.get(key) ?? '') as [
    string,
    string,
    string,
  ];
  if (pattern === '') return { ok: false, reason: "The row has no 'pattern'" };
  if (tag === '') return { ok: false, reason: "The row has no 'tag'" };
  if (type !== 'equals' && type !== 'contains' && type !== 'regex') {
    return { ok: false, reason: `The row's 'type' is '${type}', not equals, contains or regex` };
  }
  return { ok: true, row: { pattern, tag, type, fields } };
}

/** Finds the row for a text: an equal one, else one that is contained, else one whose regular expression matches. */
export class Lookup {
  readonly rows: readonly LookupRow[];
  readonly #equal: ReadonlyMap<string, string>;
  readonly #contained: readonly LookupRow[];
  readonly #containedSet: LiteralSet;
  readonly #matchedTags: readonly string[];
  readonly #matchedSet: PatternSet;
  readonly #tags: Memo<string>;

  constructor(rows: readonly LookupRow[]) {
    this.rows = rows;
    // Of two equal patterns the last row counts.
    this.#equal = new Map(rows.filter((row) => row.type === 'equals').map((row) => [row.pattern, row.tag]));
    this.#contained = rows.filter((row) => row.type === 'contains');
    this.#containedSet = new LiteralSet(this.#contained.map((row) => row.pattern));
    const tags: string[] = [];
    const patterns: Pattern[] = [];
    for (const row of rows) {
      const result = row.type === 'regex' ? compilePattern(row.pattern) : undefined;
      if (result?.ok !== true) continue;
      patterns.push(result.pattern);
      tags.push(row.tag);
    }
    this.#matchedTags = tags;
    this.#matchedSet = new PatternSet(patterns);
    this.#tags = new Memo(TEXTS_REMEMBERED_MAX, (text) => this.#find(text));
  }

  /** Returns the row's tag, '' without one. */
  tag(text: string): string {
    return this.#equal.get(text) ?? this.#tags.get(text);
  }

  #find(text: string): string {
    const contained = this.#leftmost(text);
    if (contained !== undefined) return contained;
    const [first] = this.#matchedSet.matches(text);
    return first === undefined ? '' : this.#matchedTags[first]!;
  }

  // The row that is found furthest to the left counts; of two at one place the earlier row.
  #leftmost(text: string): string | undefined {
    let tag: string | undefined;
    let leftmost = Infinity;
    for (const index of this.#containedSet.indexesIn(text)) {
      const row = this.#contained[index]!;
      const at = text.indexOf(row.pattern);
      if (at >= leftmost) continue;
      leftmost = at;
      tag = row.tag;
    }
    return tag;
  }
}
