import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileProgram } from '../../../src/patterns/program.ts';
import { LinearMatcher } from '../../../src/patterns/linear.ts';
import type { Matcher } from '../../../src/patterns/matcher.ts';
import { parsePattern } from '../../../src/patterns/parse.ts';
import { compileScanner, type Scan } from '../../../src/patterns/scanner/scanner.ts';
import type { Grok } from '../../../src/patterns/index.ts';
import { patternSource, subject } from '../generatedPatterns.ts';
import { hasHub, hubGroks, hubLines } from '../sharedData.ts';

function slow(matcher: Matcher, groups: readonly number[], text: string): readonly string[] | null {
  const found = matcher.exec(text);
  return found === null ? null : groups.map((group) => found[group] ?? '');
}

/** Deterministic small damage: a character dropped, doubled, swapped with its neighbour, or exchanged. */
function mutations(line: string, seed: number): readonly string[] {
  const out: string[] = [];
  let state = seed;
  for (let i = 0; i < 4; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const at = state % (line.length + 1);
    const odd = ['"', ' ', '%', ':', '.', '1', 'x', '\n', 'é', '😀', '-', '/'][(state >> 8) % 12]!;
    out.push([line.slice(0, at) + line.slice(at + 1), line.slice(0, at) + odd + line.slice(at)][i % 2]!);
    out.push(line.slice(0, at) + odd + line.slice(at + 1));
  }
  return out;
}

function scanners(): readonly { grok: Grok; scan: Scan }[] {
  const { library, expressions } = hubGroks();
  const out: { grok: Grok; scan: Scan }[] = [];
  for (const expression of expressions) {
    const result = library.compile(expression);
    if (!result.ok) continue;
    const scan = compileScanner(result.grok.matcher.tree, result.grok.groups);
    if (scan !== undefined) out.push({ grok: result.grok, scan });
  }
  return out;
}

describe('scanners', () => {
  it('answer as the pattern does, or not at all, on generated patterns', () => {
    let sure = 0;
    fc.assert(
      fc.property(patternSource, subject, (source, text) => {
        const parsed = parsePattern(source);
        if (!parsed.ok) return;
        const { tree, groupNames } = parsed.parsed;
        const groups = groupNames.map((_, i) => i).slice(1);
        const answer = compileScanner(tree, groups)?.(text);
        if (answer === undefined) return;
        sure++;
        const slots = new LinearMatcher(compileProgram(tree, groupNames.length)).run(text);
        const value = (g: number): string =>
          slots === null || slots[2 * g]! < 0 || slots[2 * g + 1]! < 0
            ? ''
            : text.slice(slots[2 * g], slots[2 * g + 1]);
        expect(answer).toEqual(slots === null ? null : groups.map(value));
      }),
      { numRuns: 6000 },
    );
    expect(sure).toBeGreaterThan(400);
  });

  it.skipIf(!hasHub)(
    'answer as the pattern does on the log lines of the hub, whole and damaged',
    () => {
      const lines = hubLines();
      let matched = 0;
      let unsure = 0;
      for (const [i, { grok, scan }] of scanners().entries()) {
        for (const [j, line] of lines.entries()) {
          if (!grok.matcher.mayMatch(line)) continue;
          const expected = slow(grok.matcher, grok.groups, line);
          const answer = scan(line);
          if (answer === undefined) unsure++;
          const given = answer === undefined ? expected : answer;
          expect(given, `${grok.expression}\n${line}`).toEqual(expected);
          // Damage where it matters: lines that match, and some that nearly do.
          if (expected === null && (i + j) % 97 !== 0) continue;
          if (expected !== null) matched++;
          if (expected !== null && matched % 8 !== 0) continue;
          for (const damaged of mutations(line, i * 7919 + j)) {
            const again = scan(damaged);
            if (again === undefined) continue;
            expect(again, `${grok.expression}\n${damaged}`).toEqual(slow(grok.matcher, grok.groups, damaged));
          }
        }
      }
      expect(matched).toBeGreaterThan(500);
      expect(unsure).toBeLessThan(2 * matched);
    },
    120_000,
  );
});
