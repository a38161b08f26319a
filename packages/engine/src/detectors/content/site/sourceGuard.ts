// Who may teach. One source is heard a few times an hour for each parameter, so that a busy one does not outweigh the
// others; one that tries very many parameters, or many that nobody has used before, is a scanner and not heard for a
// day. What is kept is about the hour that is running, in a bounded number of entries.

import type { SiteSample } from './samples.ts';

export interface SourceLimits {
  /** Values of one parameter that one source is heard with in an hour. */
  readonly valuesPerHour: number;
  /** Parameters of one source in an hour; more, and it is a scanner. */
  readonly parametersPerHour: number;
  /** Parameters in an hour that nobody has sent before. */
  readonly newParametersPerHour: number;
}

export const SOURCE_LIMITS: SourceLimits = {
  valuesPerHour: 3,
  parametersPerHour: 256,
  newParametersPerHour: 48,
};

const MAX_SOURCES = 8192;
const MAX_VALUES = 65_536;
const QUIET_HOURS = 24;

interface Touched {
  parameters: number;
  added: number;
}

export class SourceGuard {
  readonly #limits: SourceLimits;
  readonly #touched = new Map<number, Touched>();
  readonly #values = new Map<number, number>();
  readonly #scanners = new Map<number, number>();
  #hour = 0;

  constructor(limits: SourceLimits) {
    this.#limits = limits;
  }

  /** Whether the source of the sample is heard at all. */
  isHeard({ source, isVouched }: SiteSample, hour: number): boolean {
    if (hour !== this.#hour) this.#begin(hour);
    return isVouched || !this.#scanners.has(source);
  }

  /** Whether it is heard with one more value of this parameter; `isNew` when nobody has sent it before. */
  takes({ source, isVouched }: SiteSample, slotKey: number, isNew: boolean): boolean {
    // People whom the site trusts may fill the largest form; they too do not count more than others do.
    const key = Math.imul(source, 0x9e3779b1) ^ slotKey;
    const values = this.#values.get(key) ?? 0;
    if (values >= this.#limits.valuesPerHour) return false;
    if (values === 0 && this.#values.size >= MAX_VALUES) return false;
    this.#values.set(key, values + 1);
    return isVouched || values > 0 || this.#touches(source, isNew);
  }

  #touches(source: number, isNew: boolean): boolean {
    let touched = this.#touched.get(source);
    if (touched === undefined) {
      if (this.#touched.size >= MAX_SOURCES) return false;
      touched = { parameters: 0, added: 0 };
      this.#touched.set(source, touched);
    }
    touched.parameters++;
    if (isNew) touched.added++;
    const { parametersPerHour, newParametersPerHour } = this.#limits;
    if (touched.parameters <= parametersPerHour && touched.added <= newParametersPerHour) return true;
    if (this.#scanners.size < MAX_SOURCES) this.#scanners.set(source, this.#hour + QUIET_HOURS);
    return false;
  }

  #begin(hour: number): void {
    this.#hour = hour;
    this.#touched.clear();
    this.#values.clear();
    for (const [source, until] of this.#scanners) if (until <= hour) this.#scanners.delete(source);
  }
}
