import { describe, expect, test } from 'vitest';
import type { RequestParts } from '../../../../src/detectors/content/index.ts';
import {
  appsecDetector,
  createInspector,
  type ContentFinding,
  INSPECTION_DEFAULTS,
} from '../../../../src/detectors/content/index.ts';
import { requestOf, rulesOf } from './requests.ts';

const yaml = (confidence: string): string => `name: acme/rule
description: asks for .env
rules:
  - zones: [URI]
    match: { type: endsWith, value: .env }
labels:
  label: Environment file
  confidence: ${confidence}
`;

function partsOf(target: string): RequestParts {
  const request = requestOf({ target });
  return { request, method: 'GET', path: '/', host: '', mediaType: '', parts: [], anomalies: [] };
}

describe('rules as a detector', () => {
  test('say which rule, why and where', () => {
    expect(appsecDetector(rulesOf(yaml('3'))).find(partsOf('/.env'))).toEqual([
      {
        detector: 'acme/rule',
        class: 'other',
        text: 'is what the rule “Environment file” looks for',
        weight: 9,
        foundIn: { placement: 'path', name: '', excerpt: '/.env' },
      },
    ]);
    expect(appsecDetector(rulesOf(yaml('3'))).find(partsOf('/'))).toEqual([]);
  });

  test.each([
    ['3', 'block'],
    ['2', 'block'],
    ['1', 'challenge'],
    ['0', 'pass'],
    ['"sure"', 'block'],
  ])('of confidence %s alone: %s', (confidence, action) => {
    const inspector = createInspector({
      decode: ({ rawTarget }) => partsOf(rawTarget),
      detectors: [appsecDetector(rulesOf(yaml(confidence)))],
      settings: INSPECTION_DEFAULTS,
    });
    expect(inspector.inspect(requestOf({ target: '/.env' })).action).toBe(action);
  });

  test('that ask for a check get one whatever their confidence, and other evidence may still block', () => {
    const evidence = { detector: 'model', class: 'sqli', text: 'x', weight: 6 } as const;
    const actionOf = (confidence: string, more: readonly ContentFinding[] = []): string =>
      createInspector({
        decode: ({ rawTarget }) => partsOf(rawTarget),
        detectors: [appsecDetector(rulesOf(yaml(confidence)), () => 'captcha'), { find: () => more }],
        settings: INSPECTION_DEFAULTS,
      }).inspect(requestOf({ target: '/.env' })).action;
    expect([actionOf('3'), actionOf('0')]).toEqual(['challenge', 'challenge']);
    const foundIn = { placement: 'query', name: 'q', excerpt: '' } as const;
    expect(actionOf('3', [{ ...evidence, foundIn }])).toBe('block');
  });

  test('that are not in band are told and weigh nothing', () => {
    const [finding] = appsecDetector(rulesOf(yaml('3')), () => 'allow').find(partsOf('/.env'));
    expect(finding).toMatchObject({ detector: 'acme/rule', weight: 0 });
  });
});
