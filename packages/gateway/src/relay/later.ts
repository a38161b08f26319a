// A promise of the guard's whose exchange may be over, or may have gone on without it, when it is kept.

export class Later {
  readonly #onFault: (error: unknown) => void;
  #turn = 0;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** What has been promised is not wanted any more. */
  forget(): void {
    this.#turn++;
  }

  /** Calls one of the two, unless it is forgotten before; a rejection is a fault. */
  wait<T>(promise: Promise<T>, then: (value: T) => void, otherwise: () => void): void {
    const turn = ++this.#turn;
    promise.then(
      (value) => {
        if (this.#turn === turn) then(value);
      },
      (error: unknown) => {
        this.#onFault(error);
        if (this.#turn === turn) otherwise();
      },
    );
  }
}
