import { describe, expect, it } from 'vitest';
import { compilePattern, type Pattern } from '../../src/patterns/index.ts';

function pattern(source: string): Pattern {
  const result = compilePattern(source);
  if (!result.ok) throw new Error(`${source}: ${result.error.message}`);
  return result.pattern;
}

function refusal(source: string): { message: string; offset: number } {
  const result = compilePattern(source);
  if (result.ok) throw new Error(`${source} was accepted`);
  return result.error;
}

describe('RE2 syntax means what it means in RE2', () => {
  const cases: readonly [
    what: string,
    source: string,
    text: string,
    groups: (string | undefined)[] | null,
  ][] = [
    ['named groups in both spellings', '(?P<a>x)(?<b>y)', 'xy', ['xy', 'x', 'y']],
    ['names that occur twice', '(?P<a>x)|(?P<a>y)', 'y', ['y', undefined, 'y']],
    ['flags in the middle of a group', 'a(?i)b|c', 'C', ['C']],
    ['flags end with their group', '(?:(?i)a)b', 'AB', null],
    ['flags of one group', '(?i:a)b', 'Ab', ['Ab']],
    ['flags switched off', '(?i)a(?-i)b', 'AB', null],
    ['(?s) lets the dot match newlines', '(?s)a.b', 'a\nb', ['a\nb']],
    ['the dot stops at newlines only', 'a.*', 'a\r\u2028b\nc', ['a\r\u2028b']],
    ['(?U) swaps greediness', '(?U)a+', 'aaa', ['a']],
    ['(?U) makes lazy greedy', '(?U)a+?', 'aaa', ['aaa']],
    ['$ is the end of the text', 'a$', 'a\n', null],
    ['(?m)$ is the end of a line', '(?m)a$', 'a\nb', ['a']],
    ['(?m)^ does not follow a carriage return', '(?m)^b', 'a\rb', null],
    ['\\A and \\z', '\\Aab\\z', 'ab', ['ab']],
    ['\\s has no vertical tab and no non-breaking space', '\\s', '\v\u00a0', null],
    ['\\d is ASCII', '\\d', '٣', null],
    ['\\b is ASCII', '\\bé', 'aé', ['é']],
    ['quoting', '\\Qa.b*\\E+', 'a.b***', ['a.b***']],
    ['octal and hexadecimal escapes', '\\101\\x42\\x{43}\\07', 'ABC\x07', ['ABC\x07']],
    ['control escapes', '\\a\\f\\t\\n\\r\\v', '\x07\f\t\n\r\v', ['\x07\f\t\n\r\v']],
    ['POSIX classes', '[[:alpha:]_]+[[:^digit:]]', 'ab_-', ['ab_-']],
    ['Unicode classes', '\\p{Greek}\\pL\\PL', 'αb1', ['αb1']],
    ['negated Unicode classes', '\\p{^Greek}', 'αb', ['b']],
    ['a bracket first in a class', '[]a]+', ']a', [']a']],
    ['a dash anywhere in a class', '[\\w-.]+', 'a-.', ['a-.']],
    ['a brace that is no count', 'a{,2}{x}', 'a{,2}{x}', ['a{,2}{x}']],
    ['code points beyond the first plane', '^.{2}$', '😀é', ['😀é']],
    ['such code points in classes', '[😀-😂]', '😁', ['😁']],
    ['folding beyond ASCII', '(?i)straße k ſ', 'STRAßE \u212a S', ['STRAßE \u212a S']],
    ['folding of a class', '(?i)[k]', '\u212a', ['\u212a']],
    ['folding of a negated class', '(?i)[^k]', '\u212a', null],
    ['the first alternative, not the longest', 'a|ab', 'ab', ['a']],
    ['an optional group that matches nothing', '(a*)?b', 'b', ['b', '']],
    ['a loop left by its empty first choice', '(|a)*', 'aa', ['', '']],
    ['groups kept from an earlier iteration', '(?:(x)|y)+', 'xy', ['xy', 'x']],
    ['a repeated assertion', '(?:^)*a', 'a', ['a']],
  ];
  it.each(cases)('%s', (_, source, text, groups) => {
    expect(pattern(source).exec(text)).toEqual(groups);
    expect(pattern(source).test(text)).toBe(groups !== null);
  });

  it('gives names by group number', () => {
    expect(pattern('(?P<a>x)(y)(?<c>z)').groupNames).toEqual([undefined, 'a', undefined, 'c']);
  });
});

describe('what RE2 refuses is refused with its place', () => {
  it.each([
    ['a(?=b)', 1],
    ['a(?<!b)', 1],
    ['(a)\\1', 3],
    ['a**', 2],
    ['a{2}{3}', 4],
    ['a{1001}', 1],
    ['(?:a{100}){100}', 10],
    ['a{3,2}', 1],
    ['*a', 0],
    ['a|*', 2],
    ['(a', 0],
    ['a)', 1],
    ['[a', 0],
    ['[b-a]', 1],
    ['[[:foo:]]', 1],
    ['\\p{Foo}', 0],
    ['ab\\', 2],
    ['\\y', 0],
    ['\\x{110000}', 0],
    ['(?z)', 0],
    ['(?P<a b>x)', 0],
  ])('%s', (source, offset) => {
    expect(refusal(source).offset).toBe(offset);
  });

  it('refuses what would take too much memory', () => {
    expect(refusal(`(?:${'[ab]'.repeat(300)}){1000}`).message).toContain('more than');
  });
});

describe('required literals', () => {
  it.each([
    ['foo.*barbaz', false, ['barbaz']],
    ['(?:GET|POST) /', false, ['GET /', 'POST /']],
    ['(?i)select', true, ['SELECT']],
    ['a?b+[cd]', false, ['b']],
    ['(?:ab){2}', false, ['abab']],
    ['\\bSemrush\\b', false, ['Semrush']],
  ])('%s', (source, foldCase, anyOf) => {
    expect(pattern(source).requiredLiterals).toEqual({ foldCase, anyOf });
  });

  it.each(['.*', 'a?', '\\w+', '(?:a|)', ''])('%s needs nothing', (source) => {
    expect(pattern(source).requiredLiterals).toBeUndefined();
  });

  it('leaves the Kelvin sign out, which upper-casing keeps', () => {
    expect(pattern('(?i)xkyz').requiredLiterals).toEqual({ foldCase: true, anyOf: ['YZ'] });
  });
});
