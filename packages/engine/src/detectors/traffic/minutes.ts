// Counts of the minutes of some weeks: the whole memory of how much was asked for when.

export interface SavedMinutes {
  /** Minutes since the epoch. */
  readonly first: number;
  /** Little-endian, base64. */
  readonly counts: string;
}

/** Eight weeks. */
const MOST_MINUTES = 80_640;

export class Minutes {
  first = -1;
  #counts = new Float64Array(0);
  #length = 0;

  get counts(): Float64Array {
    return this.#counts.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  /** Counts in a minute; what is older than all that is kept is left out. */
  add(minute: number, count = 1): void {
    if (this.first < 0) this.first = minute;
    let place = minute - this.first;
    if (place < 0) return;
    if (place >= MOST_MINUTES) {
      const gone = Math.min(this.#length, place - MOST_MINUTES + 1440);
      this.#counts.copyWithin(0, gone, this.#length);
      this.#counts.fill(0, this.#length - gone);
      this.#length -= gone;
      this.first = this.#length === 0 ? minute : this.first + gone;
      place = minute - this.first;
      if (place >= MOST_MINUTES) return;
    }
    if (place >= this.#counts.length) {
      const more = new Float64Array(Math.min(MOST_MINUTES, Math.max(4096, 2 * place)));
      more.set(this.#counts);
      this.#counts = more;
    }
    this.#length = Math.max(this.#length, place + 1);
    this.#counts[place]! += count;
  }

  save(): SavedMinutes {
    const bytes = Buffer.from(Uint32Array.from(this.counts).buffer);
    return { first: this.first, counts: bytes.toString('base64') };
  }

  restore({ first, counts }: SavedMinutes): void {
    const bytes = Buffer.from(counts, 'base64');
    this.first = first;
    this.#length = Math.min(MOST_MINUTES, bytes.length >> 2);
    this.#counts = Float64Array.from({ length: this.#length }, (_, i) => bytes.readUInt32LE(i * 4));
  }
}
