import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAppsecRules } from '../../../../src/detectors/content/appsec/index.ts';
import { hasHub, HUB } from '../../../patterns/sharedData.ts';

const load = (text: string): ReturnType<typeof loadAppsecRules> =>
  loadAppsecRules([{ path: 'rule.yaml', text }]);

const GOOD = `name: test/rule
description: "what it finds"
rules:
  - and:
      - zones: [URI]
        transform: [lowercase]
        match: { type: endsWith, value: /admin }
      - zones: [ARGS]
        variables: [id]
        match: { type: regex, value: "[^0-9]" }
labels:
  label: "Thing - SQLi"
`;

describe('a good file', () => {
  test('becomes one rule with its labels, class and place', () => {
    const { rules, problems, skipped } = load(GOOD);
    expect(problems).toEqual([]);
    expect(skipped).toEqual([]);
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({
      name: 'test/rule',
      description: 'what it finds',
      class: 'sqli',
      labels: { label: 'Thing - SQLi' },
      file: 'rule.yaml',
      line: 4,
    });
  });
});

describe('a mistake has its place and keeps the file out', () => {
  test.each([
    ['zones: [URI]', 'zones: [URL]', 'E_APPSEC_ZONE', 5, 17],
    ['[lowercase]', '[lowercase, lowercasse]', 'E_APPSEC_TRANSFORM', 6, 32],
    ['type: endsWith', 'type: endswidth', 'E_APPSEC_MATCH_TYPE', 7, 24],
    ['"[^0-9]"', '"[^0-9"', 'E_APPSEC_PATTERN', 10, 39],
    ['variables: [id]', 'variabels: [id]', 'E_UNKNOWN_KEY', 9, 9],
    ['rules:', 'ruels:', 'E_UNKNOWN_KEY', 3, 1],
    ['match: { type: endsWith, value: /admin }', 'body_type: json', 'E_APPSEC_MATCH', 5, 9],
    ['zones: [ARGS]', 'zones: [METHOD]', 'E_APPSEC_VARIABLES', 9, 20],
    ['name: test/rule', 'name: ""', 'E_APPSEC_NAME', 1, 1],
  ])('%s written as %s', (from, to, code, line, column) => {
    const { rules, problems } = load(GOOD.replace(from, to));
    expect(rules).toEqual([]);
    expect(problems).toContainEqual(expect.objectContaining({ code, line, column, file: 'rule.yaml' }));
  });

  test('a number is needed where numbers are compared', () => {
    const { problems } = load('name: a/b\nrules:\n  - zones: [ARGS]\n    match: { type: gt, value: many }\n');
    expect(problems.map(({ code }) => code)).toEqual(['E_APPSEC_NUMBER']);
  });

  test('a list that is not there is told', () => {
    const { problems } = load(
      'name: a/b\nrules:\n  - zones: [ARGS]\n    match: { type: fromFile, value: a.txt }\n',
    );
    expect(problems.map(({ code }) => code)).toEqual(['E_DATA_FILE_MISSING']);
  });
});

describe('what this engine does not speak', () => {
  test("is named as skipped where it is ModSecurity's language", () => {
    const { rules, problems, skipped } = load('name: a/base\nseclang_rules:\n  - SecRuleEngine On\n');
    expect([rules, problems]).toEqual([[], []]);
    expect(skipped).toEqual([
      { file: 'rule.yaml', name: 'a/base', reason: "needs ModSecurity's language, not loaded" },
    ]);
  });

  test('is named as skipped where it only brings data files', () => {
    const { problems, skipped } = load('name: a/plugin\ndata:\n  - dest_file: x.conf\n');
    expect(problems).toEqual([]);
    expect(skipped).toMatchObject([
      { name: 'a/plugin', reason: expect.stringContaining('data files') as string },
    ]);
  });
});

describe.skipIf(!hasHub)("the hub's appsec-rules (shared test data)", () => {
  test('load without a problem, but for those in other languages', () => {
    const folder = path.join(HUB, 'appsec-rules');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => ({ path: file, text: readFileSync(path.join(folder, file), 'utf8') }));
    const { rules, problems, skipped } = loadAppsecRules(files);
    expect(problems).toEqual([]);
    expect(new Set(rules.map(({ name }) => name)).size).toBe(files.length - skipped.length);
    expect(files.length - skipped.length).toBeGreaterThan(200);
    expect(skipped.filter(({ reason }) => reason.includes('ModSecurity')).map(({ name }) => name)).toEqual([
      'crowdsecurity/base-config',
      'crowdsecurity/crs',
    ]);
  });
});
