import type { InspectedRequest } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { loadRules, RuleSet } from '../../../../src/detectors/content/rules/index.ts';
import type { SiteStage } from '../../../../src/detectors/content/site/index.ts';
import {
  createInspector,
  INSPECTION_DEFAULTS,
  ruleDetector,
  type ContentDetector,
} from '../../../../src/detectors/content/verdict/index.ts';
import { ALL_KNOWN, KnownPieces } from '../../../../src/detectors/content/verdict/knownPieces.ts';

const RULES = `family: Test
rules:
  - name: test/word
    class: rce
    text: says it
    strength: certain
    in: [header, cookie, query, name, path]
    contains: evilword
    examples: [{ attack: evilword }, { honest: fine }]
  - name: test/scoped
    class: rce
    text: says it on one path
    strength: certain
    in: [header, query]
    path: '^/admin'
    contains: scopedword
    examples: [{ attack: scopedword, path: /admin, in: header }, { honest: fine }]
  - name: test/method
    class: protocol
    text: is an odd method
    strength: certain
    in: request
    match: '^PUT /'
    methods: [PUT]
    examples: [{ attack: 'PUT /', method: PUT }, { honest: 'GET /' }]
  - name: test/encoded
    class: protocol
    text: encodes twice
    strength: certain
    in: target
    match: '%41.{0,20}%42'
    examples: [{ attack: '/?a=%41&b=%42' }, { honest: '/?a=%41' }]
`;
const ACROSS = `
  - name: test/across
    class: protocol
    text: stands in two pairs
    strength: certain
    in: target
    contains: 'fine&two'
    examples: [{ attack: '/?fine&two' }, { honest: '/?two' }]
`;

const detector = (rules = RULES): ContentDetector =>
  ruleDetector(new RuleSet(loadRules([{ file: 'test', text: rules }]).rules));

/** Remembers nothing. */
function withoutMemory(rules: string): ContentDetector {
  const own = detector(rules);
  return { find: (parts) => own.find(parts) };
}

function inspectorWith(one: ContentDetector, site?: SiteStage) {
  return createInspector({
    decode: (request, unread) => readParts(request, {}, undefined, unread),
    detectors: [one],
    settings: INSPECTION_DEFAULTS,
    ...(site === undefined ? {} : { site }),
  });
}

function requestOf(rawTarget: string, headers: InspectedRequest['headers'] = [], method = 'GET') {
  return { method, rawTarget, headers, body: undefined, isBodyCut: false, site: '' };
}

const value = fc.constantFrom(
  ...['Firefox', 'evilword', 'a=1; b=two words', 'scopedword', 'c=evilword', '', 'x'.repeat(2000)],
);
const name = fc.constantFrom('user-agent', 'cookie', 'x-own', 'referer', 'host', 'content-type');
const pair = fc.constantFrom(
  ...['a=1', 'fine', 'two', 'evilword', 'q=evilword', 'q=scopedword', 'a=%41', 'b=%42', '', 'a=b=c'],
);
const requests = fc.array(
  fc.record({
    method: fc.constantFrom('GET', 'GET', 'PUT'),
    path: fc.constantFrom('/', '/admin', '/evilword', '//a/..', 'http://example.org/a', '*'),
    pairs: fc.array(pair, { maxLength: 4 }),
    headers: fc.array(fc.tuple(name, value), { maxLength: 4 }),
  }),
  { maxLength: 60 },
);

function unreadOf(known: KnownPieces, request: InspectedRequest, rules = 0) {
  const unread = known.unreadOf(request, rules);
  return unread && { ...unread, headers: unread.headers.map(([one]) => one) };
}

