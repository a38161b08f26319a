// What a supervisor says of itself, to the next one and to `parapet doctor`.

import type { WorkerHealth } from '../worker/workerConfig.ts';

export interface SupervisorStatus {
  readonly pid: number;
  readonly startedAtMs: number;
  readonly listening: readonly string[];
  readonly workers: readonly {
    readonly number: number;
    readonly pid: number;
    readonly state: string;
    readonly health?: WorkerHealth;
  }[];
  /** Workers that ended by themselves and were replaced. */
  readonly restarts: number;
  readonly reloads: number;
}
