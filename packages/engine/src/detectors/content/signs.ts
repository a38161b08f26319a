// The signs of a text: one bit for each character that is neither a letter nor a digit, gathered in one pass. What a
// pattern cannot match without is known before it meets a text, so that most patterns need not be tried at all.

import type { ParsedPattern } from '../../patterns/parse.ts';

type Node = ParsedPattern['tree'];

/** Bit by bit; characters that share one are rarely what something hangs on. */
const SIGNS = [
  ...["'", '"', '`', '<', '>', '(', ')', '[', ']', '{', '}', '$', ';', '|', '&', '='],
  ...['*', '#', '@', '%', '\\', '/', '!~^', '+', '-', ':', '?', '.', ',', '\n\r', '\0', '\u0080'],
];

/** Characters below blank, without line ends and tabs. */
export const HAS_CONTROL_SIGN: number = bitOf('\0');
/** Characters beyond ASCII. */
export const HAS_WIDE_SIGN: number = bitOf('\u0080');

/** The bit of each ASCII character; letters, digits, `_`, blanks and tabs have none. */
export const SIGN_OF: Int32Array = new Int32Array(128);
for (let code = 0; code < 128; code++) {
  if (code < 0x20 || code === 0x7f) SIGN_OF[code] = HAS_CONTROL_SIGN;
}
SIGN_OF[9] = 0;
for (const [bit, characters] of SIGNS.entries())
  for (const character of characters) {
    const code = character.charCodeAt(0);
    if (code < 128) SIGN_OF[code] = 1 << bit;
  }

/** The bit of a sign that shares it with no other character; 0 for every other text. */
export function ownBitOf(text: string): number {
  const isShared = text.length !== 1 || text === '\0' || text === '\u0080';
  return isShared || !SIGNS.includes(text) ? 0 : 1 << SIGNS.indexOf(text);
}

/** The bits of some characters together. */
export function signsOf(characters: string): number {
  let bits = 0;
  for (const character of characters) bits |= bitOf(character);
  return bits;
}

/** The bits of all characters of a text. */
export function signsIn(text: string): number {
  let signs = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    signs |= unit < 128 ? SIGN_OF[unit]! : HAS_WIDE_SIGN;
  }
  return signs;
}

/** Of each of these masks one bit is in every text that the pattern matches. */
export function neededSigns(node: Node): readonly number[] {
  const masks = new Set(needsOf(node));
  return [...masks].filter((mask) => ![...masks].some((other) => other !== mask && (other & ~mask) === 0));
}

function needsOf(node: Node): readonly number[] {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return NOTHING;
    case 'chars':
      return signsOfSet(node.set);
    case 'capture':
      return needsOf(node.item);
    case 'repeat':
      return node.min === 0 ? NOTHING : needsOf(node.item);
    case 'concat':
      return node.items.flatMap(needsOf);
    case 'alternate': {
      let mask = 0;
      for (const item of node.items) {
        const needs = needsOf(item);
        if (needs.length === 0) return NOTHING;
        mask |= needs.reduce((one, other) => (signCount(other) < signCount(one) ? other : one));
      }
      return [mask];
    }
  }
}

const NOTHING: readonly number[] = [];

function signsOfSet(set: readonly number[]): readonly number[] {
  let mask = 0;
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i]!; code <= Math.min(set[i + 1]!, 127); code++) {
      if (SIGN_OF[code] === 0) return NOTHING;
      mask |= SIGN_OF[code]!;
    }
    if (set[i + 1]! > 127) mask |= HAS_WIDE_SIGN;
  }
  return mask === 0 ? NOTHING : [mask];
}

function bitOf(character: string): number {
  return 1 << SIGNS.findIndex((characters) => characters.includes(character));
}

/** How many bits a mask has. */
export function signCount(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}
