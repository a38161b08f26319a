import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textMessage } from '../../src/channels/gsm7.ts';

it('a text of common letters is sent as it is, with plain dashes, quotes and spaces', () => {
  const text = 'Möglicher Angriff, 2:35 Uhr: /search (9.000 Anfragen) [x]';
  expect(textMessage(text, 2)).toBe(text);
  expect(textMessage('“Zurück” – 2:35\u202FAM…', 2)).toBe('"Zurück" - 2:35 AM...');
});

it('an accent that has no place is left out, and nothing else', () => {
  expect(textMessage('bloqueado: inyección, señal, à côté, façade', 2)).toBe(
    'bloqueado: inyeccion, señal, à coté, facade',
  );
});

it('what is too long for so many parts is cut; letters of the extension take the place of two', () => {
  expect(textMessage('a'.repeat(306), 2)).toBe('a'.repeat(306));
  expect(textMessage('a'.repeat(307), 2)).toBe(`${'a'.repeat(303)}...`);
  expect(textMessage('€'.repeat(154), 2)).toBe(`${'€'.repeat(151)}...`);
});

it('a name in other letters leaves room for less', () => {
  expect(textMessage('Сеть'.repeat(33), 2)).toBe('Сеть'.repeat(33));
  const cut = textMessage('Сеть'.repeat(40), 2);
  expect(cut.length).toBe(134);
  expect(cut.endsWith('...')).toBe(true);
});

it('any text fits into its parts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
      expect(textMessage(text, 2).length).toBeLessThanOrEqual(306);
    }),
  );
});
