import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnyMap, Float, type Value } from '../../../src/expressions/value.ts';
import { call, plain } from './call.ts';

it('extracts a value by its path, as written', () => {
  const json = '{"a": {"b": [10, {"c": "x\\ny"}, "z"], "t": true, "n": null, "f": 1.50}, "s": "é\\u00e9"}';
  const cases: [path: string, answer: string][] = [
    ['a.b[0]', '10'],
    ['a.b[1].c', 'x\\ny'],
    ['a.b[2]', 'z'],
    ['a.b[3]', ''],
    ['a.b', '[10, {"c": "x\\ny"}, "z"]'],
    ['a.t', 'true'],
    ['a.n', 'null'],
    ['a.f', '1.50'],
    ['s', 'é\\u00e9'],
    ['missing', ''],
    ['a.missing', ''],
    ['c', ''],
    ['', ''],
  ];
  for (const [path, answer] of cases) expect(call('JsonExtract', json, path), path).toBe(answer);
  expect(call('JsonExtract', '[[1, 2], {"a": 3}]', '[1].a')).toBe('3');
  expect(call('JsonExtract', '[[1, 2], {"a": 3}]', '[0][1]')).toBe('');
});

it('extracts from a line that is cut off after the value', () => {
  expect(call('JsonExtract', '{"status": 404, "path": "/a", "agent": "curl', 'path')).toBe('/a');
  expect(call('JsonExtract', '{"status": 404, "path": "/a', 'path')).toBe('');
  expect(call('JsonExtract', '{"n": 12', 'n')).toBe('12');
});

it('finds the value of a path below the second of two keys of one name', () => {
  expect(call('JsonExtract', '{"a": {"x": 1}, "a": {"b": 2}}', 'a.b')).toBe('2');
  expect(call('JsonExtract', '{"a": 1, "b": 2}', 'a.b')).toBe('');
  expect(call('JsonExtract', '{"x": {"a": 1}, "a": 2}', 'a')).toBe('2');
});

it('resolves escapes where it is asked to, of strings only', () => {
  expect(call('JsonExtractUnescape', '{"log": "\\"GET /\\" \\u00e9\\ud83d\\ude00"}', 'log')).toBe(
    '"GET /" é😀',
  );
  expect(call('JsonExtractUnescape', '{"log": {"a": "b"}}', ['log', 'a'])).toBe('b');
  expect(call('JsonExtractUnescape', '{"log": 5}', 'log')).toBe('');
  expect(call('JsonExtractUnescape', '{"log": "\\x"}', 'log')).toBe('');
  expect(call('JsonExtractLib', '{"a": {"b": "c"}}', 'a', 'b')).toBe('c');
});

it('extracts lists and maps, and nil when the value is neither', () => {
  expect(plain(call('JsonExtractSlice', '{"test": {"foo": [{"a":"b"}, 1]}}', 'test.foo'))).toEqual([
    { a: 'b' },
    { float: 1 },
  ]);
  expect(call('JsonExtractSlice', '{"test": "1234"}', 'test')).toBeNull();
  expect(call('JsonExtractSlice', '{"test: "11234"}', 'foo')).toBeNull();
  expect(plain(call('JsonExtractObject', '{"test": {"foo": [{"a":"b"}]}}', 'test.foo[0]'))).toEqual({
    a: 'b',
  });
  expect(call('JsonExtractObject', '{"test": [1]}', 'test')).toBeNull();
});

it('reads JSON into the map it is given, numbers as floats', () => {
  const target = new AnyMap();
  expect(call('UnmarshalJSON', '{"a": [1, "x", {"b": null}], "c": 1.5}', target, 'log')).toBeNull();
  expect(plain(target)).toEqual({ log: { a: [{ float: 1 }, 'x', { b: null }], c: { float: 1.5 } } });
});

it('leaves the map alone when the text is not JSON', () => {
  const target = new AnyMap();
  for (const bad of ['', '{', '{"a":1}x', '{"a":1e999}', "{'a':1}", '['.repeat(5000) + ']'.repeat(5000)]) {
    expect(() => call('UnmarshalJSON', bad, target, 'log'), bad.slice(0, 20)).toThrow('JSON');
  }
  expect(target.size).toBe(0);
});

it('writes JSON as Go does: keys sorted, HTML escaped', () => {
  const map = new AnyMap(
    new Map<string, Value>([
      ['b', new Float(1e21)],
      ['a', '<&>\u2028"'],
      ['c', [null, true, 3]],
    ]),
  );
  expect(call('ToJsonString', map)).toBe(
    '{"a":"\\u003c\\u0026\\u003e\\u2028\\"","b":1e+21,"c":[null,true,3]}',
  );
  expect(call('ToJsonString', new Float(Infinity))).toBe('');
});

it('finds by path what is in valid JSON', () => {
  const key = fc.stringMatching(/^[a-z]{1,3}$/);
  fc.assert(
    fc.property(fc.dictionary(key, fc.dictionary(key, fc.string())), (value) => {
      const json = JSON.stringify(value);
      for (const [outer, inner] of Object.entries(value)) {
        for (const [name, text] of Object.entries(inner)) {
          expect(call('JsonExtractUnescape', json, [outer, name])).toBe(text);
        }
      }
    }),
  );
});

it('never throws on extracting from hostile text', () => {
  const soup = fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', ' ', 'é', '\ud800'))
    .map((letters) => letters.join(''));
  fc.assert(
    fc.property(soup, fc.constantFrom('a', 'a.a', '[0]', 'a[0].a', '[0].[0]', 'a.[1]', '.'), (json, path) => {
      for (const name of ['JsonExtract', 'JsonExtractUnescape', 'JsonExtractLib'])
        expect(typeof call(name, json, path)).toBe('string');
      call('JsonExtractSlice', json, path);
      call('JsonExtractObject', json, path);
    }),
    { numRuns: 2000 },
  );
});

it('takes time in proportion to the text', () => {
  for (const piece of ['{"b":', '[', '{', '"', '\\"', '"a":', '}', '[{"b":"\\\\"},']) {
    const started = performance.now();
    call('JsonExtract', piece.repeat(200_000), 'a[7].b');
    expect(performance.now() - started, piece).toBeLessThan(2000);
  }
});
