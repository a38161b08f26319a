// What all exchanges of a gateway share: the configuration in force, the guard, the counters and the clock.

import type { Guard } from '@parapet/kinds';
import type { GatewayConfig } from '../config.ts';
import type { ProxySuspicion } from '../edge/proxySuspicion.ts';
import type { TrustedProxies } from '../edge/trustedProxies.ts';
import type { Counting } from './counters.ts';
import type { RequestWriter } from './request-writer.ts';
import type { Sites } from './sites.ts';

export interface Core {
  config: GatewayConfig;
  sites: Sites;
  trustedProxies: TrustedProxies;
  readonly suspicion: ProxySuspicion;
  readonly guard: Guard;
  readonly counters: Counting;
  readonly writer: RequestWriter;
  /** No connection is kept alive any more. */
  isDraining: boolean;
  /** When the clock was last looked at: good enough for time limits. */
  nowMs: number;
  readonly clock: () => number;
  /** Something of ours, or of the guard's, did not work; the request went on. */
  readonly onFault: (error: unknown) => void;
  readonly onUpstreamError: (error: Error) => void;
}
