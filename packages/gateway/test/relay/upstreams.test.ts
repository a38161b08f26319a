import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, headOf, httpUpstream, rawUpstream, scripted, stand } from './stand.ts';

afterEach(closeAll);

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('connections to an upstream', () => {
  test('serve one request after another, of any client', async () => {
    const upstream = await scripted(OK, OK, OK);
    const { connect } = await stand([upstream.url]);
    const one = await connect();
    const other = await connect();
    await one.ask(GET, 'ok');
    await other.ask(GET, 'ok');
    await one.ask(GET, 'ok');
    expect(upstream.connections.length).toBe(1);
  });

  test('are not used again when the upstream says so, or a moment before it will close them', async () => {
    const upstream = await scripted(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok',
      OK,
    );
    const { connect, pass } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    await client.ask(GET, 'ok');
    expect(upstream.connections.length).toBe(2);
    pass(4500);
    await client.ask(GET, 'ok');
    expect(upstream.connections.length).toBe(3);
  });

  test('are not used again after a body where most have none, which the site may not have read', async () => {
    const upstream = await scripted(OK, OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    await client.ask('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', 'ok');
    await client.ask(GET, 'ok');
    expect(upstream.connections.length).toBe(2);
  });

  test('may be Unix sockets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parapet-'));
    const upstream = await rawUpstream(
      async (peer) => {
        await peer.until((text) => text.includes('\r\n\r\n'));
        peer.send(OK);
      },
      join(folder, 'site.sock'),
    );
    const { connect } = await stand([upstream.url]);
    expect(await (await connect()).ask(GET, 'ok')).toBe(OK);
    rmSync(folder, { recursive: true });
  });

  test('may be to a name', async () => {
    const url = await httpUpstream((_, response) => response.end('ok'));
    const { connect } = await stand([url.replace('127.0.0.1', 'localhost')]);
    expect(await (await connect()).ask(GET, 'ok')).toMatch(/ok$/);
  });
});

describe('a request is sent again', () => {
  /** Answers once, and ends each further request on the same connection without a word. */
  const forgetful = async (): ReturnType<typeof rawUpstream> =>
    rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send(OK);
      await peer.until((text) => text.split('\r\n\r\n').length > 2);
      peer.socket.destroy();
    });

  test('when its connection had lain idle and was closed, and twice is the same as once', async () => {
    const upstream = await forgetful();
    const { connect, gateway } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    expect(await client.ask(GET, 'ok')).toBe(OK);
    expect(upstream.connections.length).toBe(2);
    expect(gateway.counters().retries).toBe(1);
    expect(headOf(upstream.connections[1]!.text).headers['x-request-id']).toBe(
      headOf(upstream.connections[0]!.text.split('\r\n\r\n')[1] + '\r\n\r\n').headers['x-request-id'],
    );
  });

  test('but not when it may have been acted on', async () => {
    const upstream = await forgetful();
    const { connect, gateway } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    expect(await client.ask(POST, '</html>\n')).toMatch(/^HTTP\/1\.1 502 /);
    expect(upstream.connections.length).toBe(1);
    expect(gateway.counters().retries).toBe(0);
  });

  test('but not on a fresh connection, where the upstream has heard it and failed', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.socket.destroy();
    });
    const { connect } = await stand([upstream.url]);
    expect(await (await connect()).ask(GET, '</html>\n')).toMatch(/^HTTP\/1\.1 502 /);
    expect(upstream.connections.length).toBe(1);
  });

  test('to another upstream when one cannot be reached, with its body', async () => {
    const upstream = await scripted(OK, OK, OK, OK);
    const { connect, gateway } = await stand(['http://127.0.0.1:1', upstream.url]);
    const client = await connect();
    for (let i = 0; i < 3; i++) expect(await client.ask(POST, 'ok')).toBe(OK);
    expect(gateway.counters().retries).toBeGreaterThan(0);
    expect(gateway.health()[0]!.upstreams.map(({ isUp }) => isUp)).toEqual([false, true]);
    expect(upstream.connections[0]!.text.match(/abc/g)!.length).toBe(3);
  });

  test('and answered in the words of who asks when there is nobody', async () => {
    const { connect, ended } = await stand(['http://127.0.0.1:1']);
    const client = await connect();
    const ask = (headers: string, end: string): Promise<string> =>
      client.ask(`GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`, end);
    const page = await ask('Accept: text/html,*/*;q=0.8\r\nAccept-Language: de-DE,de\r\n', '</html> ');
    expect(page).toMatch(/^HTTP\/1\.1 502 [^]*\r\nContent-Language: de\r\n[^]*<html lang="de">/);
    expect(page).toContain(ended[0]!.requestId);
    expect(await ask('Accept: application/json\r\n', '}\n')).toMatch(
      /\r\nContent-Type: application\/problem\+json\r\n[^]*"status":502/,
    );
    const text = await ask('Accept: */*\r\n', '\n');
    expect(text).toMatch(/\r\nContent-Type: text\/plain; charset=utf-8\r\n/);
    expect(text).not.toContain('<');
    expect(ended.map(({ status, answer }) => [status, answer?.cause])).toEqual(
      Array.from({ length: 3 }, () => [502, 'own-page']),
    );
  });

  test('and answered with 502 when there is nobody', async () => {
    const { connect, gateway } = await stand(['http://127.0.0.1:1']);
    const client = await connect();
    expect(await client.ask(GET, '</html>\n')).toMatch(/^HTTP\/1\.1 502 /);
    expect(await client.ask(POST, '</html>\n')).toMatch(/^HTTP\/1\.1 502 /);
    expect(gateway.counters().upstreamFailures).toBe(2);
  });
});

