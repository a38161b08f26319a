import { parseIp, type Client, type RequestView } from '@parapet/kinds';
import { describe, expect, test } from 'vitest';
import { AskedClients } from '../../src/auth/askedClient.ts';
import { clientOf } from '../../src/edge/clientOf.ts';
import { TrustedProxies } from '../../src/edge/trustedProxies.ts';

const TRUSTED = ['10.0.0.0/8', 'cloudflare'];
const CLOUDFLARE = '173.245.48.9';

function asks(headers: Readonly<Record<string, string>>): RequestView {
  return {
    method: 'GET',
    rawTarget: '/',
    host: 'a',
    version: '1.1',
    hasBody: false,
    header: (name) => headers[name],
    headers: () => Object.entries(headers),
  };
}

describe('who is asked about', () => {
  const clients = new AskedClients([], TRUSTED);
  const asker = clients.askerOf(undefined)!;
  const find = (headers: Readonly<Record<string, string>>): Client => clients.find(asker, asks(headers));

  test('is made out once, behind proxies of our own too', () => {
    for (const chain of [
      '203.0.113.9',
      '203.0.113.9, 10.1.2.3',
      '127.0.0.1',
      'junk, 203.0.113.9, 10.0.0.1',
    ]) {
      const client = find({ 'x-forwarded-for': chain });
      expect(client.ip).toBe(parseIp(chain === '127.0.0.1' ? chain : '203.0.113.9'));
      expect(find({ 'x-forwarded-for': chain })).toBe(client);
      expect(find({ 'x-forwarded-for': chain, 'x-forwarded-proto': 'https' }).scheme).toBe('https');
    }
  });

  test('is looked for each time behind a provider that names its clients in a header of its own', () => {
    const chain = `203.0.113.9, ${CLOUDFLARE}`;
    for (const named of ['198.51.100.1', '198.51.100.2'])
      expect(find({ 'x-forwarded-for': chain, 'cf-connecting-ip': named }).ip).toBe(named);
  });

  test('is the same whether it is remembered or not', () => {
    const proxies = new TrustedProxies(['127.0.0.0/8', '::1', ...TRUSTED]);
    const hops = ['203.0.113.9', '10.1.2.3', CLOUDFLARE, '127.0.0.1', '2001:db8::7', 'junk', '10.1.2.3:80'];
    for (const first of hops)
      for (const second of hops)
        for (const named of ['198.51.100.1', '10.9.9.9']) {
          const headers = { 'x-forwarded-for': `${first},${second}`, 'cf-connecting-ip': named };
          const wanted = clientOf(asker, asks(headers), proxies);
          expect([find(headers), find(headers)]).toEqual([wanted, wanted]);
        }
  });
});
