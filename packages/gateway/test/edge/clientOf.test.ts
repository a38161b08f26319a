import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../src/edge/clientOf.ts';
import { ForwardedForReader, ForwardedReader, parseNode } from '../../src/edge/forwardedFor.ts';
import { TrustedProxies } from '../../src/edge/trustedProxies.ts';
import { client, request } from './requests.ts';

const PROXIES = new TrustedProxies([
  'private',
  'loopback',
  'cloudflare',
  'fastly',
  'akamai',
  '2001:db8:f::/48',
]);

function seen(peer: string, fields: Readonly<Record<string, string>>): string {
  return clientOf(client(peer), request(fields), PROXIES).ip;
}

describe('whom clientOf believes', () => {
  it('believes nothing that an untrusted peer says, and makes no new object for it', () => {
    const peer = client('203.0.113.9');
    const spoofed = request({
      'x-forwarded-for': '198.51.100.1',
      forwarded: 'for=198.51.100.1;proto=https',
      'x-forwarded-proto': 'https',
      'cf-connecting-ip': '198.51.100.1',
      'true-client-ip': '198.51.100.1',
      'x-real-ip': '198.51.100.1',
    });
    expect(clientOf(peer, spoofed, PROXIES)).toBe(peer);
  });

  it('takes the rightmost address that is no trusted proxy', () => {
    expect(seen('10.0.0.1', { 'x-forwarded-for': '198.51.100.1' })).toBe('198.51.100.1');
    expect(seen('10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 198.51.100.1' })).toBe('198.51.100.1');
    expect(seen('10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 198.51.100.1, 10.2.3.4,192.168.0.1' })).toBe(
      '198.51.100.1',
    );
    expect(seen('10.0.0.1', { 'x-forwarded-for': '10.0.0.9, 10.0.0.8' })).toBe('10.0.0.9');
    expect(seen('10.0.0.1', {})).toBe('10.0.0.1');
    expect(seen('10.0.0.1', { 'x-forwarded-for': '' })).toBe('10.0.0.1');
    expect(seen('10.0.0.1', { 'x-forwarded-for': ' , ,198.51.100.1,, ' })).toBe('198.51.100.1');
  });

  it('keeps who opened the connection', () => {
    const found = clientOf(client('10.0.0.1'), request({ 'x-forwarded-for': '198.51.100.1' }), PROXIES);
    expect(found).toMatchObject({ peerIp: '10.0.0.1', words: [0xc6336401] });
    const behind = client('10.0.0.2', '10.0.0.1'); // the first hop came in a PROXY header
    expect(clientOf(behind, request({ 'x-forwarded-for': '198.51.100.1' }), PROXIES).peerIp).toBe('10.0.0.1');
  });

  it('stops at what is no address: the proxy that wrote it is all that is known', () => {
    for (const node of ['unknown', '_hidden', 'garbage', '1.2.3.4.5', '[::1', 'fe80::1%eth0', '<script>'])
      expect(seen('10.0.0.1', { 'x-forwarded-for': `198.51.100.1, ${node}` }), node).toBe('10.0.0.1');
    expect(seen('10.0.0.1', { 'x-forwarded-for': '198.51.100.1, unknown, 10.0.0.7' })).toBe('10.0.0.7');
  });

  it('takes ports, brackets and mapped addresses off', () => {
    for (const [node, ip] of [
      ['198.51.100.1:4711', '198.51.100.1'],
      ['[2001:db8::7]', '2001:db8::7'],
      ['[2001:db8::7]:4711', '2001:db8::7'],
      ['2001:DB8:0::7', '2001:db8::7'],
      ['::ffff:198.51.100.1', '198.51.100.1'],
      ['[::ffff:c633:6401]:80', '198.51.100.1'],
    ] as const)
      expect(seen('10.0.0.1', { 'x-forwarded-for': `6.6.6.6, ${node}` })).toBe(ip);
    expect(seen('10.0.0.1', { 'x-forwarded-for': '198.51.100.1, ::ffff:10.0.0.3' })).toBe('198.51.100.1');
    expect(seen('2001:db8:f::1', { 'x-forwarded-for': '198.51.100.1, [2001:db8:f::2]' })).toBe(
      '198.51.100.1',
    );
  });

  it('does not walk for ever', () => {
    const long = `198.51.100.1, ${Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`).join(', ')}`;
    expect(seen('10.1.1.1', { 'x-forwarded-for': long })).toBe('10.0.0.68');
    const spoofed = `${Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`).join(', ')}, 198.51.100.1`;
    expect(seen('10.1.1.1', { 'x-forwarded-for': spoofed })).toBe('198.51.100.1');
  });
});

