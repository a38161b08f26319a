// What is done about a value, until when, and who said so.

/** What to do: the four this engine knows, or the name of one that only an enforcer knows. */
export type Remediation = 'ban' | 'captcha' | 'throttle' | 'tarpit' | (string & {});

/** `crowdsec` keeps the name that bouncers filter on for decisions made by scenarios. */
export type DecisionOrigin = 'scenario' | 'operator' | 'community' | 'list' | (string & {});

export interface Target {
  /** Kind of value: `ip`, `range`, `country`, `as`, `user`, `session`, or a scenario's own scope name. */
  readonly scope: string;
  readonly value: string;
}

export interface Decision {
  /** UUID; the record id shown on a block page. */
  readonly id: string;
  readonly target: Target;
  readonly remediation: Remediation;
  readonly startAt: Date;
  readonly expiresAt: Date;
  /** The scenario that led to it, or the reason an operator gave. */
  readonly scenario: string;
  readonly origin: DecisionOrigin;
  readonly mode: 'live' | 'simulated';
  /** The alert it answers; absent for decisions an operator made. */
  readonly alertId?: string;
}
