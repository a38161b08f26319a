// Web-server bouncers ask over real HTTP. The judge finds the word `attack`, wherever it stands.

import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  answerUnreadable,
  APPSEC_CODES,
  createAppsec,
  hashOfKey,
  type Appsec,
  type AppsecOptions,
  type AppsecRemedy,
  type AskedRequest,
} from '../src/index.ts';
import { readAsked } from '../src/appsec/asked.ts';
import { KEY, stand, type Stand } from './stand.ts';

const ANSWER = z.strictObject({
  action: z.enum(['allow', 'ban', 'captcha']),
  http_status: z.number().int().min(100).max(599),
});
const ALLOW = { action: 'allow', http_status: 200 };
const BAN = { action: 'ban', http_status: 403 };

interface Desk extends Stand {
  readonly appsec: Appsec;
  readonly port: number;
  readonly asked: AskedRequest[];
  /** What the judge was shown of bodies: the beginning, then each piece; `cut` behind a beginning that was. */
  readonly shown: string[];
  readonly ended: () => number;
}

async function desk(options: Partial<AppsecOptions> = {}): Promise<Desk> {
  const rest = await stand();
  await rest.store.clients.putBouncer({
    ...{ name: 'nginx', ip: '', type: '', version: '', createdAt: rest.now(), keyHash: hashOfKey(KEY) },
  });
  const asked: AskedRequest[] = [];
  const shown: string[] = [];
  let ended = 0;
  const found = (text: string): AppsecRemedy | undefined =>
    text.includes('attack') ? { action: 'ban', recordId: '0000abcd' } : undefined;
  const appsec = createAppsec({
    store: rest.store,
    now: rest.now,
    codes: APPSEC_CODES,
    bodyBytes: 1024,
    bodyMs: 5000,
    judge: {
      open: (request) => {
        asked.push(request);
        return {
          begin: (body, isCut) => {
            const text = Buffer.from(body ?? []).toString('latin1');
            shown.push(isCut ? `${text} cut` : text);
            return found(request.rawTarget) ?? found(text);
          },
          next: (piece) => {
            shown.push(Buffer.from(piece).toString('latin1'));
            return found(shown.at(-1)!);
          },
          end: () => void ended++,
        };
      },
    },
    ...options,
  });
  const server = http.createServer({ maxHeaderSize: 131_072 }, (req, res) => void appsec(req, res));
  server.maxHeadersCount = 0;
  server.on('clientError', answerUnreadable);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { ...rest, appsec, port, asked, shown, ended: () => ended };
}

type Headers = Readonly<Record<string, string>>;

const QUESTION: Headers = {
  'X-Crowdsec-Appsec-Ip': '203.0.113.9',
  'X-Crowdsec-Appsec-Uri': '/node/1?q=a',
  'X-Crowdsec-Appsec-Verb': 'GET',
  'X-Crowdsec-Appsec-Host': 'example.org',
  'X-Crowdsec-Appsec-Api-Key': KEY,
};

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: http.IncomingHttpHeaders;
}

async function ask(
  { port }: Desk,
  headers: Headers = QUESTION,
  { method = 'GET', body = [] as readonly string[], agent = undefined as http.Agent | undefined } = {},
): Promise<Answer> {
  const req = http.request({ port, host: '127.0.0.1', method, headers, ...(agent && { agent }) });
  for (const piece of body) req.write(piece);
  req.end();
  const [res] = (await once(req, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of res) text += String(chunk);
  return { status: res.statusCode ?? 0, text, headers: res.headers };
}

/** Sends bytes as they are and returns what came until the connection ended, or the text that was waited for. */
async function send({ port }: Desk, bytes: string, until: RegExp = /\}$/): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (until.test(text)) break;
  }
  return text;
}

const headOf = (method: string, more: string): string =>
  `${method} / HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(QUESTION)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}${more}\r\n`;

