// Our own answers are no evidence. Once an address is under a decision, the enforcer answers it with 403 or
// 429, the log shows that, and scenarios about 403s would go on to prolong the ban for ever. Such events are
// dropped before they are poured. For live logs only: in a replay nobody enforced what the replay decides.

import type { Event, EventSchema } from '../events/index.ts';

/** What the guard has to know of decisions. */
export interface RunningDecisions {
  /** Whether a decision that is really enforced covers the address at this time. */
  isEnforcedOn(ip: string, atMs: number): boolean;
}

const OWN_ANSWERS: ReadonlySet<string> = new Set(['403', '429']);

export class SelfInflicted {
  readonly #decisions: RunningDecisions;
  readonly #status: number;
  readonly #sourceIp: number;
  #count = 0;

  constructor(schema: EventSchema, decisions: RunningDecisions) {
    this.#decisions = decisions;
    this.#status = schema.slot('Meta', 'http_status');
    this.#sourceIp = schema.slot('Meta', 'source_ip');
  }

  /** How many events were our own answers. */
  get count(): number {
    return this.#count;
  }

  /** Whether the event only shows that we answered 403 or 429; such an event is counted, and not to be poured. */
  isOwnAnswer(event: Event, atMs: number): boolean {
    // The gateway sends no events of its own answers: what it tells of is the site's.
    if (event.origin.module === 'gateway') return false;
    const status = event.values[this.#status];
    if (status === undefined || !OWN_ANSWERS.has(status)) return false;
    const ip = event.values[this.#sourceIp];
    if (ip === undefined || !this.#decisions.isEnforcedOn(ip, atMs)) return false;
    this.#count++;
    return true;
  }
}
