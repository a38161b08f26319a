import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, type Pattern } from '../../src/patterns/index.ts';
import { toJavaScript } from '../../src/patterns/emit.ts';
import { parsePattern } from '../../src/patterns/parse.ts';
import { patternSource } from './generatedPatterns.ts';

function pattern(source: string): Pattern {
  const result = compilePattern(source);
  if (!result.ok) throw new Error(result.error.message);
  return result.pattern;
}

describe('worst cases', () => {
  it.each([
    '(a+)+$',
    '(a|aa)+$',
    '(.*)*x',
    '(a*)*$',
    '(\\w+\\s?)+!',
    '(?:a?){30}b',
    '(a|[ab])*c',
    '(?:.*,)*x',
    '(?:(?:ab)?a?b?)+$',
    '("(\\\\.|[^\\\\"]+)+")',
  ])('%s is exponential', (source) => {
    expect(pattern(source).safety.kind).toBe('exponential');
  });

  it.each([
    ['^[a-z]+:[0-9]+$', 1],
    ['foo', 1],
    ['^a*b*c*$', 1],
    ['^"[^"]*" "[^"]*"$', 1],
    ['foo.*', 1],
    ['.*foo', 2],
    ['.*a.*b.*', 3],
    ['^.*a.*b$', 2],
    ["^(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_\\-]*)+$", 1],
    ['^(?:(?:25[0-5]|2[0-4]\\d|[01]?\\d{1,2})\\.){3}$', 1],
    ['^\\d+\\d+\\d+x', 3],
  ])('%s has degree %i', (source, degree) => {
    const { safety } = pattern(source);
    expect(safety.kind === 'polynomial' ? safety.degree : 1).toBe(degree);
    expect(safety.kind).not.toBe('exponential');
  });

  it.each(['(a+)+$', '(a|aa)+$', '(.*)*x', '.*a.*b.*c.*d.*e'])('%s answers on 100 kB', (source) => {
    expect(pattern(source).test(`${'abcd'.repeat(25_000)}?`)).toBe(false);
    expect(pattern(source).exec(`${'a'.repeat(100_000)}?`)).toBeNull();
  });

  it('never surprises: what is called linear stays so on pumped texts', () => {
    // Time is no measure on a busy machine, so this bounds it loosely: an exponential pattern called linear
    // would need years on these texts.
    fc.assert(
      fc.property(patternSource, fc.constantFrom('a', 'ab', 'aé', '1a', ' ', 'abc'), (source, pump) => {
        const compiled = pattern(source);
        if (compiled.safety.kind === 'exponential') return;
        const parsed = parsePattern(source);
        if (!parsed.ok) return;
        const length = compiled.safety.kind === 'linear' ? 2000 : Math.min(60, compiled.safety.maxLength);
        const text = `${pump.repeat(length / pump.length)}\n`;
        const started = process.cpuUsage().user;
        new RegExp(toJavaScript(parsed.parsed.tree, true).source, 'u').exec(text);
        expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
      }),
      { numRuns: 1000 },
    );
  });
});
