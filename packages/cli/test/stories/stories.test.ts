// Replays every story through the whole engine with Parapet's own items and expects exactly its alerts.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PERIMETER_SCENARIO } from '@parapet/engine';
import { ownItems, replay, told } from '../items/ownEngine.ts';

const FOLDER = import.meta.dirname;

const storyShape = z.strictObject({
  /** A log type, `mixed`, or `gateway`: nginx lines, each followed by what the gateway knows beside it, after tabs. */
  type: z.string(),
  /** What the source of the log is labelled with beside its type. */
  labels: z.record(z.string(), z.string()).optional(),
  /** The scenarios that the story is about, and what it is to them. */
  of: z.array(z.string()),
  role: z.enum(['attack', 'altered', 'innocent']),
  /** All alerts, also of scenarios that the story is not about, and those that lead to no decision. */
  alerts: z.array(z.strictObject({ scenario: z.string(), scope: z.string(), value: z.string() })),
  /** Left out where each alert that asks for a remediation gets it. */
  decisions: z.array(z.strictObject({ scope: z.string(), value: z.string() })).optional(),
  findings: z.array(z.string()).optional(),
});
type Story = z.infer<typeof storyShape>;

const names = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe('stories', () => {
  for (const name of names) {
    const { type, labels, alerts, decisions, findings = [] } = readStory(name);
    test(`${name}: ${alerts.length === 0 ? 'nobody is accused' : alerts.map(({ scenario, value }) => `${scenario} of ${value}`).join(', ')}`, () => {
      const lines = readFileSync(path.join(FOLDER, name, 'lines.log'), 'utf8').split('\n');
      const result = replay(lines, type === 'mixed' ? typeOfLine : type, {}, labels);
      expect(result.loaded.problems).toEqual([]);
      expect([...result.loaded.complaints.keys()]).toEqual([]);
      expect(told(result.alerts)).toEqual(
        alerts.map(({ scenario, scope, value }) => `${scenario} ${scope} ${value}`).toSorted(),
      );
      expect([...new Set(result.findings.map(({ kind }) => kind))]).toEqual(findings);
      // Every alert that asks for a remediation leads to one, and nobody else meets one.
      const expected =
        decisions?.map(({ scope, value }) => `${scope} ${value}`) ??
        result.alerts
          .filter(({ remediation }) => remediation)
          .map(({ source }) => `${source.scope} ${source.value}`);
      const decided = result.decisions.map(({ target }) => `${target.scope} ${target.value}`);
      expect(new Set(decided)).toEqual(new Set(expected));
    });
  }
});

describe('every scenario of our own', () => {
  const scenarios = ownItems()
    .filter(({ kind }) => kind === 'scenarios')
    .map(({ name }) => name);
  const stories = names.map(readStory);

  test.each([...scenarios, PERIMETER_SCENARIO])(
    '%s is told by an attack, an altered attack and an innocent look-alike',
    (scenario) => {
      const about = stories.filter(({ of }) => of.includes(scenario));
      const raises = ({ alerts }: Story): boolean => alerts.some((alert) => alert.scenario === scenario);
      expect(about.some((one) => one.role === 'attack' && raises(one)), 'attack').toBe(true);
      expect(about.some((one) => one.role === 'altered' && raises(one)), 'altered attack').toBe(true);
      expect(about.some((one) => one.role === 'innocent' && !raises(one)), 'innocent').toBe(true);
    },
  );

  test('a story is only about scenarios that there are', () => {
    const known = new Set([...scenarios, PERIMETER_SCENARIO]);
    expect(stories.flatMap(({ of }) => of).filter((name) => !known.has(name))).toEqual([]);
  });

  test('each story says in its README what happens', () => {
    for (const name of names) {
      const text = readFileSync(path.join(FOLDER, name, 'README.md'), 'utf8');
      expect(text, name).toMatch(new RegExp(`^# ${name}\n\n\\S.{20,}`));
    }
  });
});

function readStory(name: string): Story {
  return storyShape.parse(parse(readFileSync(path.join(FOLDER, name, 'story.yaml'), 'utf8')));
}

/** A site may give several logs; in a mixed story each line shows whose it is. */
function typeOfLine(line: string): string {
  if (line.startsWith('{')) return 'drupal-watchdog';
  return line.startsWith('<') ? 'drupal' : 'nginx';
}
