import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSearch, undoPercent } from '../../../../src/detectors/content/appsec/byteSearch.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a search for a few texts in bytes', () => {
  test('finds those that are there, in either case, one inside the other too', () => {
    const found = new Set<number>();
    new ByteSearch(['abc', 'bc', 'x.y', 'nowhere']).find(bytesOf('..aBC..X.Y'), (text) => found.add(text));
    expect([...found].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  test('answers as `includes` does', () => {
    const unit = fc.constantFrom('a', 'b', 'A', '.', '\xff');
    const texts = fc.array(fc.string({ unit, minLength: 1, maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, fc.string({ unit, maxLength: 30 }), (written, body) => {
        const lower = written.map((text) => text.replaceAll('A', 'a'));
        const found = new Set<number>();
        new ByteSearch(lower).find(bytesOf(body), (text) => found.add(text));
        const subject = body.replaceAll('A', 'a');
        expect([...found].toSorted((a, b) => a - b)).toEqual(
          lower.flatMap((text, i) => (subject.includes(text) ? [i] : [])),
        );
      }),
    );
  });
});

describe('percent escapes in bytes', () => {
  test.each([
    ['a%41%2fb', 'aA/b'],
    ['%2541', '%41'],
    ['%ff%zz%4', '\xff%zz%4'],
    ['%4', undefined],
    ['a+b', undefined],
    ['', undefined],
  ])('of %j undone: %j', (written, expected) => {
    const bytes = bytesOf(written);
    const undone = undoPercent(bytes, new Uint8Array(bytes.length));
    expect(undone === undefined ? undefined : Buffer.from(undone).toString('latin1')).toBe(expected);
  });

  test('may be undone in place', () => {
    const bytes = bytesOf('%25%34%31x');
    expect(Buffer.from(undoPercent(bytes, bytes)!).toString('latin1')).toBe('%41x');
  });
});
