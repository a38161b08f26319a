import { afterEach, describe, expect, test } from 'vitest';
import { GATEWAY_LIMITS } from '../../src/config.ts';
import { closeAll, rawUpstream, scripted, stand, type Peer, type RawUpstream } from './stand.ts';

afterEach(closeAll);

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the system's buffers have taken what they take. */
async function untilStill(value: () => number): Promise<void> {
  for (let still = 0, last = -1; still < 10; still++) {
    if (value() !== last) still = 0;
    last = value();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function asked(upstream: RawUpstream, client: Peer, request = GET): Promise<void> {
  client.send(request);
  await until(() => upstream.connections.at(-1)?.text.includes('\r\n\r\n') === true);
}

describe('a client that is slow', () => {
  test('to send a head is told so, and it counts as evidence', async () => {
    const { connect, pass, refusals, gateway } = await stand(['http://127.0.0.1:1']);
    const client = await connect();
    client.send('GET / HTTP/1.1\r\n');
    await until(() => gateway.counters().openConnections === 1);
    for (let seconds = 0; seconds < 20; seconds++) {
      pass(1000);
      client.send(`X-${seconds}: a\r\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.untilEnded()).toMatch(/^HTTP\/1\.1 408 /);
    expect(refusals).toMatchObject([{ reason: 'head-timeout', status: 408 }]);
  });

  test('to send anything at all is let go, without a word', async () => {
    const { connect, pass, gateway } = await stand(['http://127.0.0.1:1']);
    const client = await connect();
    await until(() => gateway.counters().openConnections === 1);
    pass(74_000);
    expect(client.isEnded).toBe(false);
    pass(2000);
    expect(await client.untilEnded()).toBe('');
  });

  test('between two requests is let go', async () => {
    const upstream = await scripted(OK);
    const { connect, pass } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    pass(76_000);
    expect(await client.untilEnded()).toBe(OK);
  });

  test('to send a body is told so when less than a kilobyte comes in the time', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, pass, gateway } = await stand([upstream.url]);
    const client = await connect();
    await asked(upstream, client, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n');
    for (let part = 1; part <= 3; part++) {
      client.send('x'.repeat(1100));
      await until(() => upstream.connections[0]!.text.endsWith('x'.repeat(1100 * part)));
      pass(25_000);
    }
    expect(client.text).toBe('');
    client.send('few');
    await until(() => upstream.connections[0]!.text.endsWith('few'));
    pass(31_000);
    expect(await client.untilEnded()).toMatch(/^HTTP\/1\.1 408 /);
    expect(await upstream.connections[0]!.untilEnded()).toMatch(/few$/);
    expect(gateway.counters().clientTimeouts).toBe(1);
  });

  test('to take the answer is cut off', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n`);
      for (let piece = 0; piece < 2000; piece++) peer.send(Buffer.alloc(50_000));
    });
    const { connect, pass, gateway, ended } = await stand([upstream.url]);
    const client = await connect();
    client.socket.pause();
    await asked(upstream, client);
    const { socket } = upstream.connections[0]!;
    await untilStill(() => socket.writableLength);
    expect(ended).toEqual([]);
    // What the system's buffers still took may have moved it once more.
    for (let times = 0; times < 5 && ended.length === 0; times++) {
      pass(31_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(ended).toMatchObject([{ status: 200 }]);
    expect(gateway.counters()).toMatchObject({ clientTimeouts: 1, cutAnswers: 1 });
  });
});

describe('an upstream that is slow', () => {
  test('to answer is answered for with 504', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, pass, ended, gateway } = await stand([upstream.url]);
    const client = await connect();
    await asked(upstream, client);
    pass(119_000);
    expect(client.text).toBe('');
    pass(2000);
    expect(await client.until((text) => text.endsWith('</html>\n'))).toMatch(/^HTTP\/1\.1 504 /);
    await upstream.connections[0]!.untilEnded();
    expect(ended).toMatchObject([{ status: 504, upstreamMs: -1 }]);
    expect(gateway.counters().upstreamTimeouts).toBe(1);
  });

  test('to go on is cut off, and so is its answer', async () => {
    const upstream = await scripted('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
    const { connect, pass } = await stand([upstream.url]);
    const client = await connect();
    client.send(GET);
    await client.until((text) => text.endsWith('a\r\n'));
    for (let seconds = 0; seconds < 122; seconds++) pass(1000);
    expect(await client.untilEnded()).toMatch(/\r\n1\r\na\r\n$/);
  });

  test('to read a body is answered for with 504', async () => {
    const upstream = await rawUpstream((peer) => peer.socket.pause());
    const { connect, pass } = await stand([upstream.url]);
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n');
    for (let piece = 0; piece < 800; piece++) client.send(Buffer.alloc(50_000));
    await until(() => upstream.connections.length === 1);
    await untilStill(() => client.socket.writableLength);
    for (let seconds = 0; seconds < 33; seconds++) pass(1000);
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 504 /);
  });
});

describe('connections', () => {
  test('of one client are limited, and those of others are not', async () => {
    const limits = { ...GATEWAY_LIMITS, connectionsPerClient: 3 };
    const upstream = await scripted(OK);
    const { connect, gateway } = await stand([upstream.url], { config: { limits } });
    const clients = [await connect(), await connect(), await connect()];
    await until(() => gateway.counters().openConnections === 3);
    const one = await connect();
    await one.untilEnded();
    expect(gateway.counters()).toMatchObject({ turnedAway: 1, openConnections: 3 });
    clients[0]!.socket.destroy();
    await until(() => gateway.counters().openConnections === 2);
    expect(await (await connect()).ask(GET, 'ok')).toBe(OK);
  });

  test('of a trusted proxy are not counted as one client', async () => {
    const limits = { ...GATEWAY_LIMITS, connectionsPerClient: 1 };
    const { connect, gateway } = await stand(['http://127.0.0.1:1'], {
      config: { limits, trustedProxies: ['127.0.0.1'] },
    });
    await connect();
    await connect();
    await until(() => gateway.counters().openConnections === 2);
    expect(gateway.counters().turnedAway).toBe(0);
  });

  test('are limited in all', async () => {
    const limits = { ...GATEWAY_LIMITS, connections: 1 };
    const { connect, gateway } = await stand(['http://127.0.0.1:1'], { config: { limits } });
    await connect();
    await until(() => gateway.counters().openConnections === 1);
    await (await connect()).untilEnded();
    expect(gateway.counters().turnedAway).toBe(1);
  });
});

describe('bytes that are no request', () => {
  test('are refused, told, and the last that is read from their connection', async () => {
    const upstream = await scripted(OK, OK);
    const { connect, refusals, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send(
      `${GET}POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${GET}`,
    );
    const answers = await client.untilEnded();
    expect(answers.slice(0, OK.length)).toBe(OK);
    expect(answers.slice(OK.length)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close\r\n/);
    expect(answers.match(/HTTP\/1\.1/g)!.length).toBe(2);
    expect(refusals).toMatchObject([{ reason: 'te-and-cl', status: 400, client: { ip: '127.0.0.1' } }]);
    expect(Buffer.from(refusals[0]!.excerpt).toString()).toMatch(/^POST \/ HTTP\/1\.1\r\n/);
    expect(ended.length).toBe(1);
  });

  test('that go on for long are not kept', async () => {
    const { connect, refusals } = await stand(['http://127.0.0.1:1']);
    const client = await connect();
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}`);
    expect(await client.untilEnded()).toMatch(/^HTTP\/1\.1 431 /);
    expect(refusals).toMatchObject([{ reason: 'head-too-large' }]);
    expect(refusals[0]!.excerpt.length).toBe(512);
  });

  test('sent ahead are not answered without end to a client that does not read', async () => {
    const { connect } = await stand(['http://127.0.0.1:1'], {
      guard: {
        onRequest: () => ({
          kind: 'reply',
          answer: { status: 403, headers: [], body: 'x'.repeat(10_000), cause: 'ban' },
        }),
      },
    });
    const client = await connect();
    client.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let piece = 0; piece < 600; piece++) client.send(GET.repeat(1000));
    await untilStill(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    client.socket.destroy();
  });
});
