// The values of a JSON array, or of JSON values one after the other (JSON lines), cut out of a stream without
// holding more than one of them: a blocklist of a million entries is read in a few megabytes.

export interface JsonText {
  /** The line the value starts on. */
  readonly line: number;
  readonly text: string;
}

const LONGEST_VALUE = 64 * 1024 * 1024;

/** Yields each value's text, unparsed; a value that is too long or never ends is yielded as far as it goes. */
export async function* jsonValues(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<JsonText> {
  const decoder = new TextDecoder();
  const cutter = new Cutter();
  for await (const chunk of chunks) yield* cutter.take(decoder.decode(chunk, { stream: true }));
  yield* cutter.take(decoder.decode());
  yield* cutter.end();
}

class Cutter {
  #line = 1;
  #startLine = 1;
  #text = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInValue = false;
  #isInList = false;

  *take(text: string): Generator<JsonText> {
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10) this.#line += 1;
      if (!this.#isInValue) {
        if (isSpace(code) || code === 0x2c || code === 0xfeff) continue;
        // The brackets of the list around the values are not part of any value.
        if (code === 0x5b && !this.#isInList) {
          this.#isInList = true;
          continue;
        }
        if (code === 0x5d) continue;
        this.#isInValue = true;
        this.#startLine = this.#line;
        start = i;
      }
      const hasEnded = this.#step(code);
      if (hasEnded !== 'no') {
        const end = hasEnded === 'after this' ? i + 1 : i;
        yield this.#cut(text.slice(start, end));
      } else if (this.#text.length + i - start > LONGEST_VALUE) {
        yield this.#cut(text.slice(start, i));
      }
    }
    if (this.#isInValue) this.#text += text.slice(start);
  }

  *end(): Generator<JsonText> {
    if (this.#isInValue) yield this.#cut('');
  }

  #step(code: number): 'no' | 'before this' | 'after this' {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === 0x5c) this.#isEscaped = true;
      else if (code === 0x22) {
        this.#isInString = false;
        return this.#depth === 0 ? 'after this' : 'no';
      }
      return 'no';
    }
    if (code === 0x22) this.#isInString = true;
    else if (code === 0x7b || code === 0x5b) this.#depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      this.#depth -= 1;
      if (this.#depth < 0) return 'before this';
      return this.#depth === 0 ? 'after this' : 'no';
    } else if (this.#depth === 0 && (isSpace(code) || code === 0x2c)) return 'before this';
    return 'no';
  }

  #cut(tail: string): JsonText {
    const value = { line: this.#startLine, text: this.#text + tail };
    this.#text = '';
    this.#depth = 0;
    this.#isInValue = false;
    this.#isInString = false;
    this.#isEscaped = false;
    return value;
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
