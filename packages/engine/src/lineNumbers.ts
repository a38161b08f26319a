// Numbers the lines of each source, so that a line that is read again after a crash is known to be the same, and
// remembers what time it is in each source: that of its last line that told one.

import { createHash } from 'node:crypto';

export interface SourceProgress {
  /** Where the source's numbers start, so that lines of two sources have different ones. */
  readonly base: number;
  lines: number;
  /** NaN before the first time. */
  timeMs: number;
}

/** Names of sources can be addresses of syslog senders; more than this share one count. */
const MAX_SOURCES = 10_000;

export class LineNumbers {
  readonly #sources = new Map<string, SourceProgress>();
  #src: string | undefined;
  #current: SourceProgress | undefined;

  /** The progress of a source, its new line counted. */
  next(src: string): SourceProgress {
    if (src !== this.#src || this.#current === undefined) {
      this.#src = src;
      this.#current = this.#find(src);
    }
    this.#current.lines++;
    return this.#current;
  }

  /** The time in the source of the line that was counted last. */
  get timeMs(): number {
    return this.#current?.timeMs ?? Number.NaN;
  }

  /** What `restore` takes; it is only lent. */
  save(): ReadonlyMap<string, SourceProgress> {
    return this.#sources;
  }

  restore(sources: ReadonlyMap<string, SourceProgress>): void {
    this.#src = undefined;
    this.#current = undefined;
    this.#sources.clear();
    for (const [src, progress] of sources) this.#sources.set(src, { ...progress });
  }

  #find(src: string): SourceProgress {
    const name = this.#sources.has(src) || this.#sources.size < MAX_SOURCES ? src : '';
    let progress = this.#sources.get(name);
    if (progress === undefined) {
      const base = createHash('sha256').update(name).digest().readUIntBE(0, 6);
      progress = { base, lines: 0, timeMs: Number.NaN };
      this.#sources.set(name, progress);
    }
    return progress;
  }
}
