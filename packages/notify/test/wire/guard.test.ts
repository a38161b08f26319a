import type dns from 'node:dns';
import http from 'node:http';
import { expect, it } from 'vitest';
import { parseCidr } from '@parapet/kinds';
import { postJson } from '../../src/channels/channel.ts';
import { TargetGuard } from '../../src/wire/guard.ts';
import { sendHttp } from '../../src/wire/http.ts';
import { httpReceiver, sendLocally } from '../receivers.ts';

/** A resolver that gives these answers, one after the other. */
function resolver(...answers: readonly string[][]): typeof dns.lookup {
  const left = [...answers];
  const lookup = (_: string, __: object, done: (error: null, found: dns.LookupAddress[]) => void): void => {
    const answer = left.shift() ?? [];
    done(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return lookup as unknown as typeof dns.lookup; // the guard asks in this one way
}

it('lets nothing through that is not on the Internet', () => {
  const guard = new TargetGuard([]);
  for (const address of [
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.0.8',
    '198.18.0.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    'fe80::1',
    'fd00::1',
    'fec0::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::',
    'not an address',
  ])
    expect([address, guard.mayReach(address)]).toEqual([address, false]);
  for (const address of ['1.1.1.1', '8.8.8.8', '2606:4700::1111']) expect(guard.mayReach(address)).toBe(true);
});

it('refuses addresses in the URL however they are written', async () => {
  const receiver = await httpReceiver();
  const guard = new TargetGuard([]);
  const port = new URL(receiver.url).port;
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '[::1]',
    '[::ffff:7f00:1]',
    'localhost',
  ]) {
    const verdict = await sendHttp(postJson(`http://${host}:${port}/`, {}), guard, 2000);
    expect([host, verdict]).toMatchObject([host, { ok: false, fault: 'misconfigured' }]);
  }
  expect(receiver.received).toHaveLength(0);
});

it('checks what a name resolves to in the look-up of the connection', async () => {
  const receiver = await httpReceiver();
  const { port } = new URL(receiver.url);
  const outgoing = postJson(`http://rebinding.example.org:${port}/?token=hush`, {});
  // The first answer is fine, the one for the connection is not: there is only one look-up.
  const guard = new TargetGuard([], resolver(['127.0.0.1'], ['1.1.1.1']));
  const verdict = await sendHttp(outgoing, guard, 2000);
  expect(verdict).toMatchObject({ ok: false, fault: 'misconfigured' });
  expect(JSON.stringify(verdict)).toContain('notifications.allow_targets');
  expect(JSON.stringify(verdict)).not.toContain('hush');
  expect(receiver.received).toHaveLength(0);
});

it('uses the addresses of a name that are fine, and those that are allowed', async () => {
  const receiver = await httpReceiver();
  const { port } = new URL(receiver.url);
  const guard = new TargetGuard([parseCidr('127.0.0.1/32')!], resolver(['10.0.0.1', '127.0.0.1']));
  const outgoing = postJson(`http://receiver.example.org:${port}/`, {});
  expect(await sendHttp(outgoing, guard, 2000)).toMatchObject({ ok: true });
  expect(receiver.received).toHaveLength(1);
});

it('does not follow redirects', async () => {
  const receiver = await httpReceiver();
  const second = await httpReceiver();
  receiver.answer = () => ({ status: 307, headers: { location: second.url } });
  expect(await sendLocally(postJson(receiver.url, {}))).toMatchObject({ ok: false, fault: 'misconfigured' });
  expect(second.received).toHaveLength(0);
});

it('gives up on a receiver that says nothing, and on one that never ends', async () => {
  const silent = http.createServer(() => {});
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  const endless = http.createServer((_, response) => {
    response.writeHead(500);
    const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => void endless.listen(0, '127.0.0.1', resolve));
  const guard = new TargetGuard([parseCidr('127.0.0.0/8')!]);
  const portOf = (server: http.Server): number => (server.address() as { port: number }).port; // TCP
  try {
    expect(await sendHttp(postJson(`http://127.0.0.1:${portOf(silent)}`, {}), guard, 300)).toEqual({
      ok: false,
      fault: 'unreachable',
      reason: 'no answer in time',
    });
    expect(await sendHttp(postJson(`http://127.0.0.1:${portOf(endless)}`, {}), guard, 5000)).toMatchObject({
      ok: false,
      fault: 'busy',
    });
  } finally {
    for (const server of [silent, endless]) {
      server.closeAllConnections();
      server.close();
    }
  }
});
