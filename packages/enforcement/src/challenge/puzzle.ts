// What a browser has to work out. Both parts follow from the token's nonce, so nothing has to be remembered.
//
// Work: for each part i, a number n such that SHA-256("nonce:i:n") begins with so many zero bits. Several small
// parts take as long as a large one on average, but much more evenly, and tell how far the work has come.
//
// Layout: three boxes in a row, laid out by the browser; where they come to lie is the answer. A program without
// a layout engine has none.

import { createHash } from 'node:crypto';

/** 2^3 parts for work, one for a check. */
export const WORK_PARTS = 8;
const WORK_PARTS_BITS = 3;
/** About a millisecond: what is asked of everybody. */
export const CHECK_BITS = 8;
const LEAST_BITS = 8;
const MOST_BITS = 26;

/** Returns the zero bits of each part when the whole is to take 2^bits hashes on average. */
export function bitsOfPart(bits: number): number {
  return Math.min(MOST_BITS, Math.max(LEAST_BITS, Math.floor(bits))) - WORK_PARTS_BITS;
}

/** Whether there is a number for each part, and each does it. At most a microsecond or two for each. */
export function isSolved(
  nonce: string,
  parts: number,
  partBits: number,
  answers: readonly number[],
): boolean {
  if (answers.length !== parts) return false;
  return answers.every((answer, i) => {
    if (!Number.isSafeInteger(answer) || answer < 0) return false;
    const digest = createHash('sha256').update(`${nonce}:${i}:${answer}`).digest();
    return digest.readUInt32BE(0) >>> (32 - partBits) === 0;
  });
}

/** What the script lays out: a row of this width with three boxes that share it. */
export interface Layout {
  readonly width: number;
  readonly grow: readonly [number, number, number];
  readonly order: readonly [number, number, number];
  readonly margin: number;
}

/** Returns the question for a nonce; all results are whole pixels. */
export function layoutOf(nonce: string): Layout {
  const bytes = createHash('sha256').update(`layout:${nonce}`).digest();
  const grow = [1 + (bytes[0]! % 9), 1 + (bytes[1]! % 9), 1 + (bytes[2]! % 9)] as const;
  const margin = 1 + (bytes[3]! % 40);
  const unit = 5 + (bytes[4]! % 20);
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const;
  return {
    width: (grow[0] + grow[1] + grow[2]) * unit + margin,
    grow,
    order: orders[bytes[5]! % 6]!,
    margin,
  };
}

/** Returns left edge and width of each box: the first box has the margin to its left. */
export function layoutAnswer(layout: Layout): readonly number[] {
  const { grow, order, margin, width } = layout;
  const unit = (width - margin) / (grow[0] + grow[1] + grow[2]);
  const answer: number[] = [];
  for (let box = 0; box < 3; box++) {
    let left = 0;
    for (let other = 0; other < 3; other++) {
      if (order[other]! < order[box]!) left += grow[other]! * unit + (other === 0 ? margin : 0);
    }
    answer.push(left + (box === 0 ? margin : 0), grow[box]! * unit);
  }
  return answer;
}
