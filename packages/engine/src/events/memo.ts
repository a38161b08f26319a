// Remembers answers by value. Several questions are asked about the same value of an event (where is this
// address, is it whitelisted, does the filter hold for it?), so the answers to all of them lie together: one
// look-up for an event. The memory has a bound: two generations of a map, and what was not asked for during a
// whole generation is forgotten. Whoever sends ever new values costs time, never memory.

import type { EventSchema } from './event.ts';

/** Values of one field that are remembered at least; at most twice as many. */
const SIZE = 32_768;

/** Longer values are answered anew: keeping them would cost more than it saves. */
const MAX_LENGTH = 256;

/** Asks about a value; `context` is handed to whoever has to find the answer. */
export type Question<T, C> = (value: string | undefined, context: C) => T;

type Answers = unknown[];

export class ValueMemo {
  readonly #size: number;
  #young = new Map<string | undefined, Answers>();
  #old = new Map<string | undefined, Answers>();
  #lastValue: string | undefined;
  #lastAnswers: Answers | undefined;
  #questions = 0;

  constructor(size: number = SIZE) {
    this.#size = size;
  }

  /** Adds a question whose answer depends on the value alone. `find` must not answer undefined. */
  question<T, C = undefined>(find: Question<T, C>): Question<T, C> {
    const index = this.#questions++;
    return (value, context) => {
      if (value !== undefined && value.length > MAX_LENGTH) return find(value, context);
      const answers =
        value === this.#lastValue && this.#lastAnswers !== undefined
          ? this.#lastAnswers
          : this.#lookUp(value);
      // Only this question writes at this index, and it writes what `find` returned.
      const known = answers[index] as T | undefined;
      if (known !== undefined) return known;
      const answer = find(value, context);
      answers[index] = answer;
      return answer;
    };
  }

  #lookUp(value: string | undefined): Answers {
    let answers = this.#young.get(value);
    if (answers === undefined) {
      answers = this.#old.get(value) ?? Array.from({ length: this.#questions });
      if (this.#young.size >= this.#size) {
        this.#old = this.#young;
        this.#young = new Map();
      }
      this.#young.set(value, answers);
    }
    this.#lastValue = value;
    this.#lastAnswers = answers;
    return answers;
  }
}

const memos = new WeakMap<EventSchema, Map<number, ValueMemo>>();

/** The memory for the values of a slot, one for all who ask about events of this schema. */
export function memoOf(schema: EventSchema, slot: number): ValueMemo {
  let ofSchema = memos.get(schema);
  if (ofSchema === undefined) memos.set(schema, (ofSchema = new Map()));
  let memo = ofSchema.get(slot);
  if (memo === undefined) ofSchema.set(slot, (memo = new ValueMemo()));
  return memo;
}

/** The memory for addresses. */
export function addressMemo(schema: EventSchema): ValueMemo {
  return memoOf(schema, schema.slot('Meta', 'source_ip'));
}
