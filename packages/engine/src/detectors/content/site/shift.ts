// How far a value is from what its parameter usually has, in log-odds and in words: a quote in a number makes an
// attack likelier, markup where editors write markup makes it less likely. Both are bounded: what is learned moves
// the threshold, it does not decide.

import type { AttackClass } from '@parapet/kinds';
import { keyedHash32 } from './keyedHash.ts';
import { isNewType, newAlphabetOf, TELLING, USUAL_SHARE } from './novelty.ts';
import type { Place } from './samples.ts';
import { MAX_CHOICES, SLOT, type SlotTable } from './slots.ts';
import { ALPHABET, VALUE_TYPES, type ValueShape, type ValueType } from './valueShape.ts';

export interface Shift {
  /** Above 0 when it speaks for an attack; from -3 to 3. */
  readonly logOdds: number;
  /** A sentence without its full stop, for people. */
  readonly text: string;
  /** When it speaks against an attack: of which kinds. Absent: of every kind. */
  readonly classes?: readonly AttackClass[];
}

export const MOST_SHIFT = 3;
/** What visitors have taught lowers less: anybody may be a visitor. */
const MOST_LOWERED_BY_VISITORS = 1;
const MOST_LOWERED_FOR_STRANGERS = 1.5;
const CONFORMS = 1.5;
/** Below this nobody would notice. */
const LEAST_SHIFT = 0.2;

/** How much a class of characters says where it is never seen. */
const STRANGE: Readonly<Record<string, number>> = {
  quotes: 1.5,
  'angle brackets': 1.5,
  'shell characters': 1.2,
  'control characters': 1,
  brackets: 1,
  slashes: 0.7,
  'percent signs': 0.6,
  'equals signs': 0.6,
  'hashes and stars': 0.6,
  'line breaks': 0.4,
};
/** What people write freely has any character some day. */
const FREE_TYPES: ReadonlySet<ValueType> = new Set(['text', 'html', 'json', 'yaml', 'code']);
const FREE_FACTOR = 0.4;
const STRANGE_BY_BIT: readonly number[] = ALPHABET.map((name) => STRANGE[name] ?? 0);

/** What the characters of a type of value look like to rules and models that do not know the page. */
const EXCUSED: Readonly<Partial<Record<ValueType, readonly AttackClass[]>>> = {
  text: ['sqli', 'rce', 'ldap', 'nosql', 'other'],
  html: ['xss', 'other'],
  url: ['ssrf', 'lfi', 'other'],
};

/** Returns what the parameter in the slot has to say of a value; undefined when that is nothing. */
export function shiftOf(
  table: SlotTable,
  slot: number,
  value: string,
  shape: ValueShape,
  what: { readonly place: Place; readonly name: string; readonly isVouched: boolean },
): Shift | undefined {
  const named = `the ${NOUN[what.place]} ${what.name}`;
  const raised = raisedBy(table, slot, shape, named);
  if (raised !== undefined) return raised;
  return loweredBy(table, slot, value, shape, named, what.isVouched);
}

const NOUN: Readonly<Record<Place, string>> = {
  query: 'parameter',
  form: 'field',
  json: 'value',
  xml: 'value',
  graphql: 'value',
  cookie: 'cookie',
};

function raisedBy(table: SlotTable, slot: number, shape: ValueShape, named: string): Shift | undefined {
  const { floats } = table;
  const at = slot * SLOT.size;
  const count = floats[at + SLOT.count]!;
  const strange = newAlphabetOf(table, slot, shape.alphabet);
  const usual = usualType(table, slot);
  let logOdds = 0;
  for (let bit = 0; bit < ALPHABET.length; bit++) {
    if ((strange & (1 << bit)) === 0) continue;
    // Laplace's rule: after 20 values without one it is less strange than after 1,000.
    const surprise = Math.log((count + 1) / (floats[at + SLOT.alphabet + bit]! + 1));
    logOdds += STRANGE_BY_BIT[bit]! * Math.min(1, surprise / Math.log(100));
  }
  if (FREE_TYPES.has(usual.type)) logOdds *= FREE_FACTOR;
  else if (strange !== 0 && isNewType(table, slot, shape.type) && usual.share >= 0.95) logOdds += 0.5;
  const isLong = isTooLong(table, slot, shape.length);
  if (isLong) logOdds += strange === 0 ? 0.5 : 1;
  logOdds = Math.min(MOST_SHIFT, logOdds);
  if (logOdds < LEAST_SHIFT) return undefined;
  return { logOdds, text: raisedText(table, slot, strange, usual, isLong, named) };
}

