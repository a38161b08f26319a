// Signals that together deserve attention: one scenario, one source, with the evidence.

export interface AlertSource {
  /** `ip`, `range`, `country`, `as`, `user`, `session`, or a scenario's own scope name. */
  readonly scope: string;
  readonly value: string;
  readonly ip?: string;
  readonly range?: string;
  readonly countryCode?: string;
  readonly asn?: string;
  readonly asName?: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

export interface AlertEvent {
  readonly at: Date;
  /** Meta of the event, sorted by key. */
  readonly meta: ReadonlyArray<readonly [key: string, value: string]>;
}

export interface Alert {
  /** UUID. */
  readonly id: string;
  readonly scenario: string;
  readonly scenarioVersion: string;
  /** SHA-256 of the scenario's file, hex. */
  readonly scenarioHash: string;
  readonly source: AlertSource;
  /** Time of the first event that was poured. */
  readonly startAt: Date;
  /** Time of the last event that was poured. */
  readonly stopAt: Date;
  /** When the bucket overflowed: the first moment this could have been known. */
  readonly knownAt: Date;
  /** All events that were poured; `events` may hold fewer. */
  readonly eventsCount: number;
  readonly events: readonly AlertEvent[];
  /** One sentence: who did what, how often, over how long. */
  readonly message: string;
  /** Whether the scenario asks for something to be done. */
  readonly remediation: boolean;
  readonly simulated: boolean;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly capacity: number;
  readonly leakSpeedMs: number;
  /** Which machine of the local API sent it; absent for alerts of this engine. */
  readonly machine?: string;
  /** Set when a never-rule kept this alert from becoming a decision: the rule in words. */
  readonly spared?: string;
}
