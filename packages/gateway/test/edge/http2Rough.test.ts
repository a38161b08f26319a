// Whatever comes from either side, over HTTP/2 too: the process stays, and others are served.

import { createServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { hasOpenssl } from './certificates.ts';
import { closeAll, closeLater, listen, replyTo, tlsStand } from './tlsStand.ts';

afterEach(closeAll);

describe.skipIf(!hasOpenssl)('an answer of the upstream', () => {
  it('with any status and any headers that are well-formed reaches the client or is a 502', async () => {
    let answer = '';
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(Buffer.from(answer, 'latin1')));
    });
    const port = await listen(server);
    closeLater(() => server.close());
    const { session, faults } = await tlsStand(`http://127.0.0.1:${port}`);
    const client = await session();
    const name = fc.oneof(
      fc.constantFrom(
        'Connection',
        'Keep-Alive',
        'Upgrade',
        'Set-Cookie',
        'Content-Type',
        'Date',
        'Location',
        'ETag',
      ),
      fc.constantFrom('Transfer-Encoding', 'TE', 'Trailer', 'HTTP2-Settings', 'Proxy-Connection', 'Age', 'X'),
      fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/),
    );
    const value = fc.oneof(
      fc.stringMatching(/^[\t -~\x80-\xff]{0,20}$/),
      fc.constantFrom('close', 'x', 'h2c', '1, 2'),
    );
    const status = fc.oneof(
      fc.integer({ min: 200, max: 999 }),
      fc.constantFrom(200, 204, 205, 304, 101, 103, 404),
    );
    await fc.assert(
      fc.asyncProperty(status, fc.array(fc.tuple(name, value), { maxLength: 8 }), async (code, fields) => {
        const lines = fields.map(([key, text]) => `${key}: ${text}\r\n`).join('');
        const last = code === 103 ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' : 'ok';
        answer = `HTTP/1.1 ${code} Any\r\n${lines}${code === 103 ? '' : 'Content-Length: 2\r\n'}\r\n${last}`;
        const reply = await replyTo(client.request());
        const isWhole = [204, 205, 304].includes(code) || reply.body.toString() === 'ok';
        expect(reply.status === 502 || reply.code !== 0 || isWhole).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(faults).toEqual([]);
  });

  it('with a very long head is passed, or is broken off', async () => {
    const { session, faults } = await tlsStand((_, res) => {
      for (let i = 0; i < 6; i++) res.setHeader(`x-${i}`, 'y'.repeat(10_000));
      res.end('ok');
    });
    const client = await session();
    const reply = await replyTo(client.request());
    expect(reply.body.toString() === 'ok' || reply.code !== 0).toBe(true);
    expect(faults).toEqual([]);
  });
});

describe.skipIf(!hasOpenssl)('a client', () => {
  it('may send any frames', async () => {
    const { raw, session } = await tlsStand((req, res) => void req.resume().on('end', () => res.end('ok')));
    const text = fc.oneof(
      fc.constantFrom(
        'te',
        'host',
        'cookie',
        'trailers',
        'expect',
        '100-continue',
        'content-length',
        '5',
        ':path',
      ),
      fc.constantFrom('x-forwarded-for', 'transfer-encoding', 'chunked', 'connection', 'upgrade', 'a\r\nb'),
      fc.string({ maxLength: 10, unit: 'binary-ascii' }),
    );
    const headers = fc
      .array(fc.tuple(text, text), { maxLength: 4 })
      .map((fields) =>
        Buffer.concat([
          Buffer.from([0x83, 0x87, 0x84, 0x41, 0x01, 0x61]),
          ...fields
            .flat()
            .map((part, i) =>
              Buffer.concat([Buffer.from(i % 2 === 0 ? [0, part.length] : [part.length]), Buffer.from(part)]),
            ),
        ]),
      );
    const frame = fc
      .tuple(
        fc.oneof(fc.integer({ min: 0, max: 10 }), fc.nat(255)),
        fc.oneof(fc.constantFrom(0, 1, 4, 5, 8), fc.nat(255)),
        fc.constantFrom(0, 1, 1, 3, 5, 2, 0x7fffffff),
        fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc.constant(Uint8Array.from([0x82, 0x87, 0x84, 0x41, 0x01, 0x61])),
          fc.constant(Uint8Array.from([0, 0, 0, 8])),
          headers,
        ),
      )
      .map(([type, flags, stream, payload]) => {
        const head = Buffer.alloc(9);
        head.writeUIntBE(payload.length, 0, 3);
        head.writeUInt8(type, 3);
        head.writeUInt8(flags, 4);
        head.writeUInt32BE(stream, 5);
        return Buffer.concat([head, payload]);
      });
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        async (frames, isAbrupt) => {
          const socket = await raw();
          socket.resume();
          socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
          socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
          for (const bytes of frames) socket.write(bytes);
          if (isAbrupt) socket.destroy();
          else socket.end();
        },
      ),
      { numRuns: 300 },
    );
    expect((await replyTo((await session()).request())).body.toString()).toBe('ok');
  });
});