test('what passes and what does not is said by status and JSON', async () => {
  const it = await desk();
  const passed = await ask(it);
  expect([passed.status, ANSWER.parse(JSON.parse(passed.text))]).toEqual([200, ALLOW]);
  expect(passed.headers['content-type']).toBe('application/json');
  const stopped = await ask(it, { ...QUESTION, 'X-Crowdsec-Appsec-Uri': '/?q=attack' });
  expect([stopped.status, ANSWER.parse(JSON.parse(stopped.text))]).toEqual([403, BAN]);
  expect(stopped.headers['x-parapet-record']).toBe('0000abcd');
  expect(it.appsec.counts()).toMatchObject({ allow: 1, ban: 1, unauthorized: 0, malformed: 0, fault: 0 });
  expect(it.ended()).toBe(2);
});

test('the request is what the headers say, with what the client sent beside them', async () => {
  const it = await desk();
  await ask(
    it,
    {
      ...QUESTION,
      'X-Crowdsec-Appsec-User-Agent': 'Mozilla/5.0',
      'X-Crowdsec-Appsec-Http-Version': '20',
      'X-Crowdsec-Appsec-Transaction-Id': 'abc-1',
      'X-Crowdsec-Appsec-Verb': 'PURGE',
      'User-Agent': 'lua-resty-http/0.17',
      'Accept-Language': 'de',
      Cookie: 'a=1',
    },
    { method: 'POST', body: ['a=1'] },
  );
  expect(it.asked).toEqual([
    {
      method: 'PURGE',
      rawTarget: '/node/1?q=a',
      rawHost: 'example.org',
      ip: '203.0.113.9',
      version: '2',
      transactionId: 'abc-1',
      headers: [
        ['host', 'example.org'],
        ['user-agent', 'Mozilla/5.0'],
        ['accept-language', 'de'],
        ['cookie', 'a=1'],
      ],
    },
  ]);
  expect(it.shown).toEqual(['a=1']);
});

test('a user agent of the bouncer is not taken for the client’s', async () => {
  const it = await desk();
  await ask(it, { ...QUESTION, 'User-Agent': 'Go-http-client/1.1' });
  expect(it.asked[0]?.headers).toEqual([['host', 'example.org']]);
});

test('a key that is wrong or missing gets 401 and nothing is read', async () => {
  const it = await desk();
  const { 'X-Crowdsec-Appsec-Api-Key': _key, ...keyless } = QUESTION;
  for (const headers of [
    keyless,
    { ...keyless, 'X-Crowdsec-Appsec-Api-Key': 'x'.repeat(2000) },
    { ...keyless, 'X-Crowdsec-Appsec-Api-Key': 'wrong' },
  ])
    expect(await ask(it, headers)).toMatchObject({ status: 401, text: '' });
  expect(it.asked).toEqual([]);
  expect(it.appsec.counts().unauthorized).toBe(3);
});

test('who guesses keys does not keep the bouncers beside it out', async () => {
  const it = await desk();
  expect((await ask(it)).status).toBe(200);
  for (let i = 0; i < 15; i++)
    expect((await ask(it, { ...QUESTION, 'X-Crowdsec-Appsec-Api-Key': `guess ${i}` })).status).toBe(401);
  expect((await ask(it)).status).toBe(200);
});

test('a bouncer that was removed is out within two seconds', async () => {
  const it = await desk();
  expect((await ask(it)).status).toBe(200);
  await it.store.clients.removeBouncer('nginx');
  it.pass(2000);
  expect((await ask(it)).status).toBe(401);
});

test('what is missing or wrong in a question is named, with 500', async () => {
  const it = await desk();
  for (const name of ['Ip', 'Uri', 'Verb']) {
    const { [`X-Crowdsec-Appsec-${name}`]: _left, ...headers } = QUESTION;
    const answer = await ask(it, headers);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      500,
      { message: `the header 'X-Crowdsec-Appsec-${name}' is missing` },
    ]);
  }
  expect((await ask(it, { ...QUESTION, 'X-Crowdsec-Appsec-Ip': 'nobody' })).text).toContain(
    'holds no address',
  );
  expect(it.appsec.counts().malformed).toBe(4);
});

