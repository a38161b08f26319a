import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableOf } from '../../../../src/detectors/content/verdict/readable.ts';

const NOISE = '\uFFFD'.repeat(50);

describe('what can be read of a text', () => {
  it('is all of it, in any language and when a few characters are broken', () => {
    for (const text of ['plain', 'Grüße, 日本語', 'Gr\uFFFDn und gelb, wie es einmal war', ''])
      expect(readableOf(text)).toBe(text);
  });

  it('is what stands before, behind and, when it is long enough, between bytes', () => {
    expect(readableOf(`' or 1=1#${NOISE}`)).toBe("' or 1=1#");
    expect(readableOf(`${NOISE}' or 1=1#`)).toBe("' or 1=1#");
    expect(readableOf(`${NOISE}1 union select pass from users${NOISE}`)).toBe(
      '1 union select pass from users',
    );
    expect(readableOf(NOISE)).toBe('');
  });

  it('is never longer than the text, and nothing is made up', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString('utf8');
        const readable = readableOf(text);
        expect(readable.length).toBeLessThanOrEqual(text.length + 1);
        for (const run of readable === text ? [text] : readable.split('\n')) expect(text).toContain(run);
      }),
    );
  });
});
