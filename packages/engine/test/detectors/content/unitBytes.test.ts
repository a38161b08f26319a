import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BEYOND_ASCII, copyUnits } from '../../../src/detectors/content/unitBytes.ts';

it('a text becomes one byte a unit, whatever its alphabet and however little room there is', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'binary-ascii', maxLength: 200 }),
      ),
      (text) => {
        const bytes = new Uint8Array(text.length);
        copyUnits(text, bytes);
        const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
        expect([...bytes]).toEqual(units.map((unit) => (unit < 128 ? unit : BEYOND_ASCII)));
        copyUnits(text, bytes, (unit) => 128 + (unit & 7));
        expect([...bytes]).toEqual(units.map((unit) => (unit < 128 ? unit : 128 + (unit & 7))));
      },
    ),
  );
});
