// Gunzip as a generator. One chunk is inflated at a time and its output handed on before the next is read: memory
// stays bounded, and of a damaged or cut archive everything before the damage is delivered.

import { createGunzip } from 'node:zlib';

/** Small enough that a chunk of the worst ratio (1:1032) inflates to a few megabytes. */
const INPUT_BYTES = 16_384;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Yields the inflated bytes; returns what was wrong with the archive, if anything was. */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, string | undefined> {
  const inflater = createGunzip({ chunkSize: 65_536 });
  let ready: Buffer[] = [];
  let failure: string | undefined;
  let onSettled = (): void => {};
  inflater.on('data', (bytes: Buffer) => ready.push(bytes));
  inflater.on('error', (error) => {
    failure = error.message;
    onSettled();
  });
  inflater.on('end', () => onSettled());
  const settled = async (act: (done: () => void) => void): Promise<void> => {
    await new Promise<void>((resolve) => {
      onSettled = resolve;
      act(resolve);
    });
  };
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && failure === undefined; at += INPUT_BYTES) {
        const piece = Buffer.from(chunk.subarray(at, at + INPUT_BYTES));
        await settled((done) => inflater.write(piece, () => done()));
        const output = ready;
        ready = [];
        yield* output;
      }
      if (failure !== undefined) return failure;
    }
    await settled(() => inflater.end());
    yield* ready;
    return failure;
  } finally {
    inflater.destroy();
  }
}
