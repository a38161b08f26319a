// What a browser's script works out, by that script itself.

import { layoutAnswer, layoutOf } from '../../src/challenge/puzzle.ts';
import { SHA256_SCRIPT } from '../../src/pages/assets/sha256-script.ts';

interface Script {
  firstWord(text: string): number;
  findNumber(prefix: string, bits: number, from: number, count: number): number;
}

// A constant of ours, and the shape that it defines.
// oxlint-disable-next-line typescript/no-implied-eval
export const script = new Function(
  `'use strict'; ${SHA256_SCRIPT} return { firstWord, findNumber };`,
)() as Script;

/** Returns the form that a browser without a driver sends for the token. */
export function solve(token: string, changes: Readonly<Record<string, string>> = {}): Buffer {
  const [, kind, , number = '', nonce = ''] = token.split('.');
  const answers = Array.from({ length: kind === 'c' ? 1 : 8 }, (_, part) =>
    script.findNumber(`${nonce}:${part}:`, Number.parseInt(number, 36), 0, 1e6),
  );
  const layout = layoutAnswer(layoutOf(nonce)).join('.');
  return Buffer.from(
    new URLSearchParams({ token, answers: answers.join('.'), layout, driven: '0', ...changes }).toString(),
  );
}
