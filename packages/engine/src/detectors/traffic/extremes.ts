// How far a value is outside of all that was seen before, as a share of the range that was seen. No scale has to be
// known or estimated, and what happens often cannot be new: a series finds its own measure of what is worth saying.

/** More than this says nothing more. */
const MOST = 10;

export class Extremes {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Returns how far the value is beyond what was seen, 0 to 10 ranges, and takes it in. */
  beyond(value: number): number {
    const range = this.#max - this.#min;
    let beyond = 0;
    if (++this.#count > 2 && range > 0) {
      const distance = Math.max(0, value - this.#max, this.#min - value) / range;
      // Infinite by infinite is no number: both are far outside.
      beyond = distance < MOST ? distance : MOST;
    }
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    return beyond;
  }

  /** Returns where in the range that was seen the value is, 0 to 1. */
  placeOf(value: number): number {
    const place = (value - this.#min) / (this.#max - this.#min);
    return place >= 0 && place <= 1 ? place : 0;
  }
}
