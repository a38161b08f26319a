import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseIp } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GeoLookup } from '../../src/events/geo.ts';
import { buildMmdb } from './mmdb.ts';

const folder = path.join(process.env['PARAPET_SHARED'] ?? path.resolve('../shared'), 'data/crowdsec/mmdb');
const open = (): GeoLookup =>
  new GeoLookup({
    city: readFileSync(path.join(folder, 'GeoLite2-City.mmdb')),
    asn: readFileSync(path.join(folder, 'GeoLite2-ASN.mmdb')),
  });

// MaxMind's test databases are not in the repository: without them these tests are skipped.
describe.skipIf(!existsSync(folder))("MaxMind's databases", () => {
  it('know the place of an address', () => {
    expect(open().place('81.2.69.160')).toEqual({
      isoCode: 'GB',
      isInEu: true,
      latitude: 51.5142,
      longitude: -0.0931,
    });
    expect(open().place('2001:220::1')?.isoCode).toBe('KR');
  });

  it('give an address they do not know the empty place', () => {
    expect(open().place('192.168.0.1')).toEqual({ isoCode: '', isInEu: false, latitude: 0, longitude: 0 });
  });

  it('know the network of an address', () => {
    expect(open().network('89.160.20.112')).toEqual({
      asn: 29518,
      organisation: 'Bredband2 AB',
      range: '89.160.0.0/17',
    });
    expect(open().network('192.168.0.1')).toEqual({ asn: 0, organisation: '', range: '' });
  });

  it('know nothing about what is no address', () => {
    const geo = open();
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(parseIp(text) === undefined);
        expect(geo.network(text)).toBeUndefined();
        expect(geo.place(text)).toBeUndefined();
      }),
    );
  });
});

describe('a flat country database', () => {
  const geo = new GeoLookup({
    city: buildMmdb('ipvx-country', {
      '192.0.2.0/24': { country_code: 'FR' },
      '198.51.100.0/24': { country_code: 'US' },
    }),
  });

  it('gives the country, whether it is in the EU, and no place on the map', () => {
    expect(geo.place('192.0.2.77')).toEqual({ isoCode: 'FR', isInEu: true });
    expect(geo.place('198.51.100.1')).toEqual({ isoCode: 'US', isInEu: false });
  });

  it('knows nothing of other addresses', () => {
    expect(geo.place('203.0.113.1')).toBeUndefined();
  });
});

describe('a flat city database', () => {
  it('gives the place, also when the coordinates are written as texts', () => {
    const geo = new GeoLookup({
      city: buildMmdb('ipvx-city', {
        '192.0.2.0/24': { country_code: 'DE', latitude: '52.5', longitude: '13.25' },
      }),
    });
    expect(geo.place('192.0.2.1')).toEqual({ isoCode: 'DE', isInEu: true, latitude: 52.5, longitude: 13.25 });
  });
});

describe('without databases', () => {
  it('nothing is known', () => {
    const geo = new GeoLookup({});
    expect(geo.place('81.2.69.160')).toBeUndefined();
    expect(geo.network('81.2.69.160')).toBeUndefined();
  });

  it('bytes that are no database are refused', () => {
    expect(() => new GeoLookup({ city: Buffer.from('no database') })).toThrow('E_GEO_DATABASE');
  });
});
