import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../../../src/detectors/content/decode/collector.ts';
import { readJsonText, type JsonSink } from '../../../../src/detectors/content/decode/json.ts';
import { DECODE_LIMITS } from '../../../../src/detectors/content/decode/limits.ts';
import { traitsOf } from '../../../../src/detectors/content/decode/traits.ts';

interface Read {
  readonly isJson: boolean;
  readonly strings: readonly string[];
  readonly traits: readonly (number | undefined)[];
}

function read(text: string): Read {
  const strings: string[] = [];
  const traits: (number | undefined)[] = [];
  const sink: JsonSink = {
    collector: new Collector(DECODE_LIMITS),
    addText: (_name, value, _nesting, of) => {
      strings.push(value);
      traits.push(of);
    },
  };
  return { isJson: readJsonText(sink, text, ''), strings, traits };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

describe('a text', () => {
  it('is JSON where it is for JavaScript: numbers, words, lists and blanks', () => {
    const pieces = fc.constantFrom(
      ...'-+.eE0019tf[]{}, \n'.split(''),
      'true',
      'false',
      'null',
      '\0',
      '\u00e9',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (some) => {
        const text = some.join('');
        expect(read(text).isJson).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
    for (const text of ['-0.5e+10', '[0,-1,1E5]', '01', '-', '1.', '.5', '1e', '+1', 'nul', 'truer'])
      expect(read(text).isJson, text).toBe(isJson(text));
  });

  it('gives its strings in their order, with or without escapes, in any alphabet', () => {
    const values = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
    fc.assert(
      fc.property(values, fc.boolean(), (value, isIndented) => {
        const text = JSON.stringify(value, undefined, isIndented ? 2 : 0);
        const found = read(text);
        expect(found.isJson).toBe(true);
        expect(found.strings).toEqual(stringsIn(JSON.parse(text)));
      }),
    );
  });

  it('tells the traits of each string that is written as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 90 })), (strings) => {
        const plain = strings.map((one) => one.replaceAll(/["\\]/g, "'"));
        const found = read(`[${plain.map((one) => `"${one}"`).join(',')}]`);
        expect(found.strings).toEqual(plain);
        expect(found.traits).toEqual(plain.map(traitsOf));
      }),
    );
    expect(read('["a\\n"]').traits).toEqual([undefined]);
  });

  it('that ends too early is no JSON, and what it has is given', () => {
    expect(read('{"a":"begun')).toMatchObject({ isJson: false, strings: ['begun'] });
    expect(read('["\\u003cscript')).toMatchObject({ isJson: false, strings: ['<script'] });
  });
});
