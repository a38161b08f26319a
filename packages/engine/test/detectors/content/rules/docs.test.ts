// The rules in the documentation load and find their own examples.

import { readFileSync } from 'node:fs';
import { formatProblem } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { loadRules, RuleSet, STRENGTHS } from '../../../../src/detectors/content/rules/index.ts';
import { FINDERS } from '../../../../src/detectors/content/rules/finders.ts';
import { PLACE_NAMES } from '../../../../src/detectors/content/rules/places.ts';
import { partsOfExample } from './handMadeParts.ts';

const page = readFileSync(new URL('../../../../../../docs/content-rules.md', import.meta.url), 'utf8');

test('the rules of the page do what the page says', () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(blocks.length).toBeGreaterThan(0);
  const { rules, problems } = loadRules(blocks.map((text) => ({ file: 'content-rules.md', text })));
  expect(problems.map(formatProblem)).toEqual([]);
  for (const rule of rules) {
    for (const example of rule.examples) {
      expect([example.text, new RuleSet([rule]).match(partsOfExample(example)).length > 0]).toEqual([
        example.text,
        example.isAttack,
      ]);
    }
  }
});

test('every place, strength and finder is on the page', () => {
  for (const name of PLACE_NAMES) expect(page).toContain(`\`${name}\``);
  for (const [name, weight] of Object.entries(STRENGTHS))
    expect(page).toContain(`| \`${name}\` | ${weight} |`);
  const finders = [...FINDERS.keys()].filter((name) => !name.includes('-'));
  for (const name of finders) expect(page).toContain(`\`${name}\``);
});
