import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralSet } from '../../src/patterns/index.ts';

// Few letters, so that literals overlap, with the letters whose folding is odd.
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom('a', 'b', 'A', 'B', 'ß', 'S', 's', 'ſ', 'é', 'É', '\u212a', 'k', '😀', ' '),
    maxLength,
  });

describe('LiteralSet', () => {
  it('finds exactly the literals that occur', () => {
    fc.assert(
      fc.property(fc.array(text(4), { maxLength: 12 }), text(30), (literals, subject) => {
        const set = new LiteralSet(literals);
        const expected = literals.flatMap((literal, i) => (subject.includes(literal) ? [i] : []));
        expect(set.indexesIn(subject)).toEqual(expected);
        expect(set.occursIn(subject)).toBe(expected.length > 0);
      }),
    );
  });

  it('folds case as upper-casing both sides does', () => {
    fc.assert(
      fc.property(fc.array(text(4), { maxLength: 12 }), text(30), (literals, subject) => {
        const set = new LiteralSet(literals, { foldCase: true });
        const upper = subject.toUpperCase();
        const expected = literals.flatMap((literal, i) => (upper.includes(literal.toUpperCase()) ? [i] : []));
        expect(set.indexesIn(subject)).toEqual(expected);
        expect(set.occursIn(subject)).toBe(expected.length > 0);
      }),
    );
  });

  it('holds a list that needs more than one table', () => {
    const literals = Array.from(
      { length: 40_000 },
      (_, i) => `item-${i.toString(36)}-${(i * 7919).toString(36)};`,
    );
    const set = new LiteralSet(literals);
    expect(set.indexesIn(`x ${literals[39_999]} y ${literals[3]}`)).toEqual([3, 39_999]);
    expect(set.occursIn('item-')).toBe(false);
  });

  it('of nothing finds nothing', () => {
    expect(new LiteralSet([]).indexesIn('a')).toEqual([]);
    expect(new LiteralSet([]).occursIn('a')).toBe(false);
  });
});