describe('another protocol', () => {
  const UPGRADE =
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n';
  const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

  test('is agreed to by the upstream, and bytes pass both ways as they are', async () => {
    const upstream = await scripted(`${SWITCH}early`);
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${UPGRADE}first`);
    expect(await client.until((text) => text.endsWith('early'))).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly',
    );
    const peer = upstream.connections[0]!;
    await peer.until((text) => text.endsWith('first'));
    expect(headOf(peer.text).headers).toMatchObject({ connection: 'Upgrade', upgrade: 'websocket' });
    client.send('\0\x01\xff');
    await peer.until((text) => text.endsWith('\0\x01\xff'));
    peer.send(Buffer.alloc(1_000_000, 'y'));
    await client.until((text) => text.length > 1_000_000);
    expect(client.text.endsWith('y'.repeat(1_000_000))).toBe(true);
    client.socket.end();
    await peer.untilEnded();
    peer.send('last');
    await client.until((text) => text.endsWith('last'));
    peer.socket.end();
    await client.untilClosed();
    expect(ended).toMatchObject([{ status: 101, requestBodyBytes: 8, responseBodyBytes: 1_000_009 }]);
  });

  test('that nobody asked for is no answer', async () => {
    const upstream = await scripted(SWITCH);
    const { connect } = await stand([upstream.url]);
    expect(await (await connect()).ask(GET, '</html>\n')).toMatch(/^HTTP\/1\.1 502 /);
  });

  test('may be declined', async () => {
    const upstream = await scripted('HTTP/1.1 426 No\r\nUpgrade: h\r\nContent-Length: 2\r\n\r\nno', OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    expect(await client.ask(UPGRADE, 'no')).toMatch(/^HTTP\/1\.1 426 No\r\n/);
    expect(await client.ask(GET, 'ok')).toBe(OK);
  });

  test('ends for the client when the upstream is gone', async () => {
    const upstream = await scripted(SWITCH);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(UPGRADE, '\r\n\r\n');
    upstream.connections[0]!.socket.resetAndDestroy();
    await client.untilEnded();
    client.send('into the void');
    await turns();
    expect(client.text.endsWith('\r\n\r\n')).toBe(true);
  });

  test('ends when nothing has moved for two minutes', async () => {
    const upstream = await scripted(SWITCH);
    const { connect, pass } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(UPGRADE, '\r\n\r\n');
    pass(119_000);
    upstream.connections[0]!.send('ping');
    await client.until((text) => text.endsWith('ping'));
    pass(1000);
    pass(119_000);
    expect(client.isEnded).toBe(false);
    pass(3000);
    await client.untilEnded();
  });
});

describe('a gateway', () => {
  test('that is drained ends each connection after the answer in hand', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, gateway } = await stand([upstream.url]);
    const idle = await connect();
    idle.send(GET);
    while (upstream.connections[0]?.text.includes('\r\n\r\n') !== true) await turns();
    upstream.connections[0].send(OK);
    await idle.until((text) => text.endsWith('ok'));
    const busy = await connect();
    busy.send(GET);
    while (upstream.connections[0].text.split('\r\n\r\n').length < 3) await turns();
    let isDrained = false;
    const drained = gateway.drain(60_000).then(() => (isDrained = true));
    await idle.untilEnded();
    idle.socket.destroy();
    await turns();
    expect(isDrained).toBe(false);
    upstream.connections[0].send(OK);
    expect(await busy.untilEnded()).toBe(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    );
    busy.socket.destroy();
    await drained;
  });

  test('that is drained answers who had just connected', async () => {
    const upstream = await scripted(OK);
    const { connect, gateway } = await stand([upstream.url]);
    const fresh = await connect();
    await turns();
    const drained = gateway.drain(60_000);
    fresh.send(GET);
    expect(await fresh.untilEnded()).toBe(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    );
    fresh.socket.destroy();
    await drained;
  });

  test('that is drained does not wait for ever for who connects and never asks', async () => {
    const upstream = await scripted(OK);
    const { connect, gateway, pass } = await stand([upstream.url]);
    const silent = await connect();
    await turns();
    const drained = gateway.drain(600_000);
    pass(16_000);
    expect(await silent.untilEnded()).toBe('');
    silent.socket.destroy();
    await drained;
  });

  test('that is drained cuts what takes longer', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, gateway } = await stand([upstream.url]);
    const client = await connect();
    client.send(GET);
    while (upstream.connections[0]?.text.includes('\r\n\r\n') !== true) await turns();
    await gateway.drain(10);
    expect(await client.untilEnded()).toBe('');
  });

  test('follows a new configuration from the next request on, and finishes the old ones', async () => {
    const old = await rawUpstream(() => {});
    const { connect, gateway, config } = await stand([old.url]);
    const client = await connect();
    client.send(GET);
    while (old.connections[0]?.text.includes('\r\n\r\n') !== true) await turns();
    const fresh = await scripted(OK);
    gateway.reload({ ...config, sites: [{ ...config.sites[0]!, upstreams: [fresh.url] }] });
    old.connections[0].send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold');
    await client.until((text) => text.endsWith('old'));
    expect(await client.ask(GET, 'ok')).toBe(OK);
    await old.connections[0].untilEnded();
  });

  test('counts', async () => {
    const upstream = await scripted(OK, OK);
    const { connect, gateway } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    await client.ask(POST, 'ok');
    expect(gateway.counters()).toMatchObject({
      requests: 2,
      connections: 1,
      openConnections: 1,
      openUpstreamConnections: 1,
      requestBytes: 3,
      responseBytes: 4,
      ownAnswers: 0,
    });
  });
});
