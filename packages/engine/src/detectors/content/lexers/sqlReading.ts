// The reading that the rules about SQL look at: one reader for all texts, as judging is synchronous and keeps nothing,
// and the questions that every rule asks of it.

import type { Strength } from './finding.ts';
import { SqlReader } from './sqlGrammar.ts';

export const reader: SqlReader = new SqlReader();

/** What a rule says, with the tokens that it is about. */
export interface Judgement {
  readonly what: string;
  readonly strength: Strength;
  readonly from: number;
  readonly to: number;
}

export function weak(what: string, from: number, to: number): Judgement {
  return { what, strength: 'weak', from, to };
}

export function is(at: number, kinds: string): boolean {
  const kind = reader.kind(at);
  return kind !== '' && kinds.includes(kind);
}

/** Whether a condition may stop here: at the end, before a comment, a bracket, another condition or a clause. */
export function isStop(at: number): boolean {
  return reader.kind(at) === '' || is(at, 'c)&;UBWL,hIe');
}

/** The token before a position, brackets that close not counted. */
export function beforeBrackets(at: number): number {
  let before = at - 1;
  while (reader.kind(before) === ')') before -= 1;
  return before;
}

/** Whether a text's first token is a value that may be the site's own, and this is it. */
export function isFirstValue(at: number): boolean {
  return at === 0 && is(0, 's10v');
}

export function word(at: number, text: string): string {
  return text.slice(reader.tokens.starts[at] ?? 0, reader.tokens.ends[at] ?? 0).toLowerCase();
}

export function sizeOf(at: number): number {
  return (reader.tokens.ends[at] ?? 0) - (reader.tokens.starts[at] ?? 0);
}

/** Whether a comment has nothing in it, as one has that only cuts the query off. */
export function isBareComment(text: string, at: number): boolean {
  const start = reader.tokens.starts[at] ?? 0;
  return (
    sizeOf(at) < 40 &&
    /^(?:--|#|\/\*)[^a-zA-Z]{0,12}(?:[a-zA-Z]{0,5}[^a-zA-Z ]{0,12})$/.test(
      text.slice(start, reader.tokens.ends[at]).trimEnd(),
    )
  );
}
