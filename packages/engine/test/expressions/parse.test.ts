import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Float, parseExpression, type ExpressionError, type Node } from '../../src/expressions/index.ts';
import { hubExpressions } from './hub.ts';

/** A tree as nested lists, short to compare with. */
function shape(node: Node): unknown {
  switch (node.kind) {
    case 'literal':
      return node.value instanceof Float ? { float: node.value.value } : node.value;
    case 'name':
      return `$${node.name}`;
    case 'pointer':
      return `#${node.name}`;
    case 'member':
      return [node.optional ? '?.' : '.', shape(node.object), shape(node.property)];
    case 'chain':
      return ['chain', shape(node.body)];
    case 'slice':
      return ['slice', ...[node.object, node.from, node.to].map((part) => (part ? shape(part) : undefined))];
    case 'unary':
      return [node.operator, shape(node.operand)];
    case 'binary':
      return [node.operator, shape(node.left), shape(node.right)];
    case 'logical':
      return [node.operator, ...node.operands.map(shape)];
    case 'conditional':
      return ['?', shape(node.test), shape(node.then), shape(node.otherwise)];
    case 'let':
      return ['let', node.name, shape(node.value), shape(node.body)];
    case 'sequence':
      return [';', ...node.nodes.map(shape)];
    case 'array':
      return ['array', ...node.elements.map(shape)];
    case 'map':
      return ['map', ...node.entries.map(({ key, value }) => [shape(key), shape(value)])];
    case 'call':
    case 'builtin':
      return [`${node.name}()`, ...node.args.map(shape)];
    case 'method':
      return [`.${node.name}()`, shape(node.object), ...node.args.map(shape)];
    case 'predicate':
      return ['{}', shape(node.body)];
  }
}

function parsed(source: string): unknown {
  const result = parseExpression(source);
  if (!result.ok) throw new Error(`${source}: ${result.error.message} at ${result.error.offset}`);
  return shape(result.ast);
}

function refused(source: string): ExpressionError {
  const result = parseExpression(source);
  if (result.ok) throw new Error(`${source} was accepted`);
  return result.error;
}

describe('literals', () => {
  it('are integers, floats, texts, booleans and nil', () => {
    expect(parsed('[1, 0x2A, 0o52, 0b101010, 1_000, 0.5, .5, 1e3, "a", true, false, nil]')).toEqual([
      'array',
      ...[1, 42, 42, 42, 1000, { float: 0.5 }, { float: 0.5 }, { float: 1000 }, 'a', true, false, null],
    ]);
  });
  it('of text know the escapes of Go in both quotes and none in backticks', () => {
    expect(parsed(String.raw`"a\n\x41\101\u00e9\u{1F600}\U0001F600\"\'"`)).toBe('a\nAAé😀😀"\'');
    expect(parsed(String.raw`'it\'s'`)).toBe("it's");
    expect(parsed('`a\\n``b`')).toBe('a\\n`b');
  });
  it('of bytes are lists of numbers', () => {
    expect(parsed(String.raw`b"a\xffé"`)).toEqual(['array', 97, 255, 195, 169]);
  });
  it('may be maps with names, texts, numbers and computed keys', () => {
    expect(parsed('{a: 1, "b c": 2, 3: 4, ("x" + "y"): 5,}')).toEqual([
      'map',
      ['a', 1],
      ['b c', 2],
      ['3', 4],
      [['+', 'x', 'y'], 5],
    ]);
  });
});

