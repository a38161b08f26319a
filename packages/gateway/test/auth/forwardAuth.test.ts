// The endpoint as a server that asks sees it.

import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { PASS, type Action, type Client, type Guard, type RequestView } from '@parapet/kinds';
import { afterEach, describe, expect, it } from 'vitest';
import { serveForwardAuth } from '../../src/index.ts';
import { get, serve, startPlace, type Place } from './place.ts';

const VISITOR = '203.0.113.7';
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function place(options?: Parameters<typeof startPlace>[0]): Promise<Place> {
  const it = await startPlace(options);
  closers.push(() => it.close());
  return it;
}

function about(
  target: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    Host: 'example.org',
    'X-Forwarded-For': VISITOR,
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Uri': target,
    ...more,
  };
}

describe('a question', () => {
  it('is answered with 204 when nothing is decided, and nobody is told of it', async () => {
    const { socketPath, told, auth } = await place();
    const got = await get(socketPath, '/ask', about('/'));
    expect([got.status, got.body]).toEqual([204, '']);
    expect(told).toEqual([]);
    expect(auth.counters()).toMatchObject({ passed: 1, answered: 0, refused: 0, strangers: 0 });
  });

  it('about a banned visitor is answered with the block page, or with 403 alone where no more is understood', async () => {
    const { socketPath, decide, told } = await place();
    const record = decide(VISITOR, 'ban');
    const whole = await get(socketPath, '/ask', about('/', { accept: 'text/html' }));
    expect([whole.status, whole.headers['x-parapet-cause'], whole.headers['x-parapet-record']]).toEqual([
      ...[403, 'ban', record],
    ]);
    expect(whole.body).toContain(record);
    const brief = await get(socketPath, '/ask/brief', about('/', { accept: 'text/html' }));
    expect([brief.status, brief.body, brief.headers['x-parapet-status']]).toEqual([403, '', '403']);
    const page = await get(socketPath, '/answer', about('/', { accept: 'text/html' }));
    expect(page.body).toContain(record);
    expect(told.map(({ status, client }) => [status, client.ip])).toEqual([
      [403, VISITOR],
      [403, VISITOR],
    ]);
  });

  it('about a visitor who is too fast is 429, and 403 to those who do not know it', async () => {
    const { socketPath, decide } = await place();
    decide(VISITOR, 'throttle');
    const first = await get(socketPath, '/ask', about('/'));
    expect([first.status, first.headers['x-parapet-threat']]).toEqual([204, 'low']);
    const second = await get(socketPath, '/ask', about('/'));
    expect([second.status, second.headers['retry-after']]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    const third = await get(socketPath, '/ask/brief', about('/'));
    expect([third.status, third.headers['x-parapet-status']]).toEqual([403, '429']);
  });

  it('sees the request in the headers of either family, with its method, target, host and scheme', async () => {
    const seen: unknown[] = [];
    const note = (request: RequestView, client: Client): Action => {
      const { method, rawTarget, host } = request;
      seen.push([method, rawTarget, host, client.ip, client.scheme, request.header('user-agent')]);
      return PASS;
    };
    const { socketPath, close } = await serve(guardOf(note));
    closers.push(close);
    await get(socketPath, '/ask', {
      'X-Forwarded-For': `192.0.2.1, ${VISITOR}`,
      'X-Forwarded-Method': 'POST',
      'X-Forwarded-Uri': '/a?b=%20',
      'X-Forwarded-Host': 'Shop.Example.org:8443',
      'X-Forwarded-Proto': 'https',
      'User-Agent': 'x',
    });
    await get(socketPath, '/', {
      'X-Real-IP': '2001:db8::1',
      'X-Original-Method': 'GET',
      'X-Original-URI': '/c',
      Host: 'example.org',
    });
    expect(seen).toEqual([
      ['POST', '/a?b=%20', 'shop.example.org', VISITOR, 'https', 'x'],
      ['GET', '/c', 'example.org', '2001:db8::1', 'http', undefined],
    ]);
  });

  it('believes the last address that is no trusted proxy, whatever the visitor wrote before it', async () => {
    const seen: string[] = [];
    const note = (_: RequestView, client: Client): Action => (seen.push(client.ip), PASS);
    const { socketPath, close } = await serve(guardOf(note), { trustedProxies: ['198.51.100.0/24'] });
    closers.push(close);
    for (const chain of ['192.0.2.66, 203.0.113.8', '192.0.2.66, 203.0.113.8, 198.51.100.3', '203.0.113.8']) {
      // Twice: the second time from memory.
      await get(socketPath, '/ask', about('/', { 'X-Forwarded-For': chain }));
      await get(socketPath, '/ask', about('/', { 'X-Forwarded-For': chain }));
    }
    expect(new Set(seen)).toEqual(new Set(['203.0.113.8']));
  });

  it.each([
    ['without a target', { 'X-Forwarded-Method': 'GET' }],
    ['without a method', { 'X-Forwarded-Uri': '/' }],
    [
      'about two targets',
      { 'X-Forwarded-Method': 'GET', 'X-Forwarded-Uri': '/', 'X-Original-URI': '/admin' },
    ],
    ['about no path', { 'X-Forwarded-Method': 'GET', 'X-Forwarded-Uri': 'http://a/' }],
    ['about no method', { 'X-Forwarded-Method': 'GET /', 'X-Forwarded-Uri': '/' }],
  ])('%s is refused with a status that lets nothing pass', async (_, headers) => {
    const { socketPath, auth } = await place();
    expect((await get(socketPath, '/ask/brief', headers)).status).toBe(403);
    expect(auth.counters().refused).toBe(1);
  });

  it('that is no HTTP is refused with a status that lets nothing pass', async () => {
    const { socketPath } = await place();
    expect(await raw(socketPath, 'GET /ask HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 /,
    );
  });

  it('passes when the guard fails, and the fault is told', async () => {
    const broken = (): Action => {
      throw new Error('out of order');
    };
    const late = (): Action => ({ kind: 'wait', action: Promise.reject(new Error('late')) });
    for (const fault of [broken, late]) {
      const { socketPath, faults, close } = await serve(guardOf(fault));
      closers.push(close);
      expect((await get(socketPath, '/ask', about('/'))).status).toBe(204);
      expect(faults).toHaveLength(1);
    }
  });

  it('brings headers for the site and cookies for the visitor, in one line each', async () => {
    const pass: Action = {
      kind: 'pass',
      requestHeaders: [['X-Parapet-Threat', 'low\r\nX-Evil: 1']],
      setCookies: ['a=1', 'b=2'],
    };
    const { socketPath, close } = await serve(guardOf(() => pass));
    closers.push(close);
    const { headers } = await get(socketPath, '/ask', about('/'));
    expect([headers['x-parapet-threat'], headers['set-cookie'], headers['x-evil']]).toEqual([
      ...['low??X-Evil: 1', ['a=1', 'b=2'], undefined],
    ]);
  });
});

describe('a connection', () => {
  it('takes one question after the other, several at once, and in any pieces', async () => {
    const { socketPath } = await place();
    const question = `GET /ask HTTP/1.1\r\n${Object.entries(about('/x'))
      .map((pair) => pair.join(': '))
      .join('\r\n')}\r\n\r\n`;
    const socket = connect(socketPath);
    let got = '';
    socket.on('data', (chunk) => (got += String(chunk)));
    socket.write(question + question + question.slice(0, 30));
    for (const piece of question.slice(30).match(/[\s\S]{1,7}/g)!) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (got.split('204 No Content').length < 4) await once(socket, 'data');
    socket.end();
    expect(got).toBe('HTTP/1.1 204 No Content\r\n\r\n'.repeat(3));
  });

  it('keeps the order when an answer takes its time', async () => {
    let release: (action: Action) => void = () => {};
    const later = new Promise<Action>((resolve) => (release = resolve));
    const answers: Action[] = [{ kind: 'wait', action: later }, PASS];
    const { socketPath, close } = await serve(guardOf(() => answers.shift()!));
    closers.push(close);
    const lines = Object.entries(about('/'))
      .map((pair) => pair.join(': '))
      .join('\r\n');
    const both = raw(
      socketPath,
      `GET /ask HTTP/1.1\r\n${lines}\r\n\r\nGET /ask HTTP/1.0\r\n${lines}\r\n\r\n`,
    );
    await new Promise((resolve) => setImmediate(resolve));
    release({ kind: 'reply', answer: { status: 403, headers: [], body: 'no', cause: 'ban' } });
    expect(await both).toMatch(/^HTTP\/1\.1 403 [\s\S]*\r\n\r\nnoHTTP\/1\.1 204 [\s\S]*Connection: close/);
  });

  it('tells a program that asks with a time limit when an answer takes its time', async () => {
    const action = new Promise<Action>((resolve) => setImmediate(() => resolve(PASS)));
    const { socketPath, close } = await serve(guardOf(() => ({ kind: 'wait', action })));
    closers.push(close);
    const lines = Object.entries(about('/'))
      .map((pair) => pair.join(': '))
      .join('\r\n');
    expect(await raw(socketPath, `GET /ask/patient HTTP/1.0\r\n${lines}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 204 /,
    );
  });

  it('over TCP is taken from this machine and from those who may ask, and from nobody else', async () => {
    const seen: boolean[] = [];
    for (const [address, askers] of [
      ['127.0.0.1', []],
      ['192.0.2.10', []],
      ['192.0.2.10', ['192.0.2.0/24']],
    ] as const) {
      const server = createServer();
      const options = {
        guard: guardOf(() => PASS),
        siteOf: () => '',
        nowMs: () => 0,
        onFault: () => {},
        askers,
      };
      const auth = serveForwardAuth(server, options);
      const destroyed: string[] = [];
      server.emit('connection', {
        remoteAddress: address,
        destroy: () => destroyed.push(address),
        setNoDelay: () => {},
        on: () => {},
      });
      seen.push(destroyed.length === 0);
      expect(auth.counters().strangers).toBe(destroyed.length);
    }
    expect(seen).toEqual([true, false, true]);
  });

  it('ends after the answer in hand when the endpoint is drained, and answers who had just connected', async () => {
    const { socketPath, auth } = await place();
    const lines = Object.entries(about('/x'))
      .map(([name, value]) => `${name}: ${value}`)
      .join('\r\n');
    const question = `GET /ask HTTP/1.1\r\n${lines}\r\n\r\n`;
    const idle = connect(socketPath);
    idle.write(question);
    await once(idle, 'data');
    const fresh = connect(socketPath);
    await once(fresh, 'connect');
    while (auth.counters().open < 2) await new Promise((resolve) => setImmediate(resolve));
    const drained = auth.drain(5000);
    await once(idle.resume(), 'end');
    idle.end();
    fresh.write(question);
    const [answer] = (await once(fresh, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 2/);
    await once(fresh.resume(), 'end');
    fresh.end();
    await drained;
    expect(auth.counters().open).toBe(0);
  });
});

describe('an own page', () => {
  it('is served to everybody, with its forms', async () => {
    const { socketPath, decide } = await place();
    decide(VISITOR, 'captcha');
    const headers = { Host: 'example.org', 'X-Forwarded-For': VISITOR, accept: 'text/html' };
    const page = await get(socketPath, '/answer', about('/', { ...headers }));
    const style = /href="(\/\.parapet\/s\/[^"]+\.css)"/.exec(page.body)?.[1];
    expect(style).toBeDefined();
    expect((await get(socketPath, style!, headers)).headers['content-type']).toContain('text/css');
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    const solved = await get(socketPath, '/.parapet/solve', form, {
      method: 'POST',
      body: 'token=x&answers=1',
    });
    expect([solved.status, solved.headers['content-type']]).toEqual([
      expect.any(Number),
      expect.stringContaining('json'),
    ]);
    const long = await get(socketPath, '/.parapet/solve', form, { method: 'POST', body: 'x'.repeat(5000) });
    expect(long.status).toBe(413);
    // Not by its length alone: in chunks too.
    const chunked = { ...form, 'Transfer-Encoding': 'chunked' };
    expect(
      (await get(socketPath, '/.parapet/solve', chunked, { method: 'POST', body: 'token=x' })).status,
    ).toBe(solved.status);
  });
});

describe('the end of a request', () => {
  it('is told by a program that has no log', async () => {
    const { socketPath, told } = await place();
    const end = about('/wp-login.php', { 'X-Parapet-Status': '404', 'X-Parapet-Bytes': '120' });
    expect((await get(socketPath, '/ended', end)).status).toBe(204);
    expect(told).toMatchObject([
      {
        status: 404,
        responseBodyBytes: 120,
        answer: undefined,
        site: 'main',
        request: { rawTarget: '/wp-login.php' },
      },
    ]);
    await get(socketPath, '/ended', about('/', { 'X-Parapet-Status': 'x' }));
    expect(told).toHaveLength(1);
  });
});

function guardOf(onRequest: Guard['onRequest']): Guard {
  return { onRequest, onResponse: () => undefined, onEnd: () => {}, onRefusal: () => {} };
}

/** Sends bytes and returns all that comes until the other side ends. */
async function raw(socketPath: string, bytes: string): Promise<string> {
  const socket = connect(socketPath);
  socket.write(bytes);
  let got = '';
  for await (const chunk of socket) got += String(chunk);
  return got;
}
