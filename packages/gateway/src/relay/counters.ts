// What a gateway counts for the metrics. Plain numbers that only grow, but for the two that say how many there are now.

export interface GatewayCounters {
  readonly requests: number;
  readonly connections: number;
  readonly openConnections: number;
  readonly openUpstreamConnections: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Answered by the guard or by an own page, without the upstream's answer. */
  readonly ownAnswers: number;
  readonly refusals: number;
  /** Connections closed at once because there were too many. */
  readonly turnedAway: number;
  readonly clientsLeft: number;
  readonly clientTimeouts: number;
  readonly retries: number;
  readonly upstreamFailures: number;
  readonly upstreamTimeouts: number;
  /** Answers that ended before their end: the client has seen a broken connection. */
  readonly cutAnswers: number;
  readonly guardFaults: number;
}

export type Counting = { -readonly [name in keyof GatewayCounters]: GatewayCounters[name] };

export function newCounters(): Counting {
  return {
    requests: 0,
    connections: 0,
    openConnections: 0,
    openUpstreamConnections: 0,
    requestBytes: 0,
    responseBytes: 0,
    ownAnswers: 0,
    refusals: 0,
    turnedAway: 0,
    clientsLeft: 0,
    clientTimeouts: 0,
    retries: 0,
    upstreamFailures: 0,
    upstreamTimeouts: 0,
    cutAnswers: 0,
    guardFaults: 0,
  };
}
