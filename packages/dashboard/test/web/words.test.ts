import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../reports/src/words/families.table.ts';
import { DE } from '../../src/web/words/de.ts';
import { EN } from '../../src/web/words/en.ts';
import { ES } from '../../src/web/words/es.ts';
import { FR } from '../../src/web/words/fr.ts';
import { DE_LATER } from '../../src/web/words/later/de.ts';
import { EN_LATER } from '../../src/web/words/later/en.ts';
import { ES_LATER } from '../../src/web/words/later/es.ts';
import { FR_LATER } from '../../src/web/words/later/fr.ts';

const WEB = path.resolve(import.meta.dirname, '../../src/web');
const LANGUAGES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['de', { ...DE, ...DE_LATER }],
  ['es', { ...ES, ...ES_LATER }],
  ['fr', { ...FR, ...FR_LATER }],
];
const ENGLISH: Readonly<Record<string, string>> = { ...EN, ...EN_LATER };

/** Names of what is filled in, without doubles: a plural may leave out what the singular says. */
function filledIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].toSorted();
}

describe.each(LANGUAGES)('the words in %s', (_, words) => {
  it('are there for all that is said in English, and for nothing else', () => {
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(ENGLISH).toSorted());
    expect(Object.entries(words).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('have the same things filled in, and a plural where English has one', () => {
    for (const [key, english] of Object.entries(ENGLISH)) {
      const text = words[key] ?? '';
      expect([key, filledIn(text)]).toEqual([key, filledIn(english)]);
      expect([key, text.split('|').length]).toEqual([key, english.split('|').length]);
    }
  });
});

describe('the words of the page', () => {
  it('name every family of scenarios, in the first load: lists show them before anything else', () => {
    expect(FAMILIES.map(({ key }) => `family.${key}`).filter((word) => !Object.hasOwn(EN, word))).toEqual([]);
  });

  it('stand in one place each', () => {
    expect(Object.keys(EN).filter((key) => Object.hasOwn(EN_LATER, key))).toEqual([]);
  });

  const sources = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/words[/\\](\w+[/\\])?(en|de|es|fr)\.ts$/.test(name))
    .map((name) => readFileSync(path.join(WEB, name), 'utf8'))
    .join('\n');

  it('are all used somewhere', () => {
    const unused = Object.keys(ENGLISH).filter((key) => {
      const beginning = `${key.split('.')[0]}.`;
      const isPutTogether = new RegExp(`\`${beginning.replace('.', '\\.')}\\$\\{`).test(sources);
      return !isPutTogether && !sources.includes(`'${key}'`);
    });
    expect(unused).toEqual([]);
  });
});
