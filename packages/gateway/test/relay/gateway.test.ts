import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { httpUpstream, rawUpstream, stand } from './gateway.ts';

describe('a request', () => {
  test('reaches the upstream with what the gateway knows of the client, and the answer comes back', async () => {
    const { url, server } = await httpUpstream((request, response) =>
      response.end(JSON.stringify({ url: request.url, headers: request.headers })),
    );
    const { connect, close, ended } = await stand([url]);
    const client = await connect();
    client.send('GET /a?b HTTP/1.1\r\nHost: example.org:8080\r\nX-Forwarded-For: 203.0.113.1\r\n\r\n');
    const answer = await client.until((text) => text.endsWith('}}'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const { url: target, headers } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as {
      url: string;
      headers: Record<string, string>;
    };
    expect(target).toBe('/a?b');
    expect(headers).toMatchObject({
      host: 'example.org:8080',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'example.org:8080',
      forwarded: 'for=127.0.0.1;host="example.org:8080";proto=http',
    });
    expect(ended).toMatchObject([{ status: 200, requestId: headers['x-request-id'], site: 'site' }]);
    client.socket.destroy();
    await close();
    server.close();
  });
});

describe('an answer', () => {
  test('whose end was the end of the connection gets chunks, so that the client can tell', async () => {
    const upstream = await rawUpstream((connection) => {
      void connection
        .until((text) => text.includes('\r\n\r\n'))
        .then(() => {
          connection.send('HTTP/1.1 200 OK\r\n\r\nhello');
          connection.socket.end();
        });
    });
    const { connect, close } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = await client.until((text) => text.endsWith('0\r\n\r\n'));
    expect(answer).toBe('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
    await close();
    await upstream.close();
  });

  test('that stands still is let go when its client has closed a tab, and goes on while it moves', async () => {
    let site: Socket | undefined;
    const upstream = await rawUpstream((connection) => {
      void connection
        .until((text) => text.includes('\r\n\r\n'))
        .then(() => {
          connection.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nfirst');
          site = connection.socket;
        });
    });
    const { connect, close, gateway, clock, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until((text) => text.includes('first'));
    client.socket.end();
    await new Promise<void>((resolve) => setImmediate(resolve));
    const wait = async (ms: number): Promise<void> => {
      clock.nowMs += ms;
      gateway.sweep();
      await new Promise<void>((resolve) => setImmediate(resolve));
    };
    await wait(4000);
    site!.write('second');
    await client.until((text) => text.includes('second'));
    await wait(4000);
    await wait(4000);
    expect(ended).toEqual([]);
    await wait(4000);
    await client.untilClosed();
    expect(ended).toMatchObject([{ status: 200 }]);
    await close();
    await upstream.close();
  });
});
