import { describe, expect, it, test } from 'vitest';
import {
  AnyMap,
  compileExpression,
  EvaluationError,
  Float,
  GoDuration,
  GoTime,
  ValueMap,
  type Expression,
  type Value,
} from '../../src/expressions/index.ts';
import { compileAst } from '../../src/expressions/compile.ts';
import { environment, EventObject, frame, type Frame } from './world.ts';

function compiled(source: string): Expression<Frame> {
  const result = compileExpression(source, environment);
  if (!result.ok) throw new Error(`${source}: ${result.error.message} at ${result.error.offset}`);
  return result.expression;
}

/** Values as plain JavaScript: a float is {float}, a duration {ms}, a time {at}. */
function plain(value: Value): unknown {
  if (value instanceof Float) return { float: value.value };
  if (value instanceof GoDuration) return { ms: value.ms };
  if (value instanceof GoTime) return { at: new Date(value.ms).toISOString() };
  if (value instanceof ValueMap) {
    return Object.fromEntries([...value.keys()].map((key) => [key, plain(value.get(key))]));
  }
  return Array.isArray(value) ? (value as readonly Value[]).map(plain) : value;
}

/** The value of an expression, the same whether it is optimised or evaluated as written. */
function value(source: string, of: Partial<Frame> = {}): unknown {
  const expression = compiled(source);
  const naive = compileAst(expression.ast, environment, { isNaive: true });
  if (!naive.ok) throw new Error(naive.error.message);
  const result = plain(expression.evaluate(frame(of)));
  expect(plain(naive.expression.evaluate(frame(of)))).toEqual(result);
  return result;
}

function failure(source: string, of: Partial<Frame> = {}): EvaluationError {
  try {
    compiled(source).evaluate(frame(of));
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
  throw new Error(`${source} did not fail`);
}

const float = (number: number): { float: number } => ({ float: number });

describe('arithmetic and comparison', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['7 / 2', float(3.5)],
    ['6 / 2', float(3)],
    ['1 / 0', float(Infinity)],
    ['-7 % 3', -1],
    ['2 ** 3', float(8)],
    ['1 + 1.5', float(2.5)],
    ['-(0)', 0],
    ['"a" + "b"', 'ab'],
    ['1 == 1.0', true],
    ['1 == "1"', false],
    ['nil == nil', true],
    ['"" == nil', false],
    ['[1, 2.0] == [1.0, 2]', true],
    ['{a: 1} == {a: 1}', true],
    ['2 > 1.5', true],
    ['"a" < "b"', true],
    ['"ﬀ" < "😀"', true],
    ['1 < 2 < 3', true],
    ['3 > 2 > 2', false],
    ['1..4', [1, 2, 3, 4]],
    ['4..1', []],
    ['duration("1h") > duration("59m")', true],
    ['duration("1m") * 2', { ms: 120_000 }],
    ['date("2024-02-29") + duration("36h")', { at: '2024-03-01T12:00:00.000Z' }],
    ['date("2024-03-01") - date("2024-02-29")', { ms: 86_400_000 }],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));
});

describe('logic', () => {
  test.each<[string, unknown]>([
    ['true && false', false],
    ['not false || false', true],
    ['false && Fails()', false],
    ['true || Fails()', true],
    ['true ? 1 : Fails()', 1],
    ['nil ?? 1', 1],
    ['"" ?? 1', ''],
    ['"" == "" ?: 2', true],
    ['if 1 > 2 { "a" } else if true { "b" } else { "c" }', 'b'],
    ['let x = 2; let y = x * 2; x + y', 6],
    ['1; 2; 3', 3],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));
});

