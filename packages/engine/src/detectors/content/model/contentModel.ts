// The learned model: how much a text looks like an attack, of which kind, and which of its pieces say so. A linear
// model over n-grams and runs of tokens, so that every verdict can be taken apart. Scoring is one pass over the text
// and allocates nothing.

import type { AttackClass } from '@parapet/kinds';
import { readTokenClasses } from '../lexers/tokenClasses.ts';
import { CLASS_WORDS } from './classes.ts';
import { FeatureReader, MAX_CHARS } from './features.ts';
import {
  gram3,
  gram4,
  gram5,
  HISTORY_MASK,
  offsetOf,
  PLACEMENT_GROUPS,
  PRIOR,
  token1,
  token2,
  token3,
  classBucket,
  type PlacementGroup,
} from './layout.ts';
import { readModel, type Calibration, type ModelData } from './modelFile.ts';
import { Scout } from './scout.ts';
import { MEMORY } from './segment.ts';
import {
  ASCII_SYMBOLS,
  EDGE_SYMBOL,
  FOREIGN_SYMBOL,
  foreignSymbol,
  LONGEST_RUN,
  SYMBOL_BITS,
} from './symbols.ts';

/** A piece of a text that spoke for an attack. */
export interface Piece {
  readonly text: string;
  /** In UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  /** In log-odds. */
  readonly weight: number;
}

export interface Explanation {
  readonly class: AttackClass;
  /** A sentence without its full stop, for people. */
  readonly words: string;
  /** The stretch of the text that the score is of. */
  readonly start: number;
  readonly end: number;
  /** The heaviest first, at most five. */
  readonly pieces: readonly Piece[];
}

const MOST_PIECES = 5;
const NO_CALIBRATION: Calibration = { slope: 1, offset: 0 };

// What is imported is looked up anew each time it is used: at each character that takes a quarter of the time.
const placeOfThree = gram3;
const placeOfFour = gram4;
const placeOfFive = gram5;
const placeOfOffset = offsetOf;
const placeOfToken = token1;
const placeOfTwoTokens = token2;
const placeOfThreeTokens = token3;
const KEPT: number = HISTORY_MASK;
const LEFT: number = MEMORY;
const SYMBOLS: Uint8Array = ASCII_SYMBOLS;
const EDGE: number = EDGE_SYMBOL;
const FOREIGN: number = FOREIGN_SYMBOL;
const symbolBeyondAscii = foreignSymbol;
const RUNS: Uint8Array = LONGEST_RUN;
const BITS: number = SYMBOL_BITS;

interface Span {
  start: number;
  end: number;
  weight: number;
}

export class ContentModel {
  /** Says quickly which texts are worth reading. */
  readonly scout: Scout;
  readonly #data: ModelData;
  readonly #tokens = new Uint8Array(MAX_CHARS);
  readonly #tokenStarts = new Uint32Array(MAX_CHARS);
  /** Made when something is to be explained for the first time. */
  #reader: FeatureReader | undefined;
  #first = 0;
  #last = -1;

  private constructor(data: ModelData) {
    this.#data = data;
    this.scout = new Scout(data.weights, data.step);
  }

  /** Returns the model of a file; throws one `Error` with the code `E_CONTENT_MODEL` when it is damaged. */
  static read(bytes: Uint8Array): ContentModel {
    return new ContentModel(readModel(bytes));
  }

  /**
   * Returns the calibrated log-odds that a text at such a place is an attack. Takes a time linear in its length, of
   * which at most 65,536 characters are read; never throws.
   */
  score(text: string, group: PlacementGroup): number {
    const groupIndex = PLACEMENT_GROUPS.indexOf(group);
    const { slope, offset } = this.#calibrationOf(groupIndex);
    const evidence = isPlain(text) ? 0 : this.#evidence(text, groupIndex);
    return slope * (evidence + PRIOR) + offset;
  }