describe('operators', () => {
  test.each([
    ['1 + 2 * 3', ['+', 1, ['*', 2, 3]]],
    ['1 - 2 - 3', ['-', ['-', 1, 2], 3]],
    ['2 ** 3 ** 2', ['**', 2, ['**', 3, 2]]],
    ['2 ^ 3', ['**', 2, 3]],
    ['-2 ** 2', ['-', ['**', 2, 2]]],
    ['a || b && c', ['||', '$a', ['&&', '$b', '$c']]],
    ['a or b or c', ['||', '$a', '$b', '$c']],
    ['a && (b && c)', ['&&', '$a', '$b', '$c']],
    ['(a || b) && c', ['&&', ['||', '$a', '$b'], '$c']],
    ['not a in b', ['in', ['not', '$a'], '$b']],
    ['!a && b', ['&&', ['not', '$a'], '$b']],
    ['a not in b', ['not', ['in', '$a', '$b']]],
    ['a not matches "x" and b', ['&&', ['not', ['matches', '$a', 'x']], '$b']],
    ['a == b + 1', ['==', '$a', ['+', '$b', 1]]],
    ['1 < a <= 5', ['&&', ['<', 1, '$a'], ['<=', '$a', 5]]],
    ['a in 1..5', ['in', '$a', ['..', 1, 5]]],
    ['a ?? b ?? c', ['??', ['??', '$a', '$b'], '$c']],
    ['a ? b : c ? d : e', ['?', '$a', '$b', ['?', '$c', '$d', '$e']]],
    ['a ?: b', ['?', '$a', '$a', '$b']],
    ['a | trim() | split(",")', ['split()', ['trim()', '$a'], ',']],
    ['a contains "x" ? f(1) : false', ['?', ['contains', '$a', 'x'], ['f()', 1], false]],
    ['1; 2', [';', 1, 2]],
  ])('%s', (source, tree) => expect(parsed(source)).toEqual(tree));
});

describe('members', () => {
  test.each([
    ['a.b["c d"][0]', ['.', ['.', ['.', '$a', 'b'], 'c d'], 0]],
    ['a.not', ['.', '$a', 'not']],
    ['a?.b.c', ['chain', ['.', ['?.', '$a', 'b'], 'c']]],
    ['a?.b[0]', ['.', ['chain', ['?.', '$a', 'b']], 0]],
    ['a?.[0].b', ['chain', ['.', ['?.', '$a', 0], 'b']]],
    ['a[1:2]', ['slice', '$a', 1, 2]],
    ['a[:-1]', ['slice', '$a', undefined, ['-', 1]]],
    ['a[4:]', ['slice', '$a', 4, undefined]],
    ['a[:]', ['slice', '$a', undefined, undefined]],
    ['a.B(1, 2).C()', ['.C()', ['.B()', '$a', 1, 2]]],
    ['"x".y', ['.', 'x', 'y']],
  ])('%s', (source, tree) => expect(parsed(source)).toEqual(tree));
});

describe('predicates, variables and branches', () => {
  test.each([
    ['any(a, { # > 1 })', ['any()', '$a', ['{}', ['>', '#', 1]]]],
    ['any(a, # > 1)', ['any()', '$a', ['{}', ['>', '#', 1]]]],
    ['any(a, { .b.c == 1 })', ['any()', '$a', ['{}', ['==', ['.', ['.', '#', 'b'], 'c'], 1]]]],
    ['any(a, {{}})', ['any()', '$a', ['{}', ['map']]]],
    ['reduce(a, #acc + #index, 0)', ['reduce()', '$a', ['{}', ['+', '#acc', '#index']], 0]],
    ['a | filter(# > 1) | count()', ['count()', ['filter()', '$a', ['{}', ['>', '#', 1]]]]],
    ['let x = 1; let y = x; x + y', ['let', 'x', 1, ['let', 'y', '$x', ['+', '$x', '$y']]]],
    ['if a { 1 } else if b { 2 } else { 3 }', ['?', '$a', 1, ['?', '$b', 2, 3]]],
    ['// note\n1 /* and */ + 2', ['+', 1, 2]],
    ['::len(a)', ['len()', '$a']],
  ])('%s', (source, tree) => expect(parsed(source)).toEqual(tree));
});

