import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLog, readStream, type LogReading } from '../../src/sources/replay.ts';
import { MemoryClock, MemoryFiles } from './memory-files.ts';

async function collect(reading: LogReading): Promise<{ lines: string[]; bytesRead: number }> {
  const lines: string[] = [];
  let bytesRead = 0;
  for await (const batch of reading) {
    lines.push(...batch.lines);
    bytesRead = batch.bytesRead;
  }
  return { lines, bytesRead };
}

async function* stream(...chunks: Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

const LINES = Array.from(
  { length: 20_000 },
  (_, i) => `line ${i} with some text to fill it ${'-'.repeat(i % 50)}`,
);

it('reads a file of many chunks and ends with all its bytes counted', async () => {
  const files = new MemoryFiles(new MemoryClock());
  files.append('/log', LINES.join('\n'));
  const reading = (await readLog(files, '/log'))!;
  const result = await collect(reading);
  expect(result.lines).toEqual(LINES);
  expect(result.bytesRead).toBe(reading.totalBytes);
  expect(files.openHandles).toBe(0);
});

it('recognises gzip by its first bytes whatever the name, and counts the bytes on disk', async () => {
  const files = new MemoryFiles(new MemoryClock());
  const packed = gzipSync(`${LINES.join('\n')}\n`);
  files.append('/log', packed);
  const result = await collect((await readLog(files, '/log'))!);
  expect(result.lines).toEqual(LINES);
  expect(result.bytesRead).toBe(packed.length);
});

it('reads gzip members that were written one after the other', async () => {
  const both = Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')]);
  expect((await collect(readStream(stream(both)))).lines).toEqual(['a', 'b', 'c']);
});

it('delivers what precedes the damage of an archive, and says that it is damaged', async () => {
  const packed = gzipSync(`${LINES.join('\n')}\n`);
  const reading = readStream(stream(packed.subarray(0, packed.length - 2000)));
  const { lines } = await collect(reading);
  expect(lines.length).toBeGreaterThan(10_000);
  expect(lines.slice(0, 10_000)).toEqual(LINES.slice(0, 10_000));
  expect(reading.damage).toBe('unexpected end of file');
});

it('reads a stream that delivers byte by byte', async () => {
  const bytes = gzipSync('one\ntwo\n');
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
  expect((await collect(readStream(stream(...pieces)))).lines).toEqual(['one', 'two']);
});

it('closes the file when the reader stops early', async () => {
  const files = new MemoryFiles(new MemoryClock());
  files.append('/log', LINES.join('\n'));
  for await (const batch of (await readLog(files, '/log'))!) {
    expect(batch.lines.length).toBeGreaterThan(0);
    break;
  }
  expect(files.openHandles).toBe(0);
});

it('says that there is no such file by returning nothing', async () => {
  expect(await readLog(new MemoryFiles(new MemoryClock()), '/absent')).toBeUndefined();
});

it('never throws on any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), fc.boolean(), async (chunks, claimsGzip) => {
      const start = claimsGzip ? [Uint8Array.of(0x1f, 0x8b)] : [];
      await collect(readStream(stream(...start, ...chunks)));
    }),
  );
});
