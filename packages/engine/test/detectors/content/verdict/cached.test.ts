// What is remembered of texts that came before changes no verdict.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { InspectedRequest } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { loadRules } from '../../../../src/index.ts';
import { isShipped, shippedInspector } from '../evasions/shippedInspector.ts';

const RULES: string = path.join(import.meta.dirname, '../../../../../cli/items/content-rules');

function examples(): readonly string[] {
  const files = readdirSync(RULES).map((file) => ({
    file,
    text: readFileSync(path.join(RULES, file), 'utf8'),
  }));
  return loadRules(files).rules.flatMap((rule) => rule.examples.map(({ text }) => text));
}

/** The same text where a visitor, a form, a browser or a program puts it. */
function requestsWith(text: string): readonly InspectedRequest[] {
  const value = encodeURIComponent(text);
  const form = 'application/x-www-form-urlencoded';
  const of = (method: string, rawTarget: string, headers: Record<string, string>, body?: string) => ({
    method,
    rawTarget,
    headers: Object.entries({ host: 'www.example.org', ...headers }),
    body: body === undefined ? undefined : Buffer.from(body),
    isBodyCut: false,
    site: '',
  });
  return [
    of('GET', `/search?keys=${value}`, {}),
    of('POST', '/contact', { 'content-type': form }, `message=${value}`),
    of('GET', '/', { 'user-agent': value, cookie: `a=${value}` }),
    of('POST', '/api', { 'content-type': 'application/json' }, JSON.stringify([text, { a: text }])),
  ];
}

test.skipIf(!isShipped())('a verdict is the same the first time, again, and after other requests', () => {
  const requests = examples().flatMap(requestsWith);
  expect(requests.length).toBeGreaterThan(1000);
  const inspector = shippedInspector();
  const first = requests.map((request) => inspector.inspect(request));
  expect(requests.map((request) => inspector.inspect(request))).toEqual(first);
  const other = shippedInspector();
  const backwards = requests.toReversed().map((request) => other.inspect(request));
  expect(backwards.toReversed()).toEqual(first);
});

test.skipIf(!isShipped())(
  'what is known of pieces of a request changes nothing about those beside them',
  () => {
    const texts = examples().filter((_, i) => i % 3 === 0);
    const requests = texts.flatMap((text, i): InspectedRequest[] => {
      const [one, other] = [encodeURIComponent(text), encodeURIComponent(texts[(i * 7 + 1) % texts.length]!)];
      const rawTargets = [`/search?a=${one}`, `/search?b=1&a=${one}&c=${other}`, `/${other}?${one}`];
      const headers = [['referer', `https://www.example.org/search?${other}`]] as const;
      return rawTargets.map((rawTarget) => ({
        ...{ method: 'GET', rawTarget, headers, body: undefined, isBodyCut: false, site: '' },
      }));
    });
    const forgetting = shippedInspector(false);
    const expected = requests.map((request) => forgetting.inspect(request));
    const remembering = shippedInspector();
    expect(requests.map((request) => remembering.inspect(request))).toEqual(expected);
    expect(requests.map((request) => remembering.inspect(request))).toEqual(expected);
  },
);