describe('pieces that are known to hold nothing', () => {
  it.each([RULES, RULES + ACROSS])('change no verdict, whatever came before', (rules) => {
    const forgetting = inspectorWith(withoutMemory(rules));
    fc.assert(
      fc.property(requests, (asked) => {
        const remembering = inspectorWith(detector(rules));
        for (const { method, path, pairs, headers } of asked) {
          const request = requestOf(
            pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
            headers,
            method,
          );
          expect(remembering.inspect(request)).toEqual(forgetting.inspect(request));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are not looked at again, but for what says how a body is to be read', () => {
    const known = new KnownPieces();
    const headers = [
      ['host', 'a'],
      ['user-agent', 'b'],
      ['x-long', 'x'.repeat(2000)],
    ] as const;
    const names = headers.map(([one]) => one);
    const request = requestOf('/a?b=1&c=2', headers);
    expect(unreadOf(known, request)).toEqual({ hasPath: true, query: '?b=1&c=2', headers: names });
    known.remember();
    expect(unreadOf(known, request)).toEqual({ hasPath: false, query: '', headers: ['x-long'] });
    expect(known.unreadOf(requestOf('/a?b=1', headers.slice(0, 2)), 0)).toBe(ALL_KNOWN);
    expect(unreadOf(known, requestOf('/a?b=2&c=2'))).toMatchObject({ query: '?b=2' });
    expect(unreadOf(known, requestOf('/a', [['x-own', 'b']]))).toMatchObject({ headers: ['x-own'] });
    expect(unreadOf(known, requestOf('/a', [['content-type', 'a/b']]))).toMatchObject({ hasPath: true });
    expect(unreadOf(known, requestOf('/a', [], 'POST'))).toMatchObject({ hasPath: true });
  });

  it('are known under the same rules of the site alone', () => {
    const known = new KnownPieces();
    known.unreadOf(requestOf('/a'), 1);
    known.remember();
    expect(known.unreadOf(requestOf('/a'), 1)).toBe(ALL_KNOWN);
    expect(known.unreadOf(requestOf('/a'), 0)).toMatchObject({ hasPath: true });
  });

  it('are forgotten when very many others come', () => {
    const known = new KnownPieces();
    const asked = (text: string) => known.unreadOf(requestOf('/', [['user-agent', text]]), 0);
    asked('first');
    known.remember();
    for (let i = 0; i < 2000; i++) {
      asked(`flood ${'x'.repeat(900)} ${i}`);
      known.remember();
    }
    expect(asked('first')?.headers).toHaveLength(1);
  });

  it('are not told apart where a character has more than one byte, or a head is very long', () => {
    const known = new KnownPieces();
    for (const request of [
      requestOf('/\u0161'),
      requestOf('/', [['a', '\u0161']]),
      requestOf('/', [['a:b', 'c']]),
      requestOf(`/${'x'.repeat(10_000)}`),
      requestOf('*'),
      requestOf(`/?${'a=1&'.repeat(2000)}`),
    ])
      expect(known.unreadOf(request, 0)).toBeUndefined();
  });

  it('are read when the site may learn from the request, and beside what is found', () => {
    let isLearning = false;
    const seen: number[] = [];
    const inspector = inspectorWith(detector(), {
      learnsFrom: () => isLearning,
      rulesOf: () => 0,
      reasons: () => [],
      judged: ({ parts }) => seen.push(parts.length),
    });
    for (let i = 0; i < 3; i++) inspector.inspect(requestOf('/a?b=1'));
    expect(seen).toEqual([]);
    isLearning = true;
    inspector.inspect(requestOf('/a?b=1'));
    expect(seen).toEqual([2]);
    isLearning = false;
    expect(inspector.inspect(requestOf('/a?b=1&c=evilword')).action).toBe('block');
    expect(seen).toEqual([2, 3]);
  });

  it('are not those of a request that was too long to be read closely', () => {
    let isHeadSkimmed = true;
    const read: number[] = [];
    const inspector = createInspector({
      decode: (request, unread) => {
        const parts = readParts(request, {}, undefined, unread);
        read.push(parts.parts.length);
        return { ...parts, isHeadSkimmed };
      },
      detectors: [detector()],
      settings: INSPECTION_DEFAULTS,
    });
    const request = requestOf('/a?b=1', [['x-own', 'a value']]);
    for (let i = 0; i < 2; i++) inspector.inspect(request);
    expect(read).toEqual([3, 3]);
    isHeadSkimmed = false;
    for (let i = 0; i < 2; i++) inspector.inspect(request);
    expect(read).toEqual([3, 3, 3]);
  });

  it('are weighed beside what the body holds, which is taken apart once', () => {
    const bodies: (number | undefined)[] = [];
    const judged: string[][] = [];
    const inspector = createInspector({
      decode: (request, unread) => {
        bodies.push(request.body?.length);
        return readParts(request, {}, undefined, unread);
      },
      detectors: [detector()],
      settings: INSPECTION_DEFAULTS,
      site: {
        learnsFrom: () => false,
        rulesOf: () => 0,
        reasons: () => [],
        judged: ({ parts }) => judged.push(parts.map(({ placement, value }) => `${placement} ${value}`)),
      },
    });
    const headers = [['content-type', 'application/json']] as const;
    const post = (name: string) => ({
      ...requestOf('/a?b=1', headers, 'POST'),
      body: Buffer.from(JSON.stringify({ [name]: 'x' })),
    });
    inspector.inspect(post('fine'));
    expect(inspector.inspect(post('evilword')).action).toBe('block');
    expect(bodies.filter((length) => length !== undefined)).toHaveLength(2);
    expect(judged).toEqual([['path /a', 'query 1', 'json x']]);
  });
});
