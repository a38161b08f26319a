import { describe, expect, it } from 'vitest';
import { DEFAULT_DEMAND } from '@parapet/enforcement';
import { GATEWAY_LIMITS, GATEWAY_TIMEOUTS } from '@parapet/gateway';
import { configSchema, type Config } from '../../src/config/schema.ts';
import { isGatewayAsked, type GatewayFlags } from '../../src/up/gatewayAsked.ts';
import { resolveGateway, type ResolvedGateway } from '../../src/up/gatewayConfig.ts';

const resolve = (gateway: unknown, flags: GatewayFlags = {}): ResolvedGateway =>
  resolveGateway(configOf(gateway), flags, '/etc/parapet', '/var/lib/parapet');

describe('the configuration of the gateway', () => {
  it('is one site with all defaults when only an upstream is named', () => {
    const { gateway, drainMs } = resolve({}, { upstream: 'http://127.0.0.1:8081' });
    expect(gateway).toMatchObject({
      listeners: [{ listen: '*:8080', isTls: false, expectsProxyProtocol: false }],
      sites: [
        {
          name: 'main',
          hosts: ['*'],
          upstreams: ['http://127.0.0.1:8081'],
          hostHeader: 'client',
          mode: 'enforce',
        },
      ],
      limits: GATEWAY_LIMITS,
      timeouts: GATEWAY_TIMEOUTS,
      dataDir: '/var/lib/parapet',
    });
    expect(drainMs).toBe(30_000);
  });

  it('tells visitors a name only where the owner has given one', () => {
    expect(resolve({}, { upstream: 'http://127.0.0.1:8081' }).gateway.sites[0]!.title).toBe('');
    const written = { name: 'shop-de', title: 'The Shop', upstreams: ['http://127.0.0.1:8081'] };
    expect(resolve({ sites: [written] }).gateway.sites[0]!.title).toBe('The Shop');
  });

  it('asks of visitors what the owner has set', () => {
    expect(resolve({ upstream: 'http://127.0.0.1:8081' }).challenge).toEqual({
      bits: DEFAULT_DEMAND.bits,
      allowsWaiting: true,
    });
    const challenge = { work_bits: 19, without_scripts: false };
    expect(resolve({ upstream: 'http://127.0.0.1:8081', challenge }).challenge).toEqual({
      bits: 19,
      allowsWaiting: false,
    });
  });

  it('takes an upstream as people write it', () => {
    const of = (upstream: string): readonly string[] => resolve({}, { upstream }).gateway.sites[0]!.upstreams;
    expect(of('localhost:3000')).toEqual(['http://localhost:3000']);
    expect(of('http://Example.org/')).toEqual(['http://example.org:80']);
    expect(of('https://[2001:db8::1]')).toEqual(['https://[2001:db8::1]:443']);
    expect(of('unix:/run/site.sock')).toEqual(['unix:/run/site.sock']);
  });

  it('has several sites and listeners, with paths from the folder of the command', () => {
    const { gateway } = resolve({
      listen: [
        { address: '*:443', tls: true },
        { address: 'unix:/run/ask.sock', serves: 'forward-auth', socket_mode: '666' },
      ],
      certificates: [{ cert_file: 'site.crt', key_file: '/keys/site.key' }],
      sites: [
        {
          name: 'shop',
          hosts: ['Shop.example.org'],
          upstreams: ['http://10.0.0.1:80', 'http://10.0.0.2:80'],
        },
        { name: 'rest', upstreams: ['http://10.0.0.3:80'], mode: 'observe', health_path: '/up' },
      ],
    });
    expect(gateway.listeners).toMatchObject([
      { listen: '*:443', isTls: true },
      { listen: 'unix:/run/ask.sock', serves: 'forward-auth', socketMode: 0o666 },
    ]);
    expect(gateway.certificates).toEqual([{ certFile: '/etc/parapet/site.crt', keyFile: '/keys/site.key' }]);
    expect(gateway.sites).toMatchObject([
      { name: 'shop', hosts: ['shop.example.org'], upstreams: ['http://10.0.0.1:80', 'http://10.0.0.2:80'] },
      { name: 'rest', hosts: ['*'], mode: 'observe', health: { path: '/up', everyMs: 10_000 } },
    ]);
  });

  it('follows the options before the file, and keeps the sockets of servers that ask', () => {
    const written = {
      upstream: 'http://127.0.0.1:1',
      listen: [{ address: '*:80' }, { address: 'unix:/run/ask.sock', serves: 'forward-auth' }],
    };
    const { gateway } = resolve(written, { upstream: 'http://127.0.0.1:2', port: '8000' });
    expect(gateway.listeners.map(({ listen }) => listen)).toEqual(['*:8000', 'unix:/run/ask.sock']);
    expect(gateway.sites.map(({ upstreams }) => upstreams)).toEqual([['http://127.0.0.1:2']]);
  });

  it.each([
    [{ trusted_proxies: ['cloudflair'] }, {}, 'E_GATEWAY_PROXY'],
    [{ sites: [{ name: 'x', hosts: ['https://x'], upstreams: ['http://x'] }] }, {}, 'E_GATEWAY_HOST'],
    [{ listen: [{ address: '*:443', tls: true }] }, {}, 'E_GATEWAY_NO_CERTIFICATE'],
    [{}, { upstream: 'x://y' }, 'E_GATEWAY_UPSTREAM'],
    [{}, { upstream: 'http://x', port: '70000' }, 'E_GATEWAY_PORT'],
  ])('refuses %j with %j: %s', (gateway, flags, code) => {
    expect(() => resolve(gateway, flags)).toThrow(expect.objectContaining({ code }));
  });

  it('is asked for by an upstream, a site, or a socket for servers that ask', () => {
    expect(isGatewayAsked(configOf({}), {})).toBe(false);
    expect(isGatewayAsked(configOf({}), { upstream: 'http://x' })).toBe(true);
    expect(isGatewayAsked(configOf({ upstream: 'http://x' }), {})).toBe(true);
    expect(isGatewayAsked(configOf({ sites: [{ name: 'x', upstreams: ['http://x'] }] }), {})).toBe(true);
    expect(isGatewayAsked(configOf({ listen: [{ address: 'unix:/x', serves: 'forward-auth' }] }), {})).toBe(
      true,
    );
  });
});

function configOf(gateway: unknown): Config {
  return configSchema.parse({ gateway });
}
