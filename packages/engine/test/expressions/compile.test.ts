import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compileAst } from '../../src/expressions/compile.ts';
import {
  AnyMap,
  compileExpression,
  EvaluationError,
  Float,
  parseExpression,
  type Value,
} from '../../src/expressions/index.ts';
import { equal, goType } from '../../src/expressions/operations.ts';
import { fieldText, generated } from './generate.ts';
import { calls, environment, FILES, frame, type Frame } from './world.ts';

const frames = fc
  .record({ a: fieldText, b: fieldText, c: fieldText, s: fieldText, n: fc.integer({ min: -3, max: 300 }) })
  .map(({ a, b, c, s, n }) => {
    const list = [s, a, '/.env'];
    const entries: [string, Value][] = [
      ['s', s],
      ['n', n],
      ['list', list],
    ];
    return frame({ meta: { a, b }, parsed: { c }, unmarshaled: new AnyMap(new Map(entries)) });
  });

type Outcome = { value: Value } | { error: string } | 'refused';

function outcome(source: string, of: Frame, isNaive: boolean): Outcome {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.error.message} at ${parsed.error.offset}`);
  const compiled = compileAst(parsed.ast, environment, { isNaive });
  if (!compiled.ok) return 'refused';
  try {
    return { value: compiled.expression.evaluate(of) };
  } catch (error) {
    if (error instanceof EvaluationError) return { error: error.message };
    throw error;
  }
}

function isSame(a: Outcome, b: Outcome): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || 'error' in a || 'error' in b) {
    return JSON.stringify(a) === JSON.stringify(b);
  }
  const isNaN = (value: Value): boolean => value instanceof Float && Number.isNaN(value.value);
  return (
    (isNaN(a.value) && isNaN(b.value)) || (goType(a.value) === goType(b.value) && equal(a.value, b.value))
  );
}

describe('an optimised expression', () => {
  it('gives what evaluation as written gives, errors included', () => {
    let evaluated = 0;
    fc.assert(
      fc.property(fc.oneof(generated.test, generated.text, generated.list), frames, (source, of) => {
        const optimised = outcome(source, of, false);
        if (typeof optimised === 'object' && 'value' in optimised) evaluated++;
        expect(isSame(optimised, outcome(source, of, true)) ? 'same' : optimised).toBe('same');
      }),
      { numRuns: 4000 },
    );
    // Most generated expressions have to have a value for the comparison to mean something.
    expect(evaluated).toBeGreaterThan(1500);
  });

  it('gives the same for frame after frame', () => {
    fc.assert(
      fc.property(generated.test, fc.array(frames, { minLength: 2, maxLength: 5 }), (source, several) => {
        const compiled = compileExpression(source, environment);
        if (!compiled.ok) return;
        for (const of of several) {
          let again: Outcome;
          try {
            again = { value: compiled.expression.evaluate(of) };
          } catch (error) {
            again = { error: (error as Error).message };
          }
          expect(isSame(again, outcome(source, of, true))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('throws nothing but evaluation errors, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...[
        'evt',
        '.Meta',
        '.a',
        '.Unmarshaled',
        '[',
        ']',
        '(',
        ')',
        '1',
        '-1',
        '0.5',
        '"a"',
        'nil',
        '#',
        '{',
        '}',
        ',',
      ],
      ...[
        ' in ',
        ' and ',
        ' contains ',
        ' == ',
        ' + ',
        ' / ',
        ' % ',
        '..',
        '??',
        '?.',
        ':',
        '?',
        'not ',
        '|',
      ],
      ...[
        'any(',
        'map(',
        'len(',
        'first(',
        'sort(',
        'keys(',
        'date(',
        'repeat(',
        'string(',
        'take(',
        'evt.Time',
        '.Hour()',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        const compiled = compileExpression(parts.join(''), environment);
        if (!compiled.ok) return;
        try {
          compiled.expression.evaluate(frame());
        } catch (error) {
          if (!(error instanceof EvaluationError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('what does not change is computed once', () => {
  let texts = 0;
  const callsOf = (source: string, name: string, times = 3): number => {
    calls.clear();
    const compiled = compileExpression(source, environment);
    if (!compiled.ok) throw new Error(compiled.error.message);
    calls.clear();
    // Each text is a new one: the answer to one that was seen lately is remembered.
    for (let i = 0; i < times; i++)
      compiled.expression.evaluate(frame({ meta: { a: `x SELECT ${texts++}` } }));
    return calls.get(name) ?? 0;
  };
  test.each<[string, string, number]>([
    ['Upper("/abc") == evt.Meta.a', 'Upper', 0],
    ['Upper(evt.Meta.a) == "A"', 'Upper', 3],
    ['any(File("words.txt"), { Upper(evt.Meta.a) contains Upper(#) })', 'Upper', 3],
    ['all(File("words.txt"), { evt.Meta.a not endsWith Upper(#) })', 'Upper', 0],
    [
      'any(File("cves.json"), { evt.Meta.a contains JsonExtract(#, "uri") ? evt.SetMeta("c", "d") : false })',
      'JsonExtract',
      0,
    ],
    ['let u = Upper("a"); evt.Meta.a contains u', 'Upper', 0],
    ['any(["a", "b"], { let u = Upper(#); evt.Meta.a startsWith u })', 'Upper', 0],
  ])('%s', (source, name, expected) => expect(callsOf(source, name)).toBe(expected));

  it('and the answer to a text seen lately is remembered, for all expressions together', () => {
    calls.clear();
    const of = frame({ meta: { a: 'seen lately' } });
    for (const source of ['Upper(evt.Meta.a) == "A"', 'Upper(evt.Meta.a) contains "B"']) {
      const compiled = compileExpression(source, environment);
      expect(compiled.ok && compiled.expression.evaluate(of)).toBe(false);
    }
    expect(calls.get('Upper')).toBe(1);
  });

  it('but what reads a clock or changes something is not', () => {
    const random = compileExpression('Random()', environment);
    expect(random.ok && random.expression.constant).toBeUndefined();
    expect(random.ok && random.expression.isPure).toBe(false);
  });

  it('and a method that changes something is called for the first match only', () => {
    const source =
      'any(File("cves.json"), { evt.Meta.a contains JsonExtract(#, "uri") ? evt.SetMeta("cve", JsonExtract(#, "cve")) : false })';
    const compiled = compileExpression(source, environment);
    if (!compiled.ok) throw new Error(compiled.error.message);
    expect(compiled.expression.isPure).toBe(false);
    const hit = frame({ meta: { a: '/cgi-bin/y' } });
    expect(compiled.expression.test(hit)).toBe(true);
    expect(hit.written).toEqual([['cve', 'CVE-2']]);
  });
});

describe('an expression says', () => {
  test.each<[string, readonly string[], boolean]>([
    ['evt.Meta.a == "x" && evt.Parsed.c != ""', ['Meta.a', 'Parsed.c'], true],
    ['evt.Meta[evt.Parsed.c]', ['Meta.*', 'Parsed.c'], true],
    ['len(evt.Meta)', ['Meta'], true],
    ['evt.GetMeta("a")', ['evt'], true],
    ['evt.SetMeta("a", "b")', ['evt'], false],
    ['any(queue.Queue, { .Meta.a == "x" })', ['queue.Queue'], true],
    ['let evt2 = evt.Meta.a; evt2 + evt2', ['Meta.a'], true],
    ['evt.Time.Hour()', ['Time'], true],
    ['$env["evt"].Meta', ['evt'], true],
    ['1 + 1', [], true],
    ['Random()', [], false],
  ])('what it reads and whether it is pure: %s', (source, reads, isPure) => {
    const compiled = compileExpression(source, environment);
    if (!compiled.ok) throw new Error(compiled.error.message);
    expect([...compiled.expression.reads]).toEqual(reads);
    expect(compiled.expression.isPure).toBe(isPure);
  });
});

let files = 0;
it('a list of texts is found in as one by one, whatever texts it has', () => {
  fc.assert(
    fc.property(fc.array(fieldText, { minLength: 1, maxLength: 20 }), fieldText, (texts, subject) => {
      // A file never changes, so another list is another file.
      const name = `generated-${files++}.txt`;
      FILES[name] = texts;
      for (const operator of ['contains', 'startsWith', 'endsWith', '==']) {
        const source = `any(File("${name}"), { evt.Meta.a ${operator} # })`;
        const of = frame({ meta: { a: subject } });
        expect(outcome(source, of, false)).toEqual(outcome(source, of, true));
      }
    }),
    { numRuns: 500 },
  );
});
