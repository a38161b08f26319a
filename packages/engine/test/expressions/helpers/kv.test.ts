import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnyMap } from '../../../src/expressions/value.ts';
import { call, plain } from './call.ts';

function read(name: 'ParseKV' | 'ParseKVLax', line: string): unknown {
  const target = new AnyMap();
  expect(call(name, line, target, 'kv')).toBeNull();
  return plain(target.get('kv'));
}

it('reads words and quoted values', () => {
  const cases: [line: string, pairs: Record<string, string>][] = [
    ['foo=bar bar=foo foo=foo', { foo: 'foo', bar: 'foo' }],
    ['foo="bar=toto"', { foo: 'bar=toto' }],
    ['foo= bar=toto', { foo: '', bar: 'toto' }],
    ['foo="" bar=toto', { foo: '', bar: 'toto' }],
    ['msg="a \\"b\\" c" x=1', { msg: 'a \\"b\\" c', x: '1' }],
    ['open="a b c=1', { open: '"a', c: '1' }],
    ['a=b=c', { a: 'b' }],
    ['words before level=info', { level: 'info' }],
    ['SRC=1.2.3.4 DF PROTO=TCP URGP=0', { SRC: '1.2.3.4', PROTO: 'TCP', URGP: '0' }],
    ['=x y=z', { y: 'z' }],
  ];
  for (const [line, pairs] of cases) expect(read('ParseKV', line), line).toEqual(pairs);
});

it('reads values of several words where it is asked to be lax', () => {
  const cases: [line: string, pairs: Record<string, string>][] = [
    ['host=Express 7 port=443', { host: 'Express 7', port: '443' }],
    ['msg="Hello World" host=My Server', { msg: 'Hello World', host: 'My Server' }],
    ['msg="He said \\"Hello\\"" status=ok', { msg: 'He said "Hello"', status: 'ok' }],
    ['path="C:\\\\" next=val', { path: 'C:\\', next: 'val' }],
    ['msg="say \\"fake=val\\" here" real=value', { msg: 'say "fake=val" here', real: 'value' }],
    ['a= b=', { a: '', b: '' }],
    ['1a=x', { a: 'x' }],
  ];
  for (const [line, pairs] of cases) expect(read('ParseKVLax', line), line).toEqual(pairs);
});

it('fails without a pair, and where something else is under the key', () => {
  const target = new AnyMap(new Map([['kv', 'text']]));
  for (const name of ['ParseKV', 'ParseKVLax']) {
    expect(() => call(name, 'no pairs here', new AnyMap(), 'kv')).toThrow('no key=value');
    expect(() => call(name, 'a=b', target, 'kv')).toThrow('no strings');
  }
});

it('adds to what an earlier call has read, and answers an empty text for other keys', () => {
  const target = new AnyMap();
  call('ParseKV', 'a=1 b=2', target, 'kv');
  call('ParseKV', 'b=3', target, 'kv');
  const map = target.get('kv') as AnyMap; // made by ParseKV
  expect(plain(map)).toEqual({ a: '1', b: '3' });
  expect(map.get('c')).toBe('');
});

it('agrees with the pattern that the reference uses', () => {
  const pattern = /([^=\t\n\f\r ]+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^=\t\n\f\r ]+)|[\t\n\f\r ]*)/g;
  const line = fc.array(fc.constantFrom('a', 'b', '=', ' ', '"', '\\', '\n', '="', '\\"'), { maxLength: 30 });
  fc.assert(
    fc.property(line, (letters) => {
      const text = letters.join('');
      const wanted = [...text.matchAll(pattern)].map((match) => [match[1]!, match[2] || match[3] || '']);
      const target = new AnyMap();
      call('ParseKV', `first=1 ${text}`, target, 'kv'); // so that there is a pair
      expect(plain(target.get('kv'))).toEqual({ first: '1', ...Object.fromEntries(wanted) });
    }),
    { numRuns: 5000 },
  );
});

it('takes time in proportion to the line', () => {
  for (const piece of ['a', '=', 'a=', 'a="', '="\\', 'a="\\"', ' ', 'a=\\"', '-.']) {
    for (const name of ['ParseKV', 'ParseKVLax']) {
      const started = performance.now();
      try {
        call(name, piece.repeat(200_000), new AnyMap(), 'kv');
      } catch {
        // no pair in it
      }
      expect(performance.now() - started, `${name} ${piece}`).toBeLessThan(2000);
    }
  }
});
