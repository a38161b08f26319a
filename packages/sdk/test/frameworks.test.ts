// The same promises in each framework, with the real ones and the real endpoint.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { PASS, type Action } from '@parapet/kinds';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Parapet, visitorOf, type ParapetOptions } from '../src/index.ts';
import { BLOCKED, get, startEndpoint, type Endpoint, type Got } from './endpoint.ts';

/** Starts a program with a form on `/` and says how to reach it; every answer says who asked and what was posted. */
type Start = (parapet: Parapet) => Promise<{ readonly port: number; readonly close: () => Promise<unknown> }>;

const startNode: Start = async (parapet) => {
  const server = createServer(
    parapet.node((req, res) => {
      req.setEncoding('utf8');
      let body = '';
      req.on('data', (chunk: string) => (body += chunk));
      req.on('end', () =>
        res.end(
          JSON.stringify({
            url: req.url,
            body,
            visitor: visitorOf(req),
            threat: req.headers['x-parapet-threat'],
          }),
        ),
      );
    }),
  );
  return listening(server);
};

const startExpress: Start = async (parapet) => {
  const app = express();
  app.use(parapet.express());
  app.use(express.text({ type: '*/*' }));
  app.use((req, res) => {
    const body = typeof req.body === 'string' ? req.body : '';
    res.json({ url: req.url, body, visitor: visitorOf(req), threat: req.headers['x-parapet-threat'] });
  });
  return listening(createServer(app));
};