test('a body is read of known length, in chunks, and with GET', async () => {
  const it = await desk();
  const length = { ...QUESTION, 'Content-Length': '8' };
  expect((await ask(it, length, { method: 'POST', body: ['a=attack'] })).status).toBe(403);
  expect((await ask(it, QUESTION, { method: 'POST', body: ['a=att', 'ack'] })).status).toBe(403);
  expect((await ask(it, length, { method: 'GET', body: ['a=attack'] })).status).toBe(403);
  expect((await ask(it, length, { method: 'POST', body: ['a=12345x'] })).status).toBe(200);
  expect((await ask(it, { ...QUESTION, 'Content-Length': '0' }, { method: 'POST' })).status).toBe(200);
});

test('HEAD gets the status alone', async () => {
  const it = await desk();
  expect(await ask(it, QUESTION, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  const attack = { ...QUESTION, 'X-Crowdsec-Appsec-Uri': '/attack' };
  expect(await ask(it, attack, { method: 'HEAD' })).toMatchObject({ status: 403, text: '' });
});

test('a long body is shown in pieces, and read to its end whatever is found', async () => {
  const it = await desk();
  const pieces = ['a='.padEnd(1500, 'x'), 'attack', 'y'.repeat(200_000)];
  expect((await ask(it, QUESTION, { method: 'POST', body: pieces })).status).toBe(403);
  expect(it.shown[0]).toBe(`${'a='.padEnd(1024, 'x')} cut`);
  expect(it.shown.join('')).toContain('attack');
  expect(it.shown.join('').length).toBeLessThan(200_000);
});

test('a body that does not come is waited for no longer than the limit', async () => {
  const it = await desk({ bodyMs: 50 });
  const answer = await send(it, headOf('POST', 'Content-Length: 100\r\n') + 'a=attack');
  expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*connection: close/i);
  expect(it.shown).toEqual(['a=attack cut']);
});

test('a bouncer that leaves in the middle of a body is no fault', async () => {
  const it = await desk();
  const socket = net.connect(it.port, '127.0.0.1');
  socket.write(headOf('POST', 'Content-Length: 100\r\n') + 'a=1');
  for (let i = 0; i < 1000 && it.asked.length === 0; i++) await pause(10);
  socket.destroy();
  for (let i = 0; i < 1000 && it.ended() === 0; i++) await pause(10);
  expect([it.ended(), it.appsec.counts().fault, it.appsec.counts().allow]).toEqual([1, 0, 0]);
});

test('one connection carries many questions', async () => {
  const it = await desk();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const statuses: number[] = [];
  for (let i = 0; i < 20; i++) {
    const headers = { ...QUESTION, 'X-Crowdsec-Appsec-Uri': i % 2 === 0 ? '/attack' : '/' };
    statuses.push((await ask(it, headers, { method: 'POST', body: ['a=1'], agent })).status);
  }
  expect(statuses).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 403 : 200)));
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
});

test('numbers and words are those of the appsec-config', async () => {
  const codes = { blocked: 406, passed: 202, userBlocked: 418, userPassed: 204, passAction: 'pass' };
  const it = await desk({ codes });
  const passed = await ask(it);
  expect([passed.status, JSON.parse(passed.text)]).toEqual([202, { action: 'pass', http_status: 204 }]);
  const stopped = await ask(it, { ...QUESTION, 'X-Crowdsec-Appsec-Uri': '/attack' });
  expect([stopped.status, JSON.parse(stopped.text)]).toEqual([406, { action: 'ban', http_status: 418 }]);
});

test('a judge that fails gets 500, and the next question is answered', async () => {
  const faults: unknown[] = [];
  let isBroken = true;
  const it = await desk({
    onFault: (error) => faults.push(error),
    judge: {
      open: () => ({
        begin: () => {
          if (isBroken) throw new Error('broken');
          return undefined;
        },
        next: () => undefined,
        end: () => {},
      }),
    },
  });
  expect(await ask(it, QUESTION, { method: 'POST', body: ['a=1'] })).toMatchObject({ status: 500 });
  expect(await ask(it)).toMatchObject({ status: 500 });
  isBroken = false;
  expect((await ask(it)).status).toBe(200);
  expect(faults).toHaveLength(2);
});

