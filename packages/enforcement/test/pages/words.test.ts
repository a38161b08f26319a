import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/pages/reader.ts';
import { fill, seconds, wordsOf } from '../../src/pages/words/index.ts';

type Leaf = readonly [path: string, text: string];

function leavesOf(value: unknown, path: string = ''): readonly Leaf[] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`));
}

const english = new Map(leavesOf(wordsOf('en')));
const placesOf = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(LANGUAGES.map((language) => ({ language })))('the words in $language', ({ language }) => {
  const leaves = leavesOf(wordsOf(language));

  it('are named by the language, and are all there with the same places to fill', () => {
    expect(wordsOf(language).language).toBe(language);
    expect(leaves.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
    for (const [path, text] of leaves) {
      expect(text.trim(), path).not.toBe('');
      expect([path, placesOf(text)]).toEqual([path, placesOf(english.get(path)!)]);
    }
  });

  it('are no English left over', () => {
    if (language === 'en') return;
    const same = leaves.filter(([path, text]) => text === english.get(path) && text.length > 12);
    expect(same).toEqual([]);
  });

  it('count seconds', () => {
    expect(seconds(language, 5)).toMatch(/^5\s\p{L}+$/u);
  });
});

describe('a sentence', () => {
  it('is filled where there is a value', () => {
    expect(fill('{a} and {b} and {c}', { a: 1, b: '{c}' })).toBe('1 and {c} and {c}');
  });
});
