import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageOf, readerOf } from '../../src/pages/reader.ts';
import { BROWSER, makeRequest } from '../requests.ts';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-CH, fr;q=0.9', 'de'],
    ['fr;q=0.5, DE;q=0.8, en;q=0.7', 'de'],
    ['ja, pt-BR;q=0.3', 'pt'],
    ['es;q=0, it;q=0.1', 'it'],
    ['es ; q = 0.9 , nl', 'nl'],
    ['pl, de', 'pl'],
    ['*', 'en'],
    ['den', 'en'],
    ['de;q=2, fr', 'de'],
    [`${'xx,'.repeat(500)}de`, 'en'],
  ])('for %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
    expect(languageOf(header)).toBe(language);
  });

  it('is one of ours for anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (header) => {
        expect(LANGUAGES).toContain(languageOf(header));
      }),
    );
  });
});

describe('the form of an answer', () => {
  it.each([
    ['a page in a browser', BROWSER, 'html'],
    ['a frame', { 'sec-fetch-dest': 'iframe', accept: 'text/html' }, 'html'],
    ['an old browser', { accept: 'text/html,*/*' }, 'html'],
    ['fetch()', { 'sec-fetch-dest': 'empty', accept: '*/*' }, 'json'],
    ['fetch() for HTML fragments', { 'sec-fetch-dest': 'empty', accept: 'text/html' }, 'json'],
    [
      'XMLHttpRequest in an old browser',
      { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' },
      'json',
    ],
    ['JSON:API', { accept: 'application/vnd.api+json' }, 'json'],
    ['a picture', { 'sec-fetch-dest': 'image', accept: 'image/*,*/*' }, 'text'],
    ['curl', { accept: '*/*' }, 'text'],
    ['nothing said', {}, 'text'],
  ])('for %s is %3$s', (_, headers, format) => {
    expect(readerOf(makeRequest(headers as Record<string, string>)).format).toBe(format);
  });
});
