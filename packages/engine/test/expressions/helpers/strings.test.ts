import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Float, type Value } from '../../../src/expressions/value.ts';
import { call, plain } from './call.ts';

type Case = [name: string, args: Value[], answer: Value];

it('answers as the string functions of Go', () => {
  const cases: Case[] = [
    ['Upper', ['Select ß ŉ ǆ'], 'SELECT ß ŉ Ǆ'],
    ['Upper', ['straße ᾳ ά'], 'STRAßE ᾼ Ά'],
    ['Lower', ['ÀΣ İ'], 'àσ i'],
    ['Fields', [' a\tb\u00a0c\u2003 d\u0085'], ['a', 'b', 'c', 'd']],
    ['Fields', ['  '], []],
    ['Index', ['chicken', 'ken'], 4],
    ['Index', ['é x', 'x'], 3],
    ['Index', ['a', ''], 0],
    ['Index', ['a', 'b'], -1],
    ['IndexAny', ['golang', 'gy'], 0],
    ['IndexAny', ['éa', 'ba'], 2],
    ['IndexAny', ['x', ''], -1],
    ['Join', [['a', 'b'], '-'], 'a-b'],
    ['Split', ['a,b,c', ','], ['a', 'b', 'c']],
    ['Split', ['', ','], ['']],
    ['Split', ['aéb', ''], ['a', 'é', 'b']],
    ['SplitN', ['a,b,c', ',', 2], ['a', 'b,c']],
    ['SplitN', ['a,b,c', ',', 0], []],
    ['SplitN', ['abc', '', 2], ['a', 'bc']],
    ['SplitAfter', ['a,b,c', ','], ['a,', 'b,', 'c']],
    ['SplitAfterN', ['a,b,c', ',', 2], ['a,', 'b,c']],
    ['Replace', ['oink oink oink', 'k', 'ky', 2], 'oinky oinky oink'],
    ['Replace', ['oink oink oink', 'oink', 'moo', -1], 'moo moo moo'],
    ['Replace', ['ab', '', '-', -1], '-a-b-'],
    ['Replace', ['ab', '', '-', 2], '-a-b'],
    ['ReplaceAll', ['a$&a', 'a', '$&'], '$&$&$&'],
    ['Trim', ['xxhixx', 'x'], 'hi'],
    ['Trim', ['¡¡¡Hola!', '!¡'], 'Hola'],
    ['Trim', ['😀a😀', '😀'], 'a'],
    ['TrimLeft', ['xxhixx', 'x'], 'hixx'],
    ['TrimRight', ['xxhixx', 'x'], 'xxhi'],
    ['TrimSpace', ['\u00a0\t a b \n\u0085'], 'a b'],
    ['TrimSpace', ['\ufeffa'], '\ufeffa'],
    ['TrimPrefix', ['abc', 'ab'], 'c'],
    ['TrimPrefix', ['abc', 'b'], 'abc'],
    ['TrimSuffix', ['abc', 'bc'], 'a'],
    ['TrimSuffix', ['abc', ''], 'abc'],
    ['ToString', ['a'], 'a'],
    ['ToString', [1], ''],
    ['ToString', [null], ''],
    ['Get', [['a'], 0], 'a'],
    ['Get', [['a'], 1], ''],
    ['B64Decode', ['Zm9v'], 'foo'],
    ['B64Decode', ['Zm\n8='], 'fo'],
  ];
  for (const [name, args, answer] of cases) {
    expect(plain(call(name, ...args)), `${name}(${JSON.stringify(args)})`).toEqual(plain(answer));
  }
});

it('fails where the reference fails: wrong types, an index below zero, text that is not base64', () => {
  expect(() => call('Upper', null)).toThrow('a string');
  expect(() => call('Join', [1], ',')).toThrow('list of strings');
  expect(() => call('Get', ['a'], -1)).toThrow('out of range');
  for (const bad of ['foo', 'Zm9', 'Zm9v=', 'Zm9-', 'Zg='])
    expect(() => call('B64Decode', bad)).toThrow('base64');
});

it('formats with the verbs of Go', () => {
  const cases: [args: Value[], text: string][] = [
    [['%s|%5s|%-5s|%.2s', 'abc', 'abc', 'abc', 'abc'], 'abc|  abc|abc  |ab'],
    [
      ['%d|%5d|%05d|%-5d|%+d|%x|%X|%o|%b', 42, 42, 42, 42, 42, 42, 42, 42, 42],
      '42|   42|00042|42   |+42|2a|2A|52|101010',
    ],
    [['%05d', -42], '-0042'],
    [
      ['%v %v %v %v', new Float(1.5), new Float(1e6), new Float(1e-5), new Float(100000)],
      '1.5 1e+06 1e-05 100000',
    ],
    [
      [
        '%f %.2f %8.3f|%-8.1f|%e',
        new Float(1.5),
        new Float(2.345),
        new Float(3.14159),
        new Float(2),
        new Float(1234.5),
      ],
      '1.500000 2.35 ' + '   3.142|2.0     |1.234500e+03',
    ],
    [['%t %v', true, false], 'true false'],
    [['%q %x % x %X', 'a"b\n', 'hi', 'hi', 'hi'], '"a\\"b\\n" 6869 68 69 6869'],
    [['100%% %s', 'x'], '100% x'],
    [['%v', null], '<nil>'],
    [['%s', null], '%!s(<nil>)'],
    [['%v', ['a', 1, new Float(2)]], '[a 1 2]'],
    [['%d', 'hi'], '%!d(string=hi)'],
    [['%s', 5], '%!s(int=5)'],
    [['%d'], '%!d(MISSING)'],
    [['a', 1, 'b'], 'a%!(EXTRA int=1, string=b)'],
    [['%'], '%!(NOVERB)'],
    [['%z', 3], '%!z(int=3)'],
    [['%*d', 5, 42], '   42'],
    [['%[2]s %[1]s', 'a', 'b'], 'b a'],
    [['%[3]s', 'a'], '%!s(BADINDEX)'],
    [['%T %T', 1, 'a'], 'int string'],
    [['%c %U', 0x1f600, 0x1f600], '😀 U+1F600'],
  ];
  for (const [args, text] of cases) expect(call('Sprintf', ...args), JSON.stringify(args)).toBe(text);
});

it('never throws on a format, and prints a plain %v of any number as it is written', () => {
  const format = fc.stringMatching(/^[%a-z0-9.*[\]+ #-]{0,20}$/);
  fc.assert(
    fc.property(format, fc.array(fc.oneof(fc.string(), fc.integer())), (text, args) => {
      call('Sprintf', text, ...args);
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(call('Sprintf', '%v', new Float(value)))).toBe(value);
    }),
  );
});

const TEXT = fc
  .array(fc.constantFrom('a', 'b', ' ', 'é', '😀', '\ud800', ','))
  .map((letters) => letters.join(''));

it('splits and joins back to the same text', () => {
  fc.assert(
    fc.property(TEXT, fc.string({ maxLength: 2 }), (text, separator) => {
      expect(call('Join', call('Split', text, separator), separator === '' ? '' : separator)).toBe(text);
      expect(call('Join', call('SplitAfter', text, separator), '')).toBe(text);
    }),
  );
});
