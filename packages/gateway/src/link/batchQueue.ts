// Batches that a worker has made and the engine has not kept yet, in order. The engine says how far it has come; a
// new connection starts behind that. When there are too many, those that were sent are given up first: they are
// lost only if the engine dies in this very moment. Then the oldest that were never sent, and those are counted.

interface Waiting {
  readonly number: number;
  readonly frame: Buffer;
  readonly events: number;
}

export class BatchQueue {
  readonly #maxBytes: number;
  readonly #onGone: (frame: Buffer) => void;
  #batches: Waiting[] = [];
  /** How many of them have been sent on this connection. */
  #sent = 0;
  #bytes = 0;
  #droppedEvents = 0;

  /** `onGone` is given the frames that nobody will ask for any more. */
  constructor(maxBytes: number, onGone: (frame: Buffer) => void = () => {}) {
    this.#maxBytes = maxBytes;
    this.#onGone = onGone;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Events that were never sent and are gone. */
  get droppedEvents(): number {
    return this.#droppedEvents;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  get hasUnsent(): boolean {
    return this.#sent < this.#batches.length;
  }

  add(number: number, frame: Buffer, events: number): void {
    this.#batches.push({ number, frame, events });
    this.#bytes += frame.length;
    while (this.#bytes > this.#maxBytes && this.#batches.length > 1) {
      const { frame: given, events: count } = this.#batches.shift()!;
      this.#bytes -= given.length;
      if (this.#sent > 0) this.#sent--;
      else this.#droppedEvents += count;
      this.#onGone(given);
    }
  }

  /** Returns the next batch to be sent, and takes it for sent. */
  next(): Buffer | undefined {
    const batch = this.#batches[this.#sent];
    if (batch !== undefined) this.#sent++;
    return batch?.frame;
  }

  /** Forgets the batches up to this number. */
  forget(number: number): void {
    let count = 0;
    while (count < this.#batches.length && this.#batches[count]!.number <= number) {
      const { frame } = this.#batches[count++]!;
      this.#bytes -= frame.length;
      this.#onGone(frame);
    }
    if (count === 0) return;
    this.#batches = this.#batches.slice(count);
    this.#sent = Math.max(0, this.#sent - count);
  }

  /** On a new connection nothing has been sent. */
  rewind(): void {
    this.#sent = 0;
  }
}
