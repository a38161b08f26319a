// Finds which of thousands of literals occur in a text, in one pass that stays in the processor's nearest memory: each
// literal has one window of three characters that is rare, a bit says for every such window whether it is anybody's,
// and only where a bit is set a literal is compared. Case of ASCII letters is ignored.

const CLASS_BITS = 6;
const WINDOWS = 1 << (3 * CLASS_BITS);
const MASK = WINDOWS - 1;
const WIDE = 63;

/** One class for each lower-case letter and sign, one for digits, line ends, other controls and all beyond ASCII. */
const CLASS_OF = new Uint8Array(128);
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

const NOTHING: readonly number[] = [];
const PAIRS = 1 << (2 * CLASS_BITS);
const PAIR_MASK = PAIRS - 1;
const SINGLES = 1 << CLASS_BITS;

export class LiteralSieve {
  readonly #literals: readonly string[];
  /** How far behind a literal's start its window ends. */
  readonly #ends: Uint8Array;
  readonly #bits = new Uint32Array(WINDOWS >> 5);
  /** First literal of each window, pair and class, plus one; the others follow by `#next`. */
  readonly #ofWindow = new Uint16Array(WINDOWS);
  readonly #ofPair = new Uint16Array(PAIRS);
  readonly #ofClass = new Uint16Array(SINGLES);
  readonly #next: Uint16Array;
  readonly #foundAt: Uint32Array;
  #turn = 0;

  /** Literals are in lower case, not empty, and fewer than 65,535. */
  constructor(literals: readonly string[]) {
    this.#literals = literals;
    this.#ends = new Uint8Array(literals.length);
    this.#next = new Uint16Array(literals.length);
    this.#foundAt = new Uint32Array(literals.length);
    for (const [index, literal] of literals.entries()) {
      const end = literal.length < 3 ? literal.length - 1 : rarestWindow(literal);
      this.#ends[index] = end;
      const window = windowAt(literal, end);
      if (literal.length >= 3) this.#bits[window >> 5]! |= 1 << (window & 31);
      const heads =
        literal.length >= 3 ? this.#ofWindow : literal.length === 2 ? this.#ofPair : this.#ofClass;
      this.#next[index] = heads[window]!;
      heads[window] = index + 1;
    }
  }

  /** Which literals occur in the text, by their place in the list, each once, in the order they are met. */
  indexesIn(text: string): readonly number[] {
    const bits = this.#bits;
    const ofPair = this.#ofPair;
    const ofClass = this.#ofClass;
    const { length } = text;
    const found: number[] = [];
    this.#turn++;
    let window = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      const own = unit < 128 ? CLASS_OF[unit]! : WIDE;
      window = ((window << CLASS_BITS) | own) & MASK;
      if (ofClass[own] !== 0) this.#compare(ofClass[own]!, text, i, found);
      if (ofPair[window & PAIR_MASK] !== 0) this.#compare(ofPair[window & PAIR_MASK]!, text, i, found);
      if ((bits[window >> 5]! & (1 << (window & 31))) !== 0)
        this.#compare(this.#ofWindow[window]!, text, i, found);
    }
    return found.length === 0 ? NOTHING : found;
  }

  #compare(first: number, text: string, at: number, found: number[]): void {
    for (let entry = first; entry !== 0; entry = this.#next[entry - 1]!) {
      const index = entry - 1;
      if (this.#foundAt[index] === this.#turn) continue;
      if (!standsAt(text, at - this.#ends[index]!, this.#literals[index]!)) continue;
      this.#foundAt[index] = this.#turn;
      found.push(index);
    }
  }
}

function standsAt(text: string, start: number, literal: string): boolean {
  if (start < 0 || start + literal.length > text.length) return false;
  for (let i = 0; i < literal.length; i++) {
    const unit = text.charCodeAt(start + i);
    const lower = unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
    if (lower !== literal.charCodeAt(i)) return false;
  }
  return true;
}

/** The classes of the characters up to a place, of the last three at most. */
function windowAt(literal: string, end: number): number {
  let window = 0;
  for (let at = Math.max(0, end - 2); at <= end; at++) {
    window = (window << CLASS_BITS) | classOf(literal.charCodeAt(at));
  }
  return window;
}

/** Where the window ends whose characters are the rarest together. */
function rarestWindow(literal: string): number {
  let best = 2;
  let least = Infinity;
  for (let end = 2; end < literal.length; end++) {
    const sum = commonness(literal, end - 2) + commonness(literal, end - 1) + commonness(literal, end);
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
