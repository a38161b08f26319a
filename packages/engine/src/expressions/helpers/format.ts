// Sprintf with Go's verbs (package fmt): flags, width, precision, argument indexes, and Go's way of complaining
// inside the text (`%!d(string=hi)`) instead of failing.

import { Float, GoDuration, GoTime, ValueMap, type Value } from '../value.ts';
import { isList } from './define.ts';
import { formatFloat, formatHexFloat, formatShortestFloat } from './floatText.ts';
import { formatGoTime } from './goTime.ts';
import { formatDuration } from '@parapet/kinds';
import { quoteGo } from './quote.ts';
import { compareBytes } from './unicode.ts';

/** Returns the format with its verbs replaced, as fmt.Sprintf. */
export function formatGo(format: string, args: readonly Value[]): string {
  return new Formatter(args).format(format);
}

/** Returns the value as `%v` prints it (fmt.Sprint of one value). */
export function printGo(value: Value): string {
  return formatValue(value, 'v', NO_FLAGS);
}

interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  /** `%#v`: as Go source. */
  goSyntax: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

const NO_FLAGS: Flags = {
  minus: false,
  plus: false,
  sharp: false,
  goSyntax: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

// Go refuses wider ones as well; without a limit a rule could ask for gigabytes.
const WIDTH_MAX = 1_000_000;

class Formatter {
  readonly #args: readonly Value[];
  #next = 0;
  #isReordered = false;
  // Go looks at the extra arguments only when no index has been used in the whole format.
  #wasReordered = false;
  #isIndexGood = true;

  constructor(args: readonly Value[]) {
    this.#args = args;
  }

  format(format: string): string {
    let text = '';
    let i = 0;
    while (i < format.length) {
      const percent = format.indexOf('%', i);
      if (percent < 0) break;
      text += format.slice(i, percent);
      const verb = this.#readVerb(format, percent + 1);
      text += verb.text;
      i = verb.end;
    }
    return text + format.slice(i) + this.#extra();
  }

  #readVerb(format: string, start: number): { text: string; end: number } {
    let i = start;
    const flags: Flags = { ...NO_FLAGS };
    let complaint = '';
    this.#isIndexGood = true;
    this.#isReordered = false;

    for (; i < format.length && setFlag(flags, format[i]!); i++);

    i = this.#readIndex(format, i);
    let isAfterIndex = this.#isReordered;
    if (format[i] === '*') {
      i++;
      const width = this.#takeInteger();
      if (width === undefined) complaint += '%!(BADWIDTH)';
      else if (width < 0) {
        flags.minus = true;
        flags.zero = false;
      }
      flags.width = width === undefined ? undefined : Math.abs(width);
      isAfterIndex = false;
    } else {
      const number = readNumber(format, i);
      flags.width = number.value;
      if (isAfterIndex && number.value !== undefined) this.#isIndexGood = false;
      i = number.end;
    }

    if (format[i] === '.') {
      i++;
      if (isAfterIndex) this.#isIndexGood = false;
      i = this.#readIndex(format, i);
      isAfterIndex = this.#isReordered && format[i - 1] === ']';
      if (format[i] === '*') {
        i++;
        const precision = this.#takeInteger();
        flags.precision = precision !== undefined && precision >= 0 ? precision : undefined;
        if (precision === undefined) complaint += '%!(BADPREC)';
        isAfterIndex = false;
      } else {
        const number = readNumber(format, i);
        flags.precision = number.value ?? 0;
        i = number.end;
      }
    }
    if (!isAfterIndex) i = this.#readIndex(format, i);

    if (i >= format.length) return { text: `${complaint}%!(NOVERB)`, end: i };
    const verb = String.fromCodePoint(format.codePointAt(i)!);
    return { text: complaint + this.#apply(verb, flags), end: i + verb.length };
  }

  #apply(verb: string, flags: Flags): string {
    if (verb === '%') return '%';
    if (!this.#isIndexGood) return `%!${verb}(BADINDEX)`;
    if (this.#next >= this.#args.length) return `%!${verb}(MISSING)`;
    const arg = this.#args[this.#next++]!;
    // For %v these two flags are formats of their own.
    if (verb === 'v')
      return formatValue(arg, verb, { ...flags, plus: false, sharp: false, goSyntax: flags.sharp });
    return formatValue(arg, verb, flags);
  }

  // `[3]`: the next argument is the third.
  #readIndex(format: string, at: number): number {
    if (format[at] !== '[') return at;
    this.#isReordered = true;
    this.#wasReordered = true;
    const close = format.indexOf(']', at);
    if (close < 0) {
      this.#isIndexGood = false;
      return at + 1;
    }
    const number = /^\d+$/.test(format.slice(at + 1, close)) ? Number(format.slice(at + 1, close)) : 0;
    if (number >= 1 && number <= this.#args.length) this.#next = number - 1;
    else this.#isIndexGood = false;
    return close + 1;
  }

  #takeInteger(): number | undefined {
    const value = this.#args[this.#next];
    if (this.#next < this.#args.length) this.#next++;
    return typeof value === 'number' && Math.abs(value) <= WIDTH_MAX ? value : undefined;
  }

  #extra(): string {
    if (this.#wasReordered || this.#next >= this.#args.length) return '';
    const extra = this.#args.slice(this.#next).map((value) => {
      return value === null ? '<nil>' : `${goTypeName(value)}=${printGo(value)}`;
    });
    return `%!(EXTRA ${extra.join(', ')})`;
  }
}

