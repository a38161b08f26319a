// A scenario, compiled: the rule that says what behaviour is bad. Made by loadScenarios, never changed after.

import type { DataFile } from '../../events/index.ts';
import type { Expression } from '../../expressions/index.ts';
import type { BucketFrame } from './environment.ts';

export type ScenarioType = 'trigger' | 'leaky' | 'counter' | 'conditional' | 'bayesian';

export type Program = Expression<BucketFrame>;

export interface BayesianCondition {
  readonly condition: Program;
  readonly probGivenEvil: number;
  readonly probGivenBenign: number;
  /** Once true, true for the rest of the bucket's life, and not evaluated again. */
  readonly guillotine: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly type: ScenarioType;
  readonly description: string;
  readonly version: string;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
  readonly format: string;
  readonly references: readonly string[];
  readonly labels: Readonly<Record<string, unknown>>;
  /** labels.remediation is true. */
  readonly remediation: boolean;
  readonly debug: boolean;
  readonly file: string;
  readonly line: number;

  readonly filter: Program;
  readonly groupBy: Program | undefined;
  readonly distinct: Program | undefined;
  readonly cancelOn: Program | undefined;
  readonly overflowFilter: Program | undefined;
  readonly condition: Program | undefined;
  readonly bayesian:
    | {
        readonly prior: number;
        readonly threshold: number;
        readonly conditions: readonly BayesianCondition[];
      }
    | undefined;

  /** -1: no limit. */
  readonly capacity: number;
  readonly leakSpeedMs: number;
  /** How long a bucket lives after its last event; after its first when it is timed. */
  readonly lifetimeMs: number;
  /** Has a `duration`: it overflows when its life ends. */
  readonly isTimed: boolean;
  /** The queue holds one event more than this; Infinity keeps all. */
  readonly queueLimit: number;
  /** Undefined without a blackhole. */
  readonly blackholeMs: number | undefined;
  readonly reprocess: boolean;
  readonly scope: { readonly name: string; readonly expression: Program | undefined };
  /** Whether expressions look into the queue, so that events have to be kept whole. */
  readonly readsQueue: boolean;
  /** Files that expressions of the scenario read by name. */
  readonly data: readonly DataFile[];
}
