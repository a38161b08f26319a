// Choices from a seed: what every generator of examples is given.

import { seeded } from '@parapet/engine';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export class Picker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.#random() * list.length)];
    if (found === undefined) throw new RangeError('there is nothing to pick from');
    return found;
  }

  /** A whole number from `least` to `most`, both possible. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** `text`, or nothing. */
  maybe(share: number, text: string): string {
    return this.chance(share) ? text : '';
  }

  /** From `least` to `most` things that `make` gives, with `between` between them. */
  many(least: number, most: number, between: string, make: (index: number) => string): string {
    let text = '';
    for (let index = 0, length = this.int(least, most); index < length; index += 1)
      text += index === 0 ? make(index) : between + make(index);
    return text;
  }

  from(alphabet: string, least: number, most: number): string {
    let text = '';
    for (let left = this.int(least, most); left > 0; left -= 1)
      text += alphabet.charAt(Math.floor(this.#random() * alphabet.length));
    return text;
  }

  letters(least: number, most: number): string {
    return this.from(LETTERS, least, most);
  }

  digits(least: number, most: number): string {
    return String(this.int(1, 9)) + this.from('0123456789', least - 1, most - 1);
  }

  hex(least: number, most: number): string {
    return this.from('0123456789abcdef', least, most);
  }

  /** Some letters turned into capitals, as those write who hope to slip through. */
  mixCase(text: string): string {
    return text.replaceAll(/[a-z]/gu, (letter) => (this.chance(0.5) ? letter.toUpperCase() : letter));
  }
}