  /** Returns why a text has its score: its class, and what in it spoke for an attack. For few texts: it allocates. */
  explain(text: string, group: PlacementGroup): Explanation {
    const { weights, step, classes } = this.#data;
    const groupIndex = PLACEMENT_GROUPS.indexOf(group);
    const { slope } = this.#calibrationOf(groupIndex);
    this.#evidence(text, groupIndex);
    const read = (this.#reader ??= new FeatureReader()).read(text);
    const scores = Float64Array.from(this.#data.classBiases);
    let start = 0;
    let end = 0;
    const spans: Span[] = [];
    let open: Span | undefined;
    for (let symbol = 0; symbol < read.ends.length; symbol += 1) {
      const position = read.positions[symbol] ?? 0;
      if (position < this.#first) continue;
      if (position > this.#last) break;
      const until = Math.min(text.length, read.positions[symbol + 1] ?? text.length);
      let sum = 0;
      for (let at = symbol === 0 ? 0 : (read.ends[symbol - 1] ?? 0); at < (read.ends[symbol] ?? 0); at += 1) {
        const feature = read.features[at] ?? 0;
        sum += weights[feature] ?? 0;
        if (read.hasOffset[at] !== 1) continue;
        sum += weights[offsetOf(feature, groupIndex)] ?? 0;
        const row = classBucket(feature) * classes.length;
        for (let one = 0; one < classes.length; one += 1)
          scores[one] = (scores[one] ?? 0) + (this.#data.classWeights[row + one] ?? 0) * this.#data.classStep;
      }
      if (end === 0) start = Math.max(0, position - 2);
      end = until;
      const weight = sum * step * slope;
      if (weight > 0) {
        // An n-gram's weight stands at its last symbol: the piece begins a little before.
        open ??= { start: Math.max(0, position - 2), end: until, weight: 0 };
        open.weight += weight;
        open.end = until;
      } else if (open !== undefined) {
        spans.push(open);
        open = undefined;
      }
    }
    if (open !== undefined) spans.push(open);
    const pieces = wholeWords(text, spans).toSorted((one, other) => other.weight - one.weight);
    const found = heaviestClass(classes, scores);
    return { class: found, words: CLASS_WORDS[found], start, end, pieces: pieces.slice(0, MOST_PIECES) };
  }

  #calibrationOf(groupIndex: number): Calibration {
    return this.#data.calibrations[groupIndex] ?? NO_CALIBRATION;
  }

  /** Sums what each symbol says, remembers the strongest stretch, and returns its evidence. */
  #evidence(text: string, groupIndex: number): number {
    const { weights, step } = this.#data;
    const tokens = this.#tokens;
    const starts = this.#tokenStarts;
    const length = Math.min(text.length, MAX_CHARS);
    const tokenCount = readTokenClasses(
      length === text.length ? text : text.slice(0, length),
      tokens,
      starts,
    );
    let history = EDGE;
    let last = EDGE;
    let run = 0;
    let tokenAt = 0;
    let nextToken = tokenCount === 0 ? length + 1 : (starts[0] ?? 0);
    let before = 0;
    let beforeThat = 0;
    let sum = 0;
    let segmentStart = 0;
    let most = 0;
    let first = 0;
    let final = -1;
    for (let at = 0; at <= length; at += 1) {
      let symbol = EDGE;
      if (at < length) {
        const code = text.charCodeAt(at);
        symbol = code < 128 ? (SYMBOLS[code] ?? FOREIGN) : symbolBeyondAscii(code);
        if (symbol === last) run += 1;
        else {
          run = 1;
          last = symbol;
        }
      } else run = 1;
      const isRead = run === 1 || run <= (RUNS[symbol] ?? 4);
      let added = 0;
      if (isRead) {
        history = ((history << BITS) | symbol) & KEPT;
        const four = placeOfFour(history);
        added =
          (weights[placeOfThree(history)] ?? 0) +
          (weights[four] ?? 0) +
          (weights[placeOfOffset(four, groupIndex)] ?? 0) +
          (weights[placeOfFive(history)] ?? 0);
      }
      while (nextToken <= at) {
        const token = tokens[tokenAt] ?? 0;
        const two = placeOfTwoTokens(token, before);
        added +=
          (weights[placeOfToken(token)] ?? 0) +
          (weights[two] ?? 0) +
          (weights[placeOfOffset(two, groupIndex)] ?? 0) +
          (weights[placeOfThreeTokens(token, before, beforeThat)] ?? 0);
        beforeThat = before;
        before = token;
        tokenAt += 1;
        nextToken = tokenAt < tokenCount ? (starts[tokenAt] ?? 0) : length + 1;
      }
      if (isRead) sum *= LEFT;
      sum += added;
      if (sum <= 0) {
        sum = 0;
        segmentStart = at + 1;
      } else if (sum > most) {
        most = sum;
        first = segmentStart;
        final = at;
      }
    }
    this.#first = first;
    this.#last = final;
    return most * step;
  }
}

/** Spans as people read them: no word is cut in two, and what touches is one piece. In order of their place. */
function wholeWords(text: string, spans: readonly Span[]): Piece[] {
  const joined: Span[] = [];
  for (const span of spans) {
    let { start, end } = span;
    while (start > 0 && isWordCode(text.charCodeAt(start)) && isWordCode(text.charCodeAt(start - 1)))
      start -= 1;
    while (end < text.length && isWordCode(text.charCodeAt(end)) && isWordCode(text.charCodeAt(end - 1)))
      end += 1;
    const last = joined.at(-1);
    if (last === undefined || start > last.end) joined.push({ start, end, weight: span.weight });
    else {
      last.end = Math.max(last.end, end);
      last.weight += span.weight;
    }
  }
  return joined.map((span) => ({ ...span, text: text.slice(span.start, span.end) }));
}

function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95
  );
}

function heaviestClass(classes: readonly AttackClass[], scores: Float64Array): AttackClass {
  let found: AttackClass = classes[0] ?? 'other';
  let most = -Infinity;
  for (const [index, name] of classes.entries()) {
    const score = scores[index] ?? 0;
    if (score <= most) continue;
    most = score;
    found = name;
  }
  return found;
}

/** Longest plain word: longer ones may be encoded. */
const LONGEST_PLAIN = 64;

/** Whether a text is one name, number or identifier, which are most of what sites are sent: nothing to read in it. */
function isPlain(text: string): boolean {
  if (text.length > LONGEST_PLAIN) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90)) continue;
    if (code !== 45 && code !== 95) return false;
    if (code === 45 && text.charCodeAt(at - 1) === 45) return false;
  }
  return true;
}
