// X-Request-Id: 32 hexadecimal digits, written as bytes. The first half is the process's own, so that ids of several
// workers never meet; the rest counts, multiplied by an odd number so that neighbours do not look alike.

import { randomBytes } from 'node:crypto';
import { latin1 } from '../http/fields.ts';

export const REQUEST_ID_BYTES = 32;

const DIGITS: Buffer = Buffer.from('0123456789abcdef');
const SCRATCH: Buffer = Buffer.allocUnsafeSlow(REQUEST_ID_BYTES);

export class RequestIds {
  readonly #prefix: Buffer = Buffer.from(randomBytes(8).toString('hex'));
  #high: number = randomBytes(4).readUInt32BE(0);
  #count: number = randomBytes(4).readUInt32BE(0);

  /** Returns a number that stands for the next id. */
  next(): number {
    this.#count = (this.#count + 1) >>> 0;
    if (this.#count === 0) this.#high = (this.#high + 1) >>> 0;
    return this.#count;
  }

  write(buffer: Uint8Array, at: number, count: number): void {
    const prefix = this.#prefix;
    for (let i = 0; i < 16; i++) buffer[at + i] = prefix[i]!;
    writeWord(buffer, at + 16, this.#high);
    writeWord(buffer, at + 24, Math.imul(count, 0x9e3779b1));
  }

  text(count: number): string {
    this.write(SCRATCH, 0, count);
    return latin1(SCRATCH, 0, REQUEST_ID_BYTES);
  }
}

function writeWord(buffer: Uint8Array, at: number, word: number): void {
  for (let i = 7; i >= 0; i--) {
    buffer[at + i] = DIGITS[word & 15]!;
    word >>>= 4;
  }
}