test('a key that was good stays good while the store cannot be asked', async () => {
  const it = await desk();
  expect((await ask(it)).status).toBe(200);
  it.pass(5000);
  await it.store.close();
  expect((await ask(it)).status).toBe(200);
  expect((await ask(it, { ...QUESTION, 'X-Crowdsec-Appsec-Api-Key': 'another' })).status).toBe(401);
});

test('a client’s odd bytes and endless headers are no way around: the bouncer is told to refuse', async () => {
  const it = await desk();
  const odd = await send(it, headOf('GET', 'X-Odd: a\u0001b\r\n'));
  expect(odd).toMatch(/^HTTP\/1\.1 403 [\s\S]*\{"action":"ban","http_status":400\}$/);
  const endless = await send(it, headOf('GET', `X-Long: ${'x'.repeat(140_000)}\r\n`));
  expect(endless).toMatch(/^HTTP\/1\.1 403 [\s\S]*"action":"ban"/);
  expect(await send(it, 'no HTTP at all\r\n\r\n', /never/)).toMatch(/^HTTP\/1\.1 400 /);
  expect((await ask(it)).status).toBe(200);
});

test('all headers of a client are read, also those that ask for another protocol', async () => {
  const it = await desk();
  const many = Array.from({ length: 3000 }, (_, i) => `x-${i}: ${i}\r\n`).join('');
  expect(await send(it, headOf('GET', many))).toMatch(/^HTTP\/1\.1 200 /);
  expect(it.asked[0]?.headers).toHaveLength(3001);
  const upgrade = 'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  expect(await send(it, headOf('GET', upgrade))).toMatch(/^HTTP\/1\.1 200 /);
  expect(it.asked[1]?.headers).toContainEqual(['upgrade', 'websocket']);
});

test('whatever the headers hold, a question is read or refused with a reason', () => {
  const name = fc.oneof(
    fc.constantFrom(
      ...Object.keys(QUESTION),
      'X-CROWDSEC-APPSEC-HTTP-VERSION',
      'x-crowdsec-appsec-x',
      'Host',
    ),
    fc.string(),
  );
  const value = fc.oneof(fc.constantFrom('203.0.113.9', '::ffff:1.2.3.4', '/', '20', ''), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (pairs) => {
      const read = readAsked(pairs.flat());
      if (!read.ok) return read.says.length > 0;
      const names = read.asked.headers.map(([one]) => one);
      return names.every((one) => !one.startsWith('x-crowdsec-appsec-') && one !== 'transfer-encoding');
    }),
    { numRuns: 2000 },
  );
});

test('mutated questions harm nobody: each is answered or its connection ends, and the next is served', async () => {
  const it = await desk({ bodyMs: 20 });
  const whole = headOf('POST', 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n');
  const bytes = Buffer.from(`${whole}5\r\n{"a":\r\n3\r\n1}\n\r\n0\r\n\r\n`, 'latin1');
  const mutations = fc.sample(
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(2)), { minLength: 1, maxLength: 6 }),
    { numRuns: 400, seed: 7 },
  );
  const statuses = new Set<string>();
  for (const changes of mutations) {
    let mutated = bytes;
    for (const [at, byte, kind] of changes) {
      const i = Math.min(at, mutated.length - 1);
      const [before, after] = [mutated.subarray(0, i), mutated.subarray(i + 1)];
      if (kind === 0) mutated = Buffer.concat([before, Buffer.of(byte), after]);
      else if (kind === 1) mutated = Buffer.concat([before, after]);
      else mutated = Buffer.concat([before, Buffer.of(byte, byte), after]);
    }
    const socket = net.connect(it.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.end(mutated);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    await once(socket, 'close');
    statuses.add(text.slice(9, 12));
  }
  expect(
    [...statuses].every((status) =>
      ['', '200', '400', '401', '403', '413', '431', '500', '505'].includes(status),
    ),
  ).toBe(true);
  expect(statuses.size).toBeGreaterThan(2);
  expect(it.appsec.counts().fault).toBe(0);
  expect((await ask(it)).status).toBe(200);
});
