import { readFileSync, readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventSchema } from '../../../src/events/event.ts';
import { loadScenarios, type LoadedScenarios } from '../../../src/detectors/buckets/index.ts';
import { helpers } from './helpers.ts';

function load(text: string): LoadedScenarios {
  return loadScenarios('x.yaml', text, { schema: new EventSchema(), functions: helpers() });
}

const GOOD = `type: leaky
name: author/flood
description: "many requests"
filter: "evt.Meta.log_type == 'http_access-log'"
groupby: evt.Meta.source_ip
capacity: 40
leakspeed: 500ms
cache_size: 5
blackhole: 5m
reprocess: true
labels:
  remediation: true
  confidence: 3
  classification: [attack.T1595]
data:
  - source_url: https://example.org/list.txt
    dest_file: list.txt
    type: string
`;

test('a scenario carries all that its file says', () => {
  const { scenarios, problems } = load(GOOD);
  expect(problems).toEqual([]);
  expect(scenarios[0]).toMatchObject({
    name: 'author/flood',
    type: 'leaky',
    capacity: 40,
    leakSpeedMs: 500,
    lifetimeMs: 20_500,
    queueLimit: 5,
    blackholeMs: 300_000,
    reprocess: true,
    remediation: true,
    isTimed: false,
    readsQueue: false,
    scope: { name: 'Ip' },
    labels: { confidence: 3, classification: ['attack.T1595'] },
    data: [{ destFile: 'list.txt', type: 'string', sourceUrl: 'https://example.org/list.txt' }],
  });
  expect(scenarios[0]!.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('a file holds several documents, in order, and a bad one does not take the others with it', () => {
  const { scenarios, problems } = load(
    `${GOOD}---\nname: author/bad\ntype: nonsense\n---\n${GOOD.replace('flood', 'second')}`,
  );
  expect(scenarios.map(({ name }) => name)).toEqual(['author/flood', 'author/second']);
  expect(problems.map(({ code }) => code)).toContain('E_SCENARIO_TYPE');
});

test('only the word true asks for remediation', () => {
  expect(load(GOOD.replace('remediation: true', "remediation: 'true'")).scenarios[0]!.remediation).toBe(
    false,
  );
});

test('keys of older versions are taken without effect', () => {
  expect(load(`${GOOD}author: someone\nprofiling: true\n`).problems).toEqual([]);
});

const minimal = (type: string, more: string): string =>
  `type: ${type}\nname: a/b\ndescription: d\nfilter: 'true'\n${more}`;

describe('what each type demands', () => {
  test.each([
    ['trigger', 'capacity: 1', 'capacity'],
    ['leaky', 'leakspeed: 10s', 'capacity'],
    ['leaky', 'capacity: -1\nleakspeed: 10s', 'capacity'],
    ['leaky', 'capacity: 5', 'leakspeed'],
    ['leaky', 'capacity: 5\nleakspeed: 0s', 'leakspeed'],
    ['counter', 'duration: 10s', 'capacity'],
    ['counter', 'capacity: -1', 'duration'],
    ['counter', 'capacity: -1\nduration: -3s', 'duration'],
    ['conditional', 'leakspeed: 10s\ncapacity: -1', 'condition'],
    ['conditional', "condition: 'true'\ncapacity: -1", 'leakspeed'],
    [
      'bayesian',
      'capacity: -1\nleakspeed: 1s\nbayesian_prior: 0.5\nbayesian_threshold: 0.8',
      'bayesian_conditions',
    ],
  ])('a %s with `%s` is told about its %s', (type, more, key) => {
    const { scenarios, problems } = load(minimal(type, more));
    expect(scenarios).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.code).toBe('E_SCENARIO_VALUE');
    expect(`${problems[0]!.message} ${problems[0]!.hint}`).toContain(key);
  });

  test('and takes what is right', () => {
    const good = [
      minimal('trigger', ''),
      minimal('counter', 'capacity: -1\nduration: 1m'),
      minimal('conditional', 'capacity: -1\nleakspeed: 1m\ncondition: len(queue.Queue) > 3'),
      minimal(
        'bayesian',
        'capacity: -1\nleakspeed: 1m\nbayesian_prior: 0.5\nbayesian_threshold: 0.8\nbayesian_conditions:\n- condition: leaky.Total_count > 2\n  prob_given_evil: 0.9\n  prob_given_benign: 0.1\n  guillotine: true',
      ),
    ];
    const { scenarios, problems } = load(good.join('\n---\n'));
    expect(problems).toEqual([]);
    expect(
      scenarios.map(({ lifetimeMs, isTimed, queueLimit, readsQueue }) => [
        lifetimeMs,
        isTimed,
        queueLimit,
        readsQueue,
      ]),
    ).toEqual([
      [0, false, 0, false],
      [60_000, true, Infinity, false],
      [60_000, false, Infinity, true],
      [60_000, false, Infinity, true],
    ]);
  });
});

describe('every fault is a problem at its place', () => {
  test.each([
    [/filter: .*/, 'filter: evt.Nonsense == 1', /^E_EXPRESSION/, 4],
    [/groupby: .*/, 'groupby: evt.Meta.source_ip ==', /^E_EXPRESSION/, 5],
    ['leakspeed: 500ms', 'leakspeed: fast', /^E_DURATION$/, 7],
    ['blackhole: 5m', 'blackhole: 5 minutes', /^E_DURATION$/, 9],
    ['capacity: 40', 'capacity: 4.5', /^E_WRONG_TYPE$/, 6],
    ['capacity: 40', 'capacity: many', /^E_WRONG_TYPE$/, 6],
    ['reprocess: true', 'reproces: true', /^E_UNKNOWN_KEY$/, 10],
    ['reprocess: true', 'format: 4.0', /^E_SCENARIO_FORMAT$/, 10],
    ['reprocess: true', 'scope: { type: Ip, expression: evt.Meta.x }', /^E_SCENARIO_SCOPE$/, 10],
    ['reprocess: true', 'scope: { type: username }', /^E_SCENARIO_SCOPE$/, 10],
    ['reprocess: true', 'overflow_filter: evt.Meta.x == "1"', /^E_EXPRESSION/, 10],
    ['description: ', 'references: ', /^E_SCENARIO_MISSING$/, 1],
  ])('%s -> %s', (from, to, code, line) => {
    const { scenarios, problems } = load(GOOD.replace(from, to));
    expect(scenarios).toEqual([]);
    expect(problems.some((problem) => code.test(problem.code) && problem.line === line)).toBe(true);
  });

  test('with a hint that names what was meant', () => {
    const [problem] = load(GOOD.replace('reprocess:', 'reproces:')).problems;
    expect(problem).toMatchObject({ column: 1, hint: "Did you mean 'reprocess'?" });
  });
});

test('no text makes the loader throw', () => {
  const lines = fc.constantFrom(
    'type: leaky',
    'name: x',
    'filter: "evt.',
    'scope:',
    ' type: Range',
    '- a',
    'labels: [1]',
    'capacity: {}',
    '---',
    'data: [1]',
    'bayesian_conditions: [{condition: 3}]',
    'leakspeed: []',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(lines, fc.string()), { maxLength: 12 }), (parts) => {
      load(parts.join('\n'));
    }),
    { numRuns: 300 },
  );
});

const shared = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
const folder = path.join(shared, 'data/hub/scenarios');

test.skipIf(!existsSync(folder))('every scenario of the hub loads', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  );
  const context = { schema: new EventSchema(), functions: helpers() };
  const loaded = files.map((file) =>
    loadScenarios(file, readFileSync(path.join(folder, file), 'utf8'), context),
  );
  expect(loaded.flatMap(({ problems }) => problems)).toEqual([]);
  expect(loaded.flatMap(({ scenarios }) => scenarios).length).toBeGreaterThan(300);
});
