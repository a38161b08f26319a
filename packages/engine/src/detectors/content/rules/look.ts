// Looks for a rule's patterns in a text. In a long text only the surroundings of the rule's literals are looked at, so
// that the cost is linear whatever the pattern, and padding does not buy an attacker anything.

import type { Pattern } from '../../../patterns/index.ts';

/** A stretch of a text. */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** What it does, when that is known better than the rule says it. */
  readonly what?: string;
}

/** A text up to this length is looked at as a whole. */
export const WHOLE = 2000;
const BESIDE = 400;
const WINDOW = 1000;
const MAX_WINDOWS = 10;

/** Where the first of the patterns that matches does so. */
export function findPattern(
  patterns: readonly Pattern[],
  literals: readonly string[] | undefined,
  text: string,
): Found | undefined {
  if (text.length <= WHOLE) {
    for (const pattern of patterns) {
      const found = findIn(pattern, text, 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  let windows: readonly Found[] | undefined;
  for (const pattern of patterns) {
    let found: Found | undefined;
    if (pattern.safety.kind === 'linear') found = findIn(pattern, text, 0);
    else {
      windows ??= windowsOf(literals, text);
      for (const { start, end } of windows) {
        found = findIn(pattern, text.slice(start, end), start);
        if (found !== undefined) break;
      }
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where the first of the literals, which are in lower case, stands; the whole text when folding hides it. */
export function findLiteral(literals: readonly string[], text: string): Found {
  const folded = text.toLowerCase();
  for (const literal of literals) {
    const start = folded.indexOf(literal);
    if (start >= 0) return { start, end: Math.min(text.length, start + literal.length) };
  }
  return { start: 0, end: text.length };
}

function findIn(pattern: Pattern, text: string, offset: number): Found | undefined {
  if (!pattern.test(text)) return undefined;
  const match = pattern.exec(text)?.[0] ?? '';
  const start = offset + Math.max(0, text.indexOf(match));
  return { start, end: start + match.length };
}

/** The surroundings of the literals, from the start, without overlaps; the first characters when there are none. */
function windowsOf(literals: readonly string[] | undefined, text: string): readonly Found[] {
  if (literals === undefined) return [{ start: 0, end: WHOLE }];
  const folded = text.toLowerCase();
  const nextOf = literals.map((literal) => positionOf(folded, literal, 0));
  const windows: Found[] = [];
  while (windows.length < MAX_WINDOWS) {
    const next = Math.min(...nextOf);
    if (next === Infinity) break;
    // A letter whose lower case is longer moves what follows; the surroundings are wide enough for some of those.
    const start = Math.max(0, next - BESIDE);
    const end = Math.min(text.length, start + WINDOW);
    windows.push({ start, end });
    // What ends the window may begin a match that goes on behind it.
    const from = Math.max(next + 1, end - BESIDE);
    for (const [index, literal] of literals.entries()) {
      if (nextOf[index]! < from) nextOf[index] = positionOf(folded, literal, from);
    }
  }
  return windows;
}

function positionOf(text: string, literal: string, from: number): number {
  const at = text.indexOf(literal, from);
  return at < 0 ? Infinity : at;
}
