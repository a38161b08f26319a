import { expect, it } from 'vitest';
import { SeenTexts } from '../../../../src/detectors/content/decode/seenTexts.ts';

const FEW = 64;

it('the first pieces are all new, and of the others those that were not there before', () => {
  const seen = new SeenTexts();
  for (let i = 0; i < FEW; i++) expect(seen.isNew('a&b', 0, 1)).toBe(true);
  expect(seen.isNew('a&b', 0, 1)).toBe(true);
  expect(seen.isNew('a&a', 2, 3)).toBe(false);
  expect(seen.isNew('a&b', 2, 3)).toBe(true);
});

it('what is long, or comes when much is remembered, counts as new', () => {
  const seen = new SeenTexts();
  for (let i = 0; i < FEW; i++) seen.isNew('', 0, 0);
  const long = 'x'.repeat(2000);
  expect([seen.isNew(long, 0, 2000), seen.isNew(long, 0, 2000)]).toEqual([true, true]);
  for (let i = 0; i < 5000; i++) seen.isNew(`${i}`, 0, 8);
  expect([seen.isNew('4999', 0, 4), seen.isNew('4999', 0, 4)]).toEqual([true, true]);
  expect(seen.isNew('17', 0, 2)).toBe(false);
});
