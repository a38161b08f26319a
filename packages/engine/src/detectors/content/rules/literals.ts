// Which literal texts every match of a rule's pattern contains, chosen so that few honest texts have any of them. Lists
// may be long: one pass finds a thousand literals as fast as one, and each that is rare spares a run of the pattern.

import { parsePattern, type ParsedPattern } from '../../../patterns/parse.ts';

type Node = ParsedPattern['tree'];

const MAX_EXACT = 96;
const MAX_LITERALS = 800;
const MAX_SPELLINGS = 5;

interface Found {
  /** Every text the node can match; undefined when there are too many. */
  readonly exact: readonly string[] | undefined;
  /** One of these is in every match; undefined when nothing is known. */
  readonly must: readonly string[] | undefined;
}

/** Who reads a rule asks, and who makes the index asks again. */
const known = new Map<string, readonly string[] | undefined>();
const MOST_KNOWN = 2000;

const UNKNOWN: Found = { exact: undefined, must: undefined };
const NOTHING: Found = { exact: [''], must: undefined };

/**
 * The literals of a pattern in lower case; undefined when a match needs none. A text is to be looked at without regard
 * to case; the letters outside ASCII that fold to one of ASCII (`ſ`, the Kelvin sign) are left to the decoders' views.
 */
export function patternLiterals(source: string): readonly string[] | undefined {
  if (known.has(source)) return known.get(source);
  const result = parsePattern(source);
  const literals = result.ok ? rarest(find(result.parsed.tree)) : undefined;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(source, literals);
  return literals;
}

function find(node: Node): Found {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return NOTHING;
    case 'chars': {
      const exact = spellings(node.set);
      return exact === undefined ? UNKNOWN : { exact, must: undefined };
    }
    case 'capture':
      return find(node.item);
    case 'concat':
      return findAll(node.items);
    case 'alternate':
      return findAny(node.items);
    case 'repeat': {
      if (node.max === 0) return NOTHING;
      const item = find(node.item);
      if (node.min === 0) {
        const exact = node.max === 1 ? item.exact : undefined;
        return exact === undefined ? UNKNOWN : { exact: [...new Set([...exact, ''])], must: undefined };
      }
      if (node.max === 1) return item;
      if (node.min === node.max && node.min <= 8)
        return findAll(Array.from({ length: node.min }, () => node.item));
      const must =
        node.min > 1 && node.min <= 8 ? findAll(Array.from({ length: node.min }, () => node.item)) : item;
      return { exact: undefined, must: rarest(must) };
    }
  }
}

/** One after the other: neighbours that are known wholly are joined, and the rarest run is needed. */
function findAll(items: readonly Node[]): Found {
  let run: readonly string[] = [''];
  let must: readonly string[] | undefined;
  let isWhole = true;
  for (const item of items) {
    const found = find(item);
    must = rarer(must, found.must);
    const longer = found.exact === undefined ? undefined : joined(run, found.exact);
    if (longer !== undefined) {
      run = longer;
      continue;
    }
    isWhole = false;
    must = rarer(must, run);
    run = found.exact ?? [''];
  }
  return isWhole ? { exact: run, must } : { exact: undefined, must: rarer(must, run) };
}

function findAny(items: readonly Node[]): Found {
  const exact = new Set<string>();
  const must = new Set<string>();
  let isExact = true;
  let isNeeded = true;
  for (const item of items) {
    const found = find(item);
    if (found.exact === undefined) isExact = false;
    else for (const text of found.exact) exact.add(text);
    const needed = rarest(found);
    if (needed === undefined) isNeeded = false;
    else for (const text of needed) must.add(text);
  }
  return {
    exact: isExact && exact.size <= MAX_EXACT ? [...exact] : undefined,
    must: isNeeded && must.size <= MAX_LITERALS ? [...must] : undefined,
  };
}

function joined(heads: readonly string[], tails: readonly string[]): readonly string[] | undefined {
  if (heads.length * tails.length > MAX_EXACT) return undefined;
  const texts = new Set<string>();
  for (const head of heads) for (const tail of tails) texts.add(head + tail);
  return [...texts];
}

/** The few texts that a class of characters stands for, folded. */
function spellings(set: readonly number[]): readonly string[] | undefined {
  const texts = new Set<string>();
  const wide = new Set<string>();
  for (let i = 0; i < set.length; i += 2) {
    if (set[i + 1]! - set[i]! > MAX_SPELLINGS) return undefined;
    for (let code = set[i]!; code <= set[i + 1]!; code++) {
      if (code >= 0xd800 && code <= 0xdfff) return undefined;
      (code < 0x80 ? texts : wide).add(String.fromCodePoint(code).toLowerCase());
    }
  }
  // A letter of ASCII brings its look-alikes with it; other classes are taken as they are.
  if (!(texts.size === 1 && /[a-z]/.test([...texts][0]!))) for (const text of wide) texts.add(text);
  return texts.size === 0 || texts.size > MAX_SPELLINGS ? undefined : [...texts];
}

function rarest({ exact, must }: Found): readonly string[] | undefined {
  return rarer(must, exact);
}

function rarer(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (b === undefined || b.length === 0 || b.includes('')) return a;
  return a === undefined || frequency(b) < frequency(a) ? b : a;
}

/** About how often one of the texts begins at a place of a request. */
function frequency(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) {
    let product = 1;
    let letters = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const isLetter = unit >= 0x61 && unit <= 0x7a;
      // Letters make words, of which the beginning tells much of the rest.
      if (isLetter) product *= letters++ < 2 ? 0.05 : 0.25;
      else {
        letters = 0;
        product *= frequencyOf(unit);
      }
    }
    sum += product;
  }
  return sum;
}

function frequencyOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return 0.04;
  return unit < 0x80 ? (FREQUENCY[String.fromCharCode(unit)] ?? 0.003) : 0.0005;
}

const FREQUENCY: Readonly<Record<string, number>> = {
  ' ': 0.1,
  '/': 0.04,
  '.': 0.03,
  '-': 0.03,
  _: 0.03,
  ':': 0.02,
  ',': 0.02,
  '=': 0.02,
  '[': 0.02,
  ']': 0.02,
  '\n': 0.01,
  '\r': 0.01,
  '{': 0.002,
  '}': 0.002,
  $: 0.001,
  '\\': 0.001,
  '`': 0.0005,
  '\0': 0.0001,
};
