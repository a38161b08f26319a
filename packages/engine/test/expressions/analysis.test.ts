import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { conjuncts, requiredLiterals, type RequiredLiterals } from '../../src/expressions/analysis.ts';
import { compileAst } from '../../src/expressions/compile.ts';
import { EvaluationError, parseExpression, type Node } from '../../src/expressions/index.ts';
import { LiteralSet } from '../../src/patterns/index.ts';
import { fieldConditions, fieldText, generated } from './generate.ts';
import { environment, frame, type Frame } from './world.ts';

function treeOf(source: string): Node {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.error.message}`);
  return parsed.ast;
}

/** Whether a tree is true; one that cannot be evaluated is not. */
function isTrue(ast: Node, of: Frame): boolean | undefined {
  const compiled = compileAst(ast, environment);
  if (!compiled.ok) return undefined;
  try {
    return compiled.expression.evaluate(of) === true;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

function fieldOf({ reads }: RequiredLiterals, of: Frame): string {
  const [bag, name = ''] = reads.split('.');
  return (bag === 'Meta' ? of.meta : of.parsed)[name] ?? '';
}

const frames = fc
  .record({ a: fieldText, b: fieldText, c: fieldText })
  .map(({ a, b, c }) => frame({ meta: { a, b }, parsed: { c } }));

describe('the literals a condition requires', () => {
  const a = (anyOf: readonly string[], foldCase = false): RequiredLiterals => ({
    reads: 'Meta.a',
    foldCase,
    anyOf,
  });
  test.each<[string, RequiredLiterals | undefined]>([
    ['evt.Meta.a == "x"', a(['x'])],
    ['"x" == evt.Meta.a', a(['x'])],
    ['evt.Meta.a contains "x"', a(['x'])],
    ['evt.Meta.a in ["x", "y"]', a(['x', 'y'])],
    ['evt.Meta.a in ["x", ""]', undefined],
    ['evt.Meta.a == ""', undefined],
    ['evt.Meta.a != "x"', undefined],
    ['evt.Meta.a startsWith "x" || evt.Meta.a endsWith "y"', a(['x', 'y'])],
    ['evt.Meta.a startsWith "x" || evt.Meta.b endsWith "y"', undefined],
    ['evt.Meta.a contains "x" && evt.Meta.a contains "longer"', a(['longer'])],
    ['Lower(evt.Meta.a) contains "adm"', a(['ADM'], true)],
    ['Lower(evt.Meta.a) contains "/k"', a(['/K', '\u212a'], true)],
    ['Upper(evt.Meta.a) endsWith Upper("/abc")', a(['/ABC'], true)],
    ['PathUnescape(evt.Meta.a) contains "x"', a(['x', '%'])],
    ['QueryUnescape(evt.Meta.a) contains "x"', a(['x', '%', '+'])],
    ['TrimSpace(evt.Meta.a) == "x"', a(['x'])],
    ['evt.Meta.a matches "^/(foo|bar)$"', a(['/foo', '/bar'])],
    ['evt.Meta.a matches ".*"', undefined],
    ['any(File("words.txt"), { evt.Meta.a contains # })', a(['select', 'union all', 'sleep('])],
    [
      'any(File("words.txt"), { Upper(evt.Meta.a) contains Upper(#) })',
      a(['SELECT', 'UNION ALL', 'SLEEP('], true),
    ],
    ['any(File("paths.txt"), { evt.Meta.a contains # })', undefined],
    [
      'any(File("cves.json"), { JsonExtract(#, "uri") != "" && evt.Meta.a contains JsonExtract(#, "uri") ? true : false })',
      undefined,
    ],
    ['let p = Lower(evt.Meta.a); p contains "/x" || p == "/y"', a(['/X', '/Y'], true)],
    ['evt.Meta.a contains "x" ? evt.Meta.b == "" : false', a(['x'])],
    ['evt.Unmarshaled.s == "x"', undefined],
  ])('%s', (source, expected) => expect(requiredLiterals(treeOf(source), environment)).toEqual(expected));

  it('are there whenever it is true', () => {
    let checked = 0;
    fc.assert(
      fc.property(fieldConditions, frames, (source, of) => {
        const ast = treeOf(source);
        const required = requiredLiterals(ast, environment);
        if (required === undefined || isTrue(ast, of) !== true) return;
        checked++;
        const { anyOf, foldCase } = required;
        const text = fieldOf(required, of);
        const present = anyOf.some((literal) => (foldCase ? text.toUpperCase() : text).includes(literal));
        expect(present ? 'present' : [text, required]).toBe('present');
        expect(new LiteralSet(anyOf, { foldCase }).occursIn(text)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(checked).toBeGreaterThan(250);
  });

  it('are there for every character with another case', () => {
    for (let code = 0x80; code < 0x1_10_00; code++) {
      if (code >= 0xd8_00 && code <= 0xdf_ff) continue;
      const character = String.fromCodePoint(code);
      for (const [name, changed] of [
        ['Lower', character.toLowerCase()],
        ['Upper', character.toUpperCase()],
      ] as const) {
        if (changed === character) continue;
        const ast = treeOf(`${name}(evt.Meta.a) contains ${JSON.stringify(Array.from(changed)[0])}`);
        const required = requiredLiterals(ast, environment);
        const isThere = required?.anyOf.some((literal) => character.toUpperCase().includes(literal));
        expect(isThere === true ? true : [code, name, required]).toBe(true);
      }
    }
  });
});

describe('the conjuncts of a filter', () => {
  const texts = (source: string): string[] =>
    conjuncts(treeOf(source), environment).map((part) => source.slice(part.start, part.end));
  test.each<[string, readonly string[]]>([
    ['evt.Meta.a == "x" && (evt.Meta.b == "y" && true)', ['evt.Meta.a == "x"', 'evt.Meta.b == "y"', 'true']],
    ['evt.Meta.a == "x" ? evt.Meta.b == "y" : false', ['evt.Meta.a == "x"', 'evt.Meta.b == "y"']],
    ['if evt.Meta.a == "x" { evt.Meta.b == "y" } else { false }', ['evt.Meta.a == "x"', 'evt.Meta.b == "y"']],
    ['let x = Lower(evt.Meta.a); x == "a" && x != "b"', ['x == "a"', 'x != "b"']],
    ['let x = evt.SetMeta("a", "b"); x && true', ['let x = evt.SetMeta("a", "b"); x && true']],
    ['evt.Meta.a == "x" || true', ['evt.Meta.a == "x" || true']],
  ])('%s', (source, expected) => expect(texts(source)).toEqual(expected));

  it('hold the value of a let variable in its place', () => {
    const [first] = conjuncts(treeOf('let x = Lower(evt.Meta.a); x == "a" && true'), environment);
    expect(requiredLiterals(first!, environment)).toEqual({ reads: 'Meta.a', foldCase: true, anyOf: ['A'] });
  });

  it('that doubles with every let is left whole', () => {
    const lets = Array.from({ length: 40 }, (_, i) => `let v${i + 1} = v${i} + v${i};`).join(' ');
    expect(conjuncts(treeOf(`let v0 = evt.Meta.a; ${lets} v40 == "" && true`), environment)).toHaveLength(1);
  });

  it('are all true exactly when the filter is true', () => {
    let trues = 0;
    fc.assert(
      fc.property(generated.test, frames, (source, of) => {
        const ast = treeOf(source);
        const whole = isTrue(ast, of);
        if (whole === undefined) return;
        if (whole) trues++;
        expect(conjuncts(ast, environment).every((part) => isTrue(part, of) === true)).toBe(whole);
      }),
      { numRuns: 4000 },
    );
    expect(trues).toBeGreaterThan(200);
  });
});
