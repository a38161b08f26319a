// `parapet hub test` with tests of appsec-rules: their requests cross real sockets to a gateway behind which a small
// site answers.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runHub } from './hubSite.ts';

const RULES = {
  'hub/appsec-rules/acme/dot-env.yaml': `name: acme/dot-env
description: asks for .env
rules:
  - zones: [URI]
    transform: [lowercase]
    match: { type: endsWith, value: .env }
labels:
  label: Environment file
  confidence: 0
`,
  'hub/appsec-rules/acme/upload.yaml': `name: acme/upload
rules:
  - and:
      - { zones: [METHOD], match: { type: equals, value: POST } }
      - { zones: [FILENAMES], match: { type: endsWith, value: .php } }
      - { zones: [BODY_ARGS], variables: [json.a], match: { type: equals, value: never, not: true } }
  - zones: [BODY_ARGS]
    variables: [json.user.role]
    match: { type: equals, value: admin }
`,
};

const template = (requests: string, dsl: string): string => `id: t
http:
  - raw:
${requests}
    matchers:
      - type: dsl
        condition: and
        dsl: ["${dsl}"]
`;

const get = (target: string): string =>
  `      - |\n        GET ${target} HTTP/1.1\n        Host: {{Hostname}}\n`;
const post = (type: string, body: string): string =>
  `      - |\n        POST /x HTTP/1.1\n        Host: {{Hostname}}\n        Content-Type: ${type}\n\n        ${body}\n`;

const test = (name: string, rule: string, yaml: string): Record<string, string> => ({
  [`hub/appsec-tests/${name}/config.yaml`]: `appsec-rules:\n  - ${rule}\nnuclei_template: t.yaml\n`,
  [`hub/appsec-tests/${name}/t.yaml`]: yaml,
});

const HUB: Readonly<Record<string, string>> = {
  ...RULES,
  ...test(
    'path',
    './appsec-rules/acme/dot-env.yaml',
    template(
      get('/x/%2eENV') + get('/x/env') + get('/'),
      'status_code_1 == 403 && status_code_2 == 404 && status_code_3 == 200',
    ),
  ),
  ...test(
    'body',
    'acme/upload',
    template(
      post('application/json', '{"user":{"role":"admin"}}') +
        post('application/json', '{"user":{"role":"me"}}'),
      'status_code_1 == 403 && status_code_2 == 404',
    ),
  ),
  ...test('wrong', 'acme/dot-env', template(get('/other'), 'status_code_1 == 403')),
  ...test(
    'odd',
    'acme/dot-env',
    'id: t\nhttp:\n  - raw:\n      - |+\n        GET /.env HTTP/1.1\n        Host: a\n        Host: b\n\n    unsafe: true\n    matchers:\n      - { type: status, status: [400] }\n',
  ),
};

describe('hub test, on tests of appsec-rules', () => {
  it('passes when a gateway with the rules answers as expected, and shows what came back when not', async () => {
    const site = newFolder(HUB);
    const { out, err, code } = await runHub(site, ['test', 'hub/appsec-tests', '--json']);
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({
      passed: ['body', 'odd', 'path'],
      failed: [
        { name: 'wrong', reason: 'the answers are not what the template expects\n1. GET /other: 404' },
      ],
      skipped: [],
    });
    expect(code).toBe(1);
    const one = await runHub(site, ['test', 'hub/appsec-tests/path']);
    expect(one.out).toBe('1 passed (3 assertions), 0 failed, 0 skipped, in 0.0 s\n');
  });

  const parapet = path.resolve(import.meta.dirname, '../../bin/parapet.js');
  const isBuilt = existsSync(path.resolve(import.meta.dirname, '../../dist/main.js'));

  it.skipIf(!isBuilt)(
    `does so with a gateway in a process of its own${isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)'}`,
    { timeout: 60_000 },
    () => {
      const site = newFolder(HUB);
      const { stdout, status } = spawnSync(
        process.execPath,
        [parapet, 'hub', 'test', 'hub/appsec-tests', '--json'],
        {
          cwd: site,
          encoding: 'utf8',
        },
      );
      expect(JSON.parse(stdout)).toMatchObject({
        passed: ['body', 'odd', 'path'],
        failed: [{ name: 'wrong' }],
      });
      expect(status).toBe(1);
    },
  );
});

const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
const TESTS = path.join(SHARED, 'data/hub/appsec-tests');

describe.skipIf(!existsSync(TESTS))("CrowdSec's own appsec tests (skipped without ../shared/data)", () => {
  it('pass, all of them', { timeout: 120_000 }, async () => {
    const { out, code } = await runHub(newFolder(), ['test', TESTS, '--json']);
    const { passed, failed, skipped } = JSON.parse(out) as Record<'passed' | 'failed' | 'skipped', unknown[]>;
    expect([failed, skipped, code]).toEqual([[], [], 0]);
    expect(passed.length).toBeGreaterThanOrEqual(124);
  });
});
