import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, rawUpstream, scripted, stand } from './stand.ts';

afterEach(closeAll);

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

async function answered(answer: string | { readonly end: string }, request: string = GET): Promise<string> {
  const upstream = await scripted(answer);
  const { connect } = await stand([upstream.url]);
  const client = await connect();
  client.send(request);
  // A second request shows where the client sees the end of the first answer.
  client.send('GET bad\r\n\r\n');
  const all = await client.untilEnded();
  return all.replace(/HTTP\/1\.1 400 [^]*$/, '[next]');
}

describe('an answer', () => {
  test('is passed as it came, but for what is between the upstream and us', async () => {
    const head = 'HTTP/1.1 200 Fine\r\nDate: today\r\nX-A: 1\r\n';
    expect(
      await answered(
        `${head}Connection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nContent-Length: 2\r\nX-Parapet-Ask: 1\r\n\r\nok`,
      ),
    ).toBe(`${head}Content-Length: 2\r\n\r\nok[next]`);
  });

  test('in chunks keeps its chunks and trailers', async () => {
    const body = '5;x=1\r\nhello\r\n000\r\nX-Sum: 1\r\n\r\n';
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n';
    expect(await answered(head + body)).toBe(`${head}${body}[next]`);
  });

  test('that ends with its connection gets chunks, so that the client can tell whether it is whole', async () => {
    expect(await answered({ end: 'HTTP/1.1 200 OK\r\n\r\nhello' })).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n[next]',
    );
    expect(await answered({ end: 'HTTP/1.0 200 OK\r\nX: 1\r\n\r\n' })).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n0\r\n\r\n[next]',
    );
  });

  test('to HEAD, 204 and 304 has no body, whatever its head says', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
    expect(await answered(head, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe(`${head}[next]`);
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await answered(chunked, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe(`${chunked}[next]`);
    expect(await answered('HTTP/1.1 204 None\r\n\r\n')).toBe('HTTP/1.1 204 None\r\n\r\n[next]');
    const unchanged = 'HTTP/1.1 304 Same\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n';
    expect(await answered(unchanged)).toBe(`${unchanged}[next]`);
  });

  test('may be preceded by interim ones', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(await answered(early + early + ok)).toBe(`${early}${early}${ok}[next]`);
    expect(await answered(early + ok, 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')).toBe(
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok[next]',
    );
  });

  test('that two readers could end in two places is not passed on', async () => {
    for (const head of [
      'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 2\r\nContent-Length: 3\r\n',
      'Content-Length: +2\r\n',
      'Transfer-Encoding: gzip, chunked\r\n',
      'X: 1\n',
      ' Folded: 1\r\n',
    ])
      expect(await answered(`HTTP/1.1 200 OK\r\n${head}\r\n2\r\nok\r\n0\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 502 /,
      );
  });

  test('is told apart from what the upstream sends behind it', async () => {
    const upstream = await scripted(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood',
    );
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    expect(await client.ask(GET, 'good')).toMatch(/good$/);
    expect(upstream.connections.length).toBe(2);
  });

  test('with no request behind it is nobody’s', async () => {
    const upstream = await rawUpstream(async (peer, index) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      if (index === 0) setImmediate(() => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'));
    });
    const { connect } = await stand([upstream.url]);
    const client = await connect();
    await client.ask(GET, 'ok');
    await upstream.connections[0]!.untilEnded();
    expect(await client.ask(GET, 'ok')).not.toMatch(/evil/);
  });
});

describe('an upstream that dies', () => {
  const dying = async (
    sent: string,
    request = GET,
  ): Promise<{ text: string; isReset: boolean; cut: number }> => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send(sent);
      // The bytes are read before the end is seen.
      setTimeout(() => peer.socket.resetAndDestroy(), 20);
    });
    const { connect, gateway } = await stand([upstream.url]);
    const client = await connect();
    client.send(request);
    const text = await client.untilEnded();
    return { text, isReset: client.error !== undefined, cut: gateway.counters().cutAnswers };
  };

  test('before its answer is answered for with 502', async () => {
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.includes('\r\n\r\n'));
      peer.send('HTTP/1.1 200 O');
      peer.socket.end();
    });
    const { connect, ended } = await stand([upstream.url]);
    const client = await connect();
    expect(await client.ask(GET, '</html>\n')).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(client.text).toContain(ended[0]!.requestId);
    expect(ended).toMatchObject([{ status: 502, upstreamMs: -1, answer: { cause: 'own-page' } }]);
  });

  test('within an answer of known length leaves the client short of it', async () => {
    const { text, cut } = await dying('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(text).toMatch(/half$/);
    expect(cut).toBe(1);
  });

  test('within chunks leaves the client without the last one', async () => {
    const { text } = await dying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    expect(text).toMatch(/4\r\nhalf\r\n$/);
  });

  test('within an answer that ends with the connection leaves the client without the last chunk', async () => {
    const { text } = await dying('HTTP/1.1 200 OK\r\n\r\nhalf');
    expect(text).toMatch(/4\r\nhalf\r\n$/);
  });

  test('of which a client of HTTP/1.0 can see only the end of the connection resets that', async () => {
    const { isReset } = await dying('HTTP/1.1 200 OK\r\n\r\nhalf', 'GET / HTTP/1.0\r\n\r\n');
    expect(isReset).toBe(true);
  });
});

describe('however the bytes are cut', () => {
  const REQUESTS =
    'POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n' +
    'GET /2 HTTP/1.1\r\nHost: a\r\nConnection: x-a\r\nX-A: 1\r\n\r\nPUT /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody';
  const ANSWERS = [
    'HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n10\r\n0123456789abcdef\r\n0\r\nX: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 10\r\n\r\n0123456789',
    'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=9\r\nContent-Length: 3\r\n\r\nend',
  ];
  const ENDS = [/0\r\nX-T: 1\r\n\r\n$/, /\r\nX-Request-Id: .*\r\nHost: a\r\n\r\n$/, /body$/];

  /** Sends in pieces, each in its own packet if the system lets us. */
  async function drip(send: (text: string) => void, text: string, cuts: readonly number[]): Promise<void> {
    let at = 0;
    for (const cut of [
      ...cuts.map((part) => Math.floor(part * text.length)).sort((a, b) => a - b),
      text.length,
    ]) {
      if (cut > at) send(text.slice(at, cut));
      at = cut;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test('the same bytes are relayed', async () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    const run = async (requestCuts: readonly number[], answerCuts: readonly number[]): Promise<string> => {
      const upstream = await rawUpstream(async (peer) => {
        let from = 0;
        for (const [at, answer] of ANSWERS.entries()) {
          const text = await peer.until((all) => ENDS[at]!.test(all.slice(from)));
          from = text.length;
          await drip((piece) => peer.send(piece), answer, answerCuts);
        }
      });
      const { connect } = await stand([upstream.url]);
      const client = await connect();
      await drip((piece) => client.send(piece), REQUESTS, requestCuts);
      const answers = await client.until((text) => text.endsWith('end'));
      const requests = upstream.connections[0]!.text;
      await closeAll();
      return `${requests}\n----\n${answers}`.replaceAll(/X-Request-Id: .{32}/g, 'X-Request-Id: -');
    };
    const whole = await run([], []);
    expect(whole).toContain('0123456789abcdef');
    await fc.assert(
      fc.asyncProperty(cuts, cuts, async (requestCuts, answerCuts) => {
        expect(await run(requestCuts, answerCuts)).toBe(whole);
      }),
      { numRuns: 150 },
    );
  });
});
