// A memory of what good requests lately looked like, folded, so that a template of an attack which honest people send
// as well never comes into force. Only values that have something in common with attacks are worth the room.

import { isTelling } from './folding.ts';

export interface GoodValue {
  readonly folded: Uint8Array;
  /** The keyed hash of the network that sent it, or 0 for a vouched person. */
  readonly network: number;
}

const MAX_VALUES = 10_000;
const MAX_BYTES = 524_288;

export class GoodValues {
  readonly #values = new Map<string, GoodValue>();
  #bytes = 0;
  #requests = 0;

  get size(): number {
    return this.#values.size;
  }

  /** Good requests that were looked at, with or without such values. */
  get requests(): number {
    return this.#requests;
  }

  sawRequest(): void {
    this.#requests = Math.min(this.#requests + 1, 0xffff_ffff);
  }

  /** Takes the folded form of a value of a good request; returns whether it was worth it and new. */
  add(value: GoodValue): boolean {
    if (!isTelling(value.folded)) return false;
    const key = `${value.network} ${Buffer.from(value.folded).toString('latin1')}`;
    if (this.#values.has(key)) return false;
    this.#values.set(key, value);
    this.#bytes += value.folded.length;
    for (const [oldest, { folded }] of this.#values) {
      if (this.#values.size <= MAX_VALUES && this.#bytes <= MAX_BYTES) break;
      this.#values.delete(oldest);
      this.#bytes -= folded.length;
    }
    return true;
  }

  [Symbol.iterator](): Iterator<GoodValue> {
    return this.#values.values();
  }

  /** How many requests, then each value: the network, its length in 16 bits, its classes; little-endian. */
  save(): Uint8Array {
    const bytes = new Uint8Array(4 + this.#bytes + 6 * this.#values.size);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#requests, true);
    let at = 4;
    for (const { folded, network } of this.#values.values()) {
      view.setUint32(at, network, true);
      view.setUint16(at + 4, folded.length, true);
      bytes.set(folded, at + 6);
      at += 6 + folded.length;
    }
    return bytes;
  }

  /** Returns what was saved, as far as it can be read. */
  static restore(bytes: Uint8Array): GoodValues {
    const values = new GoodValues();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length >= 4) values.#requests = view.getUint32(0, true);
    for (let at = 4; at + 6 <= bytes.length;) {
      const length = view.getUint16(at + 4, true);
      if (at + 6 + length > bytes.length) break;
      const network = view.getUint32(at, true);
      values.add({ network, folded: bytes.slice(at + 6, at + 6 + length) });
      at += 6 + length;
    }
    return values;
  }
}
