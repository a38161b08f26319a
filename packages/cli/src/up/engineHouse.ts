// What every room of a running engine has at hand. The rooms: the audience (who hears what happens), the desks (what
// works beside the pipeline and brings it lines), and the doors (where others come in).

import type { Decision } from '@parapet/kinds';
import type { Store } from '@parapet/store';
import type { CommandContext } from '../context.ts';
import type { PreparedEngine } from '../engine/prepareEngine.ts';
import type { OwnRules } from '../notifications/ownRules.ts';
import type { EngineAudience } from './engineAudience.ts';
import type { RunOptions } from './engineOptions.ts';
import type { EngineProcess } from './engineProcess.ts';
import type { GatewayAnnounced } from './supervised.ts';

export interface EngineHouse {
  readonly context: CommandContext;
  readonly options: RunOptions;
  readonly engine: PreparedEngine;
  readonly store: Store;
  /** Undefined for an engine that no worker will call. */
  readonly gateway: GatewayAnnounced | undefined;
  readonly audience: EngineAudience;
  readonly startedAt: Date;
  readonly nowMs: () => number;
  /** Undefined until it is made: of what the desks read. */
  readonly running: () => EngineProcess | undefined;
  /** Workers that had to be replaced. */
  readonly restarts: () => number;
  /** Rules that were made in the dashboard. */
  readonly ownRules: () => Promise<OwnRules>;
  /** What is watched, as it is to be named to people; complete when all doors are open. */
  readonly watched: string[];
}

/** What a room does when somebody, by another way in, has lifted decisions in the store. */
export function lifter({ running }: EngineHouse): EngineProcess['onLiftedInStore'] {
  return (lifted) => running()?.onLiftedInStore(lifted);
}

/** Returns how many decisions are acted on. */
export function countLive(
  counts: Iterable<{ readonly mode: Decision['mode']; readonly count: number }>,
): number {
  let sum = 0;
  for (const { mode, count } of counts) if (mode === 'live') sum += count;
  return sum;
}
