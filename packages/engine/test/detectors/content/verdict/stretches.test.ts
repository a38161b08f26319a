import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stretchesOf } from '../../../../src/detectors/content/verdict/stretches.ts';

const PROSE = 'The library opens at nine, on every day of the week but Monday; members may stay. '
  .repeat(40)
  .replaceAll(';', ',');

describe('the stretches of a text that are looked at closely', () => {
  it('are all of it when it is short', () => {
    expect(stretchesOf('')).toEqual(['']);
    expect(stretchesOf("it's plain")).toEqual(["it's plain"]);
  });

  it('are none in prose', () => {
    expect(stretchesOf(PROSE)).toEqual([]);
  });

  it('are none in rich text that only shapes what it says', () => {
    const rich = `<p>${PROSE}</p><ul><li><strong>${PROSE}</strong><br /></li></ul>`;
    expect(stretchesOf(rich)).toEqual([]);
    expect(stretchesOf(rich.replace('<p>', '<p onclick=x()>')).join('')).toContain('<p onclick=x()>');
  });

  it('hold an attack with what stands around it, wherever it is hidden', () => {
    for (const attack of [
      "' or 1=1-- -",
      '<svg onload=x>',
      '../../etc/passwd',
      '1 union select pass from users',
      '$(id)',
    ]) {
      for (const at of [0, 700, PROSE.length]) {
        const found = stretchesOf(`${PROSE.slice(0, at)} ${attack} ${PROSE.slice(at)}`);
        expect(
          found.some((stretch) => stretch.includes(attack)),
          `${attack} at ${at}`,
        ).toBe(true);
        expect(found.join('').length).toBeLessThan(900);
      }
    }
  });

  it('are parts of the text in its order, and together not longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(PROSE.slice(0, 400)))),
        (pieces) => {
          const text = pieces.join('');
          let from = 0;
          for (const stretch of stretchesOf(text)) {
            const at = text.indexOf(stretch, from);
            expect(at).toBeGreaterThanOrEqual(0);
            from = at + stretch.length;
          }
        },
      ),
    );
  });
});
