import { describe, expect, it } from 'vitest';
import { MAIN_SITE, trafficReader } from '../../../src/detectors/traffic/index.ts';
import { EventSchema } from '../../../src/events/event.ts';
import { at, eventOf } from '../buckets/build.ts';

const schema = new EventSchema();
const read = trafficReader(schema);

function siteOf(names: Readonly<Record<string, string>>): string | undefined {
  const meta = { source_ip: '192.0.2.1', http_path: '/', http_status: '200', ...names };
  return read(eventOf(schema, { time: at(1), meta }))?.site;
}

describe('the site of a request', () => {
  it("is the gateway's, or else the host of the log", () => {
    expect(siteOf({ site: 'shop', target_fqdn: 'www.example.org' })).toBe('shop');
    expect(siteOf({ target_fqdn: 'www.example.org' })).toBe('www.example.org');
  });

  it('is one where neither has a name, so that past logs teach for the gateway', () => {
    expect(siteOf({})).toBe('');
    expect(siteOf({ site: MAIN_SITE, target_fqdn: 'www.example.org' })).toBe('');
  });

  it('is asked for of requests with a time and an answer alone', () => {
    const meta = { source_ip: '192.0.2.1', http_path: '/' };
    expect(read(eventOf(schema, { time: at(1), meta }))).toBeUndefined();
    expect(read(eventOf(schema, { meta: { ...meta, http_status: '200' } }))).toBeUndefined();
  });
});
