// Every rule that ships finds its own examples and leaves the look-alikes alone.

import { readdirSync, readFileSync } from 'node:fs';
import { formatProblem } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { loadRules, RuleSet } from '../../../../src/detectors/content/rules/index.ts';
import { partsOfExample } from './handMadeParts.ts';

const folder = new URL('../../../../../cli/items/content-rules/', import.meta.url);
const files = readdirSync(folder)
  .toSorted()
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
const { rules, problems } = loadRules(files);

test('all rules load', () => {
  expect(problems.map(formatProblem)).toEqual([]);
  expect(rules.length).toBeGreaterThan(50);
});

test('every rule has an attack and an innocent look-alike among its examples', () => {
  const poor = rules.filter(
    ({ examples }) =>
      !examples.some(({ isAttack }) => isAttack) || examples.every(({ isAttack }) => isAttack),
  );
  expect(poor.map(({ name }) => name)).toEqual([]);
});

test('every rule finds its attacks and is silent about its look-alikes', () => {
  const wrong: string[] = [];
  for (const rule of rules) {
    const alone = new RuleSet([rule]);
    for (const example of rule.examples) {
      const isFound = alone.match(partsOfExample(example)).length > 0;
      if (isFound !== example.isAttack) {
        wrong.push(`${rule.name} ${example.isAttack ? 'misses' : 'finds'} ${JSON.stringify(example.text)}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('what a rule finds alone is found among all rules', () => {
  const all = new RuleSet(rules);
  const missed: string[] = [];
  for (const rule of rules) {
    for (const example of rule.examples) {
      if (!example.isAttack) continue;
      const found = all.match(partsOfExample(example)).some((finding) => finding.rule === rule);
      if (!found) missed.push(`${rule.name} misses ${JSON.stringify(example.text)}`);
    }
  }
  expect(missed).toEqual([]);
});

test('a rule says what it found in a sentence without its full stop', () => {
  const odd = rules.filter(({ text }) => /\.$/.test(text) || /^[A-Z][a-z]/.test(text) || text.length > 110);
  expect(odd.map(({ text }) => text)).toEqual([]);
});
