// Finds which of thousands of literals occur in a text, and which signs, in passes that stay in the processor's nearest
// memory: each literal has one window of four characters that is rare (short ones of three), a bit says for every such
// window whether it is anybody's, and only where a bit is set a literal is compared. Case of ASCII letters is ignored.

import { HAS_WIDE_SIGN, ownBitOf, SIGN_OF, signsIn, signsOf } from '../signs.ts';
import { copyUnits } from '../unitBytes.ts';
import { WideLiterals } from './wideLiterals.ts';

const CLASS_BITS = 6;
const WINDOWS = 1 << (3 * CLASS_BITS);
const MASK = WINDOWS - 1;
const LONG_MASK = (1 << (4 * CLASS_BITS)) - 1;
const WIDE = 63;

/** One class for each lower-case letter and sign, one for digits, line ends, other controls and all beyond ASCII. */
const CLASS_OF = new Uint8Array(256).fill(WIDE);
{
  let next = 30;
  for (let code = 0; code < 128; code++) {
    const char = String.fromCharCode(code).toLowerCase();
    const lower = char.charCodeAt(0);
    if (lower >= 0x61 && lower <= 0x7a) CLASS_OF[code] = lower - 0x60;
    else if (code >= 0x30 && code <= 0x39) CLASS_OF[code] = 27;
    else if (code === 0x0a || code === 0x0d) CLASS_OF[code] = 28;
    else if (code < 0x20 || code === 0x7f) CLASS_OF[code] = 29;
    else CLASS_OF[code] = next++;
  }
}

function classOf(unit: number): number {
  return unit < 128 ? CLASS_OF[unit]! : WIDE;
}

const PAIRS = 1 << (2 * CLASS_BITS);
const PAIR_MASK = PAIRS - 1;
const SINGLES = 1 << CLASS_BITS;
const NOTHING: readonly number[] = [];

/** Windows of four share places by hashing: what is met is compared in any case. */
const PLACE_BITS = 18;

function placeOf(fourClasses: number): number {
  return Math.imul(fourClasses, 0x9e3779b1) >>> (32 - PLACE_BITS);
}

const LONGEST_COPIED = 65_536;
const BYTES = new Uint8Array(LONGEST_COPIED);

/** Most texts of most requests have no signs but these, and can hold a small part of the literals only. */
const PLAIN_SIGNS: number = signsOf('-.,:/?!');

/** Longer than any literal. */
const OVERLAP = 256;
/** Writes the text into `BYTES`, one byte a unit, and returns its signs. */
function copy(text: string): number {
  const { length } = text;
  copyUnits(text, BYTES);
  let signs = 0;
  for (let i = 0; i < length; i++) signs |= SIGN_OF_BYTE[BYTES[i]!]!;
  return signs;
}

const SIGN_OF_BYTE = new Int32Array(256).fill(HAS_WIDE_SIGN);
SIGN_OF_BYTE.set(SIGN_OF);

/** The byte of each small letter for that of the capital; every other byte as it is. */
const LOWER: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

export class LiteralSieve {
  /** The bytes of all literals of ASCII, one behind the other, and where each begins; others have none. */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  /** How far behind a literal's start its window ends. */
  readonly #ends: Uint8Array;
  readonly #bits = new Uint32Array(WINDOWS >> 5);
  /** The same of the literals alone that can be in a plain text. */
  readonly #plainBits = new Uint32Array(WINDOWS >> 5);
  /** Of each literal: one of these signs has to be in the text for it to count; 0 when none has to be. */
  readonly #needs: Int32Array;
  /** Bits of the places of windows of four, and of those in plain texts. */
  readonly #places = new Uint32Array(1 << (PLACE_BITS - 5));
  readonly #plainPlaces = new Uint32Array(1 << (PLACE_BITS - 5));
  /** First literal of each place, window, pair and class, plus one; the others follow by `#next`. */
  readonly #ofPlace = new Uint16Array(1 << PLACE_BITS);
  readonly #ofWindow = new Uint16Array(WINDOWS);
  readonly #ofPair = new Uint16Array(PAIRS);
  readonly #ofClass = new Uint16Array(SINGLES);
  readonly #next: Uint16Array;
  readonly #foundAt: Uint32Array;
  /** Literals that are one sign: their bits, and which of them has which. */
  #alone = 0;
  readonly #ofSign = new Uint16Array(32);
  #turn = 0;
  /** Literals beyond ASCII, which few texts can have, and where they stand in the list. */
  readonly #wide: WideLiterals;
  readonly #wideIndexes: readonly number[];
  /** The signs of the text that was read last; see signs.ts. */
  signs = 0;

