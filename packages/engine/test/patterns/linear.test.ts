import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capturesDiffer, toJavaScript } from '../../src/patterns/emit.ts';
import { LinearMatcher } from '../../src/patterns/linear.ts';
import { parsePattern, type ParsedPattern } from '../../src/patterns/parse.ts';
import { compileProgram } from '../../src/patterns/program.ts';
import { isNullable } from '../../src/patterns/syntaxTree.ts';
import { patternSource, subject } from './generatedPatterns.ts';

function parse(source: string): ParsedPattern {
  const result = parsePattern(source);
  if (!result.ok) throw new Error(`${source}: ${result.error.message}`);
  return result.parsed;
}

/** Bounds of the groups as V8 finds them, in the numbering of the pattern. */
function bounds(
  { tree, groupNames }: ParsedPattern,
  text: string,
  flags: string,
): (number[] | undefined)[] | null {
  const { source, groups } = toJavaScript(tree, flags.includes('u'));
  const match = new RegExp(source, `d${flags}`).exec(text);
  if (match === null) return null;
  const out = Array.from<number[] | undefined>({ length: groupNames.length });
  out[0] = match.indices![0];
  for (const [i, group] of groups.entries()) out[group] = match.indices![i + 1];
  return out;
}

function pairs(slots: Int32Array | null): (number[] | undefined)[] | null {
  if (slots === null) return null;
  return Array.from({ length: slots.length / 2 }, (_, i) =>
    slots[2 * i]! < 0 || slots[2 * i + 1]! < 0 ? undefined : [slots[2 * i]!, slots[2 * i + 1]!],
  );
}

describe('our matcher', () => {
  it('finds what V8 finds, wherever their rules agree', () => {
    fc.assert(
      fc.property(patternSource, subject, (source, text) => {
        const parsed = parse(source);
        // V8 looks for empty matches between the halves of a pair; such texts are never given to it.
        fc.pre(!isNullable(parsed.tree) || !text.includes('😀'));
        const ours = pairs(
          new LinearMatcher(compileProgram(parsed.tree, parsed.groupNames.length)).run(text),
        );
        const theirs = bounds(parsed, text, 'u');
        const comparable = (found: typeof ours): unknown =>
          capturesDiffer(parsed.tree) ? found === null : found;
        expect(comparable(ours)).toEqual(comparable(theirs));
      }),
      { numRuns: 5000 },
    );
  });

  it('finds what V8 finds without its u flag in texts without surrogates', () => {
    fc.assert(
      fc.property(patternSource, subject, (source, text) => {
        const plain = text.replaceAll('😀', 'e');
        const parsed = parse(source);
        expect(bounds(parsed, plain, '')).toEqual(bounds(parsed, plain, 'u'));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same by backtracking and by stepping threads', () => {
    fc.assert(
      fc.property(patternSource, subject, (source, text) => {
        const { tree, groupNames } = parse(source);
        const program = compileProgram(tree, groupNames.length);
        expect(new LinearMatcher(program, 0).run(text)).toEqual(new LinearMatcher(program).run(text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['(a+)+$', 'a'],
    ['(a|aa)+$', 'a'],
    ['(.*)*x', 'a'],
    ["(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_\\-]*)+!", '/a'],
    ['(?:a?){30}a{30}$', 'ab'],
    ['.*a.*b.*c.*d.*e', 'abcd'],
  ])('takes steps in proportion to the text for %s', (source, unit) => {
    const { tree, groupNames } = parse(source);
    const program = compileProgram(tree, groupNames.length);
    for (const maxBits of [1 << 25, 0]) {
      const matcher = new LinearMatcher(program, maxBits);
      const text = `${unit.repeat(100_000 / unit.length)}?`;
      expect(matcher.run(text)).toBeNull();
      expect(matcher.steps).toBeLessThan(5 * program.op.length * text.length);
    }
  });
});
