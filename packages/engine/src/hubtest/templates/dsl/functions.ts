// The functions that templates call, under nuclei's names; each also answers to its name without underscores, as old
// templates write it. What would need a network, a language model or a library of gadgets is an error.

import { createHash, createHmac } from 'node:crypto';
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { compilePattern, type Pattern } from '../../../patterns/index.ts';
import { decodeEntities } from '../../../detectors/content/appsec/entities.ts';
import { formatTime } from './dateTime.ts';
import { DslError, numberOf, textOf, type DslValue } from './value.ts';

/** What functions may use of the world. */
export interface DslContext {
  /** From 0 up to but not 1. */
  readonly random: () => number;
  readonly nowMs: () => number;
}

type DslFunction = (args: readonly DslValue[], context: DslContext) => DslValue;

/** Returns the function of that name; undefined when there is none. */
export function functionNamed(name: string): DslFunction | undefined {
  return BY_NAME.get(name);
}

/** Whether a text calls any function, by name. */
export function callsFunction(text: string): boolean {
  const found = /([A-Za-z_][A-Za-z0-9_]*)\s*\(/g;
  for (const [, name = ''] of text.matchAll(found)) if (BY_NAME.has(name)) return true;
  return false;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '1234567890';
/** Of one function's result: a template is no way to fill the memory. */
const MAX_LENGTH = 4 * 1024 * 1024;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

function argument(args: readonly DslValue[], index: number): DslValue {
  const value = args[index];
  if (value === undefined) throw new DslError('A function has too few arguments');
  return value;
}

function text(args: readonly DslValue[], index: number): string {
  return textOf(argument(args, index));
}

function textOr(args: readonly DslValue[], index: number, otherwise: string): string {
  const value = args[index];
  return value === undefined || textOf(value).trim() === '' ? otherwise : textOf(value);
}

function restOf(args: readonly DslValue[], from: number): readonly string[] {
  return args
    .slice(from)
    .flatMap((one) => (typeof one === 'object' && one !== null ? one.map(textOf) : [textOf(one)]));
}

function count(args: readonly DslValue[], index: number): number {
  const value = Math.trunc(numberOf(argument(args, index)));
  if (value < 0 || value > MAX_LENGTH) throw new DslError(`${value} is no length`);
  return value;
}

function patternOf(source: string): Pattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new DslError(compiled.error.message);
  return compiled.pattern;
}

function sequence(characters: string, length: number, { random }: DslContext): string {
  if (characters === '') throw new DslError('There are no characters to choose from');
  let out = '';
  for (let i = 0; i < length; i++) out += characters[Math.floor(random() * characters.length)]!;
  return out;
}

function without(characters: string, bad: string): string {
  return Array.from(characters)
    .filter((one) => !bad.includes(one))
    .join('');
}

function trimmed(value: string, set: string, left: boolean, right: boolean): string {
  let start = 0;
  let end = value.length;
  if (left) while (start < end && set.includes(value[start]!)) start++;
  if (right) while (end > start && set.includes(value[end - 1]!)) end--;
  return value.slice(start, end);
}

function digest(algorithm: string): DslFunction {
  return (args) =>
    createHash(algorithm)
      .update(bytesOf(text(args, 0)))
      .digest('hex');
}

function packed(change: (bytes: Buffer) => Uint8Array): DslFunction {
  return (args) => {
    try {
      return latin1(change(bytesOf(text(args, 0))));
    } catch (error) {
      throw new DslError(error instanceof Error ? error.message : 'It cannot be unpacked');
    }
  };
}

function toDecimal(prefix: string, base: number): DslFunction {
  return (args) => {
    const digits = text(args, 0).toLowerCase().replace(prefix, '');
    const value = Number.parseInt(digits, base);
    if (Number.isNaN(value)) throw new DslError(`'${digits}' is no number`);
    return value;
  };
}

const LIMITED = { maxOutputLength: MAX_LENGTH };

const FUNCTIONS: Readonly<Record<string, DslFunction>> = {
  len: (args) => {
    const value = argument(args, 0);
    return typeof value === 'object' && value !== null ? value.length : textOf(value).length;
  },
  index: (args) => {
    const value = argument(args, 0);
    const list = typeof value === 'object' && value !== null ? value : Array.from(textOf(value));
    const found = list[numberOf(argument(args, 1))];
    if (found === undefined) throw new DslError('The index is out of range');
    return found;
  },
  to_upper: (args) => text(args, 0).toUpperCase(),
  to_lower: (args) => text(args, 0).toLowerCase(),
  to_title: (args) => text(args, 0).replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  sort: (args) =>
    args.length === 1 ? Array.from(text(args, 0)).toSorted().join('') : args.map(textOf).toSorted(),
  uniq: (args) =>
    args.length === 1 ? [...new Set(Array.from(text(args, 0)))].join('') : [...new Set(args.map(textOf))],
  repeat: (args) => {
    if (text(args, 0).length * count(args, 1) > MAX_LENGTH) throw new DslError('The text would be too long');
    return text(args, 0).repeat(count(args, 1));
  },
  replace: (args) => text(args, 0).replaceAll(text(args, 1), () => text(args, 2)),
  replace_regex: (args) => replaceAll(patternOf(text(args, 1)), text(args, 0), text(args, 2)),
  trim: (args) => trimmed(text(args, 0), textOr(args, 1, ' \t\r\n'), true, true),
  trim_left: (args) => trimmed(text(args, 0), text(args, 1), true, false),
  trim_right: (args) => trimmed(text(args, 0), text(args, 1), false, true),
  trim_space: (args) => text(args, 0).trim(),
  trim_prefix: (args) => {
    const prefix = text(args, 1);
    return text(args, 0).startsWith(prefix) ? text(args, 0).slice(prefix.length) : text(args, 0);
  },
  trim_suffix: (args) => {
    const suffix = text(args, 1);
    const has = suffix !== '' && text(args, 0).endsWith(suffix);
    return has ? text(args, 0).slice(0, -suffix.length) : text(args, 0);
  },
  reverse: (args) => Array.from(text(args, 0)).toReversed().join(''),
  base64: (args) => bytesOf(text(args, 0)).toString('base64'),
  base64_py: (args) =>
    bytesOf(text(args, 0))
      .toString('base64')
      .replace(/.{1,76}/g, '$&\n'),
  base64_decode: (args) => latin1(Buffer.from(text(args, 0), 'base64')),
  gzip: packed((bytes) => gzipSync(bytes)),
  gzip_mtime: packed((bytes) => gzipSync(bytes)),
  gzip_decode: packed((bytes) => gunzipSync(bytes, LIMITED)),
  zlib: packed((bytes) => deflateSync(bytes)),
  zlib_decode: packed((bytes) => inflateSync(bytes, LIMITED)),
  deflate: packed((bytes) => deflateRawSync(bytes)),
  inflate: packed((bytes) => inflateRawSync(bytes, LIMITED)),
  url_encode: (args) => {
    const keep = args[1] === true || args[1] === 1 ? /[^A-Za-z0-9]/g : /[^A-Za-z0-9\-_.!~*'()]/g;
    return text(args, 0).replace(keep, (one) => `%${hexByte(one.charCodeAt(0)).toUpperCase()}`);
  },
  url_decode: (args) =>
    text(args, 0).replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  hex_encode: (args) => {
    const bytes = [...bytesOf(text(args, 0))].map(hexByte);
    return args[1] === undefined ? bytes.join('') : bytes.map((byte) => `\\x${byte}`).join('');
  },
  hex_decode: (args) => latin1(Buffer.from(text(args, 0), 'hex')),
  hmac: (args) => {
    const algorithm = text(args, 0).replace('-', '');
    if (!['sha1', 'sha256', 'sha512'].includes(algorithm)) throw new DslError(`'${algorithm}' is no hash`);
    return createHmac(algorithm, bytesOf(text(args, 2)))
      .update(bytesOf(text(args, 1)))
      .digest('hex');
  },
  html_escape: (args) =>
    args[1] === true
      ? text(args, 0).replace(/[\s\S]/g, (one) => `&#${one.charCodeAt(0)};`)
      : text(args, 0).replace(/[<>&'"]/g, (one) => `&${ENTITIES[one]!};`),
  html_unescape: (args) => decodeEntities(text(args, 0)),
  md5: digest('md5'),
  sha1: digest('sha1'),
  sha256: digest('sha256'),
  sha512: digest('sha512'),
  mmh3: (args) => murmur3(bytesOf(text(args, 0))),
  contains: (args) => text(args, 0).includes(text(args, 1)),
  contains_all: (args) => restOf(args, 1).every((one) => text(args, 0).includes(one)),
  contains_any: (args) => restOf(args, 1).some((one) => text(args, 0).includes(one)),
  starts_with: (args) => restOf(args, 1).some((one) => text(args, 0).startsWith(one)),
  ends_with: (args) => restOf(args, 1).some((one) => text(args, 0).endsWith(one)),
  line_starts_with: (args) => lines(args).some((line) => restOf(args, 1).some((one) => line.startsWith(one))),
  line_ends_with: (args) => lines(args).some((line) => restOf(args, 1).some((one) => line.endsWith(one))),
  equals_any: (args) => restOf(args, 1).includes(text(args, 0)),
  concat: (args) => args.map(textOf).join(''),
  split: (args) => {
    if (args.length > 2) return splitN(text(args, 0), text(args, 1), count(args, 2));
    const size = Number(text(args, 1));
    if (!Number.isInteger(size) || size < 1) return text(args, 0).split(text(args, 1));
    return text(args, 0).match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
  },
  join: (args) => restOf(args, 1).join(text(args, 0)),
  regex: (args) => patternOf(text(args, 0)).test(text(args, 1)),
  regex_all: (args) => restOf(args, 1).every((one) => patternOf(text(args, 0)).test(one)),
  regex_any: (args) => restOf(args, 1).some((one) => patternOf(text(args, 0)).test(one)),
  count: (args) => text(args, 0).split(text(args, 1)).length - 1,
  remove_bad_chars: (args) => without(text(args, 0), text(args, 1)),
  rand_char: (args, context) => sequence(textOr(args, 0, LETTERS + DIGITS), 1, context),
  rand_base: (args, context) => sequence(textOr(args, 1, LETTERS + DIGITS), count(args, 0), context),
  rand_text_alphanumeric: (args, context) =>
    sequence(without(LETTERS + DIGITS, textOf(args[1] ?? '')), count(args, 0), context),
  rand_text_alpha: (args, context) =>
    sequence(without(LETTERS, textOf(args[1] ?? '')), count(args, 0), context),
  rand_text_numeric: (args, context) =>
    sequence(without(DIGITS, textOf(args[1] ?? '')), count(args, 0), context),
  rand_int: (args, { random }) => {
    const least = args[0] === undefined ? 0 : numberOf(args[0]);
    const most = args[1] === undefined ? 2 ** 31 - 1 : numberOf(args[1]);
    return least + Math.floor(random() * Math.max(1, most - least));
  },
  rand_ip: (args, { random }) => randomAddress(text(args, Math.floor(random() * args.length)), random),
  unix_time: (args, { nowMs }) =>
    Math.floor(nowMs() / 1000) + (args[0] === undefined ? 0 : numberOf(args[0])),
  to_unix_time: (args) => {
    const time = Date.parse(text(args, 0).replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)$/, '$1T$2Z'));
    if (Number.isNaN(time)) throw new DslError(`'${text(args, 0)}' is no time`);
    return Math.floor(time / 1000);
  },
  date_time: (args, { nowMs }) => {
    const seconds = args[1] === undefined ? nowMs() / 1000 : numberOf(args[1]);
    return formatTime(text(args, 0), new Date(seconds * 1000));
  },
  wait_for: () => true,
  print_debug: () => true,
  compare_versions: (args) => restOf(args, 1).every((constraint) => holdsVersion(text(args, 0), constraint)),
  padding: (args) => {
    const missing = count(args, 2) - text(args, 0).length;
    if (missing <= 0 || text(args, 1) === '') return text(args, 0);
    const fill = text(args, 1)
      .repeat(Math.ceil(missing / text(args, 1).length))
      .slice(0, missing);
    return text(args, 3) === 'prefix' ? fill + text(args, 0) : text(args, 0) + fill;
  },
  to_number: (args) => numberOf(text(args, 0)),
  to_string: (args) => text(args, 0),
  to_bool: (args) => /^(?:1|t|true)$/i.test(text(args, 0).trim()),
  dec_to_hex: (args) => Math.trunc(numberOf(argument(args, 0))).toString(16),
  hex_to_dec: toDecimal('0x', 16),
  oct_to_dec: toDecimal('0o', 8),
  bin_to_dec: toDecimal('0b', 2),
  substr: (args) => text(args, 0).slice(count(args, 1), args[2] === undefined ? undefined : count(args, 2)),
  json_minify: (args) => reformat(text(args, 0), undefined),
  json_prettify: (args) => reformat(text(args, 0), 4),
  xor: (args) => {
    const [first, ...others] = args.map((one) => bytesOf(textOf(one)));
    if (first === undefined || others.some(({ length }) => length !== first.length))
      throw new DslError('The texts are not of one length');
    for (const other of others) for (let i = 0; i < first.length; i++) first[i]! ^= other[i]!;
    return latin1(first);
  },
  resolve: (args) => text(args, 0),
  ip_format: (args) => text(args, 0),
};

const BY_NAME: ReadonlyMap<string, DslFunction> = new Map(
  Object.entries(FUNCTIONS).flatMap(([name, call]) => [
    [name, call],
    [name.replaceAll('_', ''), call],
  ]),
);

const ENTITIES: Readonly<Record<string, string>> = {
  '<': 'lt',
  '>': 'gt',
  '&': 'amp',
  "'": '#39',
  '"': '#34',
};

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function lines(args: readonly DslValue[]): readonly string[] {
  return text(args, 0).split('\n');
}

function splitN(value: string, separator: string, most: number): readonly string[] {
  const parts = value.split(separator);
  return parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

/** `$1` in the replacement is a group. */
function replaceAll(pattern: Pattern, subject: string, replacement: string): string {
  let out = '';
  let rest = subject;
  for (let groups = pattern.exec(rest); groups !== null && rest !== ''; groups = pattern.exec(rest)) {
    const whole = groups[0] ?? '';
    const at = rest.indexOf(whole);
    const found = groups;
    out +=
      rest.slice(0, at) +
      replacement.replace(/\$\{?(\d+)\}?/g, (_, digits: string) => found[Number(digits)] ?? '');
    if (whole === '') {
      out += rest[0]!;
      rest = rest.slice(1);
    } else {
      rest = rest.slice(at + whole.length);
    }
  }
  return out + rest;
}

function reformat(json: string, indent: number | undefined): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, indent);
  } catch {
    throw new DslError('The text is no JSON');
  }
}

