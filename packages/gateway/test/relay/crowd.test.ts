import { request as ask } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { closeAll, httpUpstream, stand } from './stand.ts';

afterEach(closeAll);

// Buffers are shared between connections and written to in place: what one visitor gets must never hold a byte of
// another's, however slowly they read and however the upstream's connections change hands.
test('each of many visitors gets their own answer, and the site their own body', async () => {
  const url = await httpUpstream((request, response) => {
    const token = request.url!.slice(1);
    let isOwn = request.headers['x-token'] === token;
    request.on('data', (chunk: Buffer) => (isOwn &&= chunk.every((byte) => byte === token.charCodeAt(0))));
    request.on('end', () => {
      const body = isOwn ? token.repeat(1 + ((Number.parseInt(token, 36) * 7919) % 60_000)) : 'not mine';
      if (token.endsWith('0')) response.setHeader('Content-Length', body.length);
      if (token.endsWith('1')) response.shouldKeepAlive = false;
      response.end(body);
    });
  });
  const { port, ended, gateway } = await stand([url]);
  const visit = (token: string, isSlow: boolean, bodyBytes: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'X-Token': token, 'X-Long': token.repeat(isSlow ? 2000 : 1) };
      const request = ask({ port, path: `/${token}`, method: bodyBytes > 0 ? 'POST' : 'GET', headers });
      request.on('error', reject).on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          if (!isSlow) return;
          response.pause();
          setTimeout(() => response.resume(), 1);
        });
        response.on('end', () => resolve(Buffer.concat(pieces).toString())).on('error', reject);
      });
      request.end(Buffer.alloc(bodyBytes, token[0]));
    });
  const turns = Array.from({ length: 40 }, async (_, visitor) => {
    for (let turn = 0; turn < 8; turn++) {
      const token = (1000 + visitor * 37 + turn).toString(36);
      const answer = await visit(token, visitor % 4 === 0, turn % 2 === 0 ? 0 : visitor * 3000);
      expect(answer === token.repeat(1 + ((Number.parseInt(token, 36) * 7919) % 60_000))).toBe(true);
    }
  });
  await Promise.all(turns);
  expect(ended.length).toBe(320);
  expect(gateway.counters()).toMatchObject({ guardFaults: 0, upstreamFailures: 0, cutAnswers: 0 });
});
