import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileExpression,
  FilterSet,
  type Environment,
  type Expression,
} from '../../src/expressions/index.ts';
import { createTestEnvironment, slotsOf, type TestFrame } from './filterSetEnvironment.ts';

const environment: Environment<TestFrame> = createTestEnvironment();

function compile(source: string): Expression<TestFrame> {
  const compiled = compileExpression(source, environment);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.error.message}`);
  return compiled.expression;
}

function oneByOne(filters: readonly Expression<TestFrame>[], frame: TestFrame): number[] {
  return filters.flatMap((filter, index) => {
    try {
      return filter.evaluate(frame) === true ? [index] : [];
    } catch {
      return [];
    }
  });
}

const parts = fc.oneof(
  fc.constantFrom(
    "evt.Meta.a == 'x'",
    "evt.Meta.a in ['x', 'y']",
    "evt.Meta.a != ''",
    "evt.Meta.b contains 'foo'",
    "Upper(evt.Meta.b) contains 'BAR'",
    "Lower(evt.Meta.b) matches 'fo+b'",
    "evt.Meta.b matches '^/x[0-9]+$'",
    "any(['foo', 'bar/', '..'], {evt.Meta.b contains #})",
    "any(['FOO', 'Bar'], {Upper(evt.Meta.c) contains Upper(#)})",
    'len(evt.Meta.c) > 3',
    'evt.Meta.a == evt.Meta.c',
    "evt.Meta.d startsWith 'y'",
    "not (evt.Meta.b contains 'foo')",
    "(evt.Meta.b contains 'foo' || evt.Meta.c contains 'bar' || evt.Meta.a == 'y')",
    "(evt.Meta.b == '' or evt.Meta.a == evt.Meta.b)",
    'int(evt.Meta.c) > 5',
    "evt.SetMeta('seen', 'yes')",
    'true',
    'false',
  ),
);
const filterSource = fc.oneof(
  fc.array(parts, { minLength: 1, maxLength: 4 }).map((list) => list.join(' && ')),
  fc.tuple(parts, parts).map(([a, b]) => `let p = ${a}; p && ${b}`),
  fc.tuple(parts, parts, parts).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
);
const value = fc.constantFrom(
  '',
  'x',
  'y',
  'foo',
  '/x12',
  'FOObar/',
  '..',
  'barfoob',
  '7',
  'ybar',
  'İfoo',
  'y'.repeat(600),
);
const frames = fc.record({ a: value, b: value, c: value, d: value });

describe('FilterSet', () => {
  it('gives the same filters as evaluating each in turn, again and again', () => {
    fc.assert(
      fc.property(
        fc.array(filterSource, { maxLength: 40 }),
        fc.array(frames, { minLength: 1, maxLength: 12 }),
        (sources, metas) => {
          const filters = sources.map(compile);
          const index = new FilterSet(filters, environment, slotsOf, () => {});
          for (const meta of [...metas, ...metas]) {
            expect([...index.matching({ meta: { ...meta } })]).toEqual(
              oneByOne(filters, { meta: { ...meta } }),
            );
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('tells which filter could not be evaluated, and goes on with the others', () => {
    const failed: number[] = [];
    const filters = [
      "evt.Meta.a == 'x'",
      'int(evt.Meta.b) > 1 && evt.Meta.a == evt.Meta.c',
      "evt.Meta.a != ''",
    ].map(compile);
    const index = new FilterSet(filters, environment, slotsOf, (filter) => failed.push(filter));
    expect([...index.matching({ meta: { a: 'x', b: '2', c: 'x', d: '' } })]).toEqual([0, 1, 2]);
    expect([...index.matching({ meta: { a: 'x', b: 'two', c: 'x', d: '' } })]).toEqual([0, 2]);
  });

  it('remembers a bounded number of values', () => {
    const index = new FilterSet([compile("evt.Meta.b contains 'foo'")], environment, slotsOf, () => {});
    for (let i = 0; i < 20_000; i++) {
      const expected = i % 7 === 0 ? [0] : [];
      expect([
        ...index.matching({ meta: { a: '', b: i % 7 === 0 ? `foo${i}` : `bar${i}`, c: '', d: '' } }),
      ]).toEqual(expected);
    }
  });

  it('stays right when more combinations come than are remembered', () => {
    const fields = ['a', 'b', 'c'] as const;
    const values = Array.from({ length: 30 }, (_, i) => `v${i}`);
    const filters = fields.flatMap((field) =>
      values.map((value) => compile(`evt.Meta.${field} == '${value}' && evt.Meta.d != ''`)),
    );
    const index = new FilterSet(filters, environment, slotsOf, () => {});
    for (let i = 0; i < 40_000; i++) {
      const [a, b, c] = [i % 30, (i * 7 + (i >> 4)) % 31, (i * 11 + (i >> 8)) % 37];
      const meta = { a: `v${a}`, b: `v${b}`, c: `v${c}`, d: i % 5 === 0 ? '' : 'd' };
      const expected = meta.d === '' ? [] : [a, 30 + b, 60 + c].filter((n, k) => n < 30 * (k + 1));
      expect([...index.matching({ meta })]).toEqual(expected);
    }
  });
});
