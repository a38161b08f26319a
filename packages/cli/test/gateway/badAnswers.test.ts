// A site whose answers are ambiguous, or more than were asked for, cannot make the gateway give one client what belongs
// to another; and what it sends in good order, however unusual, arrives.

import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Canary } from './canary.ts';
import { isBuilt, SKIPPED, startStack, type Stack } from './stack.ts';
import { sendBytes, type Exchanged } from './wire.ts';

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const ask = (target: string, method = 'GET', fields = ''): string =>
  `${method} ${target} HTTP/1.1\r\nHost: example.org\r\n${fields}\r\n`;

/** What the site sends for the first request; `expected` is what the one who asked gets. */
const ANSWERS: ReadonlyArray<{
  readonly name: string;
  readonly answer: string;
  readonly method?: string;
  readonly expected: 'the answer' | '502' | '502 or a cut';
}> = [
  {
    name: 'two answers',
    answer: `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${POISON}`,
    expected: 'the answer',
  },
  { name: 'a body behind the answer to HEAD', answer: POISON, method: 'HEAD', expected: 'the answer' },
  {
    name: 'an answer behind 204',
    answer: `HTTP/1.1 204 No Content\r\n\r\n${POISON}`,
    expected: 'the answer',
  },
  {
    name: 'an answer behind 304',
    answer: `HTTP/1.1 304 Not Modified\r\n\r\n${POISON}`,
    expected: 'the answer',
  },
  {
    name: 'more behind the last chunk',
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${POISON}`,
    expected: 'the answer',
  },
  {
    name: 'a length beside chunks',
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${POISON}`,
    expected: '502',
  },
  {
    name: 'two lengths',
    answer: `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\nok${POISON}`,
    expected: '502',
  },
  {
    name: 'a length that is none',
    answer: `HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok${POISON}`,
    expected: '502',
  },
  {
    name: 'a fold',
    answer: `HTTP/1.1 200 OK\r\nX: y\r\n Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`,
    expected: '502',
  },
  {
    name: 'a bare LF in the head',
    answer: `HTTP/1.1 200 OK\r\nX: y\nContent-Length: 2\r\n\r\nok`,
    expected: '502',
  },
  {
    name: 'NUL in the head',
    answer: `HTTP/1.1 200 OK\r\nX: y\0z\r\nContent-Length: 2\r\n\r\nok`,
    expected: '502',
  },
  {
    name: 'an encoding that nobody knows',
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: cow\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    expected: '502',
  },
  { name: 'no HTTP', answer: `SSH-2.0-OpenSSH_9.2\r\n`, expected: '502' },
  {
    name: 'a change of protocol that was not asked for',
    answer: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${POISON}`,
    expected: '502',
  },
  {
    name: 'a bad chunk',
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n-1\r\n${POISON}`,
    expected: '502 or a cut',
  },
];

describe.skipIf(!isBuilt)(`a site that answers badly${isBuilt ? '' : SKIPPED}`, () => {
  const canary = new Canary();
  const usual = canary.answer;
  let stack: Stack;

  beforeAll(async () => {
    await canary.listen();
    stack = await startStack({ upstream: `http://127.0.0.1:${canary.port}` });
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    await canary.close();
  }, 60_000);
  beforeEach(() => {
    canary.reset();
    canary.answer = usual;
  });

  const first = (answer: string): void => {
    canary.answer = (request, socket) => {
      if (request.target === '/first') socket.write(answer, 'latin1');
      else usual(request, socket);
    };
  };
  const othersGetTheirOwn = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) {
      const { answers } = await sendBytes(stack.port, ask(`/victim/${i}`), { answers: 1 });
      expect(answers.map(({ body }) => body)).toEqual([`you asked for /victim/${i}`]);
    }
  };

  const answersFor = (expected: string): typeof ANSWERS => ANSWERS.filter((it) => it.expected === expected);

  it.each(answersFor('the answer'))('$name: the first is the answer', async ({ answer, method }) => {
    first(answer);
    const got = await sendBytes(stack.port, ask('/first', method), { quietMs: 250 });
    expect(got.rest + got.answers.map(({ body }) => body).join('')).not.toContain('poison');
    // An answer to HEAD has no body, whatever its length says.
    expect(method === 'HEAD' ? got.rest : String(statuses(got))).toMatch(/^(HTTP\/1.1 200 [^]*|\d{3})$/);
    await othersGetTheirOwn();
  });

  it.each(answersFor('502'))('$name: answered with 502', async ({ answer }) => {
    first(answer);
    expect(statuses(await sendBytes(stack.port, ask('/first'), { answers: 1 }))).toEqual([502]);
    await othersGetTheirOwn();
  });

  it.each(answersFor('502 or a cut'))('$name: answered with 502, or cut', async ({ answer }) => {
    first(answer);
    const got = await sendBytes(stack.port, ask('/first'), { quietMs: 250 });
    // Which of them depends on whether anything had been sent on by then.
    expect(statuses(got).every((status) => status === 502)).toBe(true);
    expect(got.answers.length === 1 || got.isClosed).toBe(true);
    expect(got.rest).not.toContain('poison');
    await othersGetTheirOwn();
  });

  it('an answer that comes before it is asked for is thrown away with its connection', async () => {
    expect.hasAssertions();
    let open: net.Socket | undefined;
    canary.answer = (request, socket) => {
      open = socket;
      usual(request, socket);
    };
    await sendBytes(stack.port, ask('/first'), { answers: 1 });
    open!.write(POISON);
    await othersGetTheirOwn();
  });

  it('early hints are handed on, and the answer after them', async () => {
    first(
      `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
    );
    const got = await sendBytes(stack.port, ask('/first'), { answers: 2 });
    expect(statuses(got).at(-1)).toBe(200);
    expect(got.answers.at(-1)?.body).toBe('ok');
  });

  it('an answer without a length ends with its connection, and is told so', async () => {
    canary.answer = (_, socket) => {
      socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    };
    const { answers, rest, isClosed } = await sendBytes(stack.port, ask('/first'), { quietMs: 1000 });
    // Either the gateway cuts it into chunks, or it closes as the site does.
    expect(answers[0]?.body ?? rest).toContain('all of it');
    expect(isClosed || answers.length === 1).toBe(true);
  });

  it('an answer to an upload that is not finished arrives, and the rest disturbs nobody', async () => {
    const early = 'HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge';
    const server = net.createServer((socket) => {
      socket.once('data', () => socket.write(early, () => setTimeout(() => socket.destroy(), 50)));
      socket.on('error', () => undefined);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo; // it listens on TCP
    const other = await startStack({ upstream: `http://127.0.0.1:${port}` });
    try {
      const body = 'x'.repeat(2_000_000);
      const got = await sendBytes(
        other.port,
        `${ask('/', 'POST', `Content-Length: ${body.length}\r\n`)}${body}`,
        {
          answers: 1,
          quietMs: 2000,
        },
      );
      expect(statuses(got)).toEqual([413]);
    } finally {
      await other.stop();
      server.close();
    }
  });

  it('a connection that the site closes while it is idle costs nobody an answer', async () => {
    for (let i = 0; i < 20; i++) {
      const { answers } = await sendBytes(stack.port, ask('/idle'), { answers: 1 });
      expect(answers[0]?.status).toBe(200);
      canary.reset();
    }
  });
});

function statuses({ answers }: Exchanged): number[] {
  return answers.map(({ status }) => status);
}
