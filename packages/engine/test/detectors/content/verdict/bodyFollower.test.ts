import type { InspectedRequest, Inspection } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { followBody } from '../../../../src/detectors/content/verdict/bodyFollower.ts';

const FOUND: Inspection = { action: 'block', score: 1, class: 'sqli', reasons: [] };
const CLEAN: Inspection = { action: 'pass', score: 0, class: undefined, reasons: [] };
const FORM = 'application/x-www-form-urlencoded';
const PARTS = 'multipart/form-data; boundary=b';

/** Follows with an inspector that knows one attack, in a value of any name. */
function following(type: string, beginning: string, seen: { bytes: number } = { bytes: 0 }) {
  const request: InspectedRequest = {
    method: 'POST',
    rawTarget: '/a?b=c',
    headers: [['content-type', type]],
    body: Buffer.from(beginning),
    isBodyCut: true,
    site: '',
  };
  return followBody(request, (piece) => {
    seen.bytes += piece.body?.length ?? 0;
    const { parts } = readParts(piece);
    const isEvil = parts.some(
      ({ placement, value, views }) =>
        placement !== 'file' &&
        [value, ...views.map(({ text }) => text)].some((text) => text.includes('an evil text')),
    );
    return isEvil ? FOUND : CLEAN;
  });
}

function actionsOf(type: string, beginning: string, pieces: readonly string[]): (string | undefined)[] {
  const follower = following(type, beginning);
  return pieces.map((piece) => follower?.push(Buffer.from(piece))?.action);
}

const part = (name: string, value: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

describe('what follows the beginning of a long body', () => {
  it('is looked at in a form, across pieces and as it is encoded', () => {
    expect(actionsOf(FORM, 'a=xxx', ['xxx', '&b=an+evil+text'])).toEqual([undefined, 'block']);
    expect(actionsOf(FORM, 'a=an+ev', ['il+te', 'xt'])).toEqual([undefined, 'block']);
    expect(actionsOf(FORM, 'a=', ['an%20evil%2', '0text'])).toEqual([undefined, 'block']);
  });

  it('is looked at in parts, behind files, across delimiters', () => {
    const file = part('f', 'AAAA', '; filename="a.bin"');
    expect(actionsOf(PARTS, file, [part('q', 'an evil text')])).toEqual(['block']);
    expect(
      actionsOf(PARTS, file.slice(0, -2), [
        'AAA\r\n--',
        'b\r\nContent-Disposition: form-data; name="q"',
        '\r\n\r\nan evil text',
      ]),
    ).toEqual([undefined, undefined, 'block']);
    expect(actionsOf(PARTS, part('q', 'an ev').slice(0, -2), ['il te', 'xt and more'])).toEqual([
      undefined,
      'block',
    ]);
  });

  it('is passed over in a file', () => {
    const seen = { bytes: 0 };
    const follower = following(PARTS, part('f', 'AAAA', '; filename="a.bin"').slice(0, -2), seen)!;
    for (let i = 0; i < 100; i++)
      expect(follower.push(Buffer.from('an evil text'.repeat(1000)))).toBeUndefined();
    expect(seen.bytes).toBe(0);
  });

  it('is looked at in JSON, wherever a piece begins', () => {
    expect(actionsOf('application/json', '{"a":"xx', ['x","b":["an evi', 'l text"]}'])).toEqual([
      undefined,
      'block',
    ]);
    expect(actionsOf('application/vnd.api+json', '{"a":"', ['\\"', 'an \\u0065vil text'])).toEqual([
      undefined,
      'block',
    ]);
  });

  it('is not looked at where it is no text, or packed', () => {
    expect(following('image/png', '')).toBeUndefined();
    expect(following('', '')).toBeUndefined();
    expect(following('multipart/form-data', '')).toBeUndefined();
  });

  it('costs a few times its size, in pieces of any size, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(FORM, PARTS, 'application/json'),
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(Buffer.from('\r\n--b\r\n')))),
        (type, pieces) => {
          const seen = { bytes: 0 };
          const follower = following(type, 'a', seen)!;
          let sent = 0;
          for (const piece of pieces) {
            follower.push(piece);
            sent += piece.length;
          }
          expect(seen.bytes).toBeLessThan(8 * sent + 400 * pieces.length + 400);
        },
      ),
    );
  });
});
