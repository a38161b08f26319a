// How much of what is detected plain is detected under each transform, each placing, and pairs of them.

import type { Inspector } from '@parapet/kinds';
import { PLACINGS, PLAIN, type Placing } from './placings.ts';
import type { Sample } from './samples.ts';
import { TEXT_TRANSFORMS, type Transform } from './transforms.ts';

export interface Tally {
  readonly name: string;
  tried: number;
  found: number;
  /** The first attacks that were not found, to look at. */
  readonly missed: string[];
}

export interface Measured {
  readonly plain: Tally;
  readonly singles: readonly Tally[];
  readonly pairs: Tally;
}

/** Tries every transform that keeps the meaning of each sample, and every `pairStep`-th pair. */
export function measure(inspector: Inspector, samples: readonly Sample[], pairStep: number): Measured {
  const isFound = (payload: string, placing: Placing): boolean =>
    inspector.inspect(placing.request(payload)).action !== 'pass';
  const plain = newTally('plain');
  const pairs = newTally('pairs');
  const singles = new Map<string, Tally>();
  const single = (name: string): Tally => {
    const tally = singles.get(name) ?? newTally(name);
    singles.set(name, tally);
    return tally;
  };
  let turn = 0;
  for (const { kind, payload } of samples) {
    const isPlain = isFound(payload, PLAIN);
    count(plain, isPlain, payload);
    if (!isPlain) continue;
    const fitting = TEXT_TRANSFORMS.filter(
      (transform) => transform.classes.includes(kind) && transform.apply(payload) !== payload,
    );
    for (const { name, apply } of fitting)
      count(single(`${kind}: ${name}`), isFound(apply(payload), PLAIN), apply(payload));
    for (const placing of PLACINGS)
      count(single(`sent as ${placing.name}`), isFound(payload, placing), payload);
    for (const [one, other] of pairsOf(fitting)) {
      turn += 1;
      if (turn % pairStep === 0)
        count(
          pairs,
          isFound(other.apply(one.apply(payload)), PLAIN),
          `${one.name} + ${other.name}: ${other.apply(one.apply(payload))}`,
        );
    }
    for (const transform of fitting) {
      for (const placing of PLACINGS) {
        turn += 1;
        if (turn % pairStep === 0)
          count(
            pairs,
            isFound(transform.apply(payload), placing),
            `${transform.name} + ${placing.name}: ${transform.apply(payload)}`,
          );
      }
    }
  }
  return { plain, singles: [...singles.values()], pairs };
}

function pairsOf(transforms: readonly Transform[]): readonly (readonly [Transform, Transform])[] {
  return transforms.flatMap((one, index) =>
    transforms.slice(index + 1).map((other) => [one, other] as const),
  );
}

function newTally(name: string): Tally {
  return { name, tried: 0, found: 0, missed: [] };
}

function count(tally: Tally, isFound: boolean, payload: string): void {
  tally.tried += 1;
  if (isFound) tally.found += 1;
  else if (tally.missed.length < 400) tally.missed.push(payload.slice(0, 200));
}

/** The share of what was tried that was found, 0 to 1. */
export function shareOf({ tried, found }: Tally): number {
  return tried === 0 ? 1 : found / tried;
}
