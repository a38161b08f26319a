import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiteralSieve } from '../../../../src/detectors/content/rules/sieve.ts';

const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

test('short and long literals are found wherever they stand, whatever their case', () => {
  const sieve = new LiteralSieve(['#', '${', 'or ', 'select', '‘']);
  expect(sieve.indexesIn('#')).toEqual([0]);
  expect(sieve.indexesIn('a${b}')).toEqual([1]);
  expect(new Set(sieve.indexesIn('x OR SeLecT ‘ #'))).toEqual(new Set([0, 2, 3, 4]));
  expect(sieve.indexesIn('')).toEqual([]);
  expect(sieve.indexesIn('selec')).toEqual([]);
});

test('a literal is told once, however often it stands there', () => {
  expect(new LiteralSieve(['ab']).indexesIn('ababAB')).toEqual([0]);
});

test('it finds what a search for each literal finds', () => {
  const char = fc.constantFrom('a', 'B', 'c', '1', '2', '$', ' ', '\n', '\r', '\0', 'ü', 'ſ', '€', '‘');
  const text = fc.string({ unit: char, maxLength: 60 });
  const literal = fc.string({ unit: char, minLength: 1, maxLength: 5 }).map(foldAscii);
  fc.assert(
    fc.property(fc.uniqueArray(literal, { maxLength: 12 }), text, (literals, value) => {
      const folded = foldAscii(value);
      const expected = literals.flatMap((each, index) => (folded.includes(each) ? [index] : []));
      expect([...new LiteralSieve(literals).indexesIn(value)].sort((a, b) => a - b)).toEqual(expected);
    }),
  );
});
