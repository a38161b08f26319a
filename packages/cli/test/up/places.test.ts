import fs from 'node:fs';
import path from 'node:path';
import { parseIp } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { buildMmdb } from '../../../engine/test/events/mmdb.ts';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { geoFiles, placesOf } from '../../src/up/places.ts';
import { newSite } from '../commands/run.ts';

const VISITOR = parseIp('192.0.2.7')!;
const STRANGER = parseIp('198.51.100.1')!;

describe('where a visitor is', () => {
  it('is what the databases of the configuration say', () => {
    const { folder } = newSite();
    const country = { country: { iso_code: 'FR' } };
    const network = { autonomous_system_number: 64_500 };
    fs.writeFileSync(
      path.join(folder, 'country.mmdb'),
      buildMmdb('Test-Country', { '192.0.2.0/24': country }),
    );
    fs.writeFileSync(path.join(folder, 'asn.mmdb'), buildMmdb('Test-ASN', { '192.0.2.0/24': network }));
    const files = geoFiles({ ...DEFAULT_CONFIG, geo: { country: 'country.mmdb', asn: 'asn.mmdb' } }, folder);
    const notes: string[] = [];
    const placeOf = placesOf(files, (text) => notes.push(text))!;
    expect(placeOf(VISITOR)).toEqual({ countryCode: 'FR', asn: '64500' });
    expect(placeOf(STRANGER)).toEqual({});
    expect(notes).toEqual([]);
  });

  it('is not known without a database, and one that cannot be read is told once', () => {
    expect(placesOf(geoFiles(DEFAULT_CONFIG, '/'), () => {})).toBeUndefined();
    const notes: string[] = [];
    const placeOf = placesOf({ placesFile: '/does/not/exist.mmdb' }, (text) => notes.push(text))!;
    expect(placeOf(VISITOR)).toEqual({});
    expect(placeOf(VISITOR)).toEqual({});
    expect(notes).toEqual([expect.stringContaining('Decisions on countries and networks are not enforced')]);
  });
});