describe('text', () => {
  test.each<[string, unknown]>([
    ['"abc" contains "b"', true],
    ['"abc" startsWith "b"', false],
    ['"abc" not endsWith "b"', true],
    ['nil contains "b"', false],
    ['"abc" contains nil', false],
    ['"abc" matches "^a.c$"', true],
    ['nil matches "a"', false],
    ['"ABC" matches "(?i)abc"', true],
    ['"abc" matches "^" + "a"', true],
    ['len("héllo")', 5],
    ['"héllo"[1:3]', 'é'],
    ['"hello"[1:-1]', 'ell'],
    ['"abc"[0]', 97],
    ['"abc"[-1]', 99],
    ['indexOf("héllo", "l")', 3],
    ['lastIndexOf("a:b:c", ":")', 3],
    ['indexOf("a", "b")', -1],
    ['upper("aé")', 'AÉ'],
    ['trim("  a \\n")', 'a'],
    ['trim("__a__", "_")', 'a'],
    ['trimPrefix("aab", "a")', 'ab'],
    ['trimSuffix("baa", "aa")', 'b'],
    ['split("a,b,c", ",")', ['a', 'b', 'c']],
    ['split("a,b,c", ",", 2)', ['a', 'b,c']],
    ['split("abc", "")', ['a', 'b', 'c']],
    ['split("a,b", ",", 0)', []],
    ['splitAfter("a,b,c", ",")', ['a,', 'b,', 'c']],
    ['replace("aaa", "a", "b")', 'bbb'],
    ['replace("aaa", "a", "b", 2)', 'bba'],
    ['replace("ab", "", "-")', '-a-b-'],
    ['repeat("ab", 3)', 'ababab'],
    ['join(["a", "b"], "-")', 'a-b'],
    ['join(["a", "b"])', 'ab'],
    ['hasPrefix("abc", "ab") && hasSuffix("abc", "bc")', true],
    ['toBase64("é")', 'w6k='],
    ['fromBase64("w6k=")', 'é'],
    ['"a b" | upper() | split(" ")', ['A', 'B']],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));
});

describe('lists and maps', () => {
  test.each<[string, unknown]>([
    ['any([1, 2], # > 1)', true],
    ['all([1, 2], { # > 1 })', false],
    ['none([1, 2], # > 2)', true],
    ['one([1, 2, 2], # == 2)', false],
    ['filter(1..5, # % 2 == 0)', [2, 4]],
    ['map(1..3, # * #index)', [0, 2, 6]],
    ['find([1, 2, 3], # > 1)', 2],
    ['find([1], # > 1)', null],
    ['findIndex([1, 2, 3], # > 1)', 1],
    ['findIndex([1], # > 1)', null],
    ['findLast([1, 2, 3], # > 1)', 3],
    ['findLastIndex([1, 2, 3], # > 1)', 2],
    ['count([true, false, true])', 2],
    ['count(1..5, # > 3)', 2],
    ['sum([1, 2.5])', float(3.5)],
    ['sum(1..3, # * 2)', 12],
    ['reduce(1..4, #acc * #)', 24],
    ['reduce(1..4, #acc + #, 10)', 20],
    ['groupBy(["a", "bb", "c"], len(#))[1]', ['a', 'c']],
    ['sortBy([3, 1, 2], #)', [1, 2, 3]],
    ['sortBy([{n: 2}, {n: 1}], .n, "desc")', [{ n: 2 }, { n: 1 }]],
    ['sort([3, 1.5, 2], "desc")', [3, 2, float(1.5)]],
    ['map([[1, 2], [3]], any(#, # == 3))', [false, true]],
    ['map([1, 2], { let x = #; sum([10, 20], x + #) })', [32, 34]],
    ['[1, 2, 3][-1]', 3],
    ['[1, 2, 3][1:]', [2, 3]],
    ['[1, 2, 3][-2:]', [2, 3]],
    ['[1, 2, 3][5:]', []],
    ['first([1, 2])', 1],
    ['last([])', null],
    ['take([1, 2, 3], 2)', [1, 2]],
    ['reverse([1, 2])', [2, 1]],
    ['uniq([1, 2, 1.0, "a", "a"])', [1, 2, 'a']],
    ['concat([1], [2, 3])', [1, 2, 3]],
    ['flatten([1, [2, [3]]])', [1, 2, 3]],
    ['keys({a: 1, b: 2})', ['a', 'b']],
    ['values({a: 1, b: 2})', [1, 2]],
    ['toPairs({a: 1})', [['a', 1]]],
    ['fromPairs([["a", 1]]).a', 1],
    ['{a: {b: 1}}.a.b', 1],
    ['{a: 1}["b"]', null],
    ['get({a: 1}, "b")', null],
    ['get([1], 5)', null],
    ['1 in [1.0, 2]', true],
    ['"a" in {a: 1}', true],
    ['"a" in ["b"]', false],
    ['nil in ["", "a"]', true],
    ['nil in ["a"]', false],
    ['3 in 1..5', true],
    ['"a" in nil', false],
    ['max(1, 2.5, [3])', 3],
    ['min([4, 2])', 2],
    ['mean([1, 2])', float(1.5)],
    ['median([1, 5, 2])', float(2)],
    ['len({a: 1})', 1],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));
});

