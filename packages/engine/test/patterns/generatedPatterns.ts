// Generated patterns in RE2 syntax over few letters, so that they match generated texts often.

import fc from 'fast-check';

const atom = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'é', '😀', '1', ' ') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\s',
      '\\d',
      '[^😀]',
      '[é-😀]',
      '(?i:a)',
      '(?s:.)',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('\\b', '\\B', '^', '$', '(?m:^)', '(?m:$)', '') },
);

const quantifier = fc.constantFrom(
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{0,2}',
  '{1,}?',
  '{2,3}',
  '{5}',
  '{0,4}',
);

/** Source of a pattern; every group captures or not at random. */
export const patternSource: fc.Arbitrary<string> = fc.letrec<{ node: string; piece: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
    fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((branches) => `(?:${branches.join('|')})`),
  ),
  piece: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 5, arbitrary: atom },
    {
      weight: 3,
      arbitrary: fc
        .tuple(atom, quantifier)
        .map(([item, count]) => (item === '' ? '' : `(?:${item})${count}`)),
    },
    { weight: 2, arbitrary: tie('node').map((node) => `(${node})`) },
    { weight: 3, arbitrary: fc.tuple(tie('node'), quantifier).map(([node, count]) => `(${node})${count}`) },
    { weight: 1, arbitrary: fc.tuple(tie('node'), quantifier).map(([node, count]) => `(?:${node})${count}`) },
  ),
})).node;

export const subject: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'A', 'é', '😀', '1', ' ', '\n'),
  maxLength: 12,
});
