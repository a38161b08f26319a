import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOfPart, isSolved, layoutAnswer, layoutOf } from '../../src/challenge/puzzle.ts';
import { script } from './solver.ts';

const NONCE = fc.stringMatching(/^[\w-]{16}$/);

describe('the hash in the browser', () => {
  it('is SHA-256 for every text of at most 55 characters', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 55 });
    fc.assert(
      fc.property(text, (one) => {
        expect(script.firstWord(one)).toBe(createHash('sha256').update(one).digest().readInt32BE(0));
      }),
    );
    expect(script.firstWord('')).toBe(0xe3b0c442 | 0);
  });
});

describe('the proof of work', () => {
  it('that a browser finds is taken, and no other number in its place', () => {
    fc.assert(
      fc.property(NONCE, fc.integer({ min: 5, max: 9 }), (nonce, bits) => {
        const answers = [0, 1, 2].map((part) => script.findNumber(`${nonce}:${part}:`, bits, 0, 1e6));
        expect(isSolved(nonce, 3, bits, answers)).toBe(true);
        // The first that fits was found, so the one before does not, nor does the answer of another part.
        const before = [answers[0]! - 1, ...answers.slice(1)];
        expect(isSolved(nonce, 3, bits, before)).toBe(false);
        expect(isSolved(nonce, 2, bits, answers)).toBe(false);
        expect(isSolved(nonce, 3, bits, answers.slice(1))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it.each([Number.NaN, -1, 0.5, Infinity])('is no proof with %s', (answer) => {
    expect(isSolved('AAAAAAAAAAAAAAAA', 1, 0.0001, [answer])).toBe(false);
  });

  it('is as hard as asked for, within limits', () => {
    expect([17, 17.9, 0, 99].map((bits) => bitsOfPart(bits))).toEqual([14, 14, 5, 23]);
  });
});

describe('the layout question', () => {
  it('has whole pixels for an answer that lie one after the other and fill the row', () => {
    fc.assert(
      fc.property(NONCE, (nonce) => {
        const layout = layoutOf(nonce);
        const answer = layoutAnswer(layout);
        expect(answer.every((one) => Number.isInteger(one))).toBe(true);
        const widths = answer[1]! + answer[3]! + answer[5]!;
        expect(widths + layout.margin).toBe(layout.width);
        const boxes = [0, 1, 2].map((i) => [answer[2 * i]!, answer[2 * i]! + answer[2 * i + 1]!] as const);
        boxes.sort((a, b) => a[0] - b[0]);
        expect(boxes[1]![0]).toBeGreaterThanOrEqual(boxes[0]![1]);
        expect(boxes[2]![0]).toBeGreaterThanOrEqual(boxes[1]![1]);
        expect(boxes[2]![1]).toBe(layout.width);
      }),
    );
  });
});
