// How much work one request may make. Whoever decodes, scouts or reads a text says beforehand how much that is; what is
// left when all is spent is looked at by the scout alone, which goes over a body in one pass. A request of a visitor
// spends a hundredth of it: what is left is for those who make a request long or dense on purpose.

/** What one request is meant to cost at most; a unit is what one rule takes for one character, some ten nanoseconds. */
const WORK = 640_000;
/** It never costs more: all that is sent is gone over some times, and the last text that is read may be a large one. */
export const MOST_WORK: number = WORK + 700_000;
/** What is decoded leaves so much for what comes behind the limit and looks the worst. */
const FOR_LATE = 48_000;
/** And everything leaves so much for rules and model. */
const FOR_READING = 220_000;

/** To find out what a text is made of and to scout it, for each character. */
const DECODING = 5;
/** To make a part, whatever is in it: nearly nothing for a word, a number or prose. */
const PLAIN_PART = 40;
const PART = 400;
/** To read a part in another way, whatever is in it, and for each character. */
const VIEW = 150;
const VIEWING = 10;
/** To go over what is sent once, to take it apart or to scout it, for each character. */
const PASSING = 2;

export class Effort {
  #left = WORK;
  #passing = 0;

  /** What was spent so far. */
  get spent(): number {
    return WORK - this.#left + this.#passing;
  }

  /** Whether values may still be taken apart as they come. */
  get mayDecode(): boolean {
    return this.#left > FOR_READING + FOR_LATE;
  }

  /** So many characters may still be decoded; of late values a few more than of others. */
  charactersLeft(isLate: boolean): number {
    return Math.floor(this.#decodingLeft(isLate) / DECODING);
  }

  /** So many characters may other readings of a value of this length have. */
  charactersLeftForViews(isLate: boolean, length: number): number {
    return Math.floor(Math.max(0, this.#decodingLeft(isLate) - length * DECODING) / VIEWING);
  }

  /** A part of so many characters is made, with so many other readings that have so many together. */
  spendOnPart(isPlain: boolean, characters: number, views: number, charactersOfViews: number): void {
    const part = isPlain ? PLAIN_PART : PART;
    this.#left -= part + characters * DECODING + views * VIEW + charactersOfViews * VIEWING;
  }

  /** So many characters are gone over; that leaves less to decode, and as much as ever to read. */
  spendOnPassing(characters: number): void {
    const work = characters * PASSING;
    const taken = Math.min(work, Math.max(0, this.#left - FOR_READING - FOR_LATE));
    this.#left -= taken;
    this.#passing += work - taken;
  }

  /** So much may be read; of what is in front of a body no more than half, so that neither takes all from the other. */
  readingLeft(isInFront: boolean): number {
    return isInFront ? Math.min(this.#left, FOR_READING >> 1) : this.#left;
  }

  spendOnReading(work: number): void {
    this.#left -= work;
  }

  #decodingLeft(isLate: boolean): number {
    return Math.max(0, this.#left - (isLate ? FOR_READING : FOR_READING + FOR_LATE));
  }
}
