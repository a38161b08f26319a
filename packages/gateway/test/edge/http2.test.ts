import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:http2';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Action, Answer } from '@parapet/kinds';
import { GATEWAY_LIMITS, GATEWAY_TIMEOUTS } from '../../src/config.ts';
import { hasOpenssl } from './certificates.ts';
import { closeAll, closeLater, listen, replyTo, tlsStand } from './tlsStand.ts';

afterEach(closeAll);

/** Answers with what it was asked, and what the body was. */
const echo: RequestListener = (req, res) => {
  const hash = createHash('sha256');
  let bytes = 0;
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  req.on('end', () => {
    res.setHeader('Set-Cookie', ['a=1', 'b=2']);
    res.setHeader('X-Twice', ['1', '2']);
    res.setHeader('Keep-Alive', 'timeout=5');
    const { method, url, headers } = req;
    res.end(JSON.stringify({ method, url, headers, bytes, hash: hash.digest('hex') }));
  });
};

function page(text: string, more: Partial<Answer> = {}): Answer {
  return { status: 403, headers: [['Content-Type', 'text/plain']], body: text, cause: 'ban', ...more };
}

describe.skipIf(!hasOpenssl)('a request over HTTP/2', () => {
  it('reaches the upstream with what the gateway knows of the client, and the answer comes back', async () => {
    const { session, ended, port } = await tlsStand(echo);
    const client = await session();
    const asked = client.request({ ':path': '/a?b', cookie: ['x=1', 'y=2'], 'x-forwarded-for': '6.6.6.6' });
    const { headers, body } = await replyTo(asked);
    expect(headers).toMatchObject({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-twice': '1, 2' });
    expect(headers).not.toHaveProperty('keep-alive');
    expect(JSON.parse(body.toString())).toMatchObject({
      method: 'GET',
      url: '/a?b',
      headers: {
        host: `localhost:${port}`,
        cookie: 'x=1; y=2',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
      },
    });
    expect(ended).toMatchObject([{ status: 200, version: '2', scheme: 'https', ip: '127.0.0.1' }]);
  });

  it('names its client through a trusted proxy', async () => {
    const { session, ended } = await tlsStand(echo, { config: { trustedProxies: ['loopback'] } });
    await replyTo(
      (await session()).request({ 'x-forwarded-for': '6.6.6.6, 198.51.100.1', 'x-forwarded-proto': 'http' }),
    );
    expect(ended).toMatchObject([{ ip: '198.51.100.1', scheme: 'http' }]);
  });

  it('shares its connection with others, each with its own answer', async () => {
    const { session } = await tlsStand((req, res) => void res.end(req.url));
    const client = await session();
    const paths = Array.from({ length: 300 }, (_, i) => `/${i}`);
    const bodies = await Promise.all(
      paths.map(async (path) => (await replyTo(client.request({ ':path': path }))).body.toString()),
    );
    expect(bodies).toEqual(paths);
  });

  it('for a host that no site has is answered with 421', async () => {
    const { session } = await tlsStand(echo, { hosts: ['example.org'] });
    const client = await session();
    expect((await replyTo(client.request({ ':authority': 'example.org' }))).status).toBe(200);
    expect((await replyTo(client.request({ ':authority': 'other.test' }))).status).toBe(421);
  });

  it('may be HEAD, and may be answered without a body', async () => {
    const { session } = await tlsStand((req, res) => {
      res.writeHead(Number(req.url!.slice(1)), req.method === 'HEAD' ? { 'content-length': 7 } : {}).end();
    });
    const client = await session();
    const head = await replyTo(client.request({ ':method': 'HEAD', ':path': '/200' }));
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(head.headers['content-length']).toBe('7');
    for (const status of [204, 304]) {
      const reply = await replyTo(client.request({ ':path': `/${status}` }));
      expect(reply).toMatchObject({ status, body: Buffer.alloc(0), code: 0 });
    }
  });

  it('is told to continue, and of early hints', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n');
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
      });
    });
    const port = await listen(server);
    closeLater(() => server.close());
    const { session } = await tlsStand(`http://127.0.0.1:${port}`);
    const asked = (await session()).request({
      ':method': 'POST',
      'content-length': 4,
      expect: '100-continue',
    });
    const interim: unknown[] = [];
    asked.on('headers', (headers) => interim.push(headers[':status'], headers['link']));
    asked.on('continue', () => asked.end('body'));
    expect((await replyTo(asked)).body.toString()).toBe('ok');
    expect(interim).toEqual([100, undefined, 103, '</a.css>']);
  });
});

