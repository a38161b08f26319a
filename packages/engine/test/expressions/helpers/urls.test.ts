import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bench, call, plain } from './call.ts';

it('escapes as net/url does', () => {
  expect(call('PathEscape', '/foo?a=1&&b=<>\'"é ')).toBe('%2Ffoo%3Fa=1&&b=%3C%3E%27%22%C3%A9%20');
  expect(call('QueryEscape', '/foo?a=1&&b=<>\'"é ~')).toBe('%2Ffoo%3Fa%3D1%26%26b%3D%3C%3E%27%22%C3%A9+~');
});

it('gives malformed escapes back unchanged', () => {
  const cases: [escaped: string, path: string, query: string][] = [
    ['%2ffoo%3Fa+b', '/foo?a+b', '/foo?a b'],
    ['%24%7bjndi', '${jndi', '${jndi'],
    ['%C3%A9é', 'éé', 'éé'],
    ['a%', 'a%', 'a%'],
    ['a%zz+%41', 'a%zz+%41', 'a%zz+%41'],
    ['%252e', '%2e', '%2e'],
    ['%00', '\u0000', '\u0000'],
  ];
  for (const [escaped, path, query] of cases) {
    expect(call('PathUnescape', escaped), escaped).toBe(path);
    expect(call('QueryUnescape', escaped), escaped).toBe(query);
  }
});

it('reads the query of a URI, or nothing when Go would refuse it', () => {
  const cases: [uri: string, values: Record<string, string[]>][] = [
    ['/foo?a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
    ['/foo', {}],
    ['/foo?a=1&b=2?', { a: ['1'], b: ['2?'] }],
    ['/foo?????&?=123&&&&&', { '????': [''], '?': ['123'] }],
    ['/foo?a=%%%%', {}],
    ['/foo?a=1;b=2', {}],
    ['http://u:p@h.com:80/x?a=b+c#f', { a: ['b c'] }],
    ['http://h.com:8x/?a=1', {}],
    ['http://[::1/?a=1', {}],
    ['//[::1]:80/?a=1', { a: ['1'] }],
    ['/%zz?a=1', {}],
    ['a:b?c=1', { c: ['1'] }],
    ['1:b?c=1', {}],
    ['/a\u0001?b=1', {}],
    [':x?b=1', {}],
  ];
  for (const [uri, values] of cases) expect(plain(call('ParseUri', uri)), uri).toEqual(values);
  const { call: call_, log } = bench();
  call_('ParseUri', '/foo?a=%%');
  expect(log).toHaveLength(1);
});

it('reads a query leniently where it inspects requests', () => {
  expect(plain(call('ParseQuery', 'a=1;2&b=%zz+%41&=c&d&&a=%e9'))).toEqual({
    a: ['1;2', '\ufffd'],
    b: ['%zz A'],
    '': ['c'],
    d: [''],
  });
  expect(call('ExtractQueryParam', '/x?a=1&b=2&a=%33', 'a')).toEqual(['1', '3']);
  expect(call('ExtractQueryParam', '/x?a=1', 'b')).toEqual([]);
  expect(call('ExtractQueryParam', '/x', 'a')).toEqual([]);
});

const TEXT = fc
  .array(fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('é', '😀', '\u0000')))
  .map((letters) => letters.join(''));

it('unescapes what it has escaped, any text', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      expect(call('PathUnescape', call('PathEscape', text))).toBe(text);
      expect(call('QueryUnescape', call('QueryEscape', text))).toBe(text);
    }),
  );
});

it('never throws on hostile text, and takes time in proportion to it', () => {
  const names = ['PathEscape', 'QueryEscape', 'PathUnescape', 'QueryUnescape', 'ParseUri', 'ParseQuery'];
  const soup = fc.array(
    fc.constantFrom(
      '%',
      '%4',
      '%41',
      '%ff',
      '&',
      '=',
      '?',
      '#',
      '/',
      ':',
      '@',
      '[',
      ']',
      ';',
      '+',
      'é',
      '\ud800',
      '\u0000',
    ),
  );
  fc.assert(
    fc.property(soup, fc.constantFrom(...names), (letters, name) => {
      call(name, letters.join(''));
      call('ExtractQueryParam', letters.join(''), '');
    }),
    { numRuns: 1000 },
  );
  for (const piece of ['%', '%4', 'a&', '&', '=', '//', ':', '@', '[', '%c3%a9', '+', '?', '#']) {
    for (const name of names) {
      const started = performance.now();
      call(name, piece.repeat(100_000));
      expect(performance.now() - started, `${name} ${piece}`).toBeLessThan(2000);
    }
  }
});
