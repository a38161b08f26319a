// Pieces of a text that are written alike: bodies are made long by repeating what is in them. What stands there again
// says nothing new, and a long body full of it costs little more than a short one.

import { SHORT_TEXT } from './attention.ts';

/** Of longer pieces V8 compares every character with those of each other piece that is as long. */
const LONGEST = 16_383;
const MOST = 4096;

export class SeenTexts {
  readonly #text: string;
  readonly #seen: Set<string> | undefined;

  /** Pieces of this text are meant; those of a short one all count as new. */
  constructor(text: string) {
    this.#text = text;
    this.#seen = text.length > SHORT_TEXT ? new Set() : undefined;
  }

  /** Whether the piece is the first of its kind, as far as pieces are remembered. */
  isNew(start: number, end: number): boolean {
    if (this.#seen === undefined || end - start > LONGEST) return true;
    const { size } = this.#seen;
    const piece = this.#text.slice(start, end);
    return size < MOST ? this.#seen.add(piece).size > size : !this.#seen.has(piece);
  }
}
