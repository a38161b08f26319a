// Where visitors are, for decisions on countries and networks: a worker reads the databases when it is asked the
// first time, which is when there are such decisions. One that cannot be read knows nothing, and the worker says so.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Place, PlaceOf } from '@parapet/enforcement';
import { GeoLookup } from '@parapet/engine';
import type { WorkerConfig } from '@parapet/gateway';
import type { Config } from '../config/schema.ts';

type GeoFiles = WorkerConfig['geo'];

/** Returns the databases that the configuration names. */
export function geoFiles({ geo }: Config, folder: string): GeoFiles {
  const { city, country, asn } = geo;
  const places = city ?? country;
  return {
    ...(places === undefined ? {} : { placesFile: path.resolve(folder, places) }),
    ...(asn === undefined ? {} : { networksFile: path.resolve(folder, asn) }),
  };
}

/** Returns who can say where an address is; undefined when no database is named. */
export function placesOf(files: GeoFiles, onNote: (text: string) => void): PlaceOf | undefined {
  if (files.placesFile === undefined && files.networksFile === undefined) return undefined;
  let lookup: GeoLookup | undefined;
  return (ip): Place => {
    lookup ??= open(files, onNote);
    const countryCode = lookup.place(ip)?.isoCode ?? '';
    const asn = lookup.network(ip)?.asn ?? 0;
    return {
      ...(countryCode === '' ? {} : { countryCode }),
      ...(asn === 0 ? {} : { asn: String(asn) }),
    };
  };
}

function open({ placesFile, networksFile }: GeoFiles, onNote: (text: string) => void): GeoLookup {
  try {
    return new GeoLookup({
      ...(placesFile === undefined ? {} : { city: readFileSync(placesFile) }),
      ...(networksFile === undefined ? {} : { asn: readFileSync(networksFile) }),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    onNote(`Decisions on countries and networks are not enforced: ${why}`);
    return new GeoLookup({});
  }
}
