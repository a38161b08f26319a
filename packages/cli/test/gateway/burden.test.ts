// Much, long, slow: memory stays flat however large a body is, ten thousand idle connections are held, and who is slow
// on purpose is let go while others are served.

import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentMb } from './programs.ts';
import { isBuilt, SKIPPED, startStack, type Stack } from './stack.ts';
import { sendBytes } from './wire.ts';

const BODY_MB = Number(process.env['PARAPET_TEST_BODY_MB'] ?? 1024);
const IDLE = Number(process.env['PARAPET_TEST_IDLE'] ?? 10_000);
const MB = Buffer.alloc(1 << 20, 'x');
const HEAD_LIMIT_MS = 2000;
const GET = 'GET /hello HTTP/1.1\r\nHost: example.org\r\n\r\n';

const CONFIG = `gateway:
  limits: { connections_per_client: 20000 }
  timeouts: { head: ${HEAD_LIMIT_MS}ms, body: 2s, idle: 60s }
`;

describe.skipIf(!isBuilt)(`a burden${isBuilt ? '' : SKIPPED}`, () => {
  let site: http.Server;
  let stack: Stack;

  beforeAll(async () => {
    site = startSite();
    await once(site.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }), 'listening');
    const { port } = site.address() as AddressInfo; // it listens on TCP
    stack = await startStack({ upstream: `http://127.0.0.1:${port}`, config: CONFIG });
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    site.closeAllConnections();
    site.close();
  }, 60_000);

  it(`is a download of ${BODY_MB} MB in flat memory`, async () => {
    const memory = watchMemory(stack);
    const { count } = await download(`${stack.url}/download/${BODY_MB}`);
    expect(count).toBe(BODY_MB * MB.length);
    expect(memory.grownMb()).toBeLessThan(96);
  });

  it(`is an upload of ${BODY_MB} MB in flat memory`, async () => {
    const memory = watchMemory(stack);
    expect(await upload(`${stack.url}/upload`, BODY_MB)).toBe(String(BODY_MB * MB.length));
    expect(memory.grownMb()).toBeLessThan(96);
  });

  it('is a download to a client that reads slowly, without the answer heaped up', async () => {
    const memory = watchMemory(stack);
    const sockets = Array.from({ length: 20 }, () => {
      const socket = net.connect(stack.port, '127.0.0.1');
      socket.write(`GET /download/64 HTTP/1.1\r\nHost: example.org\r\n\r\n`);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.pause());
      return socket;
    });
    await pause(1500);
    expect(memory.grownMb()).toBeLessThan(96);
    const { answers } = await sendBytes(stack.port, GET, { answers: 1 });
    expect(answers[0]?.body).toBe('hello');
    for (const socket of sockets) socket.destroy();
  });

  it('ends an answer that nobody reads', async () => {
    const socket = net.connect(stack.port, '127.0.0.1');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(`GET /download/512 HTTP/1.1\r\nHost: example.org\r\n\r\n`);
    // Nothing is read for longer than a body may stand still; then what has been sent ends early.
    socket.pause();
    await pause(4500);
    let received = 0;
    socket.on('data', (chunk) => (received += chunk.length));
    socket.resume();
    await closed;
    expect(received).toBeLessThan(512 * MB.length);
  });

  it(
    `is ${IDLE} idle connections, and the site is quick beside them`,
    { timeout: 90_000 },
    async ({ skip }) => {
      const msFor100 = async (): Promise<number> => {
        const startedAt = performance.now();
        for (let i = 0; i < 100; i++) {
          const { answers } = await sendBytes(stack.port, GET, { answers: 1 });
          expect(answers[0]?.body).toBe('hello');
        }
        return performance.now() - startedAt;
      };
      const aloneMs = await msFor100();
      const sockets: net.Socket[] = [];
      try {
        for (let i = 0; i < IDLE; i += 500) {
          const batch = Array.from({ length: Math.min(500, IDLE - i) }, async (_, k) => {
            // Addresses of the loopback take turns, since one has ports for 28,000 connections only.
            const socket = net.connect({
              port: stack.port,
              host: '127.0.0.1',
              localAddress: `127.0.0.${1 + ((i + k) % 50)}`,
            });
            sockets.push(socket);
            await once(socket, 'connect');
            socket.write(GET);
            await once(socket, 'data');
          });
          await Promise.all(batch);
        }
      } catch (error) {
        for (const socket of sockets) socket.destroy();
        // Too few file descriptors for this process or the gateway: nothing can be said then.
        if ((error as NodeJS.ErrnoException).code === 'EMFILE') skip('too few file descriptors');
        throw error;
      }
      // As quick as without them, or nearly.
      expect(await msFor100()).toBeLessThan(Math.max(5000, 5 * aloneMs));
      // They are still there, and each is served again.
      const some = sockets.filter((_, i) => i % 100 === 0);
      await Promise.all(
        some.map(async (socket) => {
          const answered = once(socket, 'data');
          socket.write(GET);
          await answered;
        }),
      );
      for (const socket of sockets) socket.destroy();
    },
  );

  it('lets go of one who sends a head byte by byte', async () => {
    const slow = dribble(stack.port, '127.0.0.1', 'GET / HTTP/1.1\r\nHost: example.org\r\nX-Slow: ');
    const startedAt = performance.now();
    await slow.closed;
    expect(performance.now() - startedAt).toBeLessThan(HEAD_LIMIT_MS * 3);
    expect(slow.text()).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('lets go of many who do so from many addresses, and serves others meanwhile', async () => {
    const slow = Array.from({ length: 1000 }, (_, i) =>
      dribble(stack.port, `127.0.1.${1 + (i % 250)}`, 'GET / HTTP/1.1\r\nHost: example.org\r\nX-Slow: '),
    );
    for (let i = 0; i < 20; i++) {
      const { answers } = await sendBytes(stack.port, GET, { answers: 1 });
      expect(answers[0]?.body).toBe('hello');
    }
    await Promise.all(slow.map(({ closed }) => closed));
  });

  it('lets go of one who sends a body byte by byte', async () => {
    const head = 'POST /upload HTTP/1.1\r\nHost: example.org\r\nContent-Length: 1000000\r\n\r\n';
    const slow = dribble(stack.port, '127.0.0.1', head);
    const startedAt = performance.now();
    await slow.closed;
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('is a site that ends in the middle of an answer: the client sees that it is not whole', async () => {
    for (const way of ['length', 'chunks']) {
      const { answers, rest, isClosed } = await sendBytes(
        stack.port,
        `GET /broken/${way} HTTP/1.1\r\nHost: example.org\r\n\r\n`,
        { quietMs: 3000 },
      );
      expect(answers).toEqual([]);
      expect(rest).toContain('the beginning');
      expect(isClosed).toBe(true);
    }
    expect((await sendBytes(stack.port, GET, { answers: 1 })).answers[0]?.body).toBe('hello');
  });

  it('is a site that ends before it answers: 502', async () => {
    const { answers } = await sendBytes(
      stack.port,
      'GET /broken/before HTTP/1.1\r\nHost: example.org\r\n\r\n',
      { answers: 1, quietMs: 3000 },
    );
    expect(answers.map(({ status }) => status)).toEqual([502]);
  });
});

function startSite(): http.Server {
  return http.createServer((req, res) => {
    const [, first = '', second = ''] = (req.url ?? '').split('/');
    if (first === 'download') {
      const total = Number(second);
      res.setHeader('Content-Length', total * MB.length);
      let sent = 0;
      const more = (): void => {
        while (sent < total) {
          sent++;
          if (!res.write(MB)) {
            res.once('drain', more);
            return;
          }
        }
        res.end();
      };
      more();
    } else if (first === 'upload') {
      let size = 0;
      req.on('data', (chunk: Buffer) => (size += chunk.length));
      req.on('end', () => res.end(String(size)));
    } else if (first === 'broken') {
      if (second === 'length') res.setHeader('Content-Length', 1000);
      if (second === 'before') req.socket.destroy();
      else res.write('the beginning', () => setTimeout(() => req.socket.destroy(), 50));
    } else res.setHeader('Content-Length', 5).end('hello');
  });
}

async function download(url: string): Promise<{ count: number }> {
  const [res] = (await once(http.get(url, { agent: false }), 'response')) as [http.IncomingMessage];
  let count = 0;
  for await (const chunk of res) count += (chunk as Buffer).length; // nothing has set an encoding
  return { count };
}

async function upload(url: string, megabytes: number): Promise<string> {
  const req = http.request(url, {
    method: 'POST',
    agent: false,
    headers: { 'Content-Length': megabytes * MB.length },
  });
  const answered = once(req, 'response') as Promise<[http.IncomingMessage]>;
  for (let i = 0; i < megabytes; i++) if (!req.write(MB)) await once(req, 'drain');
  req.end();
  const [res] = await answered;
  let text = '';
  for await (const chunk of res) text += String(chunk);
  return text;
}

/** Samples the memory of all processes of the gateway until the result is asked for. */
function watchMemory(stack: Stack): { grownMb: () => number } {
  const pids = [stack.program.pid, ...stack.workerPids()];
  const sample = (): number[] => pids.map(residentMb);
  const before = sample();
  let most = before;
  const timer = setInterval(() => {
    most = sample().map((mb, i) => Math.max(mb, most[i] ?? 0));
  }, 50);
  return {
    grownMb: () => {
      clearInterval(timer);
      return Math.max(...most.map((mb, i) => mb - (before[i] ?? 0)));
    },
  };
}

/** Sends the head, then a byte every 100 ms until it is let go. */
function dribble(
  port: number,
  localAddress: string,
  head: string,
): { closed: Promise<void>; text: () => string } {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress });
  let received = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.write(head);
  const timer = setInterval(() => socket.write('a'), 100);
  const closed = new Promise<void>((resolve) => {
    const end = (): void => {
      clearInterval(timer);
      resolve();
    };
    socket.on('close', end);
    // It said its last word: whoever is polite hangs up then.
    socket.on('end', () => socket.destroy());
  });
  return { closed, text: () => received };
}
