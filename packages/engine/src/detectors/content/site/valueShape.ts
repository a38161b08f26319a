// A value reduced to what can be learned of it without keeping it: its type, its alphabet, its length.

/** What a value looks like; the order is part of the saved form. */
export const VALUE_TYPES = [
  'empty',
  'integer',
  'decimal',
  'word',
  'date',
  'uuid',
  'hex',
  'token',
  'email',
  'url',
  'text',
  'html',
  'json',
  'yaml',
  'code',
] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

/** Classes of characters; the order is part of the saved form. */
export const ALPHABET = [
  'letters',
  'digits',
  'spaces',
  'hyphens and dots',
  'quotes',
  'angle brackets',
  'shell characters',
  'brackets',
  'slashes',
  'percent signs',
  'equals signs',
  'hashes and stars',
  'punctuation',
  'control characters',
  'line breaks',
  'letters beyond ASCII',
] as const;

export interface ValueShape {
  /** Index in VALUE_TYPES. */
  readonly type: number;
  /** One bit for each class of ALPHABET that occurs. */
  readonly alphabet: number;
  /** In UTF-16 units. */
  readonly length: number;
}

/** Of longer values the beginning and the end are looked at, so much of each. */
const END_UNITS = 2048;

/** Returns the shape of a value, in a time that is linear in its length and bounded. */
export function shapeOf(value: string): ValueShape {
  const length = value.length;
  const text = length <= 2 * END_UNITS ? value : value.slice(0, END_UNITS) + value.slice(-END_UNITS);
  COUNTS.fill(0);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    COUNTS[unit < 128 ? CLASS_OF[unit]! : BEYOND]!++;
  }
  let alphabet = 0;
  for (let i = 0; i < COUNTS.length; i++) if (COUNTS[i]! > 0) alphabet |= 1 << i;
  return { type: TYPE_INDEX[typeOf(text, alphabet)], alphabet, length };
}

/** The bits of these classes. */
export function alphabetOf(...classes: ReadonlyArray<(typeof ALPHABET)[number]>): number {
  return classes.reduce((bits, name) => bits | (1 << ALPHABET.indexOf(name)), 0);
}

// Object.fromEntries forgets the keys: these are the names of VALUE_TYPES, each with its place.
const TYPE_INDEX = Object.fromEntries(VALUE_TYPES.map((type, i) => [type, i])) as Record<ValueType, number>;

const COUNTS = new Uint32Array(ALPHABET.length);
const BEYOND = ALPHABET.indexOf('letters beyond ASCII');
const CLASS_OF = classTable();

function classTable(): Uint8Array {
  const table = new Uint8Array(128).fill(ALPHABET.indexOf('punctuation'));
  const put = (name: (typeof ALPHABET)[number], characters: string): void => {
    for (const character of characters) table[character.charCodeAt(0)] = ALPHABET.indexOf(name);
  };
  table.fill(ALPHABET.indexOf('control characters'), 0, 32);
  table[127] = ALPHABET.indexOf('control characters');
  table.fill(ALPHABET.indexOf('letters'), 0x41, 0x5b);
  table.fill(ALPHABET.indexOf('letters'), 0x61, 0x7b);
  put('digits', '0123456789');
  put('spaces', ' ');
  put('hyphens and dots', '-_.');
  put('quotes', `'"\``);
  put('angle brackets', '<>');
  put('shell characters', ';|&$');
  put('brackets', '(){}[]');
  put('slashes', '/\\');
  put('percent signs', '%');
  put('equals signs', '=');
  put('hashes and stars', '#*!^~');
  put('line breaks', '\r\n\t');
  return table;
}

const PLAIN = alphabetOf('letters', 'digits', 'hyphens and dots');
const BASE64 = PLAIN | alphabetOf('equals signs', 'slashes', 'punctuation');
const DATE = alphabetOf('letters', 'digits', 'spaces', 'hyphens and dots', 'slashes', 'punctuation');
const NOT_IN_URL = alphabetOf('spaces', 'quotes', 'angle brackets', 'control characters', 'line breaks');

function typeOf(text: string, alphabet: number): ValueType {
  if (text === '') return 'empty';
  const isOf = (allowed: number): boolean => (alphabet & ~allowed) === 0;
  if (isOf(PLAIN)) return plainTypeOf(text);
  if (NUMBERS.test(text)) return 'decimal';
  if (isOf(DATE) && text.length <= 35 && DATE_TEXT.test(text)) return 'date';
  if (text.includes('@') && text.length <= 254 && EMAIL.test(text)) return 'email';
  if ((alphabet & NOT_IN_URL) === 0 && URL_START.test(text)) return 'url';
  if (isOf(BASE64) && text.length >= 20 && !text.includes('..') && BASE64_TEXT.test(text)) return 'token';
  const lines = alphabet & alphabetOf('line breaks');
  if (isJsonLike(text)) return 'json';
  if (hasTag(text)) return 'html';
  if (lines !== 0 && isYamlLike(text)) return 'yaml';
  if (lines !== 0 && isCodeLike(alphabet)) return 'code';
  return 'text';
}

function plainTypeOf(text: string): ValueType {
  if (INTEGER.test(text)) return 'integer';
  if (DECIMAL.test(text)) return 'decimal';
  if (text.length === 36 && UUID.test(text)) return 'uuid';
  if (text.length <= 35 && DATE_TEXT.test(text)) return 'date';
  if (text.length >= 16 && HEX.test(text)) return 'hex';
  const isRandom = text.length >= 20 && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
  return text.length > 40 || isRandom ? 'token' : 'word';
}

// All of them are anchored, and none has two ways to read the same text.
/** Such as `0,3`, the pages of several lists. */
const NUMBERS = /^\d{1,20}(?:,\d{1,20}){1,20}$/;
const INTEGER = /^-?\d{1,20}$/;
const DECIMAL = /^-?\d{1,20}\.\d{1,20}$/;
const HEX = /^[0-9a-fA-F]+$/;
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const DATE_TEXT =
  /^\d{4}[-/]\d\d?[-/]\d\d?(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)?$|^\d\d?[-/.]\d\d?[-/.]\d{4}$/;
const EMAIL = /^[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}$/;
const URL_START = /^(?:https?:\/\/|\/)[\w\-.~/%[\]:@?]/;
const BASE64_TEXT = /^[\w+/-]+={0,2}$/;

function isJsonLike(text: string): boolean {
  const trimmed = text.trim();
  const last = trimmed.at(-1);
  return (JSON_OBJECT.test(trimmed) && last === '}') || (JSON_LIST.test(trimmed) && last === ']');
}

const JSON_OBJECT = /^\{\s*["}]/;
const JSON_LIST = /^\[\s*["\d{[\]tfn-]/;

function hasTag(text: string): boolean {
  for (let i = text.indexOf('<'); i >= 0; i = text.indexOf('<', i + 1)) {
    const unit = text.charCodeAt(i + 1);
    const lower = (unit === 0x2f ? text.charCodeAt(i + 2) : unit) | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) return true;
  }
  return false;
}

function isYamlLike(text: string): boolean {
  const lines = text.split('\n', 20);
  return lines.filter((line) => YAML_LINE.test(line)).length >= Math.max(2, lines.length / 2);
}

const YAML_LINE = /^\s{0,40}(?:- ?)?[\w.'"-]{1,60}:(?:\s|$)/;

function isCodeLike(alphabet: number): boolean {
  const signs = alphabetOf('brackets', 'shell characters', 'equals signs');
  return (alphabet & signs) === signs;
}
