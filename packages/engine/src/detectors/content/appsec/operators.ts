// The comparisons of the rule language, as Coraza makes them of CrowdSec's match types.

import { LiteralSet, type Pattern } from '../../../patterns/index.ts';
import { isScriptInjection, isSqlInjection } from '../lexers/index.ts';
import { isAscii, toBytes, toText } from './bytes.ts';

/** A comparison, ready to be asked about a value; what is known of it for the prefilter. */
export interface Operator {
  readonly type: MatchType;
  /** As written. */
  readonly argument: string;
  readonly test: (value: string) => boolean;
  /** Every value that it is true for contains one of these; undefined when nothing is known. */
  readonly required: { readonly anyOf: readonly string[]; readonly foldCase: boolean } | undefined;
}

export type MatchType =
  | 'equals'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'regex'
  | 'libinjectionSQL'
  | 'libinjectionXSS'
  | 'eq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'fromFile';

export const MATCH_TYPES: readonly MatchType[] = [
  'equals',
  'contains',
  'startsWith',
  'endsWith',
  'regex',
  'libinjectionSQL',
  'libinjectionXSS',
  'eq',
  'gt',
  'gte',
  'lt',
  'lte',
  'fromFile',
];

/** Compares bytes with a text. */
export function textOperator(
  type: 'equals' | 'contains' | 'startsWith' | 'endsWith',
  argument: string,
): Operator {
  const bytes = toBytes(argument);
  const test = {
    equals: (value: string) => value === bytes,
    contains: (value: string) => value.includes(bytes),
    startsWith: (value: string) => value.startsWith(bytes),
    endsWith: (value: string) => value.endsWith(bytes),
  }[type];
  const required = bytes === '' ? undefined : { anyOf: [bytes], foldCase: false };
  return { type, argument, test, required };
}

/** A pattern sees text where it names characters beyond ASCII, and bytes otherwise. */
export function patternOperator(pattern: Pattern): Operator {
  const { source } = pattern;
  const test = isAscii(source)
    ? (value: string) => pattern.test(value)
    : (value: string) => pattern.test(toText(value));
  const literals = pattern.requiredLiterals;
  const required =
    literals === undefined || literals.anyOf.some((literal) => literal === '' || !isAscii(literal))
      ? undefined
      : literals;
  return { type: 'regex', argument: source, test, required };
}

/** Compares whole numbers; what is none counts as 0, as Go's `strconv.Atoi` gives when its error is not read. */
export function numberOperator(type: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', argument: string): Operator {
  const number = wholeNumber(argument);
  const test = {
    eq: (value: string) => wholeNumber(value) === number,
    gt: (value: string) => wholeNumber(value) > number,
    gte: (value: string) => wholeNumber(value) >= number,
    lt: (value: string) => wholeNumber(value) < number,
    lte: (value: string) => wholeNumber(value) <= number,
  }[type];
  return { type, argument, test, required: undefined };
}

/** What libinjection would look for, found by the lexers. */
export function injectionOperator(type: 'libinjectionSQL' | 'libinjectionXSS'): Operator {
  const find = type === 'libinjectionSQL' ? isSqlInjection : isScriptInjection;
  const test = (value: string): boolean => find(toText(value)) !== undefined;
  return { type, argument: '', test, required: undefined };
}

/** Whether the value contains any line of a list, in any case; `#` begins a remark. */
export function listOperator(argument: string, list: string): Operator {
  const lines = list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const set = new LiteralSet(lines.map(toBytes), { foldCase: true });
  return { type: 'fromFile', argument, test: (value) => set.occursIn(value), required: undefined };
}

const LARGEST = 2 ** 63;

function wholeNumber(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0;
  return Math.max(-LARGEST, Math.min(LARGEST, Number(text)));
}
