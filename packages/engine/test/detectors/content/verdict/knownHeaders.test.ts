import type { InspectedRequest } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { loadRules, RuleSet } from '../../../../src/detectors/content/rules/index.ts';
import {
  createInspector,
  INSPECTION_DEFAULTS,
  ruleDetector,
  type ContentDetector,
} from '../../../../src/detectors/content/verdict/index.ts';
import { KnownHeaders } from '../../../../src/detectors/content/verdict/knownHeaders.ts';

const RULES = `family: Test
rules:
  - name: test/word
    class: rce
    text: says it
    strength: certain
    in: [header, cookie, query]
    contains: evilword
    examples: [{ attack: evilword }, { honest: fine }]
  - name: test/scoped
    class: rce
    text: says it on one path
    strength: certain
    in: header
    path: '^/admin'
    contains: scopedword
    examples: [{ attack: scopedword, path: /admin }, { honest: fine }]
`;

function inspectorWith(detectors: readonly ContentDetector[]) {
  return createInspector({
    decode: (request) => readParts(request),
    detectors,
    settings: INSPECTION_DEFAULTS,
  });
}

const rules = (): ContentDetector =>
  ruleDetector(new RuleSet(loadRules([{ file: 'test', text: RULES }]).rules));

const value = fc.constantFrom(
  'Firefox',
  'evilword',
  'a=1; b=two words',
  'scopedword',
  'c=evilword',
  '',
  'x'.repeat(2000),
);
const header = fc.tuple(fc.constantFrom('user-agent', 'cookie', 'x-own', 'referer', 'host'), value);
const requests = fc.array(
  fc.record({
    path: fc.constantFrom('/', '/admin', '/?q=evilword'),
    headers: fc.array(header, { maxLength: 4 }),
  }),
  { maxLength: 30 },
);

describe('headers that are known to hold nothing', () => {
  it('change no verdict, whatever came before', () => {
    fc.assert(
      fc.property(requests, (asked) => {
        const own = rules();
        const remembering = inspectorWith([rules()]);
        const forgetting = inspectorWith([{ find: (parts) => own.find(parts) }]);
        for (const { path, headers } of asked) {
          const request: InspectedRequest = {
            ...{ method: 'GET', rawTarget: path, headers, body: undefined, isBodyCut: false, site: '' },
          };
          const { action, reasons } = remembering.inspect(request);
          const expected = forgetting.inspect(request);
          expect({ action, reasons }).toEqual({ action: expected.action, reasons: expected.reasons });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are not looked at again, but for those that say what the request is', () => {
    const known = new KnownHeaders();
    const headers = [
      ['host', 'a'],
      ['user-agent', 'b'],
      ['x-long', 'x'.repeat(2000)],
    ] as const;
    expect(known.unknownOf(headers)).toBe(headers);
    known.add(headers);
    expect(known.unknownOf(headers).map(([name]) => name)).toEqual(['host', 'x-long']);
    expect(known.unknownOf([['x-own', 'b']])).toEqual([['x-own', 'b']]);
  });

  it('are forgotten when very many others come', () => {
    const known = new KnownHeaders();
    known.add([['user-agent', 'first']]);
    for (let i = 0; i < 20_000; i++) known.add([['user-agent', `flood ${i}`]]);
    expect(known.unknownOf([['user-agent', 'first']])).toHaveLength(1);
  });
});