function setFlag(flags: Flags, letter: string): boolean {
  if (letter === '#') flags.sharp = true;
  else if (letter === '0') flags.zero = true;
  else if (letter === '+') flags.plus = true;
  else if (letter === '-') flags.minus = true;
  else if (letter === ' ') flags.space = true;
  else return false;
  return true;
}

function readNumber(format: string, at: number): { value: number | undefined; end: number } {
  let end = at;
  while (/\d/.test(format.charAt(end))) end++;
  if (end === at) return { value: undefined, end };
  const value = Number(format.slice(at, end));
  return { value: value > WIDTH_MAX ? undefined : value, end };
}

function formatValue(value: Value, verb: string, flags: Flags): string {
  if (verb === 'T') return pad(goTypeName(value), { ...flags, zero: false });
  if (value === null) return verb === 'v' ? pad('<nil>', flags) : `%!${verb}(<nil>)`;
  if (typeof value === 'string') return formatString(value, verb, flags);
  if (typeof value === 'number') return formatInteger(value, verb, flags);
  if (typeof value === 'boolean') {
    return verb === 't' || verb === 'v' ? pad(String(value), flags) : badVerb(value, verb, flags);
  }
  if (value instanceof Float) return formatFloatVerb(value, verb, flags);
  if (value instanceof GoDuration) {
    if (isStringVerb(verb)) return formatString(formatDuration(value.ms), verb, flags);
    return formatInteger(Math.round(value.ms * 1e6), verb, flags);
  }
  if (value instanceof GoTime) {
    const text = formatGoTime('2006-01-02 15:04:05.999999999 -0700 MST', value.ms);
    return isStringVerb(verb) ? formatString(text, verb, flags) : badVerb(value, verb, flags);
  }
  if (isList(value)) {
    const elements = value.map((element) => formatValue(element, verb, flags));
    return flags.goSyntax ? `[]interface {}{${elements.join(', ')}}` : `[${elements.join(' ')}]`;
  }
  if (value instanceof ValueMap) {
    const keys = [...value.keys()].toSorted(compareBytes);
    const entries = keys.map(
      (key) => `${formatString(key, verb, flags)}:${formatValue(value.get(key), verb, flags)}`,
    );
    return `map[${entries.join(' ')}]`;
  }
  return verb === 'v' || verb === 's' ? pad('{}', flags) : badVerb(value, verb, flags);
}

// What a Stringer answers to: its text stands for it.
function isStringVerb(verb: string): boolean {
  return verb === 'v' || verb === 's' || verb === 'q' || verb === 'x' || verb === 'X';
}

function formatString(value: string, verb: string, flags: Flags): string {
  const text =
    flags.precision === undefined || (verb !== 's' && verb !== 'v' && verb !== 'q')
      ? value
      : Array.from(value).slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return pad(flags.goSyntax ? quoteGo(text, false) : text, flags);
    case 's':
      return pad(text, flags);
    case 'q':
      if (flags.sharp && !/[`\u0000-\u0008\u000a-\u001f\u007f\ufeff]/.test(text))
        return pad(`\`${text}\``, flags);
      return pad(quoteGo(text, flags.plus), flags);
    case 'x':
    case 'X':
      return pad(hexBytes(Buffer.from(value), verb, flags), flags);
    default:
      return badVerb(value, verb, flags);
  }
}

