import { expect, it } from 'vitest';
import { SeenTexts } from '../../../../src/detectors/content/decode/seenTexts.ts';

const SHORT = 8192;

it('pieces of a long text are new the first time, those of a short one always', () => {
  const long = new SeenTexts('ab'.repeat(SHORT));
  expect([long.isNew(0, 2), long.isNew(1, 3), long.isNew(2, 4), long.isNew(0, 3)]).toEqual([
    ...[true, true, false, true],
  ]);
  const short = new SeenTexts('ab'.repeat(4));
  expect([short.isNew(0, 2), short.isNew(2, 4)]).toEqual([true, true]);
});

it('what is very long, or comes when much is remembered, counts as new', () => {
  const text = `${'x'.repeat(40_000)}${Array.from({ length: 6000 }, (_, i) => `${100_000 + i}`).join('')}`;
  const seen = new SeenTexts(text);
  expect([seen.isNew(0, 20_000), seen.isNew(20_000, 40_000)]).toEqual([true, true]);
  for (let at = 40_000; at < text.length; at += 6) expect(seen.isNew(at, at + 6)).toBe(true);
  expect(seen.isNew(40_000, 40_006)).toBe(false);
  expect(seen.isNew(text.length - 6, text.length)).toBe(true);
});
