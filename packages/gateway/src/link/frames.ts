// Frames on the socket between a worker and the engine: four bytes of length, little endian, one byte of type, and
// the payload; the length counts the type. What comes in is a stream that is cut anywhere, so the decoder keeps
// what is not whole yet. A length beyond the limit is no frame of ours: the connection is to be ended.

/** `message`: JSON, see messages.ts. `events`: a batch, see batch.ts. */
export type FrameType = 'message' | 'events';

export interface Frame {
  readonly type: FrameType;
  /** Valid until the decoder is given more bytes. */
  readonly payload: Buffer;
}

/** What one frame may hold. The longest batch is far below it, and so is a part of a table. */
export const MAX_FRAME_BYTES = 4_194_304;

const HEAD_BYTES = 5;
const TYPES: readonly (FrameType | undefined)[] = [undefined, 'message', 'events'];

/** Returns the head of a frame with a payload of so many bytes. */
export function frameHead(type: FrameType, payloadBytes: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32LE(payloadBytes + 1, 0);
  head[4] = TYPES.indexOf(type);
  return head;
}

/** Returns a message as a whole frame. */
export function messageFrame(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const bytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes);
  frame.writeUInt32LE(bytes + 1, 0);
  frame[4] = TYPES.indexOf('message');
  frame.write(text, HEAD_BYTES);
  return frame;
}

export class FrameDecoder {
  /** What came and is not a whole frame yet. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isBroken = false;

  /** Whether something came that is no frame; nothing is read after it. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Yields the frames that are whole with these bytes. To be run to its end before the next are given. */
  *push(chunk: Buffer): Generator<Frame> {
    if (this.#isBroken) return;
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    // Joined only when there is something to take out: a long frame in many pieces is copied once.
    if (this.#bytes < this.#wanted()) return;
    const bytes = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces);
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = bytes.readUInt32LE(at);
      const type = TYPES[bytes[at + 4]!];
      if (length < 1 || length > MAX_FRAME_BYTES || type === undefined) {
        this.#isBroken = true;
        this.#pieces = [];
        return;
      }
      const end = at + 4 + length;
      if (end > bytes.length) break;
      yield { type, payload: bytes.subarray(at + HEAD_BYTES, end) };
      at = end;
    }
    this.#pieces = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#bytes = bytes.length - at;
  }

  /** How many bytes have to be there for the first frame to be whole. */
  #wanted(): number {
    const [first] = this.#pieces;
    if (first === undefined || this.#bytes < HEAD_BYTES) return HEAD_BYTES;
    if (first.length < HEAD_BYTES) return 0; // the head itself is in pieces
    const length = first.readUInt32LE(0);
    const isFrame = length > 0 && length <= MAX_FRAME_BYTES && TYPES[first[4]!] !== undefined;
    return isFrame ? length + 4 : 0;
  }
}