function hexBytes(bytes: Buffer, verb: 'x' | 'X', flags: Flags): string {
  const digits = bytes.subarray(0, flags.precision).toString('hex');
  const cased = verb === 'x' ? digits : digits.toUpperCase();
  const prefix = flags.sharp ? `0${verb}` : '';
  if (cased === '') return '';
  if (!flags.space) return prefix + cased;
  return cased.replaceAll(/..(?=.)/g, (pair) => `${pair} ${prefix}`).replace(/^/, prefix);
}

function formatInteger(value: number, verb: string, flags: Flags): string {
  switch (verb) {
    case 'v':
    case 'd':
      return padNumber(value, 10, '', flags);
    case 'b':
      return padNumber(value, 2, flags.sharp ? '0b' : '', flags);
    case 'o':
      return padNumber(value, 8, flags.sharp ? '0' : '', flags);
    case 'O':
      return padNumber(value, 8, '0o', flags);
    case 'x':
      return padNumber(value, 16, flags.sharp ? '0x' : '', flags);
    case 'X':
      return padNumber(value, 16, flags.sharp ? '0X' : '', flags, true);
    case 'c':
      return pad(runeText(value), { ...flags, zero: false });
    case 'q':
      return pad(quoteRune(runeText(value), flags.plus), { ...flags, zero: false });
    case 'U':
      return pad(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, { ...flags, zero: false });
    default:
      return badVerb(value, verb, flags);
  }
}

function runeText(code: number): string {
  const isRune =
    Number.isInteger(code) && code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isRune ? String.fromCodePoint(code) : '\ufffd';
}

function quoteRune(rune: string, isAsciiOnly: boolean): string {
  if (rune === "'") return "'\\''";
  return rune === '"' ? `'"'` : `'${quoteGo(rune, isAsciiOnly).slice(1, -1)}'`;
}

function padNumber(value: number, base: number, prefix: string, flags: Flags, isUpper = false): string {
  if (flags.precision === 0 && value === 0) return pad('', { ...flags, zero: false });
  const raw = BigInt(Math.abs(value)).toString(base);
  const sign = value < 0 ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  let digits = isUpper ? raw.toUpperCase() : raw;
  if (flags.precision !== undefined) digits = digits.padStart(flags.precision, '0');
  else if (flags.zero && !flags.minus && flags.width !== undefined) {
    digits = digits.padStart(flags.width - sign.length, '0');
  }
  const octal = prefix === '0' && digits.startsWith('0') ? '' : prefix;
  return pad(sign + octal + digits, { ...flags, zero: false });
}

function formatFloatVerb(float: Float, verb: string, flags: Flags): string {
  const text = floatDigits(float.value, verb, flags.precision);
  if (text === undefined) return badVerb(float, verb, flags);
  const sign = text.startsWith('-') ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  const digits = text.replace(/^[+-]/, '');
  if (!Number.isFinite(float.value)) {
    const isSigned = sign !== '' || Number.isNaN(float.value);
    return pad((isSigned ? sign : '+') + digits, { ...flags, zero: false });
  }
  if (flags.zero && !flags.minus && flags.width !== undefined) {
    return sign + digits.padStart(flags.width - sign.length, '0');
  }
  return pad(sign + digits, flags);
}

// Without padding and with no sign but a minus; undefined when the verb is none for floats.
function floatDigits(value: number, verb: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case 'v':
    case 'g':
    case 'G': {
      const text = precision === undefined ? formatShortestFloat(value) : formatFloat(value, 'g', precision);
      return verb === 'G' ? text.replace('e', 'E') : text;
    }
    case 'f':
    case 'F':
      return formatFloat(value, 'f', precision ?? 6);
    case 'e':
      return formatFloat(value, 'e', precision ?? 6);
    case 'E':
      return formatFloat(value, 'e', precision ?? 6).replace('e', 'E');
    case 'x':
      return formatHexFloat(value, precision);
    case 'X':
      return formatHexFloat(value, precision).toUpperCase().replace('INF', 'Inf').replace('NAN', 'NaN');
    default:
      return undefined;
  }
}

function pad(text: string, flags: Flags): string {
  if (flags.width === undefined) return text;
  const missing = flags.width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (flags.zero ? '0' : ' ').repeat(missing) + text;
}

function badVerb(value: Value, verb: string, flags: Flags): string {
  return `%!${verb}(${goTypeName(value)}=${formatValue(value, 'v', flags)})`;
}

// As `%T` prints it.
function goTypeName(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Float) return 'float64';
  if (value instanceof GoDuration) return 'time.Duration';
  if (value instanceof GoTime) return 'time.Time';
  if (isList(value)) return '[]interface {}';
  return value instanceof ValueMap ? 'map[string]interface {}' : 'struct';
}
