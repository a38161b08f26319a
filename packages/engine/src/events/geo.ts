// Where an address is, from MMDB databases: MaxMind's City and ASN, and the flat country, city and ASN
// databases of ip-location-db. The databases come in as bytes; one that is missing knows nothing.

import { Reader } from 'maxmind';
import type { GeoNetwork, GeoPlace, GeoSource } from '../expressions/helpers/geo.ts';
import { parseCidr, parseIp } from '@parapet/kinds';

export interface GeoDatabases {
  /** A city or country database. */
  readonly city?: Buffer;
  readonly asn?: Buffer;
}

export class GeoLookup implements GeoSource {
  readonly #city: Reader<never> | undefined;
  readonly #asn: Reader<never> | undefined;
  readonly #holdsPlaces: boolean;

  /** Throws when the bytes are no MMDB database. */
  constructor(databases: GeoDatabases) {
    this.#city = open(databases.city, 'city');
    this.#asn = open(databases.asn, 'ASN');
    this.#holdsPlaces = !/country/i.test(this.#city?.metadata.databaseType ?? '');
  }

  /**
   * Returns the place; of an address that a city database does not know, the empty place (as MaxMind's own
   * reader does); undefined without a database or for a text that is no address.
   */
  place(claimedIp: string): GeoPlace | undefined {
    return this.#city === undefined ? undefined : this.#findPlace(this.#city, claimedIp);
  }

  /** Returns the network; 0 and '' as number and organisation where the database knows the range only. */
  network(claimedIp: string): GeoNetwork | undefined {
    return this.#asn === undefined ? undefined : findNetwork(this.#asn, claimedIp);
  }

  #findPlace(reader: Reader<never>, claimedIp: string): GeoPlace | undefined {
    const ip = parseIp(claimedIp);
    if (ip === undefined) return undefined;
    const record: unknown = reader.get(ip);
    const isoCode =
      textAt(record, 'country', 'iso_code') ||
      textAt(record, 'registered_country', 'iso_code') ||
      textAt(record, 'represented_country', 'iso_code') ||
      textAt(record, 'country_code');
    const latitude = numberAt(record, 'location', 'latitude') ?? numberAt(record, 'latitude');
    const longitude = numberAt(record, 'location', 'longitude') ?? numberAt(record, 'longitude');
    const place = { isoCode, isInEu: isInEu(record, isoCode) };
    if (!this.#holdsPlaces && latitude === undefined) return isoCode === '' ? undefined : place;
    return { ...place, latitude: latitude ?? 0, longitude: longitude ?? 0 };
  }
}

function open(bytes: Buffer | undefined, kind: string): Reader<never> | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new Reader(bytes);
  } catch (cause) {
    const message = `The ${kind} database is no MMDB file (E_GEO_DATABASE). Download it again`;
    throw new Error(message, { cause });
  }
}

function findNetwork(reader: Reader<never>, claimedIp: string): GeoNetwork | undefined {
  const ip = parseIp(claimedIp);
  if (ip === undefined) return undefined;
  const [record, prefixLength]: [unknown, number] = reader.getWithPrefixLength(ip);
  const range = record === null ? '' : (parseCidr(`${ip}/${prefixLength}`)?.text ?? '');
  return {
    asn: numberAt(record, 'autonomous_system_number') ?? 0,
    organisation: textAt(record, 'autonomous_system_organization'),
    range,
  };
}

/** The member states; databases that are not MaxMind's do not say. */
const EU = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

/** MaxMind says it beside the country that the code was taken from; without a country it is never true. */
function isInEu(record: unknown, isoCode: string): boolean {
  for (const country of ['country', 'registered_country', 'represented_country']) {
    if (textAt(record, country, 'iso_code') === '') continue;
    return at(record, country, 'is_in_european_union') === true;
  }
  return EU.has(isoCode);
}

function at(record: unknown, ...path: readonly string[]): unknown {
  let value = record;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined; // hasOwn says so
  }
  return value;
}

function textAt(record: unknown, ...path: readonly string[]): string {
  const value = at(record, ...path);
  return typeof value === 'string' ? value : '';
}

/** ip-location-db writes some numbers as texts. */
function numberAt(record: unknown, ...path: readonly string[]): number | undefined {
  const value = at(record, ...path);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' && !Number.isNaN(Number(value))
    ? Number(value)
    : undefined;
}
