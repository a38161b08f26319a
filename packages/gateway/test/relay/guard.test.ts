import { PASS, type Action, type Answer } from '@parapet/kinds';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, headOf, rawUpstream, scripted, stand } from './stand.ts';

afterEach(closeAll);

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const NO: Answer = {
  status: 403,
  headers: [['Content-Type', 'text/plain']],
  body: 'nö\n',
  cause: 'ban',
  recordId: '12345678',
};
const NO_BYTES =
  /^HTTP\/1\.1 403 Forbidden\r\nDate: [^\r]+ GMT\r\nContent-Type: text\/plain\r\nContent-Length: 4\r\n\r\nn\xc3\xb6\n$/;

function later(action: Action, release: Promise<void>): Action {
  return { kind: 'wait', action: release.then(() => action) };
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('before a request is forwarded the guard', () => {
  test('sees its head, its client and its site', async () => {
    const upstream = await scripted(OK);
    const seen: unknown[] = [];
    const { connect } = await stand([upstream.url], {
      guard: {
        onRequest(request, client, site) {
          seen.push(
            request.method,
            request.rawTarget,
            request.host,
            request.header('x-a'),
            client.ip,
            client.scheme,
            site,
          );
          return PASS;
        },
      },
    });
    const client = await connect();
    await client.ask('GET /a?b HTTP/1.1\r\nHost: A:1\r\nX-A: 1\r\nX-A: 2\r\n\r\n', 'ok');
    expect(seen).toEqual(['GET', '/a?b', 'a', '1, 2', '127.0.0.1', 'http', 'site']);
  });

  test('is not asked again about the same bytes for as long as it says so', async () => {
    const upstream = await scripted(OK, OK);
    const asked: string[] = [];
    let isStill = true;
    const { connect, ended } = await stand([upstream.url], {
      guard: {
        onRequest: ({ rawTarget }) => {
          asked.push(rawTarget);
          return rawTarget === '/no' ? { kind: 'reply', answer: NO, isStill: () => isStill } : PASS;
        },
      },
    });
    const client = await connect();
    const no = GET.replace('/ ', '/no ');
    for (let i = 0; i < 3; i++) expect(await client.ask(no, '\n')).toMatch(NO_BYTES);
    expect(asked).toEqual(['/no']);
    // The beginning of the same bytes, and others in their place.
    await client.ask(GET.replace('/ ', '/nothing '), 'ok');
    expect(await client.ask(`${no}${no}${GET}`, 'ok')).toMatch(/403[^]*403[^]*200 OK/);
    expect(asked).toEqual(['/no', '/nothing', '/no', '/']);
    await client.ask(no, '\n');
    isStill = false;
    await client.ask(no, '\n');
    expect(asked.slice(4)).toEqual(['/no', '/no']);
    expect(ended.map(({ status }) => status)).toEqual([403, 403, 403, 200, 403, 403, 200, 403, 403]);
  });

  test('may answer itself; the upstream hears nothing, and the connection goes on', async () => {
    const upstream = await scripted(OK);
    const { connect, ended, gateway } = await stand([upstream.url], {
      guard: { onRequest: (request) => (request.rawTarget === '/no' ? { kind: 'reply', answer: NO } : PASS) },
    });
    const client = await connect();
    expect(await client.ask(GET.replace('/ ', '/no '), '\n')).toMatch(NO_BYTES);
    expect(await client.ask(GET.replace('GET / ', 'HEAD /no '), '\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 .*\r\n\r\n$/s,
    );
    expect(
      await client.ask(`POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${GET}`, 'ok'),
    ).toMatch(/n\xc3\xb6\nHTTP\/1\.1 200 OK/);
    expect(upstream.connections.length).toBe(1);
    expect(
      ended.map(({ status, answer, responseBodyBytes }) => [status, answer?.cause, responseBodyBytes]),
    ).toEqual([
      [403, 'ban', 4],
      [403, 'ban', 0],
      [403, 'ban', 4],
      [200, undefined, 2],
    ]);
    expect(gateway.counters()).toMatchObject({ requests: 4, ownAnswers: 3 });
  });

  test('that answers while the body is still coming ends the connection', async () => {
    const upstream = await scripted(OK);
    const { connect } = await stand([upstream.url], {
      guard: { onRequest: () => ({ kind: 'reply', answer: NO }) },
    });
    const client = await connect();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc`);
    expect(await client.untilEnded()).toMatch(/\r\nConnection: close\r\n\r\nn\xc3\xb6\n$/);
  });

  test('may add headers for the upstream, but no lines', async () => {
    const upstream = await scripted(OK);
    const requestHeaders = [
      ['X-Parapet-Step', 'up'],
      ['X-Bad', 'a\r\nX-Worse: b'],
    ] as const;
    const { connect } = await stand([upstream.url], {
      guard: { onRequest: () => ({ kind: 'pass', requestHeaders, setCookies: ['a=1; Path=/'] }) },
    });
    const client = await connect();
    expect(await client.ask(GET, 'ok')).toBe(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 2\r\n\r\nok',
    );
    const { headers } = headOf(upstream.connections[0]!.text);
    expect(headers['x-parapet-step']).toBe('up');
    expect(JSON.stringify(headers)).not.toMatch(/worse/i);
  });

  test('may take its time, and the requests behind wait', async () => {
    const upstream = await scripted(OK, OK);
    const { opened, open } = gate();
    const { connect } = await stand([upstream.url], {
      guard: { onRequest: ({ rawTarget }) => (rawTarget === '/1' ? later(PASS, opened) : PASS) },
    });
    const client = await connect();
    client.send(`POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${GET}`);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(upstream.connections.length).toBe(0);
    open();
    expect(
      await client.until((text) => text.endsWith('okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
    ).toMatch(/ok$/);
    expect(upstream.connections[0]!.text).toMatch(/\r\n\r\nabcGET \/ /);
  });

  test('that decides after the client has left changes nothing', async () => {
    const upstream = await scripted(OK);
    const { opened, open } = gate();
    const { connect, ended } = await stand([upstream.url], {
      guard: { onRequest: () => later(PASS, opened) },
    });
    const client = await connect();
    client.send(GET);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    client.socket.resetAndDestroy();
    while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
    open();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toMatchObject([{ status: 499 }]);
    expect(upstream.connections.length).toBe(0);
  });

  test('that fails lets pass, and is counted', async () => {
    const upstream = await scripted(OK, OK, OK);
    const fault = new Error('a fault of the guard');
    const { connect, faults, gateway } = await stand([upstream.url], {
      guard: {
        onRequest({ rawTarget }) {
          if (rawTarget === '/') throw fault;
          return {
            kind: 'wait',
            action: rawTarget === '/late' ? new Promise(() => {}) : Promise.reject(fault),
          };
        },
        onResponse() {
          throw fault;
        },
        onEnd() {
          throw fault;
        },
      },
    });
    const client = await connect();
    expect(await client.ask(GET, 'ok')).toBe(OK);
    expect(await client.ask(GET.replace('/', '/rejected'), 'ok')).toBe(OK);
    expect(faults).toEqual([fault, fault, fault, fault, fault, fault]);
    expect(gateway.counters().guardFaults).toBe(6);
  });

  test('that never decides lets pass in the end', async () => {
    const upstream = await scripted(OK);
    const { connect, pass, gateway } = await stand([upstream.url], {
      guard: { onRequest: () => ({ kind: 'wait', action: new Promise(() => {}) }) },
    });
    const client = await connect();
    client.send(GET);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    pass(121_000);
    expect(await client.until((text) => text.endsWith('ok'))).toBe(OK);
    expect(gateway.counters().guardFaults).toBe(1);
  });
});

describe('a page of our own that needs the body', () => {
  const handled = async (request: string, maxBodyBytes = 10): Promise<string> => {
    const { connect } = await stand(['http://127.0.0.1:1'], {
      guard: {
        onRequest: () => ({
          kind: 'handle',
          maxBodyBytes,
          handle: async (body) => ({
            status: 200,
            headers: [],
            body: `<${Buffer.from(body).toString()}>`,
            cause: 'own-page',
          }),
        }),
      },
    });
    const client = await connect();
    client.send(request);
    return client.until((text) => /[>l]\n?$/.test(text));
  };

  test('gets it, of known length, in chunks, or empty', async () => {
    expect(await handled('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')).toMatch(/<abc>$/);
    expect(
      await handled(
        'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
      ),
    ).toMatch(/<abc>$/);
    expect(await handled(GET)).toMatch(/<>$/);
  });

  test('gets no more than it takes', async () => {
    expect(await handled('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect(
      await handled(
        'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('asks for it where the client waits to be asked', async () => {
    const { connect } = await stand(['http://127.0.0.1:1'], {
      guard: { onRequest: () => ({ kind: 'handle', maxBodyBytes: 9, handle: async () => NO }) },
    });
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    await client.until((text) => text.endsWith('\r\n\r\n'));
    expect(client.text).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('abc');
    expect(await client.until((text) => text.endsWith('\n') && text.includes('403'))).toMatch(/403/);
  });

  test('that fails is said to have failed', async () => {
    const { connect, faults } = await stand(['http://127.0.0.1:1'], {
      guard: {
        onRequest: () => ({ kind: 'handle', maxBodyBytes: 9, handle: () => Promise.reject(new Error('x')) }),
      },
    });
    const client = await connect();
    expect(await client.ask(GET, '</html>\n')).toMatch(/^HTTP\/1\.1 500 /);
    expect(faults.length).toBe(1);
  });
});

describe('before an answer is sent the guard', () => {
  test('sees it, may add cookies, and may replace it', async () => {
    const upstream = await scripted(
      'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-Drupal-Cache: MISS\r\nX-Parapet-Signal: 1\r\n\r\ngone',
      OK,
      OK,
    );
    const seen: unknown[] = [];
    const { connect, ended } = await stand([upstream.url], {
      guard: {
        onResponse({ rawTarget }, response) {
          seen.push(response.status, response.header('x-parapet-signal'));
          if (rawTarget === '/cookie') return { kind: 'pass', setCookies: ['a=1', 'b=2'] };
          return rawTarget === '/no' ? { kind: 'reply', answer: NO } : undefined;
        },
      },
    });
    const client = await connect();
    expect(await client.ask(GET, 'gone')).toBe(
      'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-Drupal-Cache: MISS\r\n\r\ngone',
    );
    expect(await client.ask(GET.replace('/', '/cookie'), 'ok')).toBe(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok',
    );
    expect(await client.ask(GET.replace('/', '/no'), '\n')).toMatch(NO_BYTES);
    expect(seen).toEqual([404, '1', 200, undefined, 200, undefined]);
    expect(ended.map(({ cacheStatus }) => cacheStatus)).toEqual(['MISS', '', '']);
  });

  test('may hold it: nothing of it leaves before the guard has decided', async () => {
    const body = 'x'.repeat(300_000);
    const held = `HTTP/1.1 404 Gone\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const upstream = await scripted(held, OK, held, OK);
    for (const [decided, isExpected] of [
      [PASS, (text: string) => text === held],
      [{ kind: 'reply', answer: NO }, (text: string) => NO_BYTES.test(text)],
    ] as const) {
      const { opened, open } = gate();
      const { connect } = await stand([upstream.url], {
        guard: { onResponse: (_, { status }) => (status === 404 ? later(decided, opened) : undefined) },
      });
      const client = await connect();
      client.send(GET);
      while (!(upstream.connections.at(-1)?.text ?? '').endsWith('\r\n\r\n'))
        await new Promise((resolve) => setImmediate(resolve));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(client.text).toBe('');
      open();
      expect(
        isExpected(await client.until((text) => text.length === held.length || text.endsWith('\n'))),
      ).toBe(true);
      expect(await client.ask(GET, 'ok')).toMatch(/ok$/);
    }
  });

  test('that holds it is not waited for by a client who leaves', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send(OK);
    });
    const { connect, ended } = await stand([upstream.url], {
      guard: { onResponse: () => ({ kind: 'wait', action: new Promise(() => {}) }) },
    });
    const client = await connect();
    client.send(GET);
    while (upstream.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    client.socket.resetAndDestroy();
    while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toMatchObject([{ status: 499 }]);
  });
});

describe('when a request has ended the guard', () => {
  test('is told its times and bytes', async () => {
    const upstream = await scripted(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    );
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    await client.ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', '0\r\n\r\n');
    expect(ended).toMatchObject([
      {
        status: 200,
        requestBodyBytes: 5,
        responseBodyBytes: 12,
        upstreamMs: 0,
        totalMs: 0,
        startedAtMs: Date.UTC(2026, 0, 1),
      },
    ]);
  });
});
