import { describe, expect, test } from 'vitest';
import { Picker } from '../../src/train/generators/picker.ts';
import { shell } from '../../src/train/generators/shell.ts';
import { sqli } from '../../src/train/generators/sqli.ts';
import { traversal } from '../../src/train/generators/traversal.ts';
import { xss } from '../../src/train/generators/xss.ts';
import { php, serialized } from '../../src/train/generators/php.ts';
import { java, template } from '../../src/train/generators/templates.ts';
import { LOOKUPS } from '../../src/train/generators/lookups.ts';
import { honestForum } from '../../src/train/generators/honestForum.ts';
import { honestMachine } from '../../src/train/generators/honestMachines.ts';
import { honestManual } from '../../src/train/generators/honestManuals.ts';
import { honestProse } from '../../src/train/generators/honestProse.ts';
import { honestReckoning } from '../../src/train/generators/honestReckoning.ts';
import { honestSnippet } from '../../src/train/generators/honestSnippets.ts';

const MAKERS: readonly (readonly [string, (p: Picker) => string])[] = [
  ['shell', shell],
  ['sqli', sqli],
  ['traversal', traversal],
  ['xss', xss],
  ['php', php],
  ['serialized', serialized],
  ['java', java],
  ['template', template],
  ...LOOKUPS.map(([kind, , make]) => [`${kind} (look-ups)`, make] as const),
  ['honest prose', honestProse],
  ['honest manuals', (p) => honestManual(p).text],
  ['honest machines', (p) => honestMachine(p).text],
  ['honest reckoning', honestReckoning],
  ['honest forum', (p) => honestForum(p).text],
  ['honest snippets', (p) => honestSnippet(p).text],
];

describe('made-up examples', () => {
  test.each(MAKERS)('of %s are the same from the same seed, and many different ones', (_, make) => {
    const first = new Picker(5);
    const second = new Picker(5);
    const texts = Array.from({ length: 60 }, () => make(first));
    expect(Array.from({ length: 60 }, () => make(second))).toEqual(texts);
    expect(texts.every((text) => text.length > 0 && !text.includes('undefined('))).toBe(true);
    expect(new Set(texts).size).toBeGreaterThan(8);
  });
});