describe.skipIf(!hasOpenssl)('bodies over HTTP/2', () => {
  it('are carried whole, whether their length was said or not', async () => {
    const data = randomBytes(8_000_000);
    const { session, ended, gateway } = await tlsStand((req, res) =>
      req.method === 'GET' ? void res.end(data) : echo(req, res),
    );
    const client = await session();
    const hash = createHash('sha256').update(data).digest('hex');
    for (const headers of [{}, { 'content-length': data.length }]) {
      const { body } = await replyTo(client.request({ ':method': 'POST', ...headers }), data);
      expect(JSON.parse(body.toString())).toMatchObject({ bytes: data.length, hash });
    }
    const { body } = await replyTo(client.request());
    expect(body.equals(data)).toBe(true);
    expect(ended.map(({ responseBodyBytes }) => responseBodyBytes > 200)).toEqual([true, true, true]);
    expect(gateway.counters()).toMatchObject({ clientsLeft: 0, openUpstreamConnections: 1 });
  });

  it('come no faster than they are taken, up or down', async () => {
    const piece = Buffer.alloc(65_536);
    const pieces = 300;
    let sent = 0;
    let takes: (() => void) | undefined;
    const { session } = await tlsStand((req, res) => {
      if (req.method === 'POST') return void (takes = (): void => echo(req, res));
      const push = (): void => {
        while (sent < pieces) if (!res.write(piece, () => sent++)) break;
        if (sent < pieces) res.once('drain', push);
        else res.end();
      };
      push();
    });
    const client = await session();
    const download = client.request();
    await once(download, 'response');
    await settled(() => sent);
    expect(sent).toBeLessThan(pieces / 2); // what the sockets and windows on the way hold
    expect((await replyTo(download)).body.length).toBeGreaterThanOrEqual(pieces * piece.length);
    const upload = client.request({ ':method': 'POST' });
    let written = 0;
    const send = (): void => {
      if (written++ < pieces) upload.write(piece, send);
      else upload.end();
    };
    send();
    await until(() => takes !== undefined);
    await settled(() => written);
    expect(written).toBeLessThan(pieces / 2);
    takes?.();
    const { body } = await replyTo(upload);
    expect(JSON.parse(body.toString())).toMatchObject({ bytes: pieces * piece.length });
  });

  it('may have trailers, and not those that mean something before a body', async () => {
    const { session, refusals } = await tlsStand((req, res) => {
      req.resume().on('end', () => {
        res.writeHead(200, { Trailer: 'X-Sum' });
        res.write(JSON.stringify(req.trailers));
        res.addTrailers({ 'X-Sum': '42' });
        res.end();
      });
    });
    const client = await session();
    const ask = async (
      trailers: Readonly<Record<string, string>>,
    ): Promise<{ text: string; sum: unknown }> => {
      const asked = client.request({ ':method': 'POST' }, { waitForTrailers: true });
      asked.on('wantTrailers', () => asked.sendTrailers(trailers));
      let sum: unknown;
      asked.on('trailers', (found) => (sum = found['x-sum']));
      const { body, status } = await replyTo(asked, 'body');
      return { text: status === 200 ? body.toString() : String(status), sum };
    };
    expect(await ask({ 'x-check': 'a' })).toEqual({ text: '{"x-check":"a"}', sum: '42' });
    expect(await ask({})).toEqual({ text: '{}', sum: '42' });
    expect(await ask({ 'x-forwarded-for': '6.6.6.6' })).toEqual({ text: '400', sum: undefined });
    expect(refusals.map(({ reason }) => reason)).toEqual(['trailer-field']);
  });

  it('that are too long are refused, and the connection goes on', async () => {
    const limits = { ...GATEWAY_LIMITS, requestBodyBytes: 100_000 };
    const { session } = await tlsStand(echo, { config: { limits } });
    const client = await session();
    const told = await replyTo(
      client.request({ ':method': 'POST', 'content-length': 2_000_000 }),
      Buffer.alloc(2_000_000),
    );
    expect(told.status).toBe(413);
    const found = await replyTo(client.request({ ':method': 'POST' }), Buffer.alloc(2_000_000));
    expect(found.status).toBe(413);
    expect((await replyTo(client.request({ ':method': 'POST' }), 'short')).status).toBe(200);
  });

  it('that break off are broken off on the other side', async () => {
    const { session, ended } = await tlsStand((req, res) => {
      res.writeHead(200, { 'content-length': 1000 }).write('begun');
      setImmediate(() => res.destroy());
    });
    const client = await session();
    expect(await replyTo(client.request())).toMatchObject({ code: constants.NGHTTP2_INTERNAL_ERROR });
    let isCut = false;
    const second = await tlsStand((req) => void req.on('close', () => (isCut = true)));
    const upload = (await second.session()).request({ ':method': 'POST' });
    upload.on('error', () => {});
    upload.write('begun');
    await until(() => second.gateway.counters().openUpstreamConnections > 0);
    upload.close(constants.NGHTTP2_CANCEL);
    await until(() => isCut);
    expect(second.ended).toMatchObject([{ status: 499 }]);
    expect(ended).toHaveLength(1);
  });
});

