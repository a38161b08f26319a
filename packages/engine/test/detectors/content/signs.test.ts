import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadRules } from '../../../src/index.ts';
import { parsePattern } from '../../../src/patterns/parse.ts';
import { neededSigns, ownBitOf, SIGN_OF, signsOf } from '../../../src/detectors/content/signs.ts';

const RULES: string = path.join(import.meta.dirname, '../../../../cli/items/content-rules');

const signsNeededBy = (source: string): readonly number[] => {
  const result = parsePattern(source);
  if (!result.ok) throw new Error(result.error.message);
  return neededSigns(result.parsed.tree);
};

test('a pattern needs what all of its alternatives need, and nothing that may be absent', () => {
  expect(signsNeededBy('a')).toEqual([]);
  expect(signsNeededBy('a?\\(b')).toEqual([signsOf('(')]);
  expect(signsNeededBy('<a|b>')).toEqual([signsOf('<>')]);
  expect(signsNeededBy('<a|b')).toEqual([]);
  expect(signsNeededBy('(?:;)?x')).toEqual([]);
  expect(signsNeededBy('[;x]')).toEqual([]);
  expect(new Set(signsNeededBy('\\$+\\{'))).toEqual(new Set([signsOf('$'), signsOf('{')]));
});

test('signs that share a bit are told by nobody', () => {
  expect(ownBitOf('<')).toBe(signsOf('<'));
  expect(ownBitOf('^')).toBe(0);
  expect(ownBitOf('\n\r')).toBe(0);
  expect(ownBitOf('a')).toBe(0);
});

test('what our own rules match has the signs that their patterns need', () => {
  const files = readdirSync(RULES).map((file) => ({
    file,
    text: readFileSync(path.join(RULES, file), 'utf8'),
  }));
  let matches = 0;
  for (const { what, examples } of loadRules(files).rules) {
    for (const { text } of examples) {
      let signs = 0;
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        signs |= unit < 128 ? SIGN_OF[unit]! : signsOf('\u0080');
      }
      for (const pattern of [...what.match, ...what.and]) {
        if (!pattern.test(text)) continue;
        matches++;
        for (const mask of signsNeededBy(pattern.source)) expect(signs & mask).not.toBe(0);
      }
    }
  }
  expect(matches).toBeGreaterThan(200);
});
