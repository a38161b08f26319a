// The methods that statics may call (`method: GeoIpCity`): each takes the static's value and writes what it
// finds to evt.Enriched. What cannot be found is silently absent.

import { formatFloat } from '../expressions/helpers/floatText.ts';
import type { GeoSource } from '../expressions/helpers/geo.ts';
import { parseJson } from '../expressions/helpers/jsonText.ts';
import { AnyMap } from '../expressions/index.ts';
import type { DateParser } from './dates.ts';
import type { Event, EventSchema } from './event.ts';
import { addressMemo } from './memo.ts';
import { attributeWriter } from './signalAttributes.ts';

export interface Enricher {
  /** Writes to the event what is known about the value. */
  enrich(value: string, event: Event): void;
  /** The slots it may write, when the value alone decides what; undefined when other things do. */
  readonly writes?: readonly number[];
  /** True when it never finds anything, since there is no database to look into. */
  readonly isIdle?: boolean;
}

export interface EnricherContext {
  readonly schema: EventSchema;
  readonly dates: DateParser;
  /** Whether evt.Time is the time in the line (replay) or stays the time the line was read (live). */
  readonly usesEventTime: boolean;
  readonly geo?: GeoSource | undefined;
  /**
   * The first PTR name of an address, with its final dot, if it is known by now. The engine has no network:
   * whoever runs it resolves beforehand.
   */
  readonly reverseDns?: (ip: string) => string | undefined;
}

/** Returns all methods by their names. */
export function createEnrichers(context: EnricherContext): ReadonlyMap<string, Enricher> {
  return new Map<string, Enricher>([
    ['GeoIpCity', geoIpCity(context)],
    ['GeoIpASN', geoIpAsn(context)],
    ['IpToRange', ipToRange(context)],
    ['reverse_dns', reverseDns(context)],
    ['ParseDate', parseDate(context)],
    ['UnmarshalJSON', unmarshalJson()],
    ['SignalAttributes', { enrich: attributeWriter(context.schema) }],
  ]);
}

/** An enricher that writes the same texts for the same value: they are remembered by value. */
function remembering(
  schema: EventSchema,
  isIdle: boolean,
  names: readonly string[],
  find: (value: string) => readonly (string | undefined)[],
): Enricher {
  const slots = names.map((name) => schema.slot('Enriched', name));
  const textsOf = addressMemo(schema).question((value) => find(value ?? ''));
  const enrich = (value: string, event: Event): void => {
    const texts = textsOf(value, undefined);
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i];
      if (text !== undefined) event.set(slots[i]!, text);
    }
  };
  return { enrich, writes: slots, isIdle };
}

function geoIpCity({ schema, geo }: EnricherContext): Enricher {
  return remembering(schema, geo === undefined, ['IsoCode', 'IsInEU', 'Latitude', 'Longitude'], (value) => {
    const place = geo?.place(value);
    if (place === undefined) return [];
    const { latitude, longitude } = place;
    const country = [place.isoCode, place.isInEu ? 'true' : 'false'];
    if (latitude === undefined || longitude === undefined) return country;
    return [...country, formatFloat(latitude, 'f', 6), formatFloat(longitude, 'f', 6)];
  });
}

function geoIpAsn({ schema, geo }: EnricherContext): Enricher {
  return remembering(schema, geo === undefined, ['ASNNumber', 'ASNumber', 'ASNOrg'], (value) => {
    const network = geo?.network(value);
    return network === undefined ? [] : [String(network.asn), String(network.asn), network.organisation];
  });
}

function ipToRange({ schema, geo }: EnricherContext): Enricher {
  return remembering(schema, geo === undefined, ['SourceRange'], (value) => {
    const range = geo?.network(value)?.range;
    return range === undefined || range === '' ? [] : [range];
  });
}

function reverseDns(context: EnricherContext): Enricher {
  const slot = context.schema.slot('Enriched', 'reverse_dns');
  const enrich = (value: string, event: Event): void => {
    const name = context.reverseDns?.(value);
    if (name !== undefined && name !== '') event.set(slot, name);
  };
  return { enrich };
}

function parseDate({ schema, dates, usesEventTime }: EnricherContext): Enricher {
  const slot = schema.slot('Enriched', 'MarshaledTime');
  const enrich = (value: string, event: Event): void => {
    const date = dates.parse(value, event.strTimeFormat);
    event.set(slot, date.text);
    if (usesEventTime && !date.isNow) event.timeMs = date.ms;
  };
  return { enrich };
}

function unmarshalJson(): Enricher {
  const enrich = (_value: string, event: Event): void => {
    const parsed = parseJson(event.raw);
    if (!(parsed instanceof AnyMap)) throw new TypeError('The line is no JSON object');
    const unmarshaled = (event.unmarshaled ??= new AnyMap());
    for (const key of parsed.keys()) unmarshaled.set(key, parsed.get(key));
  };
  return { enrich };
}
