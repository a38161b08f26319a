// From an overflow to alerts: post-overflow parsers look at it and may let it go, the never-rules say whom
// nobody decides on, and there is one alert per source. An overflow of a scenario with `reprocess` is an event
// itself and goes through the buckets again.

import { createHash } from 'node:crypto';
import { parseCidr, parseIp, type Alert, type AlertSource, type RuleMode } from '@parapet/kinds';
import { formatRfc3339, type AlertObject, type Overflow, type Source } from '../detectors/buckets/index.ts';
import { parapetScope } from '../detectors/scopes.ts';
import { Event, type EventSchema } from '../events/index.ts';
import type { Finding } from './finding.ts';
import type { IdOf } from './ids.ts';
import type { NeverRule } from './neverRules.ts';

export interface JudgeOptions {
  readonly schema: EventSchema;
  /** Post-overflow parsers; they change the event in place and may mark it as whitelisted. */
  readonly postOverflows?: { parse(event: Event): unknown };
  /** In order; the first that spares a source has the word. */
  readonly neverRules: readonly NeverRule[];
  readonly idOf: IdOf;
  /** What somebody chose for a scenario; asked each time that one speaks. */
  readonly chosen?: (scenario: string) => RuleMode | undefined;
}

export interface Verdict {
  readonly overflow: Overflow;
  /** The overflow as an event, as the post-overflow parsers left it. */
  readonly event: Event;
  readonly whitelisted: boolean;
  readonly whitelistReason: string;
  /** One per source; none when it is whitelisted, or its scenario is off. */
  readonly alerts: readonly Alert[];
}

/** An overflow of an overflow of an overflow …: more than this is a ring of scenarios. */
const MAX_DEPTH = 8;

export class Judge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Judges overflows and, through `pour`, those that re-injected ones lead to; in the order they happened. */
  judgeAll(overflows: readonly Overflow[], pour: (event: Event) => readonly Overflow[]): readonly Verdict[] {
    if (overflows.length === 0) return NONE;
    const verdicts: Verdict[] = [];
    let round = overflows;
    for (let depth = 0; depth < MAX_DEPTH && round.length > 0; depth++) {
      const next: Overflow[] = [];
      for (const overflow of round) {
        const verdict = this.judge(overflow);
        verdicts.push(verdict);
        const isHeard = !verdict.whitelisted && this.#chosenFor(overflow) !== 'off';
        if (isHeard && overflow.facts.scenario.reprocess) next.push(...pour(verdict.event));
      }
      round = next;
    }
    return verdicts;
  }

  judge(overflow: Overflow): Verdict {
    const event = eventOf(overflow, this.#options.schema);
    this.#options.postOverflows?.parse(event);
    const whitelisted = overflow.whitelisted || event.whitelisted;
    const chosen = this.#chosenFor(overflow);
    return {
      overflow,
      event,
      whitelisted,
      whitelistReason: event.whitelistReason,
      alerts:
        whitelisted || chosen === 'off'
          ? []
          : alertsOf(overflow).map(([alert, source]) => this.#alert(overflow, alert, source, chosen)),
    };
  }

  /** An alert that another machine has made, with what the never-rules say about its source. */
  judgeForeign(alert: Alert): Alert {
    const spared = this.#spare(alert.source, alert.knownAt.getTime());
    return spared === undefined ? alert : { ...alert, spared };
  }

  /** What the never-rules found out about the set-up since the last call. */
  takeFindings(): readonly Finding[] {
    return this.#options.neverRules.flatMap((rule) => rule.takeFindings?.() ?? []);
  }

  #chosenFor({ facts }: Overflow): RuleMode | undefined {
    return this.#options.chosen?.(facts.scenario.name);
  }

  #alert(
    overflow: Overflow,
    { fields }: AlertObject,
    of: Source,
    chosen: 'observe' | 'enforce' | undefined,
  ): Alert {
    const { scenario, key, origin, lastMs, overflowMs } = overflow.facts;
    const source = sourceOf(of);
    const spared = this.#spare(source, overflowMs);
    return {
      id: this.#options.idOf(['alert', scenario.name, key, origin, of.fields.scope, of.fields.value]),
      scenario: fields.scenario,
      scenarioVersion: fields.scenarioVersion,
      scenarioHash: fields.scenarioHash,
      source,
      startAt: new Date(fields.startMs),
      stopAt: new Date(lastMs),
      knownAt: new Date(overflowMs),
      eventsCount: fields.eventsCount,
      events: fields.events.map(({ timeMs, metaPairs }) => ({ at: new Date(timeMs), meta: metaPairs })),
      message: fields.message,
      remediation: fields.remediation,
      simulated: chosen === undefined ? fields.simulated : chosen === 'observe',
      labels: scenario.labels,
      capacity: fields.capacity,
      leakSpeedMs: fields.leakSpeedMs,
      ...(spared === undefined ? {} : { spared }),
    };
  }

  #spare(source: AlertSource, atMs: number): string | undefined {
    for (const rule of this.#options.neverRules) {
      const reason = rule.spare(source, atMs);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
}

const NONE: readonly Verdict[] = [];

function eventOf(overflow: Overflow, schema: EventSchema): Event {
  const { overflowMs } = overflow.facts;
  const event = new Event(schema);
  event.kind = 'overflow';
  event.overflow = overflow;
  event.identity = identityOf(overflow);
  event.readAtMs = overflowMs;
  event.timeMs = overflowMs;
  event.marshaledTime = formatRfc3339(overflowMs);
  return event;
}

/** What an overflow starts by being poured is told apart by what started the overflow. */
function identityOf({ facts: { scenario, key, origin } }: Overflow): number {
  return createHash('sha256')
    .update(JSON.stringify([scenario.name, key, origin]))
    .digest()
    .readUIntBE(0, 6);
}

/** With one source, as post-overflow parsers left it; with several, each as the events told of it. */
function alertsOf({ alerts, facts }: Overflow): (readonly [AlertObject, Source])[] {
  const first = alerts[0];
  if (first === undefined) return [];
  if (facts.sources.size <= 1) return [[first, first.fields.source]];
  return [...facts.sources.values()].map((source) => [first, source] as const);
}

function sourceOf({ fields }: Source): AlertSource {
  const scope = parapetScope(fields.scope);
  return {
    scope,
    value: canonical(scope, fields.value),
    ...present('ip', parseIp(fields.ip) ?? fields.ip),
    ...present('range', parseCidr(fields.range)?.text ?? fields.range),
    ...present('countryCode', fields.country),
    ...present('asn', fields.asNumber),
    ...present('asName', fields.asName),
    ...(fields.latitude === 0 && fields.longitude === 0
      ? {}
      : { latitude: fields.latitude, longitude: fields.longitude }),
  };
}

function canonical(scope: string, value: string): string {
  if (scope === 'ip') return parseIp(value) ?? value;
  return scope === 'range' ? (parseCidr(value)?.text ?? value) : value;
}

function present<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  // The record has exactly the key asked for, or none.
  return value === '' ? {} : ({ [key]: value } as Record<K, string>);
}
