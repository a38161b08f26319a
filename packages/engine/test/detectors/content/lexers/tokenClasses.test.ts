import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHAPE_CLASSES, WORD_CLASSES } from '../../../../src/detectors/content/lexers/tokenClasses.table.ts';
import {
  readTokenClasses,
  TOKEN_CLASS_COUNT,
  TOKEN_CLASS_NAMES,
  tokenClasses,
} from '../../../../src/detectors/content/lexers/tokenClasses.ts';

const names = (text: string): string =>
  [...tokenClasses(text)].map((number) => TOKEN_CLASS_NAMES[number]).join(' ');

describe('token classes of a text', () => {
  it('fold keywords whatever their case', () => {
    expect(names("1' uNiOn SELECT @@version")).toBe("digit ' sql-union sql-select @@ sql-whoami");
    expect(names('1 union select @@version').split(' ')).toHaveLength(5);
  });

  it('tell numbers apart by shape', () => {
    expect(names('7 1234 12345678 1.5 10.0.0.1 1e5 0x3a ab12')).toBe(
      'digit number long-number fraction fraction scientific hex-number name-with-digits',
    );
  });

  it('read runs of escapes and entities as one', () => {
    expect(names('%27%20x \\u0027\\x41 &#x61;&#98; &amp;')).toBe(
      'percent-escape short-word escape numeric-entity named-entity',
    );
  });

  it('see handlers of events that nobody knows', () => {
    expect(names('<x onfoobar = 1>')).toBe('< short-word event-like = digit >');
    expect(names('online shop')).toBe('word word');
  });

  it('know names that begin with a sign', () => {
    expect(names('user[$ne]=1')).toBe('user [ nosql ] = digit');
    expect(names('mail[#post_render]')).toBe('word [ drupal ]');
  });

  it('keep words of other alphabets whole', () => {
    expect(names('schön Привет 漢字')).toBe('foreign-word foreign-word foreign-word');
  });

  it('leave no more classes than fit a byte, each with its own name', () => {
    expect(TOKEN_CLASS_COUNT).toBeLessThanOrEqual(256);
    expect(new Set(TOKEN_CLASS_NAMES).size).toBe(TOKEN_CLASS_COUNT);
  });

  it('have every word in one class only', () => {
    const words = WORD_CLASSES.flatMap(([, list]) => list.split(' '));
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    expect(words.filter((word) => !/^[$#]?[\p{L}\d_]+$/u.test(word))).toEqual([]);
  });

  it('make every shape from some text', () => {
    const text =
      'ab abcd abcdefghijklmnopqrstuvw ab1 a_b é 1 12 1234567 1.2 1e2 0x1 0123456789abcdef01 zz0123456789abcdef01 %41 \\x41 &#65; &lt; onfoo= \n x \t\u0001\ufffdＡ€';
    const made = new Set(tokenClasses(text));
    expect(SHAPE_CLASSES.filter((_, number) => number > 0 && !made.has(number))).toEqual([]);
  });

  it('are bounded, ordered and never throw for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const into = new Uint8Array(64);
        const starts = new Uint32Array(64);
        const count = readTokenClasses(text, into, starts);
        expect(count).toBeLessThanOrEqual(64);
        const ordered = [...starts.subarray(0, count)];
        expect(ordered).toEqual([...new Set(ordered)].toSorted((one, other) => one - other));
        for (let index = 0; index < count; index += 1) {
          expect(into[index]).toBeGreaterThan(0);
          expect(into[index]).toBeLessThan(TOKEN_CLASS_COUNT);
        }
      }),
    );
  });
});
