// The perimeter as a detector of the pipeline: reads what it needs off an event, and says what came of it as an
// overflow like any scenario's, with the address, the path, the referrer and the user agent as evidence.

import type { Event, EventSchema } from '../../events/event.ts';
import {
  detach,
  EvidenceKeeper,
  formatRfc3339,
  Overflow,
  readEvent,
  saveEvent,
  Source,
  type SavedEvent,
  type Scenario,
} from '../buckets/index.ts';
import type { Perimeter, SavedTries, Try } from './perimeter.ts';

export type SavedPerimeter = SavedTries<SavedEvent>;

export const PERIMETER_SCENARIO = 'parapet/perimeter';

/** What the pipeline needs of the scenario that stands for the perimeter; load.ts makes it from YAML. */
export const PERIMETER_YAML: string = `type: trigger
name: ${PERIMETER_SCENARIO}
description: "Asking for what this site never had and only scanners look for"
filter: "false"
groupby: evt.Meta.source_ip
labels:
  service: http
  behavior: "http:scan"
  label: "Perimeter"
  classification:
    - attack.T1595.002
  confidence: 3
  spoofable: 0
  remediation: true
`;

type KeptEvent = ReturnType<EvidenceKeeper['keep']>;

const NONE: readonly Overflow[] = [];

export class PerimeterDetector {
  readonly #perimeter: Perimeter<KeptEvent>;
  readonly #scenario: Scenario;
  readonly #simulated: boolean;
  readonly #status: number;
  readonly #action: number;
  readonly #path: number;
  readonly #ip: number;
  readonly #log: number;
  readonly #referrer: number;
  readonly #range: number;
  readonly #pattern: number;
  readonly #metaReferrer: number;
  readonly #evidence: EvidenceKeeper;

  constructor(perimeter: Perimeter<KeptEvent>, scenario: Scenario, schema: EventSchema, simulated: boolean) {
    this.#perimeter = perimeter;
    this.#scenario = scenario;
    this.#simulated = simulated;
    this.#status = schema.slot('Meta', 'http_status');
    this.#action = schema.slot('Meta', 'attack_action');
    this.#path = schema.slot('Meta', 'http_path');
    this.#ip = schema.slot('Meta', 'source_ip');
    this.#log = schema.slot('Meta', 'log_type');
    this.#referrer = schema.slot('Parsed', 'http_referer');
    this.#range = schema.slot('Meta', 'SourceRange');
    this.#pattern = schema.slot('Meta', 'perimeter_pattern');
    this.#metaReferrer = schema.slot('Meta', 'http_referer');
    this.#evidence = new EvidenceKeeper(schema);
  }

  /**
   * Counts the event if it is a 404 on a path of the perimeter, or would have been one had the inspection not refused
   * it first; returns the overflow that it led to.
   */
  observe(event: Event): readonly Overflow[] {
    const { values } = event;
    if (values[this.#status] !== '404' && values[this.#action] !== 'block') return NONE;
    const path = values[this.#path];
    const ip = values[this.#ip];
    if (path === undefined || ip === undefined) return NONE;
    const hit = this.#perimeter.observe(
      { ip: detach(ip), path: detach(path), atMs: event.timeMs, log: values[this.#log] ?? '' },
      (pattern) => this.#keep(event, pattern),
    );
    if (hit === undefined) return NONE;
    return [
      new Overflow({
        scenario: this.#scenario,
        key: ip,
        origin: `${event.identity} ${event.marshaledTime}`,
        firstMs: hit.firstAtMs,
        lastMs: event.timeMs,
        overflowMs: event.timeMs,
        eventsCount: hit.count,
        events: hit.evidence,
        sources: new Map([[ip, sourceOf(event, ip, values[this.#range] ?? '')]]),
        simulated: this.#simulated,
        message: `Ip ${ip} performed '${PERIMETER_SCENARIO}' (${hit.count} ${hit.count === 1 ? 'request for a path' : 'requests, the last for a path'} like ${hit.pattern}) at ${formatRfc3339(event.timeMs)}`,
      }),
    ];
  }

  /** What `restore` takes; it is only lent, and to be written down before the next event. */
  save(): SavedPerimeter {
    const { tries, quietUntilMs } = this.#perimeter.save();
    return {
      tries: new Map(
        Array.from(tries, ([ip, each]) => [
          ip,
          each.map((one) => ({ ...one, evidence: saveEvent(one.evidence) })),
        ]),
      ),
      quietUntilMs,
    };
  }

  /** Takes over what another perimeter saved; tries whose evidence cannot be read are left out. */
  restore({ tries, quietUntilMs }: SavedPerimeter): void {
    const readTry = ({ evidence, ...one }: Try<SavedEvent>): Try<KeptEvent>[] => {
      const event = readEvent(evidence);
      return event === undefined ? [] : [{ ...one, evidence: event }];
    };
    this.#perimeter.restore({
      tries: new Map(Array.from(tries, ([ip, each]) => [ip, each.flatMap(readTry)])),
      quietUntilMs,
    });
  }

  /** Keeps the event with what the alert is to tell: written to it as evt.SetMeta in a scenario would. */
  #keep(event: Event, pattern: string): KeptEvent {
    event.set(this.#pattern, pattern);
    const referrer = event.values[this.#referrer];
    if (referrer !== undefined && referrer !== '' && referrer !== '-') {
      event.set(this.#metaReferrer, referrer);
    }
    return this.#evidence.keep(event);
  }
}

function sourceOf(event: Event, ip: string, range: string): Source {
  const enriched = new Map(event.entries('Enriched'));
  return new Source({
    scope: 'Ip',
    value: ip,
    ip,
    range,
    asNumber: enriched.get('ASNNumber') ?? '',
    asName: enriched.get('ASNOrg') ?? '',
    country: enriched.get('IsoCode') ?? '',
    latitude: Number(enriched.get('Latitude') ?? 0),
    longitude: Number(enriched.get('Longitude') ?? 0),
  });
}
