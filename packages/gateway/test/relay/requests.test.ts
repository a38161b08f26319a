import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, headOf, scripted, stand, type Setting } from './stand.ts';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function forwarded(request: string, setting: Setting = {}): Promise<ReturnType<typeof headOf>> {
  const upstream = await scripted(OK);
  const { connect } = await stand([upstream.url], setting);
  const client = await connect();
  await client.ask(request, 'ok');
  return headOf(upstream.connections[0]!.text);
}

describe('the head of a request', () => {
  test('is passed as it came, and says who asks', async () => {
    const { line, headers } = await forwarded(
      'GET /a?b=%20 HTTP/1.1\r\nHost: Example.org:8080\r\nAccept: */*\r\nX-Odd:  two  \r\n\r\n',
    );
    expect(line).toBe('GET /a?b=%20 HTTP/1.1');
    expect(headers).toEqual({
      host: 'Example.org:8080',
      accept: '*/*',
      'x-odd': ' two  ',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'Example.org:8080',
      forwarded: 'for=127.0.0.1;host="Example.org:8080";proto=http',
      'x-request-id': expect.stringMatching(/^[\da-f]{32}$/),
    });
  });

  test('keeps the trace that it is part of', async () => {
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { headers } = await forwarded(
      `GET / HTTP/1.1\r\nHost: a\r\ntraceparent: ${parent}\r\ntracestate: congo=t61rcWkgMzE\r\n\r\n`,
    );
    expect(headers).toMatchObject({ traceparent: parent, tracestate: 'congo=t61rcWkgMzE' });
  });

  test('loses what is meant for the next neighbour only', async () => {
    const { headers } = await forwarded(
      'GET / HTTP/1.1\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\nHost: a\r\nKeep-Alive: 5\r\nTE: trailers\r\n' +
        'Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nProxy-Authorization: Basic eA==\r\nX-Last: 1\r\n\r\n',
    );
    expect(Object.keys(headers).sort()).toEqual(
      [
        'forwarded',
        'host',
        'x-forwarded-for',
        'x-forwarded-host',
        'x-forwarded-proto',
        'x-last',
        'x-request-id',
      ].sort(),
    );
  });

  test('loses what a client says about itself', async () => {
    const { headers } = await forwarded(
      'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.1\r\nForwarded: for=203.0.113.1\r\nX-Real-IP: 203.0.113.1\r\n' +
        'X-Request-Id: mine\r\nX_Forwarded_For: 203.0.113.1\r\nX-Parapet-Trust: 1\r\n\r\n',
    );
    expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113|mine|parapet/);
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  test("keeps a trusted proxy's chain and request id, and adds the proxy", async () => {
    const { headers } = await forwarded(
      'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.1, 198.51.100.2\r\nX-Forwarded-Proto: https\r\n' +
        'X-Forwarded-Host: www.example.org\r\nX-Request-Id: abc-1\r\n\r\n',
      { config: { trustedProxies: ['127.0.0.0/8'] } },
    );
    expect(headers).toMatchObject({
      'x-forwarded-for': '203.0.113.1, 198.51.100.2, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'www.example.org',
      'x-request-id': 'abc-1',
      forwarded: 'for=203.0.113.1, for=198.51.100.2, for=127.0.0.1;host="a";proto=https',
    });
  });

  test('has the same id for the upstream and for who is told of the request, as text and as bytes', async () => {
    const upstream = await scripted(OK, OK);
    const { connect, ended } = await stand([upstream.url], { config: { trustedProxies: ['127.0.0.0/8'] } });
    const client = await connect();
    await client.ask('GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1\r\n\r\n', 'ok');
    await client.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'ok');
    const sent = [...upstream.connections[0]!.text.matchAll(/X-Request-Id: (.*)\r\n/g)].map(([, id]) => id);
    expect(sent[0]).toBe('abc-1');
    expect(ended.map(({ requestId }) => requestId)).toEqual(sent);
    const bytes = Buffer.alloc(200);
    expect(ended.map((one) => bytes.toString('latin1', 9, one.writeRequestId!(bytes, 9)))).toEqual(sent);
  });

  test("takes no request id from a trusted proxy that could end a line of somebody's log", async () => {
    const { headers } = await forwarded('GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a "b"\r\n\r\n', {
      config: { trustedProxies: ['127.0.0.0/8'] },
    });
    expect(headers['x-request-id']).toMatch(/^[\da-f]{32}$/);
  });

  test("names the upstream's own host when the site wants that", async () => {
    const { headers } = await forwarded(
      'GET / HTTP/1.1\r\nA: 1\r\nHost: a\r\nConnection: close\r\nB: 2\r\n\r\n',
      {
        site: { hostHeader: 'upstream' },
      },
    );
    expect(headers).toMatchObject({ a: '1', b: '2', 'x-forwarded-host': 'a' });
    expect(headers['host']).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('with the whole URL as its target reaches the upstream with the path', async () => {
    const { line } = await forwarded('GET http://a/b?c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(line).toBe('GET /b?c HTTP/1.1');
  });

  test('may be long', async () => {
    const cookie = 'c'.repeat(40_000);
    const { headers } = await forwarded(
      `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    );
    expect(headers['cookie']).toBe(cookie);
  });

  test('may come byte by byte', async () => {
    const upstream = await scripted(OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    for (const byte of 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n') {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.until((text) => text.endsWith('ok'))).toBe(OK);
    expect(headOf(upstream.connections[0]!.text).line).toBe('GET /x HTTP/1.1');
  });
});

describe('a site', () => {
  test('is found by host; a host that nobody answers for gets 421', async () => {
    const upstream = await scripted(OK);
    const { connect, ended } = await stand([upstream.url], { site: { hosts: ['example.org'] } });
    const client = await connect();
    expect(await client.ask('GET / HTTP/1.1\r\nHost: example.org:81\r\n\r\n', 'ok')).toBe(OK);
    expect(await client.ask('GET / HTTP/1.1\r\nHost: other.org\r\n\r\n', '</html>\n')).toMatch(
      /^HTTP\/1\.1 421 /,
    );
    expect(ended.map(({ status, site }) => [status, site])).toEqual([
      [200, 'site'],
      [421, ''],
    ]);
  });
});

describe('a client of HTTP/1.0', () => {
  test('is answered, and the connection ends with the answer', async () => {
    const upstream = await scripted(OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect(await client.untilEnded()).toBe(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    );
  });

  test('may ask to keep the connection', async () => {
    const upstream = await scripted(OK, OK);
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    const request = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
    const answer = 'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok';
    expect(await client.ask(request, 'ok')).toBe(answer);
    expect(await client.ask(request, 'ok')).toBe(answer);
  });

  test('gets the data of a chunked answer, without the chunks', async () => {
    const upstream = await scripted(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    );
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect(await client.untilEnded()).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde');
  });
});

describe('requests sent ahead', () => {
  test('are answered in their order, one after another', async () => {
    const upstream = await scripted(
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3',
    );
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send(
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    const answers = await client.until((text) => text.endsWith('3'));
    expect(answers.match(/\r\n\r\n(?:1\r\n)?(\d)/g)!.map((body) => body.at(-1))).toEqual(['1', '2', '3']);
    expect(ended.map(({ requestBodyBytes }) => requestBodyBytes)).toEqual([0, 3, 0]);
    expect(upstream.connections.length).toBe(1);
  });

  test('behind one that says it is the last are not looked at', async () => {
    const upstream = await scripted(OK, OK);
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    client.send('GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await client.untilEnded()).toMatch(/^HTTP\/1\.1 200 OK\r\nConnection: close\r\n/);
    expect(ended.length).toBe(1);
  });
});
