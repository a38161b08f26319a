// Pieces of a text that are written alike: bodies are made long by repeating what is in them. What stands there again
// says nothing new, and a long body full of it costs little more than a short one.

/** So few are read without being remembered, as most requests have no more. */
const FEW = 64;
/** Longer pieces are seldom twice the same, and cost as much to remember as to read. */
const LONGEST = 1024;
const MOST = 4096;

export class SeenTexts {
  #count = 0;
  #seen: Set<string> | undefined;

  /** Whether the piece is the first of its kind, as far as pieces are remembered. */
  isNew(text: string, start: number, end: number): boolean {
    if (++this.#count <= FEW || end - start > LONGEST) return true;
    this.#seen ??= new Set();
    const { size } = this.#seen;
    const piece = text.slice(start, end);
    return size < MOST ? this.#seen.add(piece).size > size : !this.#seen.has(piece);
  }
}
