// What is only sent to be expensive, written frame by frame where a well-behaved client would not.

import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { constants, type ClientHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { GATEWAY_LIMITS, GATEWAY_TIMEOUTS } from '../../src/config.ts';
import { hasOpenssl } from './certificates.ts';
import { closeAll, replyTo, tlsStand, type TlsStand } from './tlsStand.ts';

afterEach(closeAll);

const ok: RequestListener = (_, res) => void res.end('ok');

const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION] = [
  0, 1, 2, 3, 4, 6, 8, 9,
];
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const END_STREAM = 1;
const END_HEADERS = 4;

function frame(
  type: number | undefined,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type!, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK: GET, https, `/`, authority `a`, from the static table. */
const GET = Buffer.from([0x82, 0x87, 0x84, 0x41, 0x01, 0x61]);

/** HPACK: a header that is not to be indexed. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

async function opened({ raw }: TlsStand): Promise<TLSSocket> {
  const socket = await raw();
  socket.resume();
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]));
  return socket;
}

/** Sends again and again until the other side closes; resolves with how often it took. */
async function flood(socket: TLSSocket, most: number, next: (i: number) => Buffer): Promise<number> {
  let sent = 0;
  socket.setMaxListeners(0);
  while (sent < most && !socket.destroyed && socket.writable) {
    if (!socket.write(next(sent++)))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
    if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return sent;
}

async function closed(socket: TLSSocket | ClientHttp2Session): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close').catch(() => {});
}

async function servesOthers(found: TlsStand): Promise<void> {
  expect((await replyTo((await found.session()).request())).status).toBe(200);
}

describe.skipIf(!hasOpenssl)('a flood', () => {
  it('of streams that are opened and reset at once ends the connection (CVE-2023-44487)', async () => {
    const found = await tlsStand(ok);
    const socket = await opened(found);
    const sent = await flood(socket, 5000, (i) =>
      Buffer.concat([
        frame(HEADERS, END_HEADERS | END_STREAM, i * 2 + 1, GET),
        frame(RST_STREAM, 0, i * 2 + 1, Buffer.from([0, 0, 0, 8])),
      ]),
    );
    await closed(socket);
    expect(sent).toBeLessThan(5000);
    expect(found.gateway.counters().requests).toBeLessThan(1000);
    expect(found.refusals.map(({ reason }) => reason)).toContain('h2-rapid-reset');
    await servesOthers(found);
  });

  it('of pings ends the connection', async () => {
    const found = await tlsStand(ok);
    const socket = await opened(found);
    await flood(socket, 20_000, () => frame(PING, 0, 0, Buffer.alloc(8)));
    await closed(socket);
    expect(found.refusals.map(({ reason }) => reason)).toEqual(['h2-flood']);
    await servesOthers(found);
  });

  it('of settings ends the connection', async () => {
    const found = await tlsStand(ok);
    const socket = await opened(found);
    await flood(socket, 20_000, (i) => frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 0xff, i & 255])));
    await closed(socket);
    expect(found.refusals.map(({ reason }) => reason)).toEqual(['h2-flood']);
    await servesOthers(found);
  });

  it('of empty frames, priorities or windows ends the connection', async () => {
    const found = await tlsStand(ok);
    for (const next of [
      (): Buffer => frame(DATA, 0, 1),
      (): Buffer => frame(PRIORITY, 0, 1, Buffer.from([0, 0, 0, 0, 1])),
      (): Buffer => frame(WINDOW_UPDATE, 0, 0, Buffer.from([0, 0, 0, 1])),
    ]) {
      const socket = await opened(found);
      socket.write(frame(HEADERS, END_HEADERS, 1, GET));
      const many = Buffer.concat(Array.from({ length: 1000 }, next));
      const sent = await flood(socket, 10_000, () => {
        found.gateway.sweep();
        return many;
      });
      await closed(socket);
      expect(sent).toBeLessThan(1000);
    }
    await servesOthers(found);
  });

  it('of continuations ends the connection (CVE-2024-27983)', async () => {
    const found = await tlsStand(ok);
    const socket = await opened(found);
    socket.write(frame(HEADERS, END_STREAM, 1, GET));
    const piece = literal('x', 'y'.repeat(100));
    await flood(socket, 5000, () => frame(CONTINUATION, 0, 1, piece));
    await closed(socket);
    expect(found.gateway.counters().requests).toBe(0);
    await servesOthers(found);
  });
});

