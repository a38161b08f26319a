// Which literal texts every match of a pattern must contain: the prefilter that spares most patterns most texts.
//
// Each node yields either the complete list of texts it can match (if that is short) or nothing exact; runs of
// exact neighbours are multiplied out, and the best run becomes the requirement. With folding the texts are in
// upper case and are to be looked for in `text.toUpperCase()`.

import { onlyChar, type CharSet } from './charSet.ts';
import type { Node } from './syntaxTree.ts';

export interface RequiredLiterals {
  /** If true, look for the literals (which are in upper case) in the text's `toUpperCase()`. */
  readonly foldCase: boolean;
  /** A match contains at least one of these. */
  readonly anyOf: readonly string[];
}

const MAX_TEXTS = 8;
const MAX_SET = 4;

interface Found {
  /** Every text the node can match; undefined if there are too many. */
  readonly exact: readonly string[] | undefined;
  /** At least one of these is in every match; undefined if nothing is known. */
  readonly must: readonly string[] | undefined;
}

const UNKNOWN: Found = { exact: undefined, must: undefined };
const NOTHING: Found = { exact: [''], must: undefined };

/** The most selective requirement that can be derived, or undefined when a match needs no literal. */
export function requiredLiterals(tree: Node): RequiredLiterals | undefined {
  const plain = best(find(tree, false), undefined);
  const folded = best(find(tree, true), undefined);
  // Folding costs the caller an upper-cased text, so it has to be clearly better.
  if (folded !== undefined && weight(folded) > weight(plain) + 1) return { foldCase: true, anyOf: folded };
  return plain === undefined ? undefined : { foldCase: false, anyOf: plain };
}

function weight(texts: readonly string[] | undefined): number {
  if (texts === undefined) return 0;
  const shortest = Math.min(...texts.map((text) => text.length));
  return shortest - Math.log2(texts.length);
}

function best(found: Found, other: readonly string[] | undefined): readonly string[] | undefined {
  let winner = other;
  for (const texts of [found.must, found.exact]) {
    if (texts === undefined || texts.length === 0 || texts.includes('')) continue;
    if (winner === undefined || weight(texts) > weight(winner)) winner = texts;
  }
  return winner;
}

function find(node: Node, fold: boolean): Found {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return NOTHING;
    case 'chars': {
      const texts = spellings(node.set, fold);
      return texts === undefined ? UNKNOWN : { exact: texts, must: undefined };
    }
    case 'capture':
      return find(node.item, fold);
    case 'concat':
      return findConcat(node.items, fold);
    case 'alternate':
      return findAlternate(node.items, fold);
    case 'repeat': {
      if (node.max === 0) return NOTHING;
      const item = find(node.item, fold);
      if (node.min === 1 && node.max === 1) return item;
      if (node.min === 0) {
        const optional = node.max === 1 ? item.exact : undefined;
        if (optional === undefined || optional.length >= MAX_TEXTS) return UNKNOWN;
        return { exact: [...new Set([...optional, ''])], must: undefined };
      }
      if (node.min === node.max && node.min <= 8) {
        return findConcat(
          Array.from({ length: node.min }, () => node.item),
          fold,
        );
      }
      return { exact: undefined, must: best(item, undefined) };
    }
  }
}

function findConcat(items: readonly Node[], fold: boolean): Found {
  let run: readonly string[] = [''];
  let must: readonly string[] | undefined;
  let whole = true;
  for (const item of items) {
    const found = find(item, fold);
    must = best({ exact: undefined, must: found.must }, must);
    const longer = found.exact === undefined ? undefined : product(run, found.exact);
    if (longer !== undefined) {
      run = longer;
      continue;
    }
    whole = false;
    must = best({ exact: run, must: undefined }, must);
    run = found.exact ?? [''];
  }
  if (whole) return { exact: run, must };
  return { exact: undefined, must: best({ exact: run, must: undefined }, must) };
}

function product(heads: readonly string[], tails: readonly string[]): readonly string[] | undefined {
  if (heads.length * tails.length > MAX_TEXTS) return undefined;
  const out = new Set<string>();
  for (const head of heads) for (const tail of tails) out.add(head + tail);
  return [...out];
}

function findAlternate(items: readonly Node[], fold: boolean): Found {
  const exact = new Set<string>();
  const must = new Set<string>();
  let exactKnown = true;
  let mustKnown = true;
  for (const item of items) {
    const found = find(item, fold);
    if (found.exact === undefined) exactKnown = false;
    else for (const text of found.exact) exact.add(text);
    const needed = best(found, undefined);
    if (needed === undefined) mustKnown = false;
    else for (const text of needed) must.add(text);
  }
  return {
    exact: exactKnown && exact.size <= MAX_TEXTS ? [...exact] : undefined,
    must: mustKnown && must.size <= 64 ? [...must] : undefined,
  };
}

/** The texts a class stands for, if they are few; with `fold`, the one upper-case letter all of it folds to. */
function spellings(set: CharSet, fold: boolean): readonly string[] | undefined {
  const only = onlyChar(set);
  const members: string[] = [];
  for (let i = 0; i < set.length; i += 2) {
    if (set[i + 1]! - set[i]! >= MAX_SET || members.length > MAX_SET) return undefined;
    for (let c = set[i]!; c <= set[i + 1]!; c++) {
      // Half a pair may match inside a pair for includes() but never for the pattern: leave such texts alone.
      if (c >= 0xd800 && c <= 0xdfff) return undefined;
      members.push(String.fromCodePoint(c));
    }
  }
  if (members.length === 0 || members.length > MAX_SET) return undefined;
  if (!fold) return only === undefined ? members : [members[0]!];
  // Upper-casing is not folding for every letter (the Kelvin sign stays itself): then several spellings remain,
  // and outside ASCII a letter may become two, so only ASCII results are used.
  const upper = [...new Set(members.map((char) => char.toUpperCase()))];
  return upper.every((text) => text.length === 1 && text.charCodeAt(0) < 0x80) ? upper : undefined;
}
