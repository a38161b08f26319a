// The language's own functions that take no predicate, by name. `at` is where the call stands, for the error.

import { fetchOrNil, KeyedMap, lengthOf } from './access.ts';
import { dateFrom } from './dates.ts';
import { EvaluationError } from './errors.ts';
import { byteOffset, toLower, toUpper, trimSpace } from './helpers/unicode.ts';
import { compare, equal, goType, isList, numberOf, toInt, toText } from './operations.ts';
import { durationFrom, locationFrom, Location } from './times.ts';
import { formatValue, fromJson, intFrom, floatFrom, toJson, typeName } from './conversions.ts';
import { AnyMap, Float, ValueMap, type Value } from './value.ts';
import { countElements } from './work.ts';

export type Builtin = (args: readonly Value[], at: number) => Value;

/** An argument that the table of signatures has made sure of. */
const arg = (args: readonly Value[], index: number): Value => args[index] ?? null;
const textArg = (args: readonly Value[], index: number, at: number): string => toText(arg(args, index), at);
const has = (args: readonly Value[], index: number): boolean => args.length > index;

function listArg(args: readonly Value[], index: number, verb: string, at: number): readonly Value[] {
  const list = arg(args, index);
  if (isList(list)) return list;
  throw new EvaluationError(`cannot ${verb} ${goType(list)}`, at);
}

function mapArg(args: readonly Value[], verb: string, at: number): ValueMap {
  const map = arg(args, 0);
  if (map instanceof ValueMap) return map;
  throw new EvaluationError(`cannot ${verb} ${goType(map)}`, at);
}

const keysOf = (map: ValueMap): Value[] => (map instanceof KeyedMap ? map.anyKeys() : [...map.keys()]);
const entryOf = (map: ValueMap, key: Value): Value =>
  map instanceof KeyedMap ? map.getAny(key) : typeof key === 'string' ? map.get(key) : null;

function trimCharacters(text: string, characters: string): string {
  const cut = new Set(characters);
  const units = Array.from(text);
  let from = 0;
  let to = units.length;
  while (from < to && cut.has(units[from]!)) from++;
  while (to > from && cut.has(units[to - 1]!)) to--;
  return units.slice(from, to).join('');
}

/** Go's strings.SplitN and SplitAfterN: n < 0 is all, 0 is none, otherwise the last part keeps the rest. */
function split(text: string, separator: string, limit: number, keep: boolean): Value {
  if (limit === 0) return [];
  const all = separator === '' ? Array.from(text) : text.split(separator);
  const isCut = limit > 0 && all.length > limit;
  const parts = isCut ? [...all.slice(0, limit - 1), all.slice(limit - 1).join(separator)] : all;
  return keep ? parts.map((part, i) => (i < parts.length - 1 ? part + separator : part)) : parts;
}

function replace(text: string, from: string, to: string, limit: number, at: number): string {
  const count = limit < 0 ? Infinity : limit;
  let replaced = '';
  let rest = 0;
  for (let done = 0; done < count; done++) {
    // Nothing at all is found before each character and at the end.
    const width = from === '' && done > 0 ? (Array.from(text.slice(rest, rest + 2))[0]?.length ?? 1) : 0;
    const found = text.indexOf(from, rest + width);
    if (found < 0 || rest + width > text.length) break;
    replaced += text.slice(rest, found) + to;
    rest = found + from.length;
    if (replaced.length > 100_000) countElements(1, at);
    if (replaced.length > 10_000_000) throw new EvaluationError('memory budget exceeded', at);
  }
  return replaced + text.slice(rest);
}

function numbersIn(name: string, args: readonly Value[], at: number): Value[] {
  return args.flatMap((value) => {
    if (isList(value)) return numbersIn(name, value, at);
    if (numberOf(value) !== undefined) return [value];
    throw new EvaluationError(`invalid argument for ${name} (type ${goType(value)})`, at);
  });
}

