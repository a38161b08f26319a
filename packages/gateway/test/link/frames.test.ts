import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameDecoder, frameHead, MAX_FRAME_BYTES, messageFrame } from '../../src/link/frames.ts';

const payloads = fc.array(fc.oneof(fc.json(), fc.string({ maxLength: 4000 })), { maxLength: 20 });

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 60 }), (texts, cuts) => {
        const stream = Buffer.concat(
          texts.map((text, i) =>
            i % 2 === 0
              ? messageFrame(text)
              : Buffer.concat([frameHead('events', Buffer.byteLength(text)), Buffer.from(text)]),
          ),
        );
        expect(decode(cut(stream, cuts))).toEqual(
          texts.map((text, i) => (i % 2 === 0 ? `message ${JSON.stringify(text)}` : `events ${text}`)),
        );
      }),
    );
  });

  test('whatever bytes come, nothing is thrown and little is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
        const decoder = new FrameDecoder();
        for (const chunk of chunks)
          for (const { payload } of decoder.push(Buffer.from(chunk))) payload.toString();
      }),
    );
  });

  test('a length beyond the limit, none, or an unknown type ends it', () => {
    for (const head of [head5(MAX_FRAME_BYTES + 1, 1), head5(0, 1), head5(4, 9), head5(0xffff_ffff, 1)]) {
      const decoder = new FrameDecoder();
      expect([...decoder.push(head)]).toEqual([]);
      expect(decoder.isBroken).toBe(true);
      expect([...decoder.push(messageFrame('more'))]).toEqual([]);
    }
  });
});

function decode(chunks: readonly Buffer[]): string[] {
  const decoder = new FrameDecoder();
  const found: string[] = [];
  for (const chunk of chunks)
    for (const { type, payload } of decoder.push(chunk)) found.push(`${type} ${payload.toString()}`);
  expect(decoder.isBroken).toBe(false);
  return found;
}

function cut(stream: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at >= stream.length) break;
    chunks.push(Buffer.from(stream.subarray(at, at + length)));
    at += length;
  }
  if (at < stream.length) chunks.push(stream.subarray(at));
  return chunks;
}

function head5(length: number, type: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(length, 0);
  head[4] = type;
  return head;
}