describe.skipIf(!hasOpenssl)('a guard', () => {
  it('answers in the place of the site', async () => {
    const { session, ended } = await tlsStand(echo, {
      guard: {
        onRequest: ({ rawTarget }): Action => ({
          kind: 'reply',
          answer: page(`no ${rawTarget}`, {
            headers: [
              ['X-Bad', 'a\r\nb'],
              ['Cache-Control', 'no-store'],
            ],
          }),
        }),
      },
    });
    const client = await session();
    const { headers, body } = await replyTo(client.request({ ':path': '/x' }));
    expect(headers).toMatchObject({ ':status': 403, 'cache-control': 'no-store', 'content-length': '5' });
    expect(headers).not.toHaveProperty('x-bad');
    expect(body.toString()).toBe('no /x');
    expect((await replyTo(client.request({ ':method': 'HEAD' }))).body).toHaveLength(0);
    expect((await replyTo(client.request({ ':method': 'POST' }), 'unread')).status).toBe(403);
    expect(ended.map(({ cause }) => cause)).toEqual(['ban', 'ban', 'ban']);
  });

  it('takes a solution, and gives a pass', async () => {
    const { session } = await tlsStand(echo, {
      guard: {
        onRequest: ({ rawTarget }): Action =>
          rawTarget === '/.parapet/solve'
            ? {
                kind: 'handle',
                maxBodyBytes: 100,
                handle: async (body) => page(`got ${Buffer.from(body).toString()}`, { status: 200 }),
              }
            : { kind: 'pass', setCookies: ['parapet_pass=1'], requestHeaders: [['X-Parapet-Trust', 'x']] },
      },
    });
    const client = await session();
    const solve = { ':method': 'POST', ':path': '/.parapet/solve' };
    expect((await replyTo(client.request(solve), 'n=1')).body.toString()).toBe('got n=1');
    expect((await replyTo(client.request({ ...solve, 'content-length': 3 }), 'n=2')).body.toString()).toBe(
      'got n=2',
    );
    expect((await replyTo(client.request(solve), Buffer.alloc(5000))).status).toBe(413);
    const passed = await replyTo(client.request({ 'x-parapet-trust': 'forged' }));
    expect(passed.headers['set-cookie']).toEqual(['a=1', 'b=2', 'parapet_pass=1']);
    expect(JSON.parse(passed.body.toString())).toMatchObject({ headers: { 'x-parapet-trust': 'x' } });
  });

  it('reads a body before anything is forwarded, and its head says that there is one', async () => {
    const { session, ended } = await tlsStand(echo, {
      guard: {
        onRequest: ({ hasBody }): Action =>
          hasBody === true
            ? {
                kind: 'read',
                maxBodyBytes: 1000,
                decide: (body, isCut) =>
                  Buffer.from(body).includes('evil')
                    ? { kind: 'reply', answer: page(`no ${isCut}`) }
                    : { kind: 'pass' },
                follow: (piece) => (Buffer.from(piece).includes('evil') ? page('no more') : undefined),
              }
            : { kind: 'pass' },
      },
    });
    const client = await session();
    const ask = async (body: string | Buffer, headers = {}): Promise<string> =>
      (await replyTo(client.request({ ':method': 'POST', ...headers }), body)).body.toString();
    expect(JSON.parse(await ask('fine'))).toMatchObject({ bytes: 4 });
    expect(JSON.parse(await ask('fine', { 'content-length': 4 }))).toMatchObject({ bytes: 4 });
    expect(JSON.parse(await ask(Buffer.alloc(300_000)))).toMatchObject({ bytes: 300_000 });
    expect(await ask('evil')).toBe('no false');
    expect(await ask(Buffer.concat([Buffer.alloc(300_000), Buffer.from('evil')]))).toBe('no more');
    expect(ended).toHaveLength(5);
  });

  it('may end the connection with its answer, and holds the upstream’s', async () => {
    const { session } = await tlsStand(echo, {
      guard: {
        onResponse: (_, { status }): Action => ({
          kind: 'wait',
          action: Promise.resolve({ kind: 'reply', answer: page(`was ${status}`, { isLast: true }) }),
        }),
      },
    });
    const client = await session();
    const goaway = once(client, 'goaway');
    expect((await replyTo(client.request())).body.toString()).toBe('was 200');
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
  });
});

