// Alerts and their sources as expressions see them: CrowdSec's models.Alert, models.Source and models.Event,
// with the names that post-overflow parsers, profiles and hub tests use.

import { formatDuration } from '@parapet/kinds';
import { WritableObject } from '../../events/index.ts';
import { AnyMap, Float, HostObject, type Value } from '../../expressions/index.ts';
import { formatRfc3339 } from './goTime.ts';
import { fieldOf, type Fields } from './keptEvent.ts';

type Method = (args: readonly Value[]) => Value;

export interface SourceFields {
  /** As CrowdSec spells it: `Ip`, `Range`, `AS`, … */
  scope: string;
  value: string;
  ip: string;
  range: string;
  asNumber: string;
  asName: string;
  country: string;
  latitude: number;
  longitude: number;
}

/** Who did it. Post-overflow parsers may change scope and value. */
export class Source extends WritableObject {
  readonly fields: SourceFields;

  constructor(fields: SourceFields) {
    super();
    this.fields = fields;
  }

  copy(): Source {
    return new Source({ ...this.fields });
  }

  field(name: string): Value | undefined {
    const { fields } = this;
    switch (name) {
      case 'Latitude':
        return new Float(fields.latitude);
      case 'Longitude':
        return new Float(fields.longitude);
      default: {
        const key = SOURCE_TEXTS.get(name);
        return key === undefined ? undefined : fields[key];
      }
    }
  }

  setField(name: string, value: Value): boolean {
    const key = SOURCE_TEXTS.get(name);
    if (key === undefined || typeof value !== 'string') return false;
    this.fields[key] = value;
    return true;
  }

  method(name: string): Method | undefined {
    const { fields } = this;
    switch (name) {
      case 'GetScope':
        return () => fields.scope;
      case 'GetValue':
        return () => fields.value;
      case 'GetAsNumberName':
        return () =>
          (fields.asNumber === '0' ? '' : fields.asNumber) +
          (fields.asName === '' ? '' : ` ${fields.asName}`);
      case 'String':
        return () => describe(fields);
      default:
        return undefined;
    }
  }
}

const SOURCE_TEXTS: ReadonlyMap<string, Exclude<keyof SourceFields, 'latitude' | 'longitude'>> = new Map([
  ['Scope', 'scope'],
  ['Value', 'value'],
  ['IP', 'ip'],
  ['Range', 'range'],
  ['AsNumber', 'asNumber'],
  ['AsName', 'asName'],
  ['Cn', 'country'],
]);

function describe({ scope, value, country, asNumber }: SourceFields): string {
  if (scope === '') return 'empty source';
  const origin = country + (asNumber === '' ? '' : `/${asNumber}`);
  const suffix = origin === '' ? '' : ` (${origin})`;
  if (scope === 'Ip') return `ip ${value}${suffix}`;
  if (scope === 'Range') return `range ${value}${suffix}`;
  return `${scope} ${value}`;
}

/** What an alert tells. */
export interface AlertFields {
  readonly scenario: string;
  readonly scenarioHash: string;
  readonly scenarioVersion: string;
  readonly capacity: number;
  readonly leakSpeedMs: number;
  readonly eventsCount: number;
  readonly events: readonly AlertEventObject[];
  readonly message: string;
  readonly source: Source;
  readonly startMs: number;
  readonly stopMs: number;
  readonly simulated: boolean;
  readonly remediation: boolean;
}

export class AlertObject extends HostObject {
  readonly fields: AlertFields;

  constructor(fields: AlertFields) {
    super();
    this.fields = fields;
  }

  field(name: string): Value | undefined {
    const { fields } = this;
    switch (name) {
      case 'Scenario':
        return fields.scenario;
      case 'ScenarioHash':
        return fields.scenarioHash;
      case 'ScenarioVersion':
        return fields.scenarioVersion;
      case 'Capacity':
        return fields.capacity;
      case 'Leakspeed':
        return formatDuration(fields.leakSpeedMs);
      case 'EventsCount':
        return fields.eventsCount;
      case 'Events':
        return fields.events;
      case 'Message':
        return fields.message;
      case 'Source':
        return fields.source;
      case 'StartAt':
        return formatRfc3339(fields.startMs);
      case 'StopAt':
        return formatRfc3339(fields.stopMs);
      case 'Simulated':
        return fields.simulated;
      case 'Remediation':
        return fields.remediation;
      case 'Kind':
        return 'crowdsec';
      case 'Decisions':
      case 'Labels':
      case 'Meta':
        return [];
      case 'CreatedAt':
      case 'MachineID':
      case 'UUID':
        return '';
      case 'ID':
        return 0;
      default:
        return undefined;
    }
  }

  method(name: string): Method | undefined {
    const { fields } = this;
    switch (name) {
      case 'GetScope':
        return () => fields.source.fields.scope;
      case 'GetValue':
        return () => fields.source.fields.value;
      case 'GetScenario':
        return () => fields.scenario;
      case 'GetEventsCount':
        return () => fields.eventsCount;
      case 'GetMeta':
        return () => '';
      default:
        return undefined;
    }
  }
}

/** One event of the queue, as Meta pairs sorted by key. */
export class AlertEventObject extends HostObject {
  readonly timeMs: number;
  readonly #marshaledTime: string;
  readonly #meta: Fields;

  constructor(timeMs: number, marshaledTime: string, meta: Fields) {
    super();
    this.timeMs = timeMs;
    this.#marshaledTime = marshaledTime;
    this.#meta = meta;
  }

  getMeta(key: string): string {
    return fieldOf(this.#meta, key) ?? '';
  }

  get metaPairs(): readonly (readonly [key: string, value: string])[] {
    const { names, values } = this.#meta;
    return names.map((name, i) => [name, values[i]!]);
  }

  field(name: string): Value | undefined {
    if (name === 'Timestamp') {
      return this.#marshaledTime === '' ? formatRfc3339(this.timeMs) : this.#marshaledTime;
    }
    if (name !== 'Meta') return undefined;
    return this.metaPairs.map(
      ([key, value]) =>
        new AnyMap(
          new Map([
            ['Key', key],
            ['Value', value],
          ]),
        ),
    );
  }

  method(name: string): Method | undefined {
    return name === 'GetMeta' ? ([key]) => (typeof key === 'string' ? this.getMeta(key) : '') : undefined;
  }
}
