import { expect, it } from 'vitest';
import { ProxySuspicion } from '../../src/edge/proxySuspicion.ts';
import { client, request } from './requests.ts';

const NAMING = request({ 'x-forwarded-for': '198.51.100.1' });

function watch(count: number, note: (suspicion: ProxySuspicion, i: number) => void): ProxySuspicion {
  const suspicion = new ProxySuspicion();
  for (let i = 0; i < count; i++) note(suspicion, i);
  return suspicion;
}

it('says which address seems to be a proxy that is not trusted, and what to do', () => {
  const suspicion = watch(2000, (s, i) =>
    s.note(client((i >> 4) % 10 < 9 ? '203.0.113.5' : '203.0.113.6'), NAMING),
  );
  const finding = suspicion.finding()!;
  expect(finding.suggestion).toBe('203.0.113.5');
  expect(finding.says).toMatch(
    /^You seem to be behind a proxy: \d\d % of the requests come from 203\.0\.113\.5/,
  );
  expect(finding.says).toContain('add `203.0.113.5` to `gateway.trusted_proxies`');
});

it('counts the addresses of a known provider together', () => {
  const suspicion = watch(5000, (s, i) => s.note(client(`104.16.${i % 256}.${i % 250}`), NAMING));
  expect(suspicion.finding()?.suggestion).toBe('cloudflare');
});

it('says nothing about few requests, many clients, one busy client, or a proxy that is trusted', () => {
  expect(watch(500, (s) => s.note(client('203.0.113.5'), NAMING)).finding()).toBeUndefined();
  expect(watch(9000, (s, i) => s.note(client(`203.0.${i % 200}.5`), NAMING)).finding()).toBeUndefined();
  expect(watch(9000, (s) => s.note(client('203.0.113.5'), request())).finding()).toBeUndefined();
  const mixed = watch(9000, (s, i) =>
    i % 100 < 20 ? s.note(client('203.0.113.5'), NAMING) : s.noteTrusted(),
  );
  expect(mixed.finding()).toBeUndefined();
});

it('forgets what has been mended', () => {
  const suspicion = watch(20_000, (s) => s.note(client('203.0.113.5'), NAMING));
  expect(suspicion.finding()).toBeDefined();
  for (let i = 0; i < 100_000; i++) suspicion.noteTrusted();
  expect(suspicion.finding()).toBeUndefined();
});

it('remembers a bounded number of peers, and still finds the one that matters', () => {
  const suspicion = watch(100_000, (s, i) =>
    s.note(i % 3 > 0 ? client('203.0.113.5') : client(`198.51.${(i >> 8) % 256}.${i % 256}`), NAMING),
  );
  expect(suspicion.finding()?.suggestion).toBe('203.0.113.5');
});
