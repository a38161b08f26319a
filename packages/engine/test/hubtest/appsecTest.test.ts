import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAppsecTest, runAppsecTest, type TestFolder } from '../../src/hubtest/index.ts';
import { Hub, type HubTree } from '../../src/items/index.ts';
import { hasHub, HUB } from '../patterns/sharedData.ts';
import { siteBehind } from './protectedSite.ts';

function folderOf(files: Readonly<Record<string, string>>): TestFolder {
  return { name: 'a-test', path: 'a-test', read: (file) => files[file], sibling: () => undefined };
}

function hubOf(files: Readonly<Record<string, string>>): Hub {
  return new Hub([{ paths: Object.keys(files), read: (file) => files[file]!, label: '' }]);
}

const RULE = `name: me/rule
description: finds it
rules:
  - zones: [URI]
    match: { type: endsWith, value: .env }
`;

const template = (matcher: string): string => `id: a-test
http:
  - raw:
      - |
        GET /foo/.env HTTP/1.1
        Host: {{Hostname}}
    matchers:
      - ${matcher}
`;

const run = (files: Readonly<Record<string, string>>): ReturnType<typeof runAppsecTest> =>
  runAppsecTest(folderOf(files), {
    hub: hubOf({
      'appsec-rules/me/rule.yaml': RULE,
      'appsec-rules/me/crs.yaml': 'name: me/crs\nseclang_rules:\n  - SecRuleEngine On\n',
    }),
    appsec: {},
    random: () => 0.5,
    nowMs: () => 0,
    protect: async (rules) => Promise.resolve(siteBehind(rules)),
  });

describe('a test of appsec-rules', () => {
  const config = 'appsec-rules:\n  - ./appsec-rules/me/rule.yaml\nnuclei_template: t.yaml\n';

  test('passes when an answer is what the template expects', async () => {
    const files = { 'config.yaml': config, 't.yaml': template('{ type: status, status: [403] }') };
    expect(isAppsecTest(folderOf(files))).toBe(true);
    expect(await run(files)).toEqual({ outcome: 'passed', assertions: 1 });
  });

  test('fails with what was sent and what came back', async () => {
    const files = { 'config.yaml': config, 't.yaml': template('{ type: status, status: [404] }') };
    expect(await run(files)).toEqual({
      outcome: 'failed',
      reasons: ['the answers are not what the template expects', '1. GET /foo/.env: 403'],
    });
  });

  test('may be expected to fail', async () => {
    const files = {
      'config.yaml': `${config}expect_failure: true\n`,
      't.yaml': template('{ type: status, status: [404] }'),
    };
    expect(await run(files)).toMatchObject({ outcome: 'passed' });
  });

  test('is skipped when it names a rule that the hub has not', async () => {
    const files = { 'config.yaml': config.replace('rule.yaml', 'other.yaml'), 't.yaml': '' };
    expect(await run(files)).toMatchObject({ outcome: 'skipped' });
  });

  test("is skipped when its rules are in ModSecurity's language", async () => {
    const files = {
      'config.yaml': config.replace('./appsec-rules/me/rule.yaml', 'me/crs'),
      't.yaml': template('{}'),
    };
    expect(await run(files)).toEqual({
      outcome: 'skipped',
      reason: "there is no rule to test: 'me/crs' needs ModSecurity's language, not loaded",
    });
  });

  test('fails, saying where, when its template needs what this runner has not', async () => {
    const files = { 'config.yaml': config, 't.yaml': 'id: x\ndns:\n  - name: x\n' };
    expect(await run(files)).toEqual({
      outcome: 'failed',
      reasons: ['a-test/t.yaml: it speaks dns, and this runner only HTTP'],
    });
  });

  test('is not what a test of parsers is', () => {
    expect(isAppsecTest(folderOf({ 'config.yaml': 'parsers:\n  - a/b\nappsec-rules:\n  - ""\n' }))).toBe(
      false,
    );
  });
});

describe.skipIf(!hasHub)("the hub's appsec tests (shared test data)", () => {
  const root = path.join(HUB, 'appsec-tests');
  const names = hasHub
    ? readdirSync(root).filter((name) => existsSync(path.join(root, name, 'config.yaml')))
    : [];
  const hub = new Hub(hasHub ? [treeAt(HUB)] : []);

  test.each(names)('%s', async (name) => {
    const folder = path.join(root, name);
    const read = (file: string): string | undefined => {
      const at = path.join(folder, file);
      return statSync(at, { throwIfNoEntry: false })?.isFile() === true
        ? readFileSync(at, 'utf8')
        : undefined;
    };
    const result = await runAppsecTest(
      { name, path: name, read, sibling: () => undefined },
      {
        hub,
        appsec: {},
        random: Math.random,
        nowMs: () => 0,
        protect: async (rules) => Promise.resolve(siteBehind(rules)),
      },
    );
    expect(result).toMatchObject({ outcome: 'passed' });
  });
});

function treeAt(folder: string): HubTree {
  const paths = readdirSync(path.join(folder, 'appsec-rules'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `appsec-rules/${file}`);
  return { paths, read: (file) => readFileSync(path.join(folder, file), 'utf8'), label: '' };
}
