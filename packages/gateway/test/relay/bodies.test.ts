import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { GATEWAY_LIMITS } from '../../src/config.ts';
import { closeAll, headOf, httpUpstream, rawUpstream, scripted, stand } from './stand.ts';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\n';

describe('a body', () => {
  test('of known length arrives whole, in whatever pieces it comes', async () => {
    const url = await httpUpstream((request, response) => {
      const hash = createHash('sha256');
      request
        .on('data', (chunk: Buffer) => hash.update(chunk))
        .on('end', () => response.end(hash.digest('hex')));
    });
    const { connect, ended } = await stand([url]);
    const client = await connect();
    for (const length of [1, 5000, 20_000, 3_000_000]) {
      const body = Buffer.alloc(length, `${length} `);
      client.send(`${POST}Content-Length: ${length}\r\n\r\n`);
      const hash = createHash('sha256').update(body).digest('hex');
      const from = client.text.length;
      client.send(body);
      expect(await client.until((text) => text.endsWith(hash) && text.length > from)).toContain(hash);
    }
    expect(ended.map(({ requestBodyBytes }) => requestBodyBytes)).toEqual([1, 5000, 20_000, 3_000_000]);
  });

  test('in chunks keeps its chunks and trailers', async () => {
    const upstream = await scripted(OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    const body = '3\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n';
    client.send(`${POST}Transfer-Encoding: chunked\r\n\r\n${body.slice(0, 7)}`);
    await new Promise((resolve) => setImmediate(resolve));
    client.send(body.slice(7));
    await upstream.connections[0]?.untilEnded();
    await client.until((text) => text.endsWith('ok'));
    expect(upstream.connections[0]!.text.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(body);
  });

  test.each(['GET', 'HEAD', 'OPTIONS'])(
    'of a %s that an upstream does not read is never taken for the next request',
    async (method) => {
      // The answer to what it takes for the next request is still to come.
      const upstream = await rawUpstream((peer) => {
        peer.socket.on('data', () => peer.send(OK));
      });
      const { connect } = await stand([upstream.url]);
      const client = await connect();
      const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
      const end = method === 'HEAD' ? '\r\n\r\n' : 'ok';
      await client.ask(
        `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
        end,
      );
      const other = await connect();
      await other.ask('GET /other HTTP/1.1\r\nHost: a\r\n\r\n', 'ok');
      expect(upstream.connections.map(({ text }) => text.includes('/other'))).toEqual([false, true]);
    },
  );

  test('that breaks off ends the request at the upstream', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Content-Length: 10\r\n\r\nabc`);
    while (!upstream.connections[0]?.text.endsWith('abc'))
      await new Promise((resolve) => setImmediate(resolve));
    client.socket.destroy();
    await upstream.connections[0].untilEnded();
    expect(ended).toMatchObject([{ status: 499, requestBodyBytes: 3 }]);
  });

  test('that breaks a rule in the middle is refused, and the upstream never sees it end', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, refusals } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    while (!upstream.connections[0]?.text.endsWith('abc\r\n'))
      await new Promise((resolve) => setImmediate(resolve));
    client.send('0 \r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.untilEnded()).toMatch(/^HTTP\/1\.1 400 /);
    expect(await upstream.connections[0].untilEnded()).not.toMatch(/0 |admin/);
    expect(refusals).toMatchObject([{ reason: 'chunk-size', status: 400 }]);
    expect(refusals[0]!.excerpt.toString()).toMatch(/^0 /);
  });

  test('longer than the limit is refused, before it is sent where its length is known', async () => {
    const upstream = await rawUpstream(() => {});
    const limits = { ...GATEWAY_LIMITS, requestBodyBytes: 10 };
    const { connect } = await stand([upstream.url], { config: { limits } });
    const known = await connect();
    known.send(`${POST}Content-Length: 11\r\n\r\n`);
    expect(await known.untilEnded()).toMatch(/^HTTP\/1\.1 413 /);
    expect(upstream.connections.length).toBe(0);
    const chunked = await connect();
    chunked.send(`${POST}Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n`);
    expect(await chunked.untilEnded()).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('that nobody reads stops the client, and goes on when it is read', async () => {
    const upstream = await rawUpstream((peer) => peer.socket.pause());
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    const body = Buffer.alloc(40_000_000, 'x');
    client.send(`${POST}Content-Length: ${body.length}\r\n\r\n`);
    const before = process.memoryUsage().arrayBuffers;
    client.send(body);
    await untilQuiet(() => client.socket.bytesWritten - client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    const { socket } = upstream.connections[0]!;
    let received = 0;
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => (received += chunk.length)).resume();
    while (received < body.length) await new Promise((resolve) => socket.once('data', resolve));
    upstream.connections[0]!.send(OK);
    expect(await client.until((text) => text.endsWith('ok'))).toBe(OK);
    expect(ended[0]!.requestBodyBytes).toBe(body.length);
  });
});

/** Resolves when a number has stopped moving. */
async function untilQuiet(value: () => number): Promise<void> {
  for (let quiet = 0, last = -1; quiet < 10; quiet++) {
    if (value() !== last) quiet = 0;
    last = value();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('Expect: 100-continue', () => {
  test('is passed to the upstream, and its answer to the client', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send('HTTP/1.1 100 Continue\r\n\r\n');
      await peer.until((text) => text.endsWith('body'));
      peer.send(OK);
    });
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    expect(headOf(upstream.connections[0]!.text).headers['expect']).toBe('100-continue');
    client.send('body');
    expect(await client.until((text) => text.endsWith('ok'))).toBe(`HTTP/1.1 100 Continue\r\n\r\n${OK}`);
  });

  test('is answered by us when the upstream says nothing for a second', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.endsWith('body'));
      peer.send(OK);
    });
    const { connect, pass } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    while (upstream.connections[0]?.text.includes('\r\n\r\n') !== true)
      await new Promise((resolve) => setImmediate(resolve));
    pass(1100);
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('body');
    expect(await client.until((text) => text.endsWith('ok'))).toMatch(/ok$/);
  });

  test('may be answered with a refusal, and the connection ends, since the body may still come', async () => {
    const upstream = await scripted('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    expect(await client.untilEnded()).toBe(
      'HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno',
    );
  });
});