function extreme(name: 'max' | 'min', args: readonly Value[], at: number): Value {
  const [only] = args;
  if (args.length === 1 && only !== undefined && !isList(only)) return only;
  const sign = name === 'max' ? 1 : -1;
  let best: Value = null;
  for (const value of numbersIn(name, args, at)) {
    if (best === null || compare(value, best, '<', at) * sign > 0) best = value;
  }
  return best;
}

function floats(name: string, args: readonly Value[], at: number): number[] {
  return numbersIn(name, args, at).map((value) => numberOf(value) ?? 0);
}

function median(args: readonly Value[], at: number): Value {
  const sorted = floats('median', args, at).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return new Float(0);
  return new Float(sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2);
}

function flatten(list: readonly Value[]): Value[] {
  const flat: Value[] = [];
  for (const element of list) {
    if (isList(element)) for (const inner of flatten(element)) flat.push(inner);
    else flat.push(element);
  }
  return flat;
}

/** Orders a list by keys, ascending or descending; a key of another type is an error as in Go. */
export function sortValues(
  list: readonly Value[],
  keys: readonly Value[],
  order: Value,
  at: number,
): Value[] {
  if (order !== 'asc' && order !== 'desc') throw new EvaluationError('unknown order, use asc or desc', at);
  const sign = order === 'asc' ? 1 : -1;
  return list
    .map((_, i) => i)
    .toSorted((a, b) => sign * compare(keys[a]!, keys[b]!, '<', at))
    .map((i) => list[i]!);
}

function uniq(list: readonly Value[]): Value[] {
  const simple = new Set<Value>();
  const others: Value[] = [];
  return list.filter((value) => {
    if (typeof value !== 'object') {
      const isNew = !simple.has(value) && !others.some((other) => equal(other, value));
      simple.add(value);
      return isNew;
    }
    const isNew =
      !others.some((other) => equal(other, value)) && ![...simple].some((other) => equal(other, value));
    others.push(value);
    return isNew;
  });
}

function fromPairs(list: readonly Value[], at: number): Value {
  const map = new KeyedMap();
  for (const pair of list) {
    if (!isList(pair) || pair.length !== 2)
      throw new EvaluationError(`invalid pair ${formatValue(pair)}`, at);
    map.setAny(pair[0]!, pair[1]!);
  }
  return map;
}

/** Integers of 64 bits. */
function bits(name: string, work: (a: bigint, b: bigint) => bigint): Builtin {
  return (args, at) => {
    const [a, b = 0] = args;
    if (typeof a !== 'number' || typeof b !== 'number') {
      throw new EvaluationError(
        `cannot use ${goType(arg(args, typeof a === 'number' ? 1 : 0))} to call ${name}`,
        at,
      );
    }
    if (!Number.isFinite(a) || !Number.isFinite(b))
      throw new EvaluationError(`no integer to call ${name}`, at);
    if (name.startsWith('bitsh') || name === 'bitushr') {
      if (b < 0) throw new EvaluationError(`invalid operation: negative shift count ${b} (type int)`, at);
      // A longer shift leaves what a shift of 64 bits leaves.
      return Number(BigInt.asIntN(64, work(BigInt(a), BigInt(Math.min(b, 64)))));
    }
    return Number(BigInt.asIntN(64, work(BigInt(a), BigInt(b))));
  };
}

function rounding(name: string, round: (value: number) => number): Builtin {
  return (args, at) => {
    const number = numberOf(arg(args, 0));
    if (number === undefined)
      throw new EvaluationError(`invalid argument for ${name} (type ${goType(arg(args, 0))})`, at);
    return new Float(round(number));
  };
}

