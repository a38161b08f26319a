import { describe, expect, it } from 'vitest';
import { Acquaintances } from '../../src/trust/acquaintances.ts';
import { makeClient } from '../requests.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const VISITOR = makeClient('198.51.100.3');

function visited(): Acquaintances {
  const all = new Acquaintances();
  for (const isFile of [false, true, true]) all.saw(VISITOR, isFile, NOON);
  return all;
}

describe('acquaintances', () => {
  it('are known a few seconds after a page and its files, for half an hour', () => {
    const all = visited();
    expect(all.isKnown(VISITOR, NOON + 1000)).toBe(false);
    expect(all.isKnown(VISITOR, NOON + 5000)).toBe(true);
    expect(all.isKnown(VISITOR, NOON + 31 * 60_000)).toBe(false);
  });

  it('are not those who load pages alone, or files alone', () => {
    const all = new Acquaintances();
    for (let i = 0; i < 20; i++) all.saw(VISITOR, false, NOON + i * 1000);
    expect(all.isKnown(VISITOR, NOON + 30_000)).toBe(false);
    const files = makeClient('198.51.100.4');
    for (let i = 0; i < 20; i++) all.saw(files, true, NOON + i * 1000);
    expect(all.isKnown(files, NOON + 30_000)).toBe(false);
  });

  it('are not driven out by a crawl of half a million addresses', () => {
    const all = visited();
    for (let i = 0; i < 500_000; i++)
      all.saw({ ...VISITOR, words: [(0x64400000 + i) >>> 0] }, false, NOON + 1000 + i / 10);
    expect(all.isKnown(VISITOR, NOON + 60_000)).toBe(true);
  });
});
