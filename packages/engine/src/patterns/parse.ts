// Parses the RE2 syntax (as Go's regexp/syntax and CrowdSec's items use it) into a tree. Facts of the syntax are
// from the RE2 syntax page; what RE2 refuses (back-references, look-around, stacked repetition, counts above
// 1000) is refused here with the offset, because a pattern that loads here must load in CrowdSec too.

import { ALL_CHARS, charSet, negate, NOT_NEWLINE, oneChar, type CharSet } from './charSet.ts';
import { alternate, concat, EMPTY, type Node } from './syntaxTree.ts';
import { foldCase, perlClass, POSIX_CLASSES, unicodeClass } from './unicode.ts';

/** What is wrong with a pattern, and where in its source. */
export interface PatternError {
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

export interface ParsedPattern {
  readonly tree: Node;
  /** By group number; index 0 is the whole match. Names may occur twice. */
  readonly groupNames: readonly (string | undefined)[];
}

export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedPattern }
  | { readonly ok: false; readonly error: PatternError };

// RE2 limits both a single count and the product of nested ones, which bounds the compiled size.
const MAX_REPEAT = 1000;
// A tree deeper than this would overflow the stack of the recursive stages behind the parser.
const MAX_DEPTH = 500;
// Far above any real pattern (the longest of the hub, expanded, has about 30,000 characters).
const MAX_LENGTH = 500_000;

interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
  readonly multiLine: boolean;
  readonly swapGreed: boolean;
}

const NO_FLAGS: Flags = { fold: false, dotAll: false, multiLine: false, swapGreed: false };

class Refusal extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

/** Parses `source`; every refusal is a value with its offset. */
export function parsePattern(source: string): ParseResult {
  try {
    return { ok: true, parsed: new Parser(source).parse() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, offset, hint } = error;
    return { ok: false, error: hint === undefined ? { message, offset } : { message, offset, hint } };
  }
}

class Parser {
  readonly #source: string;
  readonly #groupNames: (string | undefined)[] = [undefined];
  #at = 0;
  #flags = NO_FLAGS;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): ParsedPattern {
    if (this.#source.length > MAX_LENGTH) {
      throw new Refusal(`The pattern has more than ${MAX_LENGTH} characters`, MAX_LENGTH, 'Split it');
    }
    const tree = this.#alternation(0);
    if (this.#at < this.#source.length) {
      throw new Refusal("')' closes no group", this.#at, "Write '\\)' for the character itself");
    }
    return { tree, groupNames: this.#groupNames };
  }

  #alternation(depth: number): Node {
    if (depth > MAX_DEPTH) throw new Refusal(`More than ${MAX_DEPTH} nested groups`, this.#at);
    const branches: Node[] = [];
    for (;;) {
      branches.push(this.#sequence(depth));
      if (this.#source[this.#at] !== '|') return alternate(branches);
      this.#at++;
    }
  }

  #sequence(depth: number): Node {
    const items: Node[] = [];
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at]!;
      if (char === '|' || char === ')') break;
      if (this.#source.startsWith('\\Q', this.#at)) {
        this.#quoted(items);
      } else {
        const item = this.#atom(depth);
        if (item !== undefined) items.push(item);
        else continue;
      }
      this.#repetition(items);
    }
    return concat(items);
  }

  /** `\Q…\E`: every character stands for itself; a repetition after it takes the last character. */
  #quoted(items: Node[]): void {
    const end = this.#source.indexOf('\\E', this.#at + 2);
    const text = this.#source.slice(this.#at + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#source.length : end + 2;
    for (const char of text) items.push(this.#literal(char.codePointAt(0)!));
  }