describe('errors', () => {
  test.each([
    ['', 0, 'ends too early'],
    ['a ==', 4, 'ends too early'],
    ['a = b', 2, "'='"],
    ['a & b', 2, "'&'"],
    ['(a', 2, 'ends too early'],
    ['a)', 1, "')'"],
    ['"a', 0, 'not closed'],
    ['"\\d"', 1, 'no escape'],
    ['a /* b', 2, 'comment'],
    ['1x', 1, 'followed by a letter'],
    ['a contain "x"', 2, "'contain'"],
    ['# > 1', 0, 'only inside a predicate'],
    ['any(a, #foo)', 7, "'#foo'"],
    ['len()', 0, "'len' has 0 arguments"],
    ['let x = 1', 9, 'ends too early'],
    ['a ?? b || c', 7, 'cannot be mixed'],
    ['a.1', 1, 'cannot stand here'],
    ['99999999999999999999', 0, '64-bit'],
    ['a § b', 2, "'§'"],
  ])('%s is refused at %i', (source, offset, message) => {
    const error = refused(source);
    expect(error.offset).toBe(offset);
    expect(error.message).toContain(message);
  });
  it('come with a hint', () => {
    expect(refused('a contain "x"').hint).toBe("Did you mean 'contains'?");
    expect(refused('a = b').hint).toBe('Compare with ==');
    expect(refused('"\\d"').hint).toContain('\\\\d');
  });
});

describe('text from outside', () => {
  const pieces = fc.constantFrom(
    ...['a', '.', '?.', '(', ')', '[', ']', '{', '}', '#', '1', '"x"', "'", '`', '\\', '?', ':', '??', ' '],
    ...[
      'not',
      ' in ',
      ' and ',
      '||',
      '-',
      '..',
      '|',
      'any(',
      'let x = ',
      ';',
      'if ',
      ' else ',
      '<',
      '==',
      '/*',
      '//',
    ],
  );
  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces, { maxLength: 60 })), (text) => {
        const source = typeof text === 'string' ? text : text.join('');
        const result = parseExpression(source);
        const [from, to] = result.ok
          ? [result.ast.start, result.ast.end]
          : [result.error.offset, source.length];
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(source.length);
        expect(to).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 2000 },
    );
  });
  test.each([
    '(',
    '[',
    '{a:',
    'not ',
    '-',
    'any(a, ',
    'a[',
    'a ? ',
    'a ?: (',
    'if a { ',
    'if a {1} else ',
    '2 ** ',
    'a < (b < ',
    'a + ',
    'a.b(',
    'let x = ',
  ])('nested without end as %j is refused quickly', (piece) => {
    const startedAt = performance.now();
    expect(refused(piece.repeat(Math.floor(99_000 / piece.length)))).toBeDefined();
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
  it('may hold a long chain of the same operator, whose time is linear', () => {
    expect(parseExpression(Array.from({ length: 3000 }, (_, i) => `a == ${i}`).join(' || ')).ok).toBe(true);
    expect(refused(Array.from({ length: 20_000 }, () => 'a').join(' || ')).code).toBe('E_EXPRESSION_LIMIT');
  });
  it('that doubles its size with every level is refused', () => {
    expect(refused(`${'('.repeat(40)}a${' ?: b)'.repeat(40)}`).code).toBe('E_EXPRESSION_LIMIT');
  });
  it('is refused beyond a length', () =>
    expect(refused(' '.repeat(100_001)).code).toBe('E_EXPRESSION_LIMIT'));
});

const hub = hubExpressions();
test.skipIf(hub === undefined)(
  'every expression of the hub parses (skipped where the data is absent)',
  () => {
    expect(hub!.length).toBeGreaterThan(50_000);
    const failures = hub!.flatMap(({ source, file }) => {
      const result = parseExpression(source);
      return result.ok ? [] : [`${file}: ${source}: ${result.error.message} at ${result.error.offset}`];
    });
    expect(failures).toEqual([]);
  },
);