const startFastify: Start = async (parapet) => {
  const app = fastify();
  await app.register(parapet.fastify());
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
  app.all('*', async (req) => {
    const { url, body = '', raw, headers } = req;
    return Promise.resolve({ url, body, visitor: visitorOf(raw), threat: headers['x-parapet-threat'] });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
};

/** Hono itself on a few lines of node:http, as its Node server is. */
const startHono: Start = async (parapet) => {
  const app = new Hono();
  app.use(parapet.hono());
  app.all('*', async (context) => {
    const url = context.req.url.replace(/^http:\/\/[^/]+/, '');
    const visitor = visitorOf(context.req.raw);
    return context.json({ url, body: await context.req.text(), visitor, threat: visitor?.threat });
  });
  const server = createServer((req, res) => {
    const headers = Object.entries(req.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const hasBody = !['GET', 'HEAD'].includes(req.method!);
      const body = hasBody ? { body: Buffer.concat(chunks) } : {};
      const asked = new Request(`http://${req.headers.host}${req.url}`, {
        method: req.method!,
        headers,
        ...body,
      });
      void Promise.resolve(app.fetch(asked, { incoming: req })).then(async (answer) => {
        res.statusCode = answer.status;
        for (const [name, value] of answer.headers) res.appendHeader(name, value);
        res.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
  });
  return listening(server);
};

async function listening(server: Server): Promise<Awaited<ReturnType<Start>>> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, close };
}

describe.each([
  ['node:http', startNode],
  ['Express', startExpress],
  ['Fastify', startFastify],
  ['Hono', startHono],
] as const)('with %s', (_, start) => {
  let endpoint: Endpoint;
  let closers: (() => unknown)[];
  beforeEach(async () => {
    endpoint = await startEndpoint();
    closers = [() => endpoint.close()];
  });
  afterEach(async () => {
    for (const close of closers.toReversed()) await close();
  });

  async function run(options: Partial<ParapetOptions> = {}): Promise<{ port: number; parapet: Parapet }> {
    const parapet = new Parapet({ endpoint: `unix:${endpoint.socketPath}`, timeoutMs: 5000, ...options });
    const { port, close } = await start(parapet);
    closers.push(() => parapet.close(), close);
    return { port, parapet };
  }

  it('a request that may pass is as it was, and what is known of the visitor is there', async () => {
    endpoint.decide = (): Action => ({
      kind: 'pass',
      requestHeaders: [
        ['X-Parapet-Threat', 'low'],
        ['X-Parapet-Record', '0a1b2c3d'],
      ],
      setCookies: ['parapet_trust=x', 'c=d'],
    });
    const { port } = await run();
    const headers = { 'x-parapet-threat': 'none', cookie: 'a=b', 'content-type': 'text/plain' };
    const got = await get(port, '/a?b=%20c', headers, { method: 'POST', body: 'hello' });
    expect(got.headers['set-cookie']).toEqual(['parapet_trust=x', 'c=d']);
    expect(JSON.parse(got.body)).toEqual({
      url: '/a?b=%20c',
      body: 'hello',
      visitor: { ip: '127.0.0.1', threat: 'low', recordId: '0a1b2c3d' },
      threat: 'low',
    });
    const { request, client } = endpoint.asked[0]!;
    expect([request.method, request.rawTarget, request.host, client.ip]).toEqual([
      ...['POST', '/a?b=%20c', '127.0.0.1', '127.0.0.1'],
    ]);
    expect([request.header('cookie'), request.header('x-parapet-threat')]).toEqual(['a=b', undefined]);
  });

  it.each(['GET', 'HEAD', 'POST'])('a request that may not pass gets the page (%s)', async (method) => {
    endpoint.decide = () => ({ kind: 'reply', answer: BLOCKED });
    const { port, parapet } = await run();
    const got = await get(port, '/', {}, { method, ...(method === 'POST' ? { body: 'x' } : {}) });
    expect([got.status, got.body]).toEqual([403, method === 'HEAD' ? '' : '<p>Blocked, ücht.</p>']);
    expect([
      got.headers['set-cookie'],
      got.headers['x-parapet-record'],
      got.headers['x-parapet-cause'],
    ]).toEqual([...[['a=1', 'b=2'], '0a1b2c3d', undefined]]);
    expect(parapet.counters()).toMatchObject({ asked: 1, stopped: 1 });
  });

  it('own pages are passed through, with their forms', async () => {
    endpoint.decide = (request) => ({
      kind: 'handle',
      maxBodyBytes: 100,
      handle: (body) =>
        Promise.resolve({
          status: 200,
          headers: [['Content-Type', 'application/json']],
          body: JSON.stringify([request.method, request.rawTarget, Buffer.from(body).toString()]),
          cause: 'own-page',
        }),
    });
    const { port } = await run();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const got = await get(port, '/.parapet/solve?x', form, { method: 'POST', body: 'token=1' });
    expect(JSON.parse(got.body)).toEqual(['POST', '/.parapet/solve?x', 'token=1']);
    expect((await get(port, '/.parapet/solve', form, { method: 'POST', body: 'x'.repeat(500) })).status).toBe(
      413,
    );
    expect(
      (await get(port, '/.parapet/solve', form, { method: 'POST', body: 'x'.repeat(70_000) })).status,
    ).toBe(413);
  });

  it('the address of the visitor is the one that a trusted proxy names', async () => {
    const { port } = await run({ trustedProxies: ['127.0.0.1', '192.0.2.0/24'] });
    const headers = {
      'x-forwarded-for': '198.51.100.66, 203.0.113.7, 192.0.2.9',
      'x-forwarded-proto': 'https',
    };
    const got = await get(port, '/', headers);
    expect(JSON.parse(got.body)).toMatchObject({ visitor: { ip: '203.0.113.7' } });
    expect(endpoint.asked[0]!.client).toMatchObject({ ip: '203.0.113.7', scheme: 'https' });
  });

  it('a visitor cannot name another address, another page or another scheme', async () => {
    const { port } = await run();
    const headers = {
      'x-forwarded-for': '203.0.113.7',
      'x-real-ip': '203.0.113.7',
      'x-original-uri': '/robots.txt',
      'x-forwarded-uri': '/robots.txt',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'elsewhere',
    };
    await get(port, '/x', headers);
    const { request, client } = endpoint.asked[0]!;
    expect([request.rawTarget, request.host, client.ip, client.scheme]).toEqual([
      ...['/x', '127.0.0.1', '127.0.0.1', 'http'],
    ]);
  });

  it('what passed is told when it is over', async () => {
    const { port } = await run();
    await get(port, '/wp-login.php', { 'user-agent': 'x' });
    await waitFor(() => endpoint.ended.length > 0);
    expect(endpoint.ended[0]).toMatchObject({ status: 200, answer: undefined });
    expect(endpoint.ended[0]!.request.rawTarget).toBe('/wp-login.php');
    expect(endpoint.ended[0]!.request.header('user-agent')).toBe('x');
  });

  it('paths that are left out are not asked about', async () => {
    const { port } = await run({ skip: ['/assets/'], tellsEnds: false });
    const got = await get(port, '/assets/x.css', { 'x-parapet-threat': 'low' });
    expect(JSON.parse(got.body)).toMatchObject({ url: '/assets/x.css', visitor: { ip: '127.0.0.1' } });
    expect([endpoint.asked, JSON.parse(got.body).threat]).toEqual([[], undefined]);
  });

  it('everything passes when nobody answers', async () => {
    const faults: Error[] = [];
    const { port, parapet } = await run({
      endpoint: '/nowhere/auth.sock',
      onFault: (error) => faults.push(error),
    });
    const all: Got[] = [];
    for (let i = 0; i < 8; i++) all.push(await get(port, '/'));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect((await get(port, '/.parapet/solve')).status).toBe(503);
    const { asked, unanswered, unasked } = parapet.counters();
    expect([asked + unasked, unanswered > 4, unasked > 0, faults.length > 0]).toEqual([8, true, true, true]);
  });

  it('a request passes when the answer does not come in time, and waits when it is told to', async () => {
    const later: ((action: Action) => void)[] = [];
    const { port, parapet } = await run({ timeoutMs: 300 });
    endpoint.decide = () => ({ kind: 'wait', action: new Promise((resolve) => later.push(resolve)) });
    const slow = get(port, '/');
    await waitFor(() => later.length === 1);
    setTimeout(() => later[0]!({ kind: 'reply', answer: BLOCKED }), 500);
    expect((await slow).status).toBe(403);
    endpoint.decide = () => PASS;
    expect(parapet.counters().unanswered).toBe(0);
  });
});

it('a mistake in the options is told at once', () => {
  expect(() => new Parapet({ endpoint: 'localhost:80' })).toThrow(/endpoint/);
  expect(() => new Parapet({ endpoint: '/run/x.sock', trustedProxies: ['10.0.0.0/33'] })).toThrow(
    /10\.0\.0\.0\/33/,
  );
});

async function waitFor(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue() && tries < 500; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isTrue()).toBe(true);
}