  #repetition(items: Node[]): void {
    const start = this.#at;
    const counts = this.#counts();
    if (counts === undefined) return;
    const item = items.pop();
    if (item === undefined) throw new Refusal('A repetition with nothing before it', start);
    const lazy = this.#source[this.#at] === '?';
    if (lazy) this.#at++;
    const repeat: Node = {
      kind: 'repeat',
      item,
      min: counts.min,
      max: counts.max,
      greedy: lazy === this.#flags.swapGreed,
    };
    if ((counts.counted && nestedCount(repeat) > MAX_REPEAT) || counts.min > MAX_REPEAT) {
      throw new Refusal(`A repetition of more than ${MAX_REPEAT} times`, start, `Stay within ${MAX_REPEAT}`);
    }
    items.push(repeat);
    const again = this.#at;
    if (this.#counts() !== undefined) {
      throw new Refusal(
        `'${this.#source.slice(start, this.#at)}' repeats a repetition`,
        again,
        'Put the inner repetition in a group',
      );
    }
  }

  /** Reads `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; a brace that is none of these is a plain character. */
  #counts(): { min: number; max: number; counted: boolean } | undefined {
    const char = this.#source[this.#at];
    if (char === '*' || char === '+' || char === '?') {
      this.#at++;
      return { min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Infinity, counted: false };
    }
    if (char !== '{') return undefined;
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 32));
    if (match === null) return undefined;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3]);
    if (max < min || min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
      throw new Refusal(
        `'${match[0]}' is no possible count`,
        this.#at,
        `Write {least,most}, at most ${MAX_REPEAT}`,
      );
    }
    this.#at += match[0].length;
    return { min, max, counted: true };
  }

  /** One item of a sequence; undefined for flags such as `(?i)`, which are no item. */
  #atom(depth: number): Node | undefined {
    const start = this.#at;
    const char = String.fromCodePoint(this.#source.codePointAt(start)!);
    this.#at += char.length;
    switch (char) {
      case '(':
        return this.#group(start, depth);
      case '[':
        return { kind: 'chars', set: this.#charClass(start) };
      case '.':
        return { kind: 'chars', set: this.#flags.dotAll ? ALL_CHARS : NOT_NEWLINE };
      case '^':
        return { kind: 'assert', what: this.#flags.multiLine ? 'lineStart' : 'textStart' };
      case '$':
        return { kind: 'assert', what: this.#flags.multiLine ? 'lineEnd' : 'textEnd' };
      case '*':
      case '+':
      case '?':
        throw new Refusal(
          `'${char}' has nothing before it to repeat`,
          start,
          `Write '\\${char}' for the character`,
        );
      case '{': {
        this.#at = start;
        if (this.#counts() !== undefined) throw new Refusal('A count has nothing before it to repeat', start);
        this.#at = start + 1;
        return this.#literal(0x7b);
      }
      case '\\':
        return this.#escape(start);
      default:
        return this.#literal(char.codePointAt(0)!);
    }
  }

  #literal(codePoint: number): Node {
    const set = oneChar(codePoint);
    return { kind: 'chars', set: this.#flags.fold ? foldCase(set) : set };
  }

  #group(start: number, depth: number): Node | undefined {
    if (this.#source[this.#at] !== '?') return this.#capture(start, undefined, depth);
    const named = /^\?P?<([^>]*)>/.exec(this.#source.slice(this.#at, this.#at + 300));
    if (named !== null && !/^\?<[=!]/.test(named[0])) {
      if (!/^[\p{L}\p{N}_]+$/u.test(named[1]!)) {
        throw new Refusal(`'${named[1]}' is no group name`, start, 'Use letters, digits and _');
      }
      this.#at += named[0].length;
      return this.#capture(start, named[1], depth);
    }
    const look = /^\?<?[=!]/.exec(this.#source.slice(this.#at, this.#at + 3));
    if (look !== null) {
      throw new Refusal(
        `'(${look[0]}' (look-around) is not part of RE2`,
        start,
        'Say it with a filter or a second pattern',
      );
    }
    const flags = /^\?([imsU]*)(-[imsU]+)?([:)])/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (flags === null || flags[0] === '?)') {
      throw new Refusal(`'${this.#source.slice(start, start + 3)}' starts no known kind of group`, start);
    }
    this.#at += flags[0].length;
    const outer = this.#flags;
    this.#flags = withFlags(withFlags(outer, flags[1]!, true), flags[2] ?? '', false);
    if (flags[3] === ')') return undefined;
    const item = this.#alternation(depth + 1);
    this.#close(start);
    this.#flags = outer;
    return item;
  }

  #capture(start: number, name: string | undefined, depth: number): Node {
    const index = this.#groupNames.length;
    this.#groupNames.push(name);
    const outer = this.#flags;
    const item = this.#alternation(depth + 1);
    this.#close(start);
    this.#flags = outer;
    return { kind: 'capture', index, item, offset: start };
  }

  #close(start: number): void {
    if (this.#source[this.#at] !== ')') {
      throw new Refusal("'(' is never closed", start, "Add ')' or write '\\(' for the character itself");
    }
    this.#at++;
  }

  #escape(start: number): Node {
    const letter = this.#source[this.#at];
    switch (letter) {
      case 'A':
        this.#at++;
        return { kind: 'assert', what: 'textStart' };
      case 'z':
        this.#at++;
        return { kind: 'assert', what: 'textEnd' };
      case 'b':
        this.#at++;
        return { kind: 'assert', what: 'word' };
      case 'B':
        this.#at++;
        return { kind: 'assert', what: 'notWord' };
      case 'E':
        // An \E that ends nothing is ignored, as in Perl.
        this.#at++;
        return EMPTY;
      case undefined:
        throw new Refusal("'\\' at the end escapes nothing", start, "Write '\\\\' for the character itself");
      default: {
        const set = this.#classEscape();
        if (set !== undefined) return { kind: 'chars', set };
        return this.#literal(this.#charEscape(start));
      }
    }
  }

  /** `\d \D \s \S \w \W \pL \p{Greek} \PL`, with the position on the letter; undefined for other escapes. */
  #classEscape(): CharSet | undefined {
    const letter = this.#source[this.#at];
    if (letter === undefined) return undefined;
    if ('dDsSwW'.includes(letter)) {
      this.#at++;
      if (!this.#flags.fold) return perlClass(letter);
      const folded = foldCase(perlClass(letter.toLowerCase()));
      return letter === letter.toLowerCase() ? folded : negate(folded);
    }
    if (letter !== 'p' && letter !== 'P') return undefined;
    const match = /^[pP](?:\{(\^?)([^}]*)\}|([A-Za-z]))/.exec(this.#source.slice(this.#at, this.#at + 60));
    const name = match?.[2] ?? match?.[3] ?? '';
    const set = unicodeClass(name);
    if (match === null || set === undefined) {
      throw new Refusal(`'\\${letter}{${name}}' names no Unicode class`, this.#at - 1);
    }
    this.#at += match[0].length;
    const folded = this.#flags.fold ? foldCase(set) : set;
    return (letter === 'P') === (match[1] === '^') ? folded : negate(folded);
  }

  /** The character of an escape such as `\n`, `\x41`, `\x{1F600}`, `\012` or `\.`. */
  #charEscape(start: number): number {
    const rest = this.#source.slice(this.#at, this.#at + 16);
    const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(rest);
    if (hex !== null) {
      const value = Number.parseInt((hex[1] ?? hex[2])!, 16);
      if (value > 0x10ffff) throw new Refusal(`'\\${hex[0]}' is beyond Unicode`, start);
      this.#at += hex[0].length;
      return value;
    }
    // A single digit but 0 would be a back-reference, which RE2 has not; with a second octal digit it is a code.
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    if (octal !== null) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    const letter = rest[0]!;
    const control = 'abfnrtv'.indexOf(letter);
    if (control > 0 && letter !== 'b') {
      this.#at++;
      return [0x07, 0x08, 0x0c, 0x0a, 0x0d, 0x09, 0x0b][control]!;
    }
    if (letter === 'a') {
      this.#at++;
      return 0x07;
    }
    const code = letter.charCodeAt(0);
    if (code >= 0x80 || /[A-Za-z0-9]/.test(letter)) {
      const hint = /[1-9]/.test(letter)
        ? 'RE2 has no back-references'
        : `Write '${letter}' without the backslash`;
      throw new Refusal(`'\\${letter}' is no escape of RE2`, start, hint);
    }
    this.#at++;
    return code;
  }

  /** A class in brackets, with the position after the `[`. */
  #charClass(start: number): CharSet {
    const negated = this.#source[this.#at] === '^';
    if (negated) this.#at++;
    const ranges: number[] = [];
    let first = true;
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined) {
        throw new Refusal("'[' is never closed", start, "Add ']' or write '\\[' for the character itself");
      }
      if (char === ']' && !first) break;
      first = false;
      const named = this.#namedClass();
      if (named === undefined) this.#classRange(ranges);
      else ranges.push(...named);
    }
    this.#at++;
    const set = charSet(ranges);
    return negated ? negate(set) : set;
  }

  #namedClass(): CharSet | undefined {
    const posix = /^\[:(\^?)([a-zA-Z]+):\]/.exec(this.#source.slice(this.#at, this.#at + 20));
    if (posix !== null) {
      const set = POSIX_CLASSES.get(posix[2]!);
      if (set === undefined) throw new Refusal(`'${posix[0]}' names no class`, this.#at);
      this.#at += posix[0].length;
      const folded = this.#flags.fold ? foldCase(set) : set;
      return posix[1] === '^' ? negate(folded) : folded;
    }
    if (this.#source[this.#at] !== '\\') return undefined;
    this.#at++;
    const set = this.#classEscape();
    if (set === undefined) this.#at--;
    return set;
  }

  #classRange(ranges: number[]): void {
    const start = this.#at;
    const lo = this.#classChar();
    let hi = lo;
    if (this.#source[this.#at] === '-' && (this.#source[this.#at + 1] ?? ']') !== ']') {
      this.#at++;
      hi = this.#classChar();
      if (hi < lo) throw new Refusal(`'${this.#source.slice(start, this.#at)}' is a range backwards`, start);
    }
    const range = [lo, hi];
    ranges.push(...(this.#flags.fold ? foldCase(range) : range));
  }

  #classChar(): number {
    const start = this.#at;
    const code = this.#source.codePointAt(start);
    if (code === undefined) throw new Refusal("'[' is never closed", start);
    if (code !== 0x5c) {
      this.#at += code > 0xffff ? 2 : 1;
      return code;
    }
    this.#at++;
    if (this.#at >= this.#source.length) throw new Refusal("'\\' at the end escapes nothing", start);
    return this.#charEscape(start);
  }
}

function withFlags(flags: Flags, letters: string, value: boolean): Flags {
  const next = { ...flags };
  for (const letter of letters) {
    if (letter === 'i') next.fold = value;
    if (letter === 's') next.dotAll = value;
    if (letter === 'm') next.multiLine = value;
    if (letter === 'U') next.swapGreed = value;
  }
  return next;
}

/** How often the innermost item is repeated at most by the counted repetitions around it. */
function nestedCount(node: Node): number {
  switch (node.kind) {
    case 'empty':
    case 'chars':
    case 'assert':
      return 1;
    case 'concat':
    case 'alternate':
      return Math.max(1, ...node.items.map(nestedCount));
    case 'capture':
      return nestedCount(node.item);
    case 'repeat': {
      const own = node.max === Infinity ? node.min : node.max;
      return Math.max(1, own) * nestedCount(node.item);
    }
  }
}
