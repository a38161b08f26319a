import { readParts } from '@parapet/engine';
import { describe, expect, test } from 'vitest';
import { EVASIONS } from '../../src/train/evasions.ts';
import { Picker } from '../../src/train/generators/picker.ts';
import { PLACINGS } from '../../src/train/placements.ts';

const TEXT = `1' union select "a",b from c where d > 5 -- <x>`;
const place = PLACINGS[0]!.place;

describe('evasions', () => {
  test.each(EVASIONS.filter(({ isOuter }) => isOuter === true))(
    '$name is undone by the decoders',
    ({ change }) => {
      const request = place(change(TEXT, new Picker(1)))!;
      const texts = readParts(request).parts.flatMap((part) => [
        part.value,
        ...part.views.map((view) => view.text),
      ]);
      expect(texts).toContain(TEXT);
    },
  );

  test.each([
    ['comments for blanks', 'a/**/b', 'a b'],
    ['versioned comments', '1 /*!50000union*/ x', '1 union x'],
    ['quotes in words', "; c''at x", '; cat x'],
    ['dots between', '.././.././x', '../../x'],
    ['slashes for blanks', '<img/src=x>', '<img src=x>'],
    ['blanks around =', '<a onload = b>', '<a onload=b>'],
  ])('%s are written as %s', (name, changed, text) => {
    const evasion = EVASIONS.find((one) => one.name === name);
    expect(evasion?.change(text, new Picker(1))).toBe(changed);
  });

  test('have names of their own', () => {
    expect(new Set(EVASIONS.map(({ name }) => name)).size).toBe(EVASIONS.length);
  });
});
