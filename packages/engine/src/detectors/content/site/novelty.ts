// What a parameter that is known well has not had before: another type, other characters. It waits apart, and counts
// only when people of several networks have sent it on several days, and often enough beside what is usual. A stolen
// list of addresses, or patience, is not enough alone; a form that was changed is learned in some days.

import type { PartSample, SiteSample } from './samples.ts';
import { countSources, markSource, SLOT, type SlotTable } from './slots.ts';
import { alphabetOf, VALUE_TYPES } from './valueShape.ts';

export interface NoveltyLimits {
  readonly networks: number;
  readonly days: number;
  /** Of the values since the first new one. */
  readonly share: number;
  /** Vouched people are few: so many of their values, on so many days. */
  readonly vouchedValues: number;
  readonly vouchedDays: number;
  /** Without another one for so long it is forgotten. */
  readonly forgottenDays: number;
}

export const NOVELTY_LIMITS: NoveltyLimits = {
  networks: 12,
  days: 3,
  share: 0.15,
  vouchedValues: 4,
  vouchedDays: 2,
  forgottenDays: 14,
};

/** Characters that attacks need; the others may come and go. */
export const TELLING: number = alphabetOf(
  'quotes',
  'angle brackets',
  'shell characters',
  'brackets',
  'slashes',
  'percent signs',
  'equals signs',
  'hashes and stars',
  'control characters',
  'line breaks',
);

/** What is seen in less than this share of the values is not usual. */
export const USUAL_SHARE = 0.01;

/** Words of what waits, from its beginning on. */
const WAITING = {
  /** What is new in all values that wait: classes of characters, and types 16 bits higher. */
  what: 0,
  networks: 1,
  days: 3,
  lastDay: 4,
  /** Floats: values that wait, and values of any kind since the first of them. */
  count: 5,
  among: 6,
  size: 7,
} as const;

const NETWORK_WORDS = 2;

/** Returns the classes of characters, among those that tell, that the parameter has hardly ever had. */
export function newAlphabetOf(table: SlotTable, slot: number, alphabet: number): number {
  const at = slot * SLOT.size;
  const count = table.floats[at + SLOT.count]!;
  let found = 0;
  for (let bits = alphabet & TELLING; bits !== 0; bits &= bits - 1) {
    const bit = 31 - Math.clz32(bits & -bits);
    if (table.floats[at + SLOT.alphabet + bit]! < USUAL_SHARE * count) found |= 1 << bit;
  }
  return found;
}

/** Whether the parameter has hardly ever had a value of the type, and it is none that fits others. */
export function isNewType(table: SlotTable, slot: number, type: number): boolean {
  if ((HARMLESS_TYPES & (1 << type)) !== 0) return false;
  const at = slot * SLOT.size;
  return table.floats[at + SLOT.types + type]! < USUAL_SHARE * table.floats[at + SLOT.count]!;
}

const HARMLESS_TYPES = bitsOfTypes(
  'empty',
  'integer',
  'decimal',
  'word',
  'date',
  'uuid',
  'hex',
  'token',
  'email',
);

function bitsOfTypes(...types: ReadonlyArray<(typeof VALUE_TYPES)[number]>): number {
  return types.reduce((bits, type) => bits | (1 << VALUE_TYPES.indexOf(type)), 0);
}

/**
 * Takes a value of a parameter that is known well. Returns false while what is new about it keeps it from being
 * learned.
 */
export function admits(
  table: SlotTable,
  slot: number,
  part: PartSample,
  sample: SiteSample,
  limits: NoveltyLimits,
): boolean {
  const what =
    newAlphabetOf(table, slot, part.alphabet) |
    (isNewType(table, slot, part.type) ? 1 << (16 + part.type) : 0);
  const from = slot * SLOT.size;
  // What people of the site try out does not wait with what strangers send: neither helps the other in.
  const at = from + (sample.isVouched ? SLOT.waitingVouched : SLOT.waiting);
  const { words, floats } = table;
  const day = Math.floor(sample.atMs / 86_400_000);
  if (words[at + WAITING.what] !== 0) {
    if (day - words[at + WAITING.lastDay]! > limits.forgottenDays) words.fill(0, at, at + WAITING.size);
    else floats[at + WAITING.among]! += 1;
  }
  if (what === 0) return true;

  if (words[at + WAITING.what] === 0) {
    words[at + WAITING.what] = what;
    floats[at + WAITING.among] = 1;
  }
  // One thing waits at a time: what is common to all that has been let to wait. The rest waits after it.
  const common = words[at + WAITING.what]! & what;
  if (common === 0) return false;
  words[at + WAITING.what] = common;
  if (day !== words[at + WAITING.lastDay]) words[at + WAITING.days]! += 1;
  words[at + WAITING.lastDay] = day;
  floats[at + WAITING.count]! += 1;
  markSource(words, at + WAITING.networks, NETWORK_WORDS, sample.network);
  if (!isEnough(table, at, sample.isVouched, limits)) return false;
  makeUsual(table, from, at);
  return (what & ~common) === 0;
}

function isEnough(
  { words, floats }: SlotTable,
  at: number,
  isVouched: boolean,
  limits: NoveltyLimits,
): boolean {
  const count = floats[at + WAITING.count]!;
  const days = words[at + WAITING.days]!;
  if (isVouched) return count >= limits.vouchedValues && days >= limits.vouchedDays;
  const networks = countSources(words, at + WAITING.networks, NETWORK_WORDS);
  const share = count / Math.max(1, floats[at + WAITING.among]!);
  return networks >= limits.networks && days >= limits.days && share >= limits.share;
}

/** Gives what waited the share that it had while it waited. */
function makeUsual({ words, floats }: SlotTable, from: number, at: number): void {
  const what = words[at + WAITING.what]!;
  const share = floats[at + WAITING.count]! / Math.max(1, floats[at + WAITING.among]!);
  const usual = Math.max(USUAL_SHARE * 1.5, Math.min(0.5, share)) * floats[from + SLOT.count]!;
  for (let bit = 0; bit < 32; bit++) {
    if ((what & (1 << bit)) === 0) continue;
    const to = from + (bit < 16 ? SLOT.alphabet + bit : SLOT.types + bit - 16);
    if (floats[to]! < usual) floats[to] = usual;
  }
  words.fill(0, at, at + WAITING.size);
}