describe('Forwarded', () => {
  it('is read from the right, with quotes and ports', () => {
    expect(seen('10.0.0.1', { forwarded: 'for=6.6.6.6, for=198.51.100.1;proto=https;by=10.0.0.1' })).toBe(
      '198.51.100.1',
    );
    expect(seen('10.0.0.1', { forwarded: 'For="[2001:db8:cafe::17]:4711"' })).toBe('2001:db8:cafe::17');
    expect(seen('10.0.0.1', { forwarded: 'for = "198.51.100.1" ; by = x, for="10.0.0.7:_port"' })).toBe(
      '198.51.100.1',
    );
    expect(seen('10.0.0.1', { forwarded: 'by="a,b;for=6.6.6.6";for=198.51.100.1' })).toBe('198.51.100.1');
  });

  it('cannot be spoiled from the left', () => {
    for (const spoof of ['for="', 'for="\\', 'for="6.6.6.6;', '"""', 'a="\\"', ',,,;;;', 'for=6.6.6.6, "'])
      expect(seen('10.0.0.1', { forwarded: `${spoof}, for=198.51.100.1` }), spoof).toBe('198.51.100.1');
  });

  it('ends where it names nobody, or two', () => {
    for (const element of [
      'for=unknown',
      'for=_abc',
      'proto=http',
      'for=a;for=198.51.100.1',
      'for=',
      'nonsense',
    ])
      expect(seen('10.0.0.1', { forwarded: `for=198.51.100.1, ${element}` }), element).toBe('10.0.0.1');
  });

  it('yields to X-Forwarded-For, which nearly every proxy writes', () => {
    expect(seen('10.0.0.1', { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=6.6.6.6' })).toBe(
      '198.51.100.1',
    );
  });
});

describe('headers of providers', () => {
  it('are believed only from the provider', () => {
    const fields = { 'cf-connecting-ip': '198.51.100.1' };
    expect(seen('104.16.0.1', fields)).toBe('198.51.100.1');
    expect(seen('104.16.0.1', { ...fields, 'x-forwarded-for': '6.6.6.6, 198.51.100.1' })).toBe(
      '198.51.100.1',
    );
    expect(seen('10.0.0.1', fields)).toBe('10.0.0.1');
    expect(seen('151.101.1.1', fields)).toBe('151.101.1.1');
    expect(seen('23.47.1.1', fields)).toBe('23.47.1.1');
  });

  it('are believed when the chain shows that the request came through the provider', () => {
    const fields = { 'cf-connecting-ip': '198.51.100.1', 'x-forwarded-for': '104.16.0.1' };
    expect(seen('10.0.0.1', fields)).toBe('198.51.100.1');
    expect(seen('10.0.0.1', { ...fields, 'x-forwarded-for': '104.16.0.1, 203.0.113.9' })).toBe('203.0.113.9');
  });

  it('count a Worker as the client, whatever it says of others', () => {
    const worker = { 'cf-connecting-ip': '2a06:98c0:3600::103', 'x-forwarded-for': '6.6.6.6' };
    expect(seen('104.16.0.1', worker)).toBe('2a06:98c0:3600::103');
  });

  it('lead further when the provider was itself reached through a trusted proxy', () => {
    const fields = { 'cf-connecting-ip': '151.101.1.1', 'x-forwarded-for': '198.51.100.1, 151.101.1.1' };
    expect(seen('104.16.0.1', fields)).toBe('198.51.100.1');
  });

  it('are taken without X-Forwarded-For only, where visitors can write them', () => {
    const spoofed = { 'fastly-client-ip': '6.6.6.6', 'true-client-ip': '6.6.6.6', 'x-real-ip': '6.6.6.6' };
    for (const peer of ['151.101.1.1', '23.47.1.1', '10.0.0.1']) {
      expect(seen(peer, { ...spoofed, 'x-forwarded-for': '198.51.100.1' }), peer).toBe('198.51.100.1');
      expect(seen(peer, spoofed), peer).toBe('6.6.6.6');
    }
    expect(seen('10.0.0.1', { 'true-client-ip': '6.6.6.6' })).toBe('10.0.0.1');
  });
});

describe('the scheme', () => {
  function scheme(peer: string, fields: Readonly<Record<string, string>>): string {
    return clientOf(client(peer), request(fields), PROXIES).scheme;
  }

  it('is what the trusted proxy says', () => {
    expect(scheme('10.0.0.1', { 'x-forwarded-proto': 'https' })).toBe('https');
    expect(scheme('10.0.0.1', { 'x-forwarded-proto': ' WSS ' })).toBe('https');
    expect(scheme('10.0.0.1', { 'x-forwarded-proto': 'gopher' })).toBe('http');
    expect(scheme('203.0.113.9', { 'x-forwarded-proto': 'https' })).toBe('http');
    expect(scheme('10.0.0.1', { forwarded: 'for=198.51.100.1;proto=https' })).toBe('https');
  });

  it('is that of the hop which the client made, when each proxy adds its own', () => {
    const chain = '6.6.6.6, 198.51.100.1, 10.0.0.2';
    expect(scheme('10.0.0.1', { 'x-forwarded-for': chain, 'x-forwarded-proto': 'http, https, http' })).toBe(
      'https',
    );
    const many = `${'http, '.repeat(100)}https`;
    expect(scheme('10.0.0.1', { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': many })).toBe('https');
    expect(
      scheme('10.0.0.1', {
        forwarded: 'for=6.6.6.6;proto=http, for=198.51.100.1;proto=https, for=10.0.0.2;proto=http',
      }),
    ).toBe('https');
  });
});

describe('properties', () => {
  it('a visitor cannot choose its address, whatever it sends', () => {
    const junk = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('"', ',', 'for="', 'for=1.2.3.4'),
    );
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 20 }), fc.constantFrom(',', ', ', ';'), (parts, glue) => {
        const left = parts.join(glue);
        expect(seen('10.0.0.1', { 'x-forwarded-for': `${left}, 198.51.100.1` })).toBe('198.51.100.1');
        expect(seen('10.0.0.1', { forwarded: `${left}, for=198.51.100.1` })).toBe('198.51.100.1');
      }),
    );
  });

  it('readers end, and never throw', () => {
    const rough = fc.string({
      unit: fc.constantFrom('"', '\\', ',', ';', '=', ' ', 'f', 'for', ':', '[', ']', '1.2.3.4'),
    });
    fc.assert(
      fc.property(rough, (value) => {
        for (const reader of [new ForwardedReader(value), new ForwardedForReader(value)]) {
          let hops = 0;
          for (let hop = reader.next(); hop !== undefined; hop = reader.next()) {
            parseNode(hop.node ?? '');
            hops++;
          }
          expect(hops).toBeLessThanOrEqual(value.length + 1);
        }
      }),
    );
  });

  it('reads back every node it could be sent', () => {
    const port = fc.option(fc.integer({ min: 0, max: 65_535 }));
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), port, (v4, v6, number) => {
        const suffix = number === null ? '' : `:${number}`;
        expect(parseNode(`${v4}${suffix}`)?.ip).toBe(parseNode(v4)!.ip);
        expect(parseNode(`[${v6}]${suffix}`)?.ip).toBe(parseNode(v6)!.ip);
      }),
    );
  });
});
