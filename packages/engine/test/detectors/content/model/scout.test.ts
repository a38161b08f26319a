import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gram3, gram4, WEIGHT_COUNT } from '../../../../src/detectors/content/model/layout.ts';
import { Scout } from '../../../../src/detectors/content/model/scout.ts';
import {
  ASCII_SYMBOLS,
  EDGE_SYMBOL,
  foreignSymbol,
  LONGEST_RUN,
  SYMBOL_BITS,
} from '../../../../src/detectors/content/model/symbols.ts';

const PIECE = 256;
// Many weights in both directions, the same in every run.
const weights = new Int8Array(WEIGHT_COUNT);
for (let i = 0; i < weights.length; i++) weights[i] = ((Math.imul(i, 0x9e3779b1) >>> 24) & 31) - 18;
const scout = new Scout(weights, 0.5);

/** The same sums, with nothing done to be quick. */
function heatOf(text: string): number {
  let history = EDGE_SYMBOL;
  let [last, run, sum, most] = [-1, 0, 0, 0];
  const add = (symbol: number, leak: number): void => {
    history = (history << SYMBOL_BITS) | symbol;
    sum = Math.max(0, sum + weights[gram3(history)]! + weights[gram4(history)]! - leak);
    most = Math.max(most, sum);
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const symbol = code < 128 ? ASCII_SYMBOLS[code]! : foreignSymbol(code);
    run = symbol === last ? run + 1 : 1;
    last = symbol;
    if (run <= LONGEST_RUN[symbol]!) add(symbol, sum >> 8);
  }
  if (text !== '') add(EDGE_SYMBOL, 0);
  return most * 0.5;
}

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.string({ unit: 'binary-ascii', maxLength: 600 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '-', '1', "'", '\u00e9', '\u00a0'), maxLength: 80 }),
);

test('the heat of a text is the sum of what its characters say, wherever it is the highest', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(scout.heat(text)).toBe(heatOf(text));
    }),
  );
  expect(scout.heat('x'.repeat(5) + "' or 1=1 -- ")).toBeGreaterThan(0);
});

test('each piece of a text has a heat, and the hottest that of the whole', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 90 }), (text, times) => {
      const long = text.repeat(times);
      const heats = scout.heats(long, PIECE);
      expect(heats).toHaveLength(Math.ceil(long.length / PIECE));
      expect(Math.max(0, ...heats)).toBe(scout.heat(long));
    }),
    { numRuns: 50 },
  );
});

test('a text of any length is read in bounded memory', () => {
  const text = "' or 1=1 -- ".repeat(100_000);
  expect(scout.heats(text, PIECE)).toHaveLength(2048);
  expect(scout.heat(text)).toBeGreaterThan(0);
});