describe('numbers and conversions', () => {
  test.each<[string, unknown]>([
    ['int("42")', 42],
    ['int(-3.9)', -3],
    ['float("1e3")', float(1000)],
    ['string(5)', '5'],
    ['string(5.0)', '5'],
    ['string(1e-7)', '1e-07'],
    ['string([1, "a", nil])', '[1 a <nil>]'],
    ['string({b: 1, a: 2})', 'map[a:2 b:1]'],
    ['type(1)', 'int'],
    ['type(1.5)', 'float'],
    ['type("a")', 'string'],
    ['type([])', 'array'],
    ['type({})', 'map'],
    ['type(nil)', 'nil'],
    ['type(duration("1s"))', 'time.Duration'],
    ['toJSON({a: [1, "<"]})', '{\n  "a": [\n    1,\n    "\\u003c"\n  ]\n}'],
    ['fromJSON(\'{"a": [1]}\').a[0]', float(1)],
    ['abs(-2)', 2],
    ['ceil(1.2)', float(2)],
    ['floor(-1.2)', float(-2)],
    ['round(-2.5)', float(-3)],
    ['bitand(10, 12)', 8],
    ['bitor(10, 12)', 14],
    ['bitxor(10, 12)', 6],
    ['bitnand(10, 12)', 2],
    ['bitnot(10)', -11],
    ['bitshl(45, 2)', 180],
    ['bitshr(-5, 1)', -3],
    ['bitushr(-5, 2) > 0', true],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));
});

describe('times', () => {
  test.each<[string, unknown]>([
    ['evt.Time.Hour()', 18],
    ['evt.Time.Hour() >= 18 || evt.Time.Hour() < 6', true],
    ['evt.Time.Weekday().String()', 'Thursday'],
    ['int(evt.Time.Month())', 2],
    ['evt.Time.YearDay()', 60],
    ['evt.Time.Unix()', 1_709_231_415],
    ['evt.Time.Sub(date("2024-02-29")).Hours()', float(18.504166666666666)],
    ['evt.Time.Sub(date("2024-02-29")).String()', '18h30m15s'],
    ['evt.Time.After(date("2024-02-28"))', true],
    ['string(evt.Time)', '2024-02-29 18:30:15 +0000 UTC'],
    ['duration("90s").Minutes()', float(1.5)],
    [
      'date("2024-02-29 10:00:00", "2006-01-02 15:04:05", "Europe/Zurich")',
      { at: '2024-02-29T09:00:00.000Z' },
    ],
    ['date("29/Feb/2024:10:00:00 -0200", "02/Jan/2006:15:04:05 -0700")', { at: '2024-02-29T12:00:00.000Z' }],
    ['date("2024-02-29T10:00:00+02:00")', { at: '2024-02-29T08:00:00.000Z' }],
    ['date(timezone("Europe/Zurich"), "2024-07-01")', { at: '2024-06-30T22:00:00.000Z' }],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));
});

