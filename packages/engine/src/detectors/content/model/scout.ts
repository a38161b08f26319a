// How much a text looks like an attack, told from runs of three and four characters alone: two of the model's seven
// looks at each character, and no tokens. Too coarse for a verdict, and good for choosing what the model and the rules
// are to read: of a thousand attacks, each hidden in 64 KiB of other text, all but one or two are in the 2 KiB that
// are hottest by it. As in segment.ts evidence is summed while it lasts, so that padding changes nothing.

import { copyUnits } from '../unitBytes.ts';
import { GRAM_4_AT, gram3, rowOfGram4 } from './layout.ts';
import { ASCII_SYMBOLS, EDGE_SYMBOL, foreignSymbol, LONGEST_RUN, SYMBOL_BITS } from './symbols.ts';

/** What is behind so many pieces is not told of; texts of requests are shorter. */
const MOST_PIECES = 2048;
/** So much of a text is copied at once. */
const CHUNK = 16_384;
/** The evidence that is forgotten at each symbol, as a shift: half of it after 177 symbols. */
const LEAK = 8;

const BYTES = new Uint8Array(CHUNK);

/** The symbol of each ASCII code, and behind these of each symbol itself: a unit beyond ASCII is copied as its symbol. */
const SYMBOL_OF = new Uint8Array(256);
SYMBOL_OF.set(ASCII_SYMBOLS);
for (let symbol = 0; symbol < 64; symbol++) SYMBOL_OF[128 + symbol] = symbol;

// What is imported is looked up anew each time it is used: at each character that would take as long as all the rest.
const placeOfThree = gram3;
const placeOfFour = rowOfGram4;
const BITS: number = SYMBOL_BITS;
const LAST: number = 2 ** SYMBOL_BITS - 1;

/** What of the last symbols has to be nothing but the next one for that not to be read. */
const RUN_MASK = Int32Array.from(LONGEST_RUN, (longest) => (1 << (SYMBOL_BITS * Math.min(longest, 4))) - 1);
const RUN_OF = Int32Array.from({ length: 64 }, (_, symbol) => symbol * 0o1010101);

export class Scout {
  /** Of runs of three characters and of four. */
  readonly #ofThree: Int8Array;
  readonly #ofFour: Int8Array;
  readonly #step: number;
  readonly #heats = new Int32Array(MOST_PIECES);

  /** `weights`: those of the model, in steps. */
  constructor(weights: Int8Array, step: number) {
    this.#ofThree = weights.subarray(0, GRAM_4_AT);
    this.#ofFour = weights.subarray(GRAM_4_AT);
    this.#step = step;
  }

  /** Returns the heat of the hottest place of a text, in log-odds; 0 when nothing speaks for an attack. */
  heat(text: string): number {
    const pieces = this.#read(text, CHUNK);
    let most = 0;
    for (let piece = 0; piece < pieces; piece++) most = Math.max(most, this.#heats[piece]!);
    return most * this.#step;
  }

  /**
   * Returns the heat of each piece of a text, of so many characters, a power of two; evidence in front of a piece counts
   * in it.
   */
  heats(text: string, pieceLength: number): readonly number[] {
    const pieces = this.#read(text, pieceLength);
    const heats: number[] = [];
    for (let piece = 0; piece < pieces; piece++) heats.push(this.#heats[piece]! * this.#step);
    return heats;
  }

  /** Returns how many pieces of `#heats` are those of the text. */
  #read(text: string, pieceLength: number): number {
    const ofThree = this.#ofThree;
    const ofFour = this.#ofFour;
    const bytes = BYTES;
    const symbolOf = SYMBOL_OF;
    let history = EDGE_SYMBOL;
    let sum = 0;
    let pieces = 0;
    for (let chunk = 0; chunk < text.length; chunk += CHUNK) {
      const copied = text.length <= CHUNK ? text : text.slice(chunk, chunk + CHUNK);
      const { length } = copied;
      copyUnits(copied, bytes, byteBeyondAscii);
      for (let start = 0; start < length && pieces < MOST_PIECES; start += pieceLength) {
        const end = Math.min(length, start + pieceLength);
        let most = 0;
        for (let at = start; at < end; at++) {
          const symbol = symbolOf[bytes[at]!]!;
          // Hardly two neighbours are the same.
          if (symbol === (history & LAST) && ((history ^ RUN_OF[symbol]!) & RUN_MASK[symbol]!) === 0)
            continue;
          history = (history << BITS) | symbol;
          const left = sum - (sum >> LEAK) + ofThree[placeOfThree(history)]! + ofFour[placeOfFour(history)]!;
          // Never below zero, and without a branch that nobody can foretell.
          sum = left & ~(left >> 31);
          if (sum > most) most = sum;
        }
        this.#heats[pieces++] = most;
      }
    }
    if (pieces === 0) return 0;
    history = (history << BITS) | EDGE_SYMBOL;
    sum += ofThree[placeOfThree(history)]! + ofFour[placeOfFour(history)]!;
    if (sum > this.#heats[pieces - 1]!) this.#heats[pieces - 1] = sum;
    return pieces;
  }
}

function byteBeyondAscii(unit: number): number {
  return 128 + foreignSymbol(unit);
}