describe.skipIf(!hasOpenssl)('headers', () => {
  it('that are too many or too long reach nobody', async () => {
    const found = await tlsStand(ok);
    const client = await found.session();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, 'y']));
    expect((await replyTo(client.request(many))).code).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const long = { 'x-long': 'y'.repeat(GATEWAY_LIMITS.headBytes + 10) };
    expect((await replyTo(client.request(long))).status).toBeUndefined();
    expect(found.gateway.counters().requests).toBe(0);
    await servesOthers(found);
  });

  it('that unpack to many times their size reach nobody', async () => {
    const found = await tlsStand(ok);
    const socket = await opened(found);
    // One long value goes into the dynamic table, and each byte after that stands for it.
    const long = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4000, 0x79)]);
    const bomb = Buffer.concat([GET, long, Buffer.alloc(10_000, 0xbe)]);
    for (let stream = 1; stream < 200; stream += 2)
      socket.write(frame(HEADERS, END_HEADERS | END_STREAM, stream, bomb));
    await servesOthers(found);
    expect(found.gateway.counters().requests).toBeLessThan(3);
  });

  it('that two readers could read in two ways are refused', async () => {
    const found = await tlsStand(ok);
    const client = await found.session();
    expect((await replyTo(client.request({ ':authority': 'a', host: 'other.test' }))).status).toBe(400);
    expect((await replyTo(client.request({ ':path': 'http://other.test/' }))).status).not.toBe(200);
    const connect = client.request(
      { ':method': 'CONNECT', ':authority': 'other.test:443' },
      { endStream: true },
    );
    expect((await replyTo(connect)).status).toBe(405);
    expect(found.gateway.counters().requests).toBe(0);
    expect(found.refusals.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['authority-not-host', 'connect']),
    );
    expect(Buffer.from(found.refusals[0]!.excerpt).toString()).toContain('host: other.test');
    for (const bad of [
      literal('transfer-encoding', 'chunked'),
      literal('connection', 'close'),
      literal('x', 'a\r\nevil: 1'),
      literal('X-Upper', 'a'),
      literal('content-length', '5'),
      literal(':path', '/second'),
    ]) {
      const socket = await opened(found);
      socket.write(frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.concat([GET, bad])));
      socket.write(frame(HEADERS, END_HEADERS | END_STREAM, 3, GET));
      await until(() => found.ended.length > 0 || socket.destroyed);
      socket.destroy();
      expect(found.ended.every(({ status }) => status === 200)).toBe(true);
    }
    expect(found.gateway.counters().requests).toBeLessThanOrEqual(6); // the well-formed ones
  });

  it('for a protocol of its own are refused: extended CONNECT is off', async () => {
    const client = await (await tlsStand(ok)).session();
    await until(() => client.remoteSettings.maxHeaderListSize === GATEWAY_LIMITS.headBytes);
    expect(client.remoteSettings).toMatchObject({ enableConnectProtocol: false, maxConcurrentStreams: 100 });
  });
});

describe.skipIf(!hasOpenssl)('a client', () => {
  it('that opens more streams than it may has them refused', async () => {
    const found = await tlsStand((_, res) => void setImmediate(() => res.end('ok')));
    const socket = await opened(found);
    const all = Array.from({ length: 400 }, (_, i) =>
      frame(HEADERS, END_HEADERS | END_STREAM, i * 2 + 1, GET),
    );
    socket.write(Buffer.concat(all));
    await until(() => socket.destroyed || found.ended.length >= 100);
    expect(found.gateway.counters().requests).toBeLessThan(400);
    await servesOthers(found);
  });

  it('that takes nothing of its answer is let go', async () => {
    const found = await tlsStand((_, res) => void res.end(Buffer.alloc(5_000_000)));
    const client = await found.session();
    const asked = client.request();
    asked.on('error', () => {});
    await once(asked, 'response');
    await new Promise((resolve) => setTimeout(resolve, 50)); // until the windows are full
    found.gateway.sweep();
    found.clock.nowMs += GATEWAY_TIMEOUTS.bodyMs + 1;
    found.gateway.sweep();
    expect(found.ended).toHaveLength(1);
    expect(found.gateway.counters().cutAnswers).toBe(1);
    await until(() => found.gateway.counters().openUpstreamConnections === 0);
    await servesOthers(found);
  });

  it('that sends no HTTP/2 is let go', async () => {
    const found = await tlsStand(ok);
    const socket = await found.raw();
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await closed(socket);
    expect(found.refusals.map(({ reason }) => reason)).toEqual(['h2-protocol']);
    await servesOthers(found);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
