// Counts of the minutes of some weeks: the whole memory of how much was asked for when.

export interface SavedMinutes {
  /** Minutes since the epoch. */
  readonly first: number;
  readonly counts: Uint32Array;
}

/** Eight weeks. */
export const MOST_MINUTES = 80_640;

export class Minutes {
  first = -1;
  #counts = new Uint32Array(0);
  #length = 0;

  get counts(): Uint32Array {
    return this.#counts.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  /** Counts in a minute; what is older than all that is kept is left out. */
  add(minute: number, count = 1): void {
    const place = this.#placeOf(minute);
    if (place >= 0) this.#counts[place]! += count;
  }

  /** Returns the counts from a minute on. */
  save(from: number): SavedMinutes {
    const skipped = Math.max(0, Math.min(this.#length, from - this.first));
    return { first: this.first + skipped, counts: this.counts.slice(skipped) };
  }

  /** Takes counts over as `save` gave them; they take the place of those of the same minutes. */
  restore({ first, counts }: SavedMinutes): void {
    for (const [i, count] of counts.entries()) {
      const place = this.#placeOf(first + i);
      if (place >= 0) this.#counts[place] = count;
    }
  }

  /** Returns where a minute is, making room for it; -1 when it is too old. */
  #placeOf(minute: number): number {
    if (this.first < 0) this.first = minute;
    let place = minute - this.first;
    if (place >= MOST_MINUTES) {
      const gone = Math.min(this.#length, place - MOST_MINUTES + 1440);
      this.#counts.copyWithin(0, gone, this.#length);
      this.#counts.fill(0, this.#length - gone);
      this.#length -= gone;
      this.first = this.#length === 0 ? minute : this.first + gone;
      place = minute - this.first;
      if (place >= MOST_MINUTES) return -1;
    }
    if (place < 0) return -1;
    if (place >= this.#counts.length) {
      const more = new Uint32Array(Math.min(MOST_MINUTES, Math.max(4096, 2 * place)));
      more.set(this.#counts);
      this.#counts = more;
    }
    this.#length = Math.max(this.#length, place + 1);
    return place;
  }
}
