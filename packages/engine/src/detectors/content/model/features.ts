// A text as the features of the model, each at the character that completes it. The learner and the explanation read
// texts with this; `ContentModel.score` does the same sums in one pass without keeping anything, and a test holds the
// two together.

import { readTokenClasses } from '../lexers/tokenClasses.ts';
import { gram3, gram4, gram5, HISTORY_MASK, token1, token2, token3 } from './layout.ts';
import {
  ASCII_SYMBOLS,
  EDGE_SYMBOL,
  FOREIGN_SYMBOL,
  foreignSymbol,
  LONGEST_RUN,
  SYMBOL_BITS,
} from './symbols.ts';

/** Longer texts are read to here; parts are excerpts of at most this length. */
export const MAX_CHARS = 65_536;

/** The features of one text: those of symbol `i` are `features[ends[i - 1]]` up to `features[ends[i]]`. */
export interface TextFeatures {
  readonly features: Int32Array;
  /** Bit 0: this feature has an offset for each placement, and a say in the class. */
  readonly hasOffset: Uint8Array;
  readonly ends: Int32Array;
  /** Where each symbol stands in the text; the last is behind its end. */
  readonly positions: Int32Array;
}

/** Reads texts into the same memory again and again: training reads a million of them. */
export class FeatureReader {
  readonly #tokens = new Uint8Array(MAX_CHARS);
  readonly #tokenStarts = new Uint32Array(MAX_CHARS);
  // Three features a symbol and three a token, of which there are no more than characters, and one edge.
  readonly #features = new Int32Array(MAX_CHARS * 6 + 8);
  readonly #hasOffset = new Uint8Array(MAX_CHARS * 6 + 8);
  readonly #ends = new Int32Array(MAX_CHARS + 1);
  readonly #positions = new Int32Array(MAX_CHARS + 1);

  /** Returns all features of a text, up to `MAX_CHARS`; they are overwritten by the next. */
  read(text: string): TextFeatures {
    const tokens = this.#tokens;
    const tokenStarts = this.#tokenStarts;
    const features = this.#features;
    const hasOffset = this.#hasOffset;
    const ends = this.#ends;
    const positions = this.#positions;
    const length = Math.min(text.length, MAX_CHARS);
    const tokenCount = readTokenClasses(
      length === text.length ? text : text.slice(0, length),
      tokens,
      tokenStarts,
    );
    let count = 0;
    let symbols = 0;
    let history = EDGE_SYMBOL;
    let last = EDGE_SYMBOL;
    let run = 0;
    let tokenAt = 0;
    let before = 0;
    let beforeThat = 0;
    for (let at = 0; at <= length; at += 1) {
      let symbol = EDGE_SYMBOL;
      if (at < length) {
        const code = text.charCodeAt(at);
        symbol = code < 128 ? (ASCII_SYMBOLS[code] ?? FOREIGN_SYMBOL) : foreignSymbol(code);
        run = symbol === last ? run + 1 : 1;
        last = symbol;
      } else run = 1;
      const isRead = run <= (LONGEST_RUN[symbol] ?? 4);
      if (isRead) {
        history = ((history << SYMBOL_BITS) | symbol) & HISTORY_MASK;
        features[count] = gram3(history);
        features[count + 1] = gram4(history);
        hasOffset[count] = 0;
        hasOffset[count + 1] = 1;
        hasOffset[count + 2] = 0;
        features[count + 2] = gram5(history);
        count += 3;
      }
      while (tokenAt < tokenCount && (tokenStarts[tokenAt] ?? 0) <= at) {
        const token = tokens[tokenAt] ?? 0;
        features[count] = token1(token);
        features[count + 1] = token2(token, before);
        hasOffset[count] = 0;
        hasOffset[count + 1] = 1;
        hasOffset[count + 2] = 0;
        features[count + 2] = token3(token, before, beforeThat);
        count += 3;
        beforeThat = before;
        before = token;
        tokenAt += 1;
      }
      if (isRead) {
        positions[symbols] = at;
        ends[symbols] = count;
        symbols += 1;
      } else if (symbols > 0) ends[symbols - 1] = count;
    }
    return {
      features: features.subarray(0, count),
      hasOffset: hasOffset.subarray(0, count),
      ends: ends.subarray(0, symbols),
      positions: positions.subarray(0, symbols),
    };
  }
}
