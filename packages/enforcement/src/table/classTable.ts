// What decisions have in common (remediation, scenario, origin, whether simulated), kept once and named by a number
// of 16 bits: a list of a million addresses has a handful of these.

import { strictnessOf } from './strictness.ts';

export interface DecisionClass {
  readonly remediation: string;
  readonly scenario: string;
  readonly origin: string;
  readonly simulated: boolean;
}

/** With so many in use, further ones lose the name of their scenario; an operator's reasons are free text. */
const NAMED = 60_000;
const LIMIT = 65_535;
export const NAME_LIMIT = 1024;

export class ClassTable {
  /** How strict, by class; live ones stand above all simulated ones. Read at each hit. */
  readonly ranks: Uint8Array = new Uint8Array(LIMIT);
  readonly #classes: (DecisionClass | undefined)[] = [];
  readonly #counts: number[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #free: number[] = [];
  #last = -1;

  /** Returns the number of the class and counts one more use, or -1 when there is no room. */
  take(like: DecisionClass): number {
    const last = this.#last;
    const id = last >= 0 && isSame(this.#classes[last], like) ? last : this.#find(like);
    if (id < 0) return id;
    this.#counts[id] = this.#counts[id]! + 1;
    this.#last = id;
    return id;
  }

  /** Counts one more use of a class that is in use. */
  retain(id: number): void {
    this.#counts[id] = this.#counts[id]! + 1;
  }

  release(id: number): void {
    this.#counts[id] = this.#counts[id]! - 1;
    if (this.#counts[id] > 0) return;
    this.#byKey.delete(keyOf(this.#classes[id]!));
    this.#classes[id] = undefined;
    this.#free.push(id);
    if (this.#last === id) this.#last = -1;
  }

  get(id: number): DecisionClass {
    return this.#classes[id]!;
  }

  /** The classes as they are now, by their numbers. */
  copy(): readonly (DecisionClass | undefined)[] {
    return [...this.#classes];
  }

  #find(like: DecisionClass): number {
    const known = this.#byKey.get(keyOf(like));
    if (known !== undefined) return known;
    if (this.#byKey.size < NAMED) return this.#make(like);
    const unnamed = { ...like, scenario: '' };
    return this.#byKey.get(keyOf(unnamed)) ?? this.#make(unnamed);
  }

  #make({ remediation, scenario, origin, simulated }: DecisionClass): number {
    if (this.#byKey.size >= LIMIT) return -1;
    const id = this.#free.pop() ?? this.#classes.length;
    const made = { remediation, scenario, origin, simulated };
    this.#classes[id] = made;
    this.#counts[id] = 0;
    this.#byKey.set(keyOf(made), id);
    this.ranks[id] = strictnessOf(remediation) + (simulated ? 0 : 8);
    return id;
  }
}

function isSame(one: DecisionClass | undefined, other: DecisionClass): boolean {
  return (
    one !== undefined &&
    one.scenario === other.scenario &&
    one.remediation === other.remediation &&
    one.origin === other.origin &&
    one.simulated === other.simulated
  );
}

function keyOf({ remediation, scenario, origin, simulated }: DecisionClass): string {
  return `${simulated ? 1 : 0}${remediation}\0${origin}\0${scenario}`;
}
