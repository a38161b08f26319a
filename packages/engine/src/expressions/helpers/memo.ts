// Remembers the answers of a function of one text, for the last so many texts.

export class Memo<T> {
  readonly #answers = new Map<string, T>();
  readonly #sizeMax: number;
  readonly #compute: (text: string) => T;

  constructor(sizeMax: number, compute: (text: string) => T) {
    this.#sizeMax = sizeMax;
    this.#compute = compute;
  }

  /** Returns the function's answer. The oldest answers are forgotten first, in halves: that costs no bookkeeping. */
  get(text: string): T {
    const known = this.#answers.get(text);
    if (known !== undefined || this.#answers.has(text)) return known as T; // undefined is an answer too
    const answer = this.#compute(text);
    if (this.#answers.size >= this.#sizeMax) this.#forgetHalf();
    this.#answers.set(text, answer);
    return answer;
  }

  #forgetHalf(): void {
    let left = this.#sizeMax >> 1;
    for (const text of this.#answers.keys()) {
      if (left-- <= 0) return;
      this.#answers.delete(text);
    }
  }
}