  /**
   * Literals are in lower case, not empty, and fewer than 65,535. `needs`: for each a mask of signs, of which one has to
   * be in the text for the literal to count; 0 for none.
   */
  constructor(literals: readonly string[], needs?: Int32Array) {
    this.#needs = needs ?? new Int32Array(literals.length);
    this.#ends = new Uint8Array(literals.length);
    this.#next = new Uint16Array(literals.length);
    this.#foundAt = new Uint32Array(literals.length);
    const bytes: number[] = [];
    this.#starts = new Uint32Array(literals.length + 1);
    for (const [index, literal] of literals.entries()) {
      if (isAscii(literal)) bytes.push(...Buffer.from(literal, 'latin1'));
      this.#starts[index + 1] = bytes.length;
    }
    this.#bytes = Uint8Array.from(bytes);
    this.#wideIndexes = literals.flatMap((literal, index) => (isAscii(literal) ? [] : [index]));
    this.#wide = new WideLiterals(this.#wideIndexes.map((index) => literals[index]!));
    for (const [index, literal] of literals.entries()) {
      const sign = ownBitOf(literal);
      if (sign !== 0) {
        this.#alone |= sign;
        this.#ofSign[31 - Math.clz32(sign)] = index;
      } else if (isAscii(literal)) this.#add(index, literal);
    }
  }

