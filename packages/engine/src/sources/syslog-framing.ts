// Cuts a TCP stream into syslog messages (RFC 6587): octet counting (`42 <34>1 …`) where a message starts with a
// digit, else up to the next newline or NUL. Both may be mixed; senders do.

/** Digits of a length: more than any message may have. */
const MAX_LENGTH_DIGITS = 7;

export class SyslogFramer {
  readonly #maxBytes: number;
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of the current message that are beyond its limit, and are dropped as they come. */
  #toSkip = 0;
  #isSkippingLine = false;
  #cutMessages = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a message has been begun but not ended. */
  get isWithinMessage(): boolean {
    return this.#held.length > 0 || this.#toSkip > 0 || this.#isSkippingLine;
  }

  get cutMessages(): number {
    return this.#cutMessages;
  }

  /** Returns the messages that end within the chunk. Never holds more than one message and its length. */
  push(chunk: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let bytes = this.#skip(chunk);
    if (this.#held.length > 0) bytes = Buffer.concat([this.#held, bytes]);
    let at = 0;
    while (at < bytes.length) {
      const next = this.#takeCounted(bytes, at, messages) ?? this.#takeLine(bytes, at, messages);
      if (next === undefined) break;
      at = next;
    }
    this.#held = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
    return messages;
  }

  /** Returns what is left of a stream that has ended: the last message may lack its newline. */
  end(): Buffer[] {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest.length === 0 || countOf(rest, 0) !== undefined ? [] : [rest];
  }

  #skip(chunk: Buffer): Buffer {
    let bytes = chunk;
    if (this.#toSkip > 0) {
      const skipped = Math.min(this.#toSkip, bytes.length);
      this.#toSkip -= skipped;
      bytes = bytes.subarray(skipped);
    }
    if (this.#isSkippingLine) {
      const end = lineEnd(bytes, 0);
      if (end < 0) return bytes.subarray(bytes.length);
      this.#isSkippingLine = false;
      bytes = bytes.subarray(end + 1);
    }
    return bytes;
  }

  /** Returns where the next message starts; undefined when this one is not counted or not complete. */
  #takeCounted(bytes: Buffer, at: number, messages: Buffer[]): number | undefined {
    const count = countOf(bytes, at);
    if (count === undefined || count.length === undefined) return undefined;
    const { length, start } = count;
    if (length <= this.#maxBytes) {
      if (bytes.length < start + length) return undefined;
      messages.push(Buffer.from(bytes.subarray(start, start + length)));
      return start + length;
    }
    if (bytes.length < start + this.#maxBytes) return undefined;
    this.#cutMessages++;
    messages.push(Buffer.from(bytes.subarray(start, start + this.#maxBytes)));
    const end = start + length;
    this.#toSkip = Math.max(0, end - bytes.length);
    return Math.min(end, bytes.length);
  }

  #takeLine(bytes: Buffer, at: number, messages: Buffer[]): number | undefined {
    // A length that is not complete yet, or a counted message that is not.
    if (countOf(bytes, at) !== undefined) return undefined;
    const end = lineEnd(bytes, at);
    const length = (end < 0 ? bytes.length : end) - at;
    if (end < 0 && length <= this.#maxBytes) return undefined;
    if (length > this.#maxBytes) this.#cutMessages++;
    if (length > 0) messages.push(Buffer.from(bytes.subarray(at, at + Math.min(length, this.#maxBytes))));
    if (end >= 0) return end + 1;
    this.#isSkippingLine = true;
    return bytes.length;
  }
}

/**
 * Returns the length that a counted message starts with and where its text starts; without a length when more bytes
 * are needed to know; undefined when the message is not counted.
 */
function countOf(bytes: Buffer, at: number): { length: number | undefined; start: number } | undefined {
  let i = at;
  let length = 0;
  while (i < bytes.length && i - at <= MAX_LENGTH_DIGITS) {
    const byte = bytes[i]!;
    if (byte === 0x20) return i === at ? undefined : { length, start: i + 1 };
    if (byte < 0x30 || byte > 0x39 || (i === at && byte === 0x30)) return undefined;
    length = length * 10 + byte - 0x30;
    i++;
  }
  return i - at > MAX_LENGTH_DIGITS || i === at ? undefined : { length: undefined, start: i };
}

function lineEnd(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(10, from);
  const nul = bytes.indexOf(0, from);
  return newline < 0 ? nul : nul < 0 ? newline : Math.min(newline, nul);
}