describe('an answer before the end of the body', () => {
  test('reaches a client that is still sending', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
      peer.socket.end();
    });
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Content-Length: 50000000\r\n\r\n`);
    const piece = Buffer.alloc(100_000);
    const timer = setInterval(() => client.socket.write(piece), 1);
    const answer = await client.untilEnded();
    clearInterval(timer);
    expect(answer).toBe('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno');
    expect(ended).toMatchObject([{ status: 413 }]);
  });

  test('is not lost when the upstream closes on the rest of the body', async () => {
    const upstream = await rawUpstream((peer) => {
      peer.socket.once('data', () => {
        peer.send('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
        peer.socket.destroy();
      });
    });
    const { connect } = await stand([upstream.url]);
    for (let times = 0; times < 20; times++) {
      const client = await connect();
      client.send(`${POST}Content-Length: 50000000\r\n\r\n`);
      for (let piece = 0; piece < 100; piece++) client.send(Buffer.alloc(50_000));
      expect(await client.untilEnded()).toMatch(/^HTTP\/1\.1 413 [^]*no$/);
    }
  });

  test('may stream while the body does', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
      await peer.until((text) => text.endsWith('ab'));
      peer.send('AB');
      await peer.until((text) => text.endsWith('abcd'));
      peer.send('CD');
    });
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    client.send(`${POST}Content-Length: 4\r\n\r\nab`);
    await client.until((text) => text.endsWith('AB'));
    client.send('cd');
    expect(await client.untilEnded()).toMatch(/ABCD$/);
  });
});

describe('a client that leaves', () => {
  test('ends its request at the upstream; the log says 499', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, ended, gateway } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    while (upstream.connections[0]?.text.includes('\r\n\r\n') !== true)
      await new Promise((resolve) => setImmediate(resolve));
    client.socket.resetAndDestroy();
    await upstream.connections[0].untilEnded();
    expect(ended).toMatchObject([{ status: 499, responseBodyBytes: 0 }]);
    expect(gateway.counters().clientsLeft).toBe(1);
  });

  test('with its half only is waited for a second, then has left', async () => {
    const upstream = await rawUpstream(() => {});
    const { connect, ended, pass } = await stand([upstream.url]);
    const client = await connect();
    client.socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    while (upstream.connections[0]?.text.includes('\r\n\r\n') !== true)
      await new Promise((resolve) => setImmediate(resolve));
    await turns();
    pass(500);
    expect(ended).toEqual([]);
    pass(600);
    await upstream.connections[0].untilEnded();
    expect(ended).toMatchObject([{ status: 499 }]);
  });

  test('with its half only is served when the answer is quick', async () => {
    const upstream = await scripted(OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    client.socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.untilEnded()).toBe(OK);
  });

  test('while its answer stands still is let go, and served while it moves', async () => {
    const upstream = await scripted('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nfirst');
    const { connect, pass, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until((text) => text.includes('first'));
    client.socket.end();
    await turns();
    pass(4000);
    upstream.connections[0]!.send('second');
    await client.until((text) => text.includes('second'));
    pass(4000);
    pass(4000);
    expect(ended).toEqual([]);
    pass(4000);
    await client.untilEnded();
    expect(ended).toMatchObject([{ status: 200 }]);
  });
});

/** Lets the sockets' events come that are on their way. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}
