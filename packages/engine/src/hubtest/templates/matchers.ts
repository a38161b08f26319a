// Whether an answer is what the template expects.

import { compilePattern } from '../../patterns/index.ts';
import {
  DslError,
  evaluate,
  parseExpression,
  textOf,
  type DslContext,
  type DslValue,
  type Variables,
} from './dsl/index.ts';
import { substitute } from './substitute.ts';
import type { Extractor, Matcher, RequestBlock } from './template.ts';

/** Whether the block's matchers, joined as it says, are true of the parts; a block without matchers has none true. */
export function isMatched(block: RequestBlock, parts: Variables, context: DslContext): boolean {
  if (block.matchers.length === 0) return false;
  const isTrue = (matcher: Matcher): boolean => holds(matcher, parts, context) !== matcher.isNegative;
  return block.matchersCondition === 'and' ? block.matchers.every(isTrue) : block.matchers.some(isTrue);
}

function holds(matcher: Matcher, parts: Variables, context: DslContext): boolean {
  const all = <T>(items: readonly T[], test: (item: T) => boolean): boolean =>
    items.length > 0 && (matcher.condition === 'and' ? items.every(test) : items.some(test));
  switch (matcher.type) {
    case 'status':
      return matcher.status.includes(Number(parts.get('status_code')));
    case 'size':
      return matcher.size.includes(corpusOf(matcher.part, parts).length);
    case 'word': {
      const corpus = corpusOf(matcher.part, parts);
      const text = matcher.ignoresCase ? corpus.toLowerCase() : corpus;
      return all(matcher.words, (word) => {
        const wanted = substitute(word, parts, context);
        return text.includes(matcher.ignoresCase ? wanted.toLowerCase() : wanted);
      });
    }
    case 'regex': {
      const corpus = corpusOf(matcher.part, parts);
      return all(matcher.patterns, (source) => {
        const compiled = compilePattern(source);
        return compiled.ok && compiled.pattern.test(corpus);
      });
    }
    case 'binary':
      return all(matcher.contents, (content) => corpusOf(matcher.part, parts).includes(content));
    case 'dsl':
      return all(matcher.expressions, (expression) => valueOf(expression, parts, context) === true);
  }
}

/** The value of an expression; undefined where it has none, e.g. as it names an answer that has not come yet. */
function valueOf(expression: string, parts: Variables, context: DslContext): DslValue | undefined {
  try {
    return evaluate(parseExpression(substitute(expression, parts, context)), parts, context);
  } catch (error) {
    if (error instanceof DslError) return undefined;
    throw error;
  }
}

function corpusOf(part: string, parts: Variables): string {
  return textOf(parts.get(part === '' ? 'body' : part) ?? '');
}

/** What the extractors take out of the answer, by their names; the first find of each. */
export function extract(
  block: RequestBlock,
  parts: Variables,
  context: DslContext,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, extractor] of block.extractors.entries()) {
    const value = valueFound(extractor, parts, context);
    if (value !== undefined) found.set(extractor.name === '' ? `extracted_${index}` : extractor.name, value);
  }
  return found;
}

function valueFound(extractor: Extractor, parts: Variables, context: DslContext): string | undefined {
  switch (extractor.type) {
    case 'regex':
      for (const source of extractor.patterns) {
        const compiled = compilePattern(source);
        const groups = compiled.ok ? compiled.pattern.exec(corpusOf(extractor.part, parts)) : null;
        if (groups?.[extractor.group] !== undefined) return groups[extractor.group];
      }
      return undefined;
    case 'kval':
      for (const key of extractor.keys) {
        const value = parts.get(key.toLowerCase().replaceAll('-', '_'));
        if (value !== undefined) return textOf(value);
      }
      return undefined;
    case 'json':
      for (const path of extractor.paths) {
        const value = jsonAt(corpusOf(extractor.part, parts), path);
        if (value !== undefined) return value;
      }
      return undefined;
    case 'dsl':
      for (const expression of extractor.expressions) {
        const value = valueOf(expression, parts, context);
        if (value !== undefined) return textOf(value);
      }
      return undefined;
  }
}

/** A path such as `.items[0].name`: of jq's language no more than that. */
function jsonAt(text: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const [, key, index] of path.matchAll(/\.?([\w-]+)|\[(\d*)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const record = value as Record<string, unknown>; // an object or a list, both are asked by name
    value = record[key ?? (index === '' ? '0' : (index ?? ''))];
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