describe.skipIf(!hasOpenssl)('a connection', () => {
  it('is told to go when the gateway drains, after the answers in hand', async () => {
    let answer: (() => void) | undefined;
    const { session, gateway } = await tlsStand((_, res) => void (answer = (): unknown => res.end('late')));
    const client = await session();
    const reply = replyTo(client.request());
    await until(() => answer !== undefined);
    const goaway = once(client, 'goaway');
    const drained = gateway.drain(10_000);
    gateway.sweep();
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
    answer?.();
    expect((await reply).body.toString()).toBe('late');
    await drained;
    await until(() => client.closed);
  });

  it('ends when it is idle for too long', async () => {
    const { session, gateway, clock } = await tlsStand(echo);
    const client = await session();
    await replyTo(client.request());
    clock.nowMs += GATEWAY_TIMEOUTS.idleMs + 1;
    gateway.sweep();
    await until(() => client.closed);
    clock.nowMs += 10_000;
    gateway.sweep();
    await until(() => gateway.counters().openConnections === 0);
    expect(gateway.counters().connections).toBe(1);
  });

  it('is forgotten when its client has gone, in whatever way', async () => {
    const { session, raw, gateway } = await tlsStand(echo);
    const client = await session();
    await replyTo(client.request());
    client.close();
    const lost = await session();
    lost.destroy();
    (await raw()).end();
    (await raw('http/1.1')).end();
    (await raw('http/1.1')).destroy();
    await until(() => gateway.counters().connections === 5 && gateway.counters().openConnections === 0);
    expect(gateway.counters().requests).toBe(1);
  });

  it('speaks HTTP/1.1 with those who do not speak HTTP/2', async () => {
    const { raw, ended } = await tlsStand(echo);
    const socket = await raw('http/1.1');
    socket.write('GET /old HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"url":"\/old"/);
    expect(ended).toMatchObject([{ version: '1.1', scheme: 'https' }]);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the number has not changed for a while. */
async function settled(count: () => number): Promise<void> {
  let last = -1;
  for (let still = 0; still < 50; still++) {
    if (count() !== last) still = 0;
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