  #add(index: number, literal: string): void {
    const { length } = literal;
    const size = Math.min(length, 4);
    const end = rarestWindow(literal, size);
    this.#ends[index] = end;
    const window = windowAt(literal, end, size);
    const need = this.#needs[index]!;
    const isPlain = (signsIn(literal) & ~PLAIN_SIGNS) === 0 && (need === 0 || (need & PLAIN_SIGNS) !== 0);
    if (size === 4) {
      const place = placeOf(window);
      this.#next[index] = this.#ofPlace[place]!;
      this.#ofPlace[place] = index + 1;
      this.#places[place >> 5]! |= 1 << (place & 31);
      if (isPlain) this.#plainPlaces[place >> 5]! |= 1 << (place & 31);
      return;
    }
    const heads = size === 3 ? this.#ofWindow : size === 2 ? this.#ofPair : this.#ofClass;
    this.#next[index] = heads[window]!;
    heads[window] = index + 1;
    // Of shorter ones every window that ends as they do.
    const step = size === 3 ? WINDOWS : size === 2 ? PAIRS : SINGLES;
    for (let one = window; one < WINDOWS; one += step) {
      this.#bits[one >> 5]! |= 1 << (one & 31);
      if (isPlain) this.#plainBits[one >> 5]! |= 1 << (one & 31);
    }
  }

  /** Which literals occur in the text and count, by their place in the list, each once. Sets `signs`. */
  indexesIn(text: string): readonly number[] {
    this.#turn++;
    const { length } = text;
    if (length > LONGEST_COPIED) return this.#inPieces(text);
    const signs = copy(text);
    const found = this.#readBytes(length, signs);
    if ((signs & HAS_WIDE_SIGN) === 0 || this.#wideIndexes.length === 0) return found;
    const all = [...found];
    for (const place of this.#wide.placesIn(text)) {
      const index = this.#wideIndexes[place]!;
      const need = this.#needs[index]!;
      if (need === 0 || (signs & need) !== 0) all.push(index);
    }
    return all;
  }

  #inPieces(text: string): readonly number[] {
    const found = new Set<number>();
    let signs = 0;
    for (let at = 0; at < text.length; at += LONGEST_COPIED - OVERLAP) {
      for (const index of this.indexesIn(text.slice(at, at + LONGEST_COPIED))) found.add(index);
      signs |= this.signs;
    }
    this.signs = signs;
    return [...found];
  }

  /** The text has to stand in `BYTES`, and its signs are known. */
  #readBytes(length: number, signs: number): readonly number[] {
    const isPlain = (signs & ~PLAIN_SIGNS) === 0;
    const bits = isPlain ? this.#plainBits : this.#bits;
    const places = isPlain ? this.#plainPlaces : this.#places;
    this.signs = signs;
    let found: number[] | undefined;
    let window = 0;
    for (let i = 0; i < length; i++) {
      window = ((window << CLASS_BITS) | CLASS_OF[BYTES[i]!]!) & LONG_MASK;
      const place = Math.imul(window, 0x9e3779b1) >>> (32 - PLACE_BITS);
      if ((places[place >> 5]! & (1 << (place & 31))) !== 0)
        found = this.#compareBytes(this.#ofPlace[place]!, i, length, found);
      const three = window & MASK;
      if ((bits[three >> 5]! & (1 << (three & 31))) !== 0) found = this.#meetShort(three, i, length, found);
    }
    return this.#finish(found);
  }

  #meetShort(window: number, at: number, length: number, before: number[] | undefined): number[] | undefined {
    let found = before;
    const own = this.#ofClass[window & (SINGLES - 1)]!;
    if (own !== 0) found = this.#compareBytes(own, at, length, found);
    const pair = this.#ofPair[window & PAIR_MASK]!;
    if (pair !== 0) found = this.#compareBytes(pair, at, length, found);
    const three = this.#ofWindow[window]!;
    return three === 0 ? found : this.#compareBytes(three, at, length, found);
  }

  #compareBytes(
    first: number,
    at: number,
    length: number,
    before: number[] | undefined,
  ): number[] | undefined {
    const { signs } = this;
    const turn = this.#turn;
    const starts = this.#starts;
    const literals = this.#bytes;
    let found = before;
    for (let entry = first; entry !== 0; entry = this.#next[entry - 1]!) {
      const index = entry - 1;
      const need = this.#needs[index]!;
      if ((need !== 0 && (signs & need) === 0) || this.#foundAt[index] === turn) continue;
      let literal = starts[index]!;
      const end = starts[index + 1]!;
      let i = at - this.#ends[index]!;
      if (literal === end || i < 0 || i + end - literal > length) continue;
      while (literal < end && LOWER[BYTES[i]!] === literals[literal]) {
        i++;
        literal++;
      }
      if (literal < end) continue;
      this.#foundAt[index] = turn;
      (found ??= []).push(index);
    }
    return found;
  }

  #finish(found: number[] | undefined): readonly number[] {
    let all = found;
    for (let left = this.signs & this.#alone; left !== 0; left &= left - 1)
      (all ??= []).push(this.#ofSign[31 - Math.clz32(left & -left)]!);
    return all ?? NOTHING;
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\u007F]*$/.test(text);
}

/** The classes of so many characters up to a place. */
function windowAt(literal: string, end: number, size: number): number {
  let window = 0;
  for (let at = end - size + 1; at <= end; at++)
    window = (window << CLASS_BITS) | classOf(literal.charCodeAt(at));
  return window;
}

/** Where the window of this size ends whose characters are the rarest together. */
function rarestWindow(literal: string, size: number): number {
  let best = size - 1;
  let least = Infinity;
  for (let end = size - 1; end < literal.length; end++) {
    let sum = 0;
    for (let at = end - size + 1; at <= end; at++) sum += commonness(literal, at);
    if (sum >= least) continue;
    least = sum;
    best = end;
  }
  return best;
}

// From the most to the least common in European languages and in addresses; digits, which share a class, come first.
const COMMON = '0 eatoinsrlcdumphgbf/.-wvykx:_=jqz,&';

function commonness(literal: string, at: number): number {
  const char = literal[at]!;
  const place = COMMON.indexOf(char >= '0' && char <= '9' ? '0' : char);
  return place < 0 ? 0 : COMMON.length - place;
}
