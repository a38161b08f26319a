// What a store keeps beside its ranges: where to look for which lengths. Ranges that go leave some of it behind, so
// it is built anew, piece by piece, whenever the store moves its entries.

export interface Lengths {
  put(key: readonly number[]): void;
  drop(key: readonly number[]): void;
}

export interface Filter {
  /** A range has come; it may be there already. */
  put(key: readonly number[]): void;
  /** The last decision on a range has gone. */
  drop(key: readonly number[]): void;
  begin(capacity: number): void;
  /** While moving: the range stays. */
  keep(key: readonly number[]): void;
  finish(): void;
}

export class Rebuilt<L extends Lengths> implements Filter {
  now: L;
  #next: L | undefined;
  readonly #make: (capacity: number) => L;

  constructor(make: (capacity: number) => L) {
    this.#make = make;
    this.now = make(0);
  }

  put(key: readonly number[]): void {
    this.now.put(key);
    this.#next?.put(key);
  }

  drop(key: readonly number[]): void {
    this.now.drop(key);
    this.#next?.drop(key);
  }

  begin(capacity: number): void {
    this.#next = this.#make(capacity);
  }

  keep(key: readonly number[]): void {
    this.#next!.put(key);
  }

  finish(): void {
    this.now = this.#next!;
    this.#next = undefined;
  }
}
