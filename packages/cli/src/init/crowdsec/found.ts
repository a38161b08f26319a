// What was found in a CrowdSec, as people are told: what is taken over, and what is not and why.

export interface Taken {
  readonly what: string;
  readonly count: number;
  /** One sentence. */
  readonly text: string;
}

export interface Left {
  readonly what: string;
  readonly why: string;
}

/** The list of a migration while it is made. */
export class Found {
  readonly taken: Taken[] = [];
  readonly left: Left[] = [];

  take(what: string, count: number, text: string): void {
    if (count > 0) this.taken.push({ what, count, text });
  }

  leave(what: string, why: string): void {
    this.left.push({ what, why });
  }
}

/** `1 source`, `3 sources`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
