import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from '../../src/sources/line-splitter.ts';

function split(chunks: readonly (string | Buffer)[], options = {}): { lines: string[]; cut: number } {
  const splitter = new LineSplitter(options);
  const lines: string[] = [];
  for (const chunk of chunks) splitter.push(Buffer.from(chunk as string), lines);
  splitter.end(lines);
  return { lines, cut: splitter.cutLines };
}

it('joins a line that arrives in pieces', () => {
  expect(split(['ab', 'c', '\nde', '\n', 'f']).lines).toEqual(['abc', 'de', 'f']);
});

it('takes a carriage return before the newline as part of the line end, also when they arrive apart', () => {
  expect(split(['a\r\nb\r', '\nc\rd\n']).lines).toEqual(['a', 'b', 'c\rd']);
});

it('skips empty lines unless it is asked to keep them', () => {
  expect(split(['a\n\n\r\nb\n']).lines).toEqual(['a', 'b']);
  expect(split(['a\n\n\r\nb\n'], { keepEmpty: true }).lines).toEqual(['a', '', '', 'b']);
});

it('replaces invalid UTF-8 and keeps NUL inside a line', () => {
  expect(split([Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0a])]).lines).toEqual(['a\ufffd\0b']);
});

it('drops a run of NUL before a line, the trace of a hole in the file', () => {
  expect(split([Buffer.alloc(200_000), 'first\n', '\0\0second\n']).lines).toEqual(['first', 'second']);
});

it('keeps characters whole when a chunk ends within one', () => {
  const bytes = Buffer.from('Zoë €\n');
  const pieces = [...bytes].map((byte) => Buffer.from([byte]));
  expect(split(pieces).lines).toEqual(['Zoë €']);
});

it('cuts long lines, counts them, and goes on with the next', () => {
  const result = split([`${'x'.repeat(50)}\n`, 'y'.repeat(15), 'y'.repeat(15), '\nshort\n'], {
    maxLineBytes: 20,
  });
  expect(result).toEqual({ lines: ['x'.repeat(20), 'y'.repeat(20), 'short'], cut: 2 });
});

it('does not cut a line of exactly the allowed length, whichever its line end', () => {
  const line = 'z'.repeat(20);
  expect(split([`${line}\r\n`, `${line}\n`, line, '\r\n'], { maxLineBytes: 20 })).toEqual({
    lines: [line, line, line],
    cut: 0,
  });
});

it('never cuts within a character', () => {
  expect(split(['€€€€€\n'], { maxLineBytes: 7 }).lines).toEqual(['€€']);
});

it('gives the same lines however the bytes are cut into chunks', () => {
  const piece = fc.oneof(fc.constantFrom('\n', '\r\n', '\0', 'é', 'abc', '€', '\r'), fc.string());
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      chunks.push(bytes.subarray(at));
      expect(split(chunks, { maxLineBytes: 30 })).toEqual(split([bytes], { maxLineBytes: 30 }));
    }),
  );
});

it('counts every byte, so that lines and the pending rest add up to what was pushed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
      const splitter = new LineSplitter({ maxLineBytes: 8 });
      const all = Buffer.concat(chunks);
      for (const chunk of chunks) splitter.push(Buffer.from(chunk), []);
      expect(splitter.pendingBytes).toBe(all.length - (all.lastIndexOf(10) + 1));
    }),
  );
});
