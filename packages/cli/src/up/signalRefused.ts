// What was wrong with records whose senders hear no answer: one line of JSON each, in a file that does not grow for
// ever. Nothing of a record but its id is in it.

import { appendFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RefusedRecord } from '@parapet/api';

const MOST_BYTES = 1_048_576;
const NOTE_EVERY_MS = 60_000;

export class RefusedFile {
  readonly #file: string;
  readonly #now: () => Date;
  readonly #onNote: (text: string) => void;
  #notedAtMs = -Infinity;

  constructor(file: string, now: () => Date, onNote: (text: string) => void) {
    this.#file = file;
    this.#now = now;
    this.#onNote = onNote;
  }

  /** Writes down why records of a sender were refused, and tells the owner at most once a minute. */
  add(from: string, records: readonly (Omit<RefusedRecord, 'code'> & { readonly code: string })[]): void {
    const [first] = records;
    if (first === undefined) return;
    const at = this.#now();
    const text = records.map((record) => `${JSON.stringify({ at, from, ...record })}\n`).join('');
    try {
      if ((statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES)
        renameSync(this.#file, `${this.#file}.old`);
      appendFileSync(this.#file, text, { mode: 0o600 });
    } catch {
      // A full disk: the note below is all there is.
    }
    if (Math.abs(at.getTime() - this.#notedAtMs) < NOTE_EVERY_MS) return;
    this.#notedAtMs = at.getTime();
    const where = path.basename(this.#file);
    this.#onNote(`Signals of ${from} were refused: ${first.detail} (${first.code}). All are in ${where}.`);
  }
}