const BUILTIN_FUNCTIONS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['len', (args, at) => lengthOf(arg(args, 0), at)],
  ['type', (args) => typeName(arg(args, 0))],
  ['int', (args, at) => intFrom(arg(args, 0), at)],
  ['float', (args, at) => floatFrom(arg(args, 0), at)],
  ['string', (args) => formatValue(arg(args, 0))],
  ['toJSON', (args, at) => toJson(arg(args, 0), at)],
  ['fromJSON', (args, at) => fromJson(textArg(args, 0, at), at)],
  ['toBase64', (args, at) => Buffer.from(textArg(args, 0, at), 'utf8').toString('base64')],
  ['fromBase64', (args, at) => fromBase64(textArg(args, 0, at), at)],

  [
    'abs',
    (args, at) => {
      const value = arg(args, 0);
      if (typeof value === 'number') return Math.abs(value);
      if (value instanceof Float) return new Float(Math.abs(value.value));
      throw new EvaluationError(`invalid argument for abs (type ${goType(value)})`, at);
    },
  ],
  ['ceil', rounding('ceil', Math.ceil)],
  ['floor', rounding('floor', Math.floor)],
  // Half away from zero, where Math.round goes up.
  ['round', rounding('round', (value) => Math.sign(value) * Math.round(Math.abs(value)))],
  ['max', (args, at) => extreme('max', args, at)],
  ['min', (args, at) => extreme('min', args, at)],
  [
    'mean',
    (args, at) => {
      const all = floats('mean', args, at);
      return new Float(all.length === 0 ? 0 : all.reduce((sum, value) => sum + value, 0) / all.length);
    },
  ],
  ['median', median],

  ['upper', (args, at) => toUpper(textArg(args, 0, at))],
  ['lower', (args, at) => toLower(textArg(args, 0, at))],
  [
    'trim',
    (args, at) =>
      has(args, 1)
        ? trimCharacters(textArg(args, 0, at), textArg(args, 1, at))
        : trimSpace(textArg(args, 0, at)),
  ],
  [
    'trimPrefix',
    (args, at) => {
      const [text, prefix] = [textArg(args, 0, at), has(args, 1) ? textArg(args, 1, at) : ' '];
      return text.startsWith(prefix) ? text.slice(prefix.length) : text;
    },
  ],
  [
    'trimSuffix',
    (args, at) => {
      const [text, suffix] = [textArg(args, 0, at), has(args, 1) ? textArg(args, 1, at) : ' '];
      return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
    },
  ],
  [
    'split',
    (args, at) =>
      split(textArg(args, 0, at), textArg(args, 1, at), has(args, 2) ? toInt(arg(args, 2), at) : -1, false),
  ],
  [
    'splitAfter',
    (args, at) =>
      split(textArg(args, 0, at), textArg(args, 1, at), has(args, 2) ? toInt(arg(args, 2), at) : -1, true),
  ],
  [
    'replace',
    (args, at) => {
      const limit = has(args, 3) ? toInt(arg(args, 3), at) : -1;
      return replace(textArg(args, 0, at), textArg(args, 1, at), textArg(args, 2, at), limit, at);
    },
  ],
  [
    'repeat',
    (args, at) => {
      const text = textArg(args, 0, at);
      const count = toInt(arg(args, 1), at);
      if (count < 0) {
        throw new EvaluationError(
          `invalid argument for repeat (expected positive integer, got ${count})`,
          at,
        );
      }
      countElements(Math.max(count, text.length * count), at);
      return text.repeat(count);
    },
  ],
  [
    'join',
    (args, at) => {
      const glue = has(args, 1) ? textArg(args, 1, at) : '';
      return listArg(args, 0, 'join', at)
        .map((part) => toText(part, at))
        .join(glue);
    },
  ],
  [
    'indexOf',
    (args, at) => byteOffset(textArg(args, 0, at), textArg(args, 0, at).indexOf(textArg(args, 1, at))),
  ],
  [
    'lastIndexOf',
    (args, at) => byteOffset(textArg(args, 0, at), textArg(args, 0, at).lastIndexOf(textArg(args, 1, at))),
  ],
  ['hasPrefix', (args, at) => textArg(args, 0, at).startsWith(textArg(args, 1, at))],
  ['hasSuffix', (args, at) => textArg(args, 0, at).endsWith(textArg(args, 1, at))],

  ['duration', (args, at) => durationFrom(textArg(args, 0, at), at)],
  ['timezone', (args, at) => locationFrom(textArg(args, 0, at), at)],
  [
    'date',
    (args, at) => {
      const [first, ...rest] = args;
      const parts = first instanceof Location ? rest : args;
      const layout = parts.length > 1 ? textArg(parts, 1, at) : undefined;
      const zone = parts.length > 2 ? locationFrom(textArg(parts, 2, at), at) : undefined;
      return dateFrom(
        textArg(parts, 0, at),
        layout,
        zone ?? (first instanceof Location ? first : undefined),
        at,
      );
    },
  ],

  ['first', (args, at) => elementAt(arg(args, 0), 0, at)],
  ['last', (args, at) => elementAt(arg(args, 0), -1, at)],
  ['get', (args, at) => fetchOrNil(arg(args, 0), arg(args, 1), at)],
  [
    'take',
    (args, at) => {
      const list = listArg(args, 0, 'take from', at);
      const count = arg(args, 1);
      if (typeof count !== 'number') throw new EvaluationError(`cannot take ${goType(count)} elements`, at);
      if (count < 0) throw new EvaluationError('slice index out of bounds', at);
      return list.slice(0, count);
    },
  ],
  ['keys', (args, at) => keysOf(mapArg(args, 'get keys from', at))],
  [
    'values',
    (args, at) => {
      const map = mapArg(args, 'get values from', at);
      return keysOf(map).map((key) => entryOf(map, key));
    },
  ],
  [
    'toPairs',
    (args, at) => {
      const map = mapArg(args, 'transform to pairs', at);
      return keysOf(map).map((key) => [key, entryOf(map, key)]);
    },
  ],
  ['fromPairs', (args, at) => fromPairs(listArg(args, 0, 'transform from pairs', at), at)],
  ['reverse', (args, at) => listArg(args, 0, 'reverse', at).toReversed()],
  ['uniq', (args, at) => uniq(listArg(args, 0, 'uniq', at))],
  [
    'concat',
    (args, at) => {
      const lists = args.map((_, i) => listArg(args, i, 'concat', at));
      countElements(
        lists.reduce((sum, list) => sum + list.length, 0),
        at,
      );
      return lists.flat();
    },
  ],
  ['flatten', (args, at) => flatten(listArg(args, 0, 'flatten', at))],
  [
    'sort',
    (args, at) => {
      const list = listArg(args, 0, 'sort', at);
      countElements(list.length, at);
      return sortValues(list, list, has(args, 1) ? arg(args, 1) : 'asc', at);
    },
  ],

  ['bitand', bits('bitand', (a, b) => a & b)],
  ['bitor', bits('bitor', (a, b) => a | b)],
  ['bitxor', bits('bitxor', (a, b) => a ^ b)],
  ['bitnand', bits('bitnand', (a, b) => a & ~b)],
  ['bitnot', bits('bitnot', (a) => ~a)],
  ['bitshl', bits('bitshl', (a, b) => a << b)],
  ['bitshr', bits('bitshr', (a, b) => a >> b)],
  ['bitushr', bits('bitushr', (a, b) => BigInt.asUintN(64, a) >> b)],
]);

/** Returns a builtin that takes no predicate; `now` is none: the time comes from the environment. */
export function builtinFunction(name: string): Builtin | undefined {
  return BUILTIN_FUNCTIONS.get(name);
}

/** The first or last element of a list, or byte of a text; nil when there is none. */
function elementAt(from: Value, index: number, at: number): Value {
  return isList(from) || typeof from === 'string' ? fetchOrNil(from, index, at) : null;
}

function fromBase64(text: string, at: number): string {
  const clean = text.replace(/[\r\n]/g, '');
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) {
    throw new EvaluationError('illegal base64 data', at);
  }
  return Buffer.from(clean, 'base64').toString('utf8');
}

/** A map literal. */
export function mapOf(entries: Iterable<readonly [string, Value]>): AnyMap {
  return new AnyMap(new Map(entries));
}
