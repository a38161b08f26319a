// When an exchange has been in one phase for too long, and through whom.

import type { GatewayTimeouts } from '../config.ts';
import * as phases from './phases.ts';

/** Who has kept the exchange waiting for longer than allowed. */
export type Late = 'nobody' | 'client' | 'upstream' | 'guard';

const KILOBYTE = 1024;

export interface Waiting {
  readonly phase: number;
  /** Since something moved. */
  readonly forMs: number;
  /** How much has moved since `forMs` began. */
  readonly movedBytes: number;
  readonly hasWholeBody: boolean;
  readonly takesBody: boolean;
  /** The client has not taken yet what was sent. */
  readonly isInUse: boolean;
}

/** Returns who is late. `forMs` is to be measured anew when a kilobyte has moved in time (`isMoving`). */
export function lateOne(waiting: Waiting, timeouts: GatewayTimeouts): Late {
  const { phase, forMs } = waiting;
  switch (phase) {
    case phases.ENDED:
      return 'nobody';
    case phases.CONNECTING:
      return forMs > timeouts.connectMs ? 'upstream' : 'nobody';
    case phases.COLLECTING:
    case phases.ASKED:
      if (waiting.hasWholeBody) return forMs > timeouts.upstreamMs ? 'upstream' : 'nobody';
      if (forMs <= timeouts.bodyMs || isMoving(waiting)) return 'nobody';
      return waiting.takesBody ? 'client' : 'upstream';
    case phases.ANSWERING:
      if (waiting.isInUse) return forMs > timeouts.bodyMs ? 'client' : 'nobody';
      return forMs > timeouts.upstreamMs ? 'upstream' : 'nobody';
    case phases.TUNNEL:
      return forMs > Math.max(timeouts.idleMs, timeouts.upstreamMs) && waiting.movedBytes === 0
        ? 'client'
        : 'nobody';
    default:
      return forMs > timeouts.upstreamMs ? 'guard' : 'nobody';
  }
}

export function isMoving({ phase, movedBytes }: Waiting): boolean {
  return phase === phases.TUNNEL ? movedBytes > 0 : movedBytes >= KILOBYTE;
}
