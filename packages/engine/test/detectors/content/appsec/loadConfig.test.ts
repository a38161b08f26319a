import type { Problem } from '@parapet/kinds';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  isNamedBy,
  loadAppsecConfig,
  type AppsecConfig,
} from '../../../../src/detectors/content/appsec/index.ts';
import { hasHub, HUB } from '../../../patterns/sharedData.ts';

function load(text: string): { config: AppsecConfig | undefined; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  return { config: loadAppsecConfig({ path: 'config.yaml', text }, problems), problems };
}

describe('an appsec-config', () => {
  test('says which rules stop requests, which only tell, and what is done', () => {
    const { config, problems } = load(
      'name: a/b\ndefault_remediation: captcha\ninband_rules:\n  - a/vpatch-* \n  - a/base\noutofband_rules: [a/experimental-*]\non_match:\n  - filter: IsOutBand == true\n    apply: [SendAlert()]\n',
    );
    expect(problems).toEqual([]);
    expect(config).toEqual({
      name: 'a/b',
      inBand: ['a/vpatch-*', 'a/base'],
      outOfBand: ['a/experimental-*'],
      remediation: 'captcha',
      codes: {},
    });
  });

  test('says what bouncers are answered; 0 is not said', () => {
    const { config, problems } = load(
      'name: a/b\nblocked_http_code: 406\npassed_http_code: 0\nuser_blocked_http_code: 418\nuser_passed_http_code: 204\ndefault_pass_action: allow\n',
    );
    expect(problems).toEqual([]);
    expect(config?.codes).toEqual({ blocked: 406, userBlocked: 418, userPassed: 204, passAction: 'allow' });
  });

  test('may say it in a hook that is about every match', () => {
    const { config, problems } = load(
      "name: a/b\non_match:\n  - filter: IsInBand == true\n    apply: [SetRemediation('captcha'), SetReturnCode(429), CancelEvent()]\n",
    );
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ remediation: 'captcha', codes: { userBlocked: 429 } });
  });

  test.each([
    ['name: a/b\ndefault_remediation: bann\n', 'E_APPSEC_REMEDIATION', 2, 22],
    ['inband_rules: [a]\n', 'E_APPSEC_NAME', 1, 1],
    ['name: a/b\npre_eval:\n  - apply:\n      - RemoveInBandRuleByName("a")\n', 'E_APPSEC_HOOK', 4, 9],
    ['name: a/b\nblocked_http_code: 4030\n', 'E_APPSEC_CODE', 2, 20],
    [
      "name: a/b\non_match:\n  - filter: evt.Meta.x == '1'\n    apply: [SetRemediation('ban')]\n",
      'E_APPSEC_HOOK',
      4,
      13,
    ],
    ['name: a/b\ninband_rule: [a]\n', 'E_UNKNOWN_KEY', 2, 1],
  ])('%j is refused with its place', (text, code, line, column) => {
    const { config, problems } = load(text);
    expect(config).toBeUndefined();
    expect(problems).toMatchObject([{ code, line, column }]);
  });
});

test.each([
  ['a/*', 'a/b', true],
  ['a/*', 'b/a', false],
  ['a/vpatch-*-x', 'a/vpatch-1-x', true],
  ['a/vpatch-*-x', 'a/vpatch-x', false],
  ['*b*c*', 'a-b-b-c', true],
  ['*b*c*', 'a-c-b', false],
  ['a/b', 'a/b', true],
  ['a/b', 'a/bc', false],
  ['ab*ba', 'aba', false],
])('the pattern %s names %s: %s', (pattern, name, expected) => {
  expect(isNamedBy([pattern], name)).toBe(expected);
});

describe.skipIf(!hasHub)("the hub's appsec-configs (shared test data)", () => {
  const folder = path.join(HUB, 'appsec-configs/crowdsecurity');
  test.each(hasHub ? readdirSync(folder) : [])('%s loads without a problem', (file) => {
    const { config, problems } = load(readFileSync(path.join(folder, file), 'utf8'));
    expect(problems).toEqual([]);
    expect(config?.name).toBe(`crowdsecurity/${file.replace('.yaml', '')}`);
    expect(config?.remediation).toBe('ban');
  });
});