describe('members of the environment', () => {
  const of = {
    meta: { a: 'x' },
    unmarshaled: new AnyMap(new Map<string, Value>([['list', [new AnyMap(new Map([['k', 'v']]))]]])),
    queue: [
      new EventObject({ meta: { exe: '/bin/sh' } }),
      new EventObject({ meta: { exe: '/usr/bin/wget' } }),
    ],
  };
  test.each<[string, unknown]>([
    ['evt.Meta.a', 'x'],
    ['evt.Meta.missing', ''],
    ['evt.Meta["a"]', 'x'],
    ['evt.Meta[evt.Meta.a]', ''],
    ['"a" in evt.Meta', true],
    ['evt.Unmarshaled.missing', null],
    ['evt.Unmarshaled.list[0].k', 'v'],
    ['evt.Unmarshaled?.missing?.further.still', null],
    ['evt.Unmarshaled.missing?.[0].k ?? "none"', 'none'],
    ['evt.Unmarshaled.missing?.Method()', null],
    ['evt.GetMeta("a")', 'x'],
    ['any(queue.Queue, { .Meta.exe in ["/usr/bin/wget"] })', true],
    ['map(queue.Queue[-1:], #.Meta.exe)', ['/usr/bin/wget']],
    ['count(queue.Queue, #.Meta.exe startsWith "/")', 2],
    ['$env.evt.Meta.a', 'x'],
    ['"evt" in $env', true],
    ['len(keys(evt.Meta))', 1],
    ['File("words.txt")[0]', 'select'],
  ])('%s', (source, expected) => expect(value(source, of)).toEqual(expected));
  it('are changed by methods that set something', () => {
    const now = frame();
    expect(compiled('evt.SetMeta("cve", "x")').evaluate(now)).toBe(true);
    expect(now.written).toEqual([['cve', 'x']]);
  });
});

describe('errors when evaluated', () => {
  test.each<[string, number, string]>([
    ['1 + "a"', 0, 'int + string'],
    ['evt.Unmarshaled.a.b', 18, 'cannot fetch b from <nil>'],
    ['[1][5]', 4, 'out of range'],
    ['Upper(evt.Meta.a) contains 1', 0, 'string was expected'],
    ['1 % 0', 0, 'divide by zero'],
    ['not evt.Meta.a', 0, 'bool was expected'],
    ['true && evt.Meta.a && true', 8, 'bool was expected'],
    ['1 in "abc"', 0, 'not defined on string'],
    ['1 in ["a"]', 0, 'among texts'],
    ['len(1)', 0, 'invalid argument for len'],
    ['int("x")', 0, 'int(x)'],
    ['any(nil, true)', 0, 'takes only array'],
    ['reduce([], #acc + #)', 0, 'empty array'],
    ['"a" matches "(" + evt.Meta.a', 0, 'regexp'],
    ['Fails()', 0, 'broken helper'],
    ['Upper(nil)', 0, 'string was expected'],
    ['evt.NoSuchMethod()', 0, 'cannot fetch NoSuchMethod'],
    ['fromJSON("{")', 0, 'no JSON'],
    ['1..10000000', 0, 'memory budget'],
    ['repeat("abc", 1000000)', 0, 'memory budget'],
    ['any(1..9999, { let x = #; any(1..9999, # == -x) })', 26, 'too long'],
  ])('%s', (source, offset, message) => {
    const error = failure(source);
    expect(error.message).toContain(message);
    expect(error.offset).toBe(offset);
  });
  it('are not raised for what is never reached', () => expect(value('false && 1 % 0 == 0')).toBe(false));
  it('tell a test from a value', () => {
    expect(() => compiled('evt.Meta.a').test(frame())).toThrow(EvaluationError);
    expect(compiled('evt.Meta.a == ""').test(frame())).toBe(true);
  });
});

describe('errors when compiled', () => {
  test.each<[string, number, string, string]>([
    ['event.Meta.a', 0, "'event' is unknown", "Did you mean 'evt'?"],
    ['evt.Mata.a', 4, "no field 'Mata'", "Did you mean 'Meta'?"],
    ['1 + Uper("a")', 4, "no function 'Uper'", "Did you mean 'Upper'?"],
    ['Upper', 0, "'Upper' is unknown", 'It is a function'],
    ['Upper()', 0, "'Upper' has 0 arguments", 'It takes 1'],
    ['evt.Meta.a matches "a("', 19, 'pattern is wrong', ''],
    ['let evt = 1; evt', 0, "'evt' is already defined", 'another name'],
    ['now()', 0, 'no clock', ''],
    ['evt.Meta.a == 404', 14, "A text cannot be tested with '=='", "'404' in quotes"],
    ['true == evt.Meta.a', 0, 'against bool', 'in quotes'],
  ])('%s', (source, offset, message, hint) => {
    const result = compileExpression(source, environment);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error.message).toContain(message);
    expect(result.error.hint ?? '').toContain(hint);
    expect(result.error.offset).toBeGreaterThanOrEqual(offset);
    expect(result.error.offset).toBeLessThanOrEqual(offset + 4);
  });
});
