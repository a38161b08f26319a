// Helpers on places: distances, and where an address is.

import { parseIp } from '@parapet/kinds';
import { EvaluationError } from '../errors.ts';
import { Float, type Value } from '../value.ts';
import { pure, text, type HelperTable } from './define.ts';
import { parseFloat64 } from './floatText.ts';
import { RecordObject } from './record.ts';

/** Where addresses are. Both answer undefined without a database; an address it lacks is an empty record. */
export interface GeoSource {
  place(ip: string): GeoPlace | undefined;
  network(ip: string): GeoNetwork | undefined;
}

export interface GeoPlace {
  /** ISO 3166 alpha-2, '' when unknown. */
  readonly isoCode: string;
  readonly isInEu: boolean;
  readonly latitude?: number;
  readonly longitude?: number;
}

export interface GeoNetwork {
  /** 0 when unknown. */
  readonly asn: number;
  readonly organisation: string;
  /** The network of the database's record, as a CIDR range; '' when the address is in none. */
  readonly range: string;
}

export function geoHelpers(geo: GeoSource | undefined, log: (message: string) => void): HelperTable {
  return {
    Distance: pure((args) => {
      const [lat1, lon1, lat2, lon2] = [0, 1, 2, 3].map((at) => toDegrees(text(args, at))) as Coordinates;
      if ((lat1 === 0 && lon1 === 0) || (lat2 === 0 && lon2 === 0)) {
        log('Distance: one of the places is 0,0, which stands for unknown');
        return new Float(0);
      }
      return new Float(haversineKm(lat1, lon1, lat2, lon2));
    }, 4),
    // Pure: the databases are opened before expressions are compiled.
    GeoIPEnrich: pure((args) => {
      const place = geo?.place(checkedIp(args, geo));
      return place === undefined ? null : cityRecord(place);
    }, 1),
    GeoIPASNEnrich: pure((args) => {
      const network = geo?.network(checkedIp(args, geo));
      if (network === undefined) return null;
      return new RecordObject({
        AutonomousSystemNumber: network.asn,
        AutonomousSystemOrganization: network.organisation,
      });
    }, 1),
    GeoIPRangeEnrich: pure((args) => {
      const range = geo?.network(checkedIp(args, geo))?.range ?? '';
      // A *net.IPNet, of which expressions use the text.
      return range === '' ? null : new RecordObject({}, { String: () => range });
    }, 1),
    IPToCountry: pure((args) => {
      const ip = typeof args[0] === 'string' ? parseIp(args[0]) : undefined;
      return ip === undefined ? '' : (geo?.place(ip)?.isoCode ?? '');
    }, 1),
  };
}

type Coordinates = [lat1: number, lon1: number, lat2: number, lon2: number];

// Without a database the answer is nil whatever the text; with one, a text that is no address is an error.
function checkedIp(args: readonly Value[], geo: GeoSource | undefined): string {
  const claimedIp = text(args, 0);
  const ip = parseIp(claimedIp);
  if (ip === undefined && geo !== undefined) throw new EvaluationError(`'${claimedIp}' is no address`);
  return ip ?? '';
}

function cityRecord(place: GeoPlace): RecordObject {
  const country = new RecordObject({ IsoCode: place.isoCode, IsInEuropeanUnion: place.isInEu });
  const location = new RecordObject({
    Latitude: new Float(place.latitude ?? 0),
    Longitude: new Float(place.longitude ?? 0),
  });
  return new RecordObject({ Country: country, Location: location });
}

function toDegrees(degrees: string): number {
  const value = parseFloat64(degrees);
  // Go reports an overflow as an error, and lets the word "inf" pass.
  if (value !== undefined && (Number.isFinite(value) || !/\d/.test(degrees))) return value;
  throw new EvaluationError(`'${degrees}' is no number of degrees`);
}

// The great-circle distance on a sphere with the earth's mean radius.
function haversineKm(...degrees: Coordinates): number {
  const [lat1, lon1, lat2, lon2] = degrees.map((angle) => (angle * Math.PI) / 180) as Coordinates;
  const chord =
    Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin((lon2 - lon1) / 2) ** 2;
  return 2 * Math.atan2(Math.sqrt(chord), Math.sqrt(1 - chord)) * 6371;
}
