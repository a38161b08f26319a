import { readParts } from '@parapet/engine';
import { describe, expect, test } from 'vitest';
import { PLACINGS } from '../../src/train/placements.ts';

describe('every place', () => {
  test.each(PLACINGS)('$name holds the text as a part, or a reading of one', ({ place }) => {
    const text = `1' union select "a",b from c where d > 5 -- <x>`;
    const request = place(text);
    expect(request).toBeDefined();
    const texts = readParts(request!).parts.flatMap((part) => [
      part.value,
      ...part.views.map((view) => view.text),
    ]);
    expect(texts.some((found) => found.includes(text))).toBe(true);
  });

  test('refuses what would be another request', () => {
    const header = PLACINGS.find(({ name }) => name === 'user-agent');
    expect(header?.place('a\r\nb: c')).toBeUndefined();
  });
});
