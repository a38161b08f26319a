// What each type of scenario demands of its numbers.

import type { MapReader } from '../../items/index.ts';
import type { ScenarioType } from './scenario.ts';

export interface TypeFacts {
  readonly type: ScenarioType | undefined;
  readonly capacity: number;
  readonly cacheSize: number;
  /** Undefined when absent, or no duration (which has been complained about). */
  readonly leakSpeedMs: number | undefined;
  readonly durationMs: number | undefined;
  readonly hasCondition: boolean;
  readonly bayesianPrior: number;
  readonly bayesianThreshold: number;
  readonly bayesianConditions: number;
}

/** Complains about every number that the scenario's type does not allow. */
export function checkType(root: MapReader, facts: TypeFacts): void {
  switch (facts.type) {
    case 'trigger':
      if (facts.capacity !== 0)
        complain(root, 'capacity', 'A trigger overflows at once: its capacity is 0', 'Remove capacity');
      return;
    case 'leaky':
      if (facts.capacity <= 0)
        complain(root, 'capacity', 'A leaky bucket needs a capacity above 0', 'Add `capacity: 5`');
      demandDuration(
        root,
        'leakspeed',
        facts.leakSpeedMs,
        'A leaky bucket',
        'how long one event takes to leak',
      );
      return;
    case 'counter':
      demandUnlimited(root, facts, 'A counter');
      demandDuration(root, 'duration', facts.durationMs, 'A counter', 'how long it counts');
      return;
    case 'conditional':
      if (!facts.hasCondition)
        complain(
          root,
          'condition',
          'A conditional bucket needs a condition',
          'Add `condition: len(queue.Queue) >= 5`',
        );
      demandDuration(
        root,
        'leakspeed',
        facts.leakSpeedMs,
        'A conditional bucket',
        'how long it waits for the next event',
      );
      return;
    case 'bayesian':
      demandUnlimited(root, facts, 'A bayesian bucket');
      demandDuration(
        root,
        'leakspeed',
        facts.leakSpeedMs,
        'A bayesian bucket',
        'how long it waits for the next event',
      );
      if (facts.bayesianConditions === 0)
        complain(
          root,
          'bayesian_conditions',
          'A bayesian bucket needs bayesian_conditions',
          'Add at least one',
        );
      demandProbability(root, 'bayesian_prior', facts.bayesianPrior);
      demandProbability(root, 'bayesian_threshold', facts.bayesianThreshold);
      return;
    case undefined:
  }
}

function demandUnlimited(root: MapReader, facts: TypeFacts, what: string): void {
  if (facts.capacity !== -1)
    complain(root, 'capacity', `${what} takes all events: its capacity is -1`, 'Write `capacity: -1`');
}

function demandDuration(
  root: MapReader,
  key: string,
  ms: number | undefined,
  what: string,
  meaning: string,
): void {
  if (ms === undefined && root.has(key) && root.string(key) !== '') return; // no duration at all: said already
  if (ms === undefined || ms <= 0)
    complain(root, key, `${what} needs a ${key} above 0: ${meaning}`, `Write it like \`${key}: 10s\``);
}

function demandProbability(root: MapReader, key: string, value: number): void {
  if (!(value > 0 && value <= 1))
    complain(root, key, `'${key}' has to be above 0 and at most 1`, `Write it like \`${key}: 0.8\``);
}

function complain(root: MapReader, key: string, message: string, hint: string): void {
  root.complain('E_SCENARIO_VALUE', message, hint, root.position(key));
}
