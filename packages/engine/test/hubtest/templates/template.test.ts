import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTemplate, runTemplate } from '../../../src/hubtest/templates/index.ts';
import { siteBehind } from '../protectedSite.ts';

describe('a template', () => {
  test.each([
    ['', 't.yaml is empty'],
    ['id: [', 't.yaml: '],
    ['id: x', 't.yaml: it has no HTTP requests'],
    ['id: x\nnetwork:\n  - host: x\n', 't.yaml: it speaks network, and this runner only HTTP'],
    ['id: x\nhttp:\n  - fuzzing: [x]\n', 't.yaml: it fuzzes, which this runner does not'],
    ['id: x\nhttp:\n  - matchers: [{ type: odd }]\n', "a matcher is of type 'odd'"],
    ['id: x\nhttp:\n  - extractors: [{ type: xpath }]\n', "an extractor is of type 'xpath'"],
  ])('%j cannot be run', (yaml, reason) => {
    const read = readTemplate('t.yaml', yaml, () => undefined);
    expect(read).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
  });

  const word = fc.constantFrom(
    '{{BaseURL}}',
    '{{rand_base(3)}}',
    '{{base64("',
    '}}',
    'GET / HTTP/1.1',
    'Host: x',
    '\n',
    '\n\n',
    '@timeout: 1s\n',
    '403',
    'status_code == 403',
    '(',
    '§a§',
    'ä',
    ' ',
  );
  const scalar = fc.oneof(
    fc.array(word, { maxLength: 6 }).map((words) => words.join('')),
    fc.integer({ min: -1, max: 500 }),
    fc.boolean(),
    fc.constant(null),
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'Host', 'Content-Type'), scalar, { maxKeys: 2 }),
  );
  const checkKeys = [
    'part',
    'condition',
    'negative',
    'status',
    'size',
    'words',
    'regex',
    'binary',
    'dsl',
    'encoding',
    'name',
    'group',
    'kval',
    'json',
    'internal',
  ];
  const check = (types: readonly string[]): fc.Arbitrary<unknown> =>
    fc
      .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...checkKeys), value, { maxKeys: 4 }))
      .map(([type, fields]) => ({ ...fields, type }));
  const block = fc
    .tuple(
      fc.dictionary(
        fc.constantFrom(
          'raw',
          'method',
          'path',
          'headers',
          'body',
          'payloads',
          'attack',
          'unsafe',
          'redirects',
          'matchers-condition',
          'stop-at-first-match',
          'id',
        ),
        value,
        { maxKeys: 6 },
      ),
      fc.array(check(['status', 'size', 'word', 'regex', 'binary', 'dsl']), { maxLength: 2 }),
      fc.array(check(['regex', 'kval', 'json', 'dsl']), { maxLength: 2 }),
    )
    .map(([fields, matchers, extractors]) => ({ ...fields, matchers, extractors }));
  const template = fc.record({
    id: scalar,
    variables: value,
    flow: fc.constantFrom(undefined, 'http(1)', 'x'),
    http: fc.array(block, { maxLength: 3 }),
  });

  test('of whatever shape is read and run to an end, or refused in words', async () => {
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(template, async (shape) => {
        const read = readTemplate('t.yaml', JSON.stringify(shape), () => undefined);
        const reason = read.ok ? 't.yaml' : read.reason;
        expect(reason).toMatch(/^t\.yaml/);
        if (!read.ok) return;
        const { target, send } = siteBehind([]);
        await runTemplate(read.template, { target, send, random: () => 0.5, nowMs: () => 0 });
        ran++;
      }),
      { numRuns: 500 },
    );
    expect(ran).toBeGreaterThan(100);
  });
});
