import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternSet, type Pattern } from '../../src/patterns/index.ts';
import { hasHub, HUB } from './sharedData.ts';

function compile(sources: readonly string[]): Pattern[] {
  return sources.map((source) => {
    const result = compilePattern(source);
    if (!result.ok) throw new Error(`${source}: ${result.error.message}`);
    return result.pattern;
  });
}

describe('PatternSet', () => {
  it('runs patterns with literals, folded ones and literal-free ones', () => {
    const set = new PatternSet(compile(['\\bfoo\\b', '(?i)BaR', '^\\d+$', 'foo|baz', 'x{3}']));
    expect(set.matches('a foo')).toEqual([0, 3]);
    expect(set.matches('food BAR')).toEqual([1, 3]);
    expect(set.matches('123')).toEqual([2]);
    expect(set.matches('xxx')).toEqual([4]);
    expect(set.anyMatch('nothing')).toBe(false);
    expect(set.anyMatch('baz')).toBe(true);
  });

  it.skipIf(!hasHub)('agrees with one pattern after the other on a list of bad user agents', () => {
    const sources = readFileSync(path.join(HUB, 'data/bad_user_agents.regex.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const patterns = compile(sources);
    const set = new PatternSet(patterns);
    const agents = [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36',
      'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
      'python-requests/2.31.0',
      'sqlmap/1.7.2#stable (https://sqlmap.org)',
      'xZmEux ZmEu é',
      ...sources.map((source) => `a ${source.replaceAll(/\\b|\\/g, '')} b`),
    ];
    for (const agent of agents) {
      const expected = patterns.flatMap((pattern, i) => (pattern.test(agent) ? [i] : []));
      expect(set.matches(agent)).toEqual(expected);
      expect(set.anyMatch(agent)).toBe(expected.length > 0);
    }
  });
});