function randomAddress(cidr: string, random: () => number): string {
  const [address = '', length = '32'] = cidr.split('/');
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || octets.some((one) => !(one >= 0 && one < 256)))
    throw new DslError(`'${cidr}' is no IPv4 range`);
  const base = octets.reduce((sum, one) => sum * 256 + one, 0);
  const size = 2 ** (32 - Number(length));
  const chosen = Math.floor(base / size) * size + Math.floor(random() * size);
  return [24, 16, 8, 0].map((shift) => Math.floor(chosen / 2 ** shift) % 256).join('.');
}

function holdsVersion(version: string, constraint: string): boolean {
  const parts = /^\s*(>=|<=|!=|==|=|>|<|~>|)\s*(.*)$/.exec(constraint);
  const order = compareVersions(version, parts?.[2] ?? '');
  switch (parts?.[1] ?? '') {
    case '>=':
    case '~>':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '!=':
      return order !== 0;
    default:
      return order === 0;
  }
}

function compareVersions(one: string, other: string): number {
  const numbers = (version: string): number[] =>
    (version.replace(/[-+].*$/, '').match(/\d+/g) ?? []).map(Number);
  const [a, b] = [numbers(one), numbers(other)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** MurmurHash3, 32 bits, as a signed number: what favicons are known by. */
function murmur3(bytes: Buffer): number {
  let hash = 0;
  const mix = (block: number): number => {
    const turned = Math.imul(block, 0xcc9e2d51);
    return Math.imul((turned << 15) | (turned >>> 17), 0x1b873593);
  };
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    hash ^= mix(bytes.readInt32LE(i));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (whole < bytes.length) hash ^= mix(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
