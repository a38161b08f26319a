// Requests and rules for the tests of this folder, written in a few words.

import type { InspectedRequest } from '@parapet/kinds';
import { expect } from 'vitest';
import {
  AppsecRules,
  loadAppsecRules,
  type AppsecContext,
} from '../../../../src/detectors/content/appsec/index.ts';

export interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export function requestOf({ method = 'GET', target = '/', headers = [], body }: Sent): InspectedRequest {
  return {
    method,
    rawTarget: target,
    headers,
    body: body === undefined ? undefined : Buffer.from(body, 'utf8'),
    isBodyCut: false,
    site: '',
  };
}

export const form = (body: string, target = '/'): Sent => ({
  method: 'POST',
  target,
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body,
});

export const json = (body: string, target = '/'): Sent => ({
  method: 'POST',
  target,
  headers: [['content-type', 'application/json']],
  body,
});

export const multipart = (...parts: readonly string[]): Sent => ({
  method: 'POST',
  headers: [['content-type', 'multipart/form-data; boundary="=_x"']],
  body: `${parts.map((part) => `--=_x\r\n${part}\r\n`).join('')}--=_x--\r\n`,
});

/** The rules of one file, which have to be without problems. */
export function rulesOf(yaml: string, context: AppsecContext = {}): AppsecRules {
  const loaded = loadAppsecRules([{ path: 'rule.yaml', text: yaml }], context);
  expect(loaded.problems).toEqual([]);
  return new AppsecRules(loaded.rules);
}

/** A file with one rule that has one leaf, in YAML's flow style. */
export function ruleOf(leaf: string, context: AppsecContext = {}): AppsecRules {
  return rulesOf(`name: test/rule\nrules:\n  - ${leaf}\n`, context);
}

export function matches(rules: AppsecRules, sent: Sent): boolean {
  return rules.match(requestOf(sent)).length > 0;
}
