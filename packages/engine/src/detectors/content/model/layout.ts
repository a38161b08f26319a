// Where each feature's weight stands: one row of numbers for everything. Trigrams have a place of their own; longer
// n-grams, runs of tokens and the offsets of each placement share places by hashing.

import { SYMBOL_BITS } from './symbols.ts';

/** Where a text stands, as far as it changes what is odd in it. */
export const PLACEMENT_GROUPS = ['path', 'value', 'header', 'rich', 'body', 'name'] as const;
export type PlacementGroup = (typeof PLACEMENT_GROUPS)[number];

const GRAM_BITS = 18;
const TOKEN_BITS = 17;
const OFFSET_BITS = 15;
const CLASS_BITS = 14;

export const GRAM_4_AT: number = 2 ** GRAM_BITS;
const GRAM_5_AT: number = GRAM_4_AT + 2 ** GRAM_BITS;
const TOKENS_AT: number = GRAM_5_AT + 2 ** GRAM_BITS;
const OFFSETS_AT: number = TOKENS_AT + 2 ** TOKEN_BITS;
export const WEIGHT_COUNT: number = OFFSETS_AT + PLACEMENT_GROUPS.length * 2 ** OFFSET_BITS;
/** The log-odds of a text in which nothing speaks for an attack: evidence has to rise above them. */
export const PRIOR = -4;
export const CLASS_BUCKETS: number = 2 ** CLASS_BITS;

const MASK_3 = 0x3ffff;
const MASK_4 = 0xffffff;
/** Five symbols: what is kept of the text that was read. */
export const HISTORY_MASK: number = 2 ** (5 * SYMBOL_BITS) - 1;

export function gram3(history: number): number {
  return history & MASK_3;
}

export function gram4(history: number): number {
  return GRAM_4_AT + rowOfGram4(history);
}

/** The same, counted from `GRAM_4_AT` on. */
export function rowOfGram4(history: number): number {
  return Math.imul(history & MASK_4, 0x9e3779b1) >>> (32 - GRAM_BITS);
}

export function gram5(history: number): number {
  return GRAM_5_AT + (Math.imul(history, 0x85ebca6b) >>> (32 - GRAM_BITS));
}

/** One token, alone. */
export function token1(token: number): number {
  return TOKENS_AT + token;
}

export function token2(token: number, before: number): number {
  return TOKENS_AT + 256 + (Math.imul((before << 8) | token, 0x9e3779b1) >>> (32 - TOKEN_BITS + 2));
}

export function token3(token: number, before: number, beforeThat: number): number {
  return (
    TOKENS_AT +
    2 ** (TOKEN_BITS - 1) +
    (Math.imul((beforeThat << 16) | (before << 8) | token, 0x85ebca6b) >>> (32 - TOKEN_BITS + 1))
  );
}

/** What a group adds to a feature's weight. */
export function offsetOf(feature: number, groupIndex: number): number {
  return OFFSETS_AT + (groupIndex << OFFSET_BITS) + (feature & (2 ** OFFSET_BITS - 1));
}

/** The row of a feature in the weights of the classes. */
export function classBucket(feature: number): number {
  return (feature ^ (feature >>> CLASS_BITS)) & (CLASS_BUCKETS - 1);
}