function raisedText(
  table: SlotTable,
  slot: number,
  strange: number,
  usual: UsualType,
  isLong: boolean,
  named: string,
): string {
  if (strange === 0) {
    const typical = Math.round(Math.expm1(table.floats[slot * SLOT.size + SLOT.mean]!));
    return `is far longer than ${named} is here, about ${typical} characters`;
  }
  const found = ALPHABET.filter((_, bit) => (strange & (1 << bit)) !== 0);
  const expected =
    usual.share >= 0.95 ? ` is always ${IN_WORDS[usual.type]} here` : ` has never had them here`;
  return `has ${listOf(found)}${isLong ? ' and is far longer' : ''}, where ${named}${expected}`;
}

/** Chebyshev with four deviations, of the logarithm; a fixed length still has some room. */
function isTooLong({ floats }: SlotTable, slot: number, length: number): boolean {
  const at = slot * SLOT.size;
  const deviation = Math.max(0.35, Math.sqrt(floats[at + SLOT.variance]!));
  return Math.log1p(length) - floats[at + SLOT.mean]! > 4 * deviation;
}

function loweredBy(
  table: SlotTable,
  slot: number,
  value: string,
  shape: ValueShape,
  named: string,
  isVouched: boolean,
): Shift | undefined {
  if (isTooLong(table, slot, shape.length)) return undefined;
  const { floats } = table;
  const at = slot * SLOT.size;
  const count = floats[at + SLOT.count]!;
  if (isKnownChoice(table, slot, value))
    return { logOdds: -CONFORMS, text: `is one of the few values that ${named} has here` };
  const typeShare = floats[at + SLOT.types + shape.type]! / count;
  if (typeShare < 0.05) return undefined;
  let least = 1;
  for (let bits = shape.alphabet & TELLING; bits !== 0; bits &= bits - 1)
    least = Math.min(least, floats[at + SLOT.alphabet + 31 - Math.clz32(bits & -bits)]! / count);
  // Seen now and then is no reason for trust; in every fifth value it is.
  const confidence = Math.max(0, Math.min(1, (least - 2 * USUAL_SHARE) / 0.18)) * (count / (count + 10));
  const type = VALUE_TYPES[shape.type]!;
  const byEditors = floats[at + SLOT.vouched]! >= count / 2;
  const most = !byEditors ? MOST_LOWERED_BY_VISITORS : isVouched ? MOST_SHIFT : MOST_LOWERED_FOR_STRANGERS;
  const logOdds = -most * confidence;
  if (logOdds > -LEAST_SHIFT) return undefined;
  const classes = EXCUSED[type];
  const who = byEditors ? 'editors often send' : 'often has';
  const text = byEditors
    ? `is ${IN_WORDS[type]}, as ${who} it in ${named}`
    : `is ${IN_WORDS[type]}, as ${named} ${who} here`;
  return { logOdds, text, ...(classes === undefined ? {} : { classes }) };
}

function isKnownChoice(table: SlotTable, slot: number, value: string): boolean {
  const { words, floats } = table;
  const at = slot * SLOT.size;
  if (value.length > 40 || floats[at + SLOT.otherChoices]! > 0 || floats[at + SLOT.count]! < 50) return false;
  const hash = keyedHash32(table.key, value);
  for (let i = 0; i < MAX_CHOICES; i++) if (words[at + SLOT.choices + i] === hash) return true;
  return false;
}

interface UsualType {
  readonly type: ValueType;
  readonly share: number;
}

function usualType({ floats }: SlotTable, slot: number): UsualType {
  const at = slot * SLOT.size;
  let best = 0;
  for (let type = 1; type < VALUE_TYPES.length; type++)
    if (floats[at + SLOT.types + type]! > floats[at + SLOT.types + best]!) best = type;
  return {
    type: VALUE_TYPES[best]!,
    share: floats[at + SLOT.types + best]! / floats[at + SLOT.count]!,
  };
}

const IN_WORDS: Readonly<Record<ValueType, string>> = {
  empty: 'empty',
  integer: 'a number',
  decimal: 'a number',
  word: 'a word',
  date: 'a date',
  uuid: 'a UUID',
  hex: 'a hash',
  token: 'a token',
  email: 'an e-mail address',
  url: 'an address of a page',
  text: 'plain text',
  html: 'HTML',
  json: 'JSON',
  yaml: 'YAML',
  code: 'code',
};

function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
