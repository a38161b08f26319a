// Requests are generated, sent through the gateway and, as the same bytes, to node:http (llhttp) itself: whatever the
// gateway lets through is seen by the site as llhttp sees it directly, and good requests are never refused.

import http from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, NOT_INSPECTED, SKIPPED, startStackBefore, type StackOfSite } from './stack.ts';
import { sendBytes } from './wire.ts';

/** Longer than a busy machine keeps anybody waiting. */
const PATIENT_MS = 10_000;
const RUNS = Number(process.env['PARAPET_TEST_RUNS'] ?? 400);

/** What the site says of each request: its target, its body, and the headers that are nobody's but the client's. */
const OWN =
  /^(host|connection|x-forwarded-|forwarded|x-real-ip|x-request-id|via|keep-alive|te|transfer-encoding|content-length|upgrade|expect|trailer|proxy-)/;

const charactersOf = (text: string): string[] => text.split('');
const tchar = fc.constantFrom(...charactersOf("abcXYZ09!#$%&'*+-.^_`|~"));
const word = fc.string({ unit: tchar, minLength: 1, maxLength: 12 });
const value = fc.string({
  unit: fc.constantFrom(...charactersOf('abcdefgh XYZ09 ,;:="/()<>@?[]{}\\\t\u00e4\u00ff')),
  maxLength: 40,
});
const field = fc
  .tuple(fc.constantFrom('X-A', 'x-b', 'ACCEPT', 'Cookie', 'X-Long-Name'), value)
  .map(([name, text]) => `${name}: ${text}`);
const target = fc
  .array(
    fc.oneof(
      word.map((it) => it.replaceAll('#', '')),
      fc.constantFrom('%20', '%00', '..', '.', '?', '//', ';a=b'),
    ),
    { maxLength: 6 },
  )
  .map((parts) => `/${parts.join('/')}`);
const body = fc.string({
  unit: fc.constantFrom('a', '\r\n', '0', 'GET / HTTP/1.1', '\0', '\u00ff'),
  maxLength: 60,
});

const good = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'REPORT'),
    target,
    fields: fc.array(field, { maxLength: 6 }),
    body,
    framing: fc.constantFrom('none', 'length', 'chunked'),
    cuts: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
  })
  .map((it) => {
    const text = it.framing === 'none' ? '' : it.body;
    const lines = [`${it.method} ${it.target} HTTP/1.1`, 'Host: example.org', ...it.fields];
    if (it.framing === 'length') lines.push(`Content-Length: ${text.length}`);
    if (it.framing === 'chunked') lines.push('Transfer-Encoding: chunked');
    const sent = it.framing === 'chunked' ? chunked(text, it.cuts) : text;
    return `${lines.join('\r\n')}\r\n\r\n${sent}`;
  });

/** A good request with something done to its bytes. */
const altered = fc
  .tuple(
    good,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom(
          '\r',
          '\n',
          '\0',
          ' ',
          '\t',
          ':',
          ',',
          ';',
          '0',
          '1',
          'a',
          '\r\n',
          '\u000b',
          '\u00ff',
          'chunked',
          'Content-Length: 3\r\n',
          'Transfer-Encoding: chunked\r\n',
        ),
        fc.boolean(),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((now, [at, what, replaces]) => {
      const position = at % (now.length + 1);
      return now.slice(0, position) + what + now.slice(position + (replaces ? what.length : 0));
    }, text),
  );

describe.skipIf(!isBuilt)(`the gateway beside llhttp${isBuilt ? '' : SKIPPED}`, () => {
  let stack: StackOfSite;

  beforeAll(async () => {
    const site = http.createServer({ insecureHTTPParser: false }, (req, res) => {
      const chunks: Buffer[] = [];
      req.on('error', () => undefined);
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const raw = req.rawHeaders;
        const fields = raw.flatMap((name, i) =>
          i % 2 === 0 && !OWN.test(name.toLowerCase()) ? [[name.toLowerCase(), raw[i + 1]]] : [],
        );
        const text = Buffer.concat(chunks).toString('latin1');
        res.end(JSON.stringify([req.method, req.url, fields, text]));
      });
    });
    // What came before the bad bytes is answered first, as the gateway does.
    site.on('clientError', (_, socket) => setTimeout(() => socket.destroy(), 20));
    stack = await startStackBefore(site, { config: NOT_INSPECTED });
  }, 60_000);
  afterAll(() => stack.stop(), 60_000);

  const LAST = 'GET /last HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n';
  /** Until the connection is closed, or nothing comes for that long: altered requests may wait for more. */
  const told = async (
    port: number,
    bytes: string,
    quietMs: number,
  ): Promise<{ status: number[]; bodies: string[] }> => {
    const { answers } = await sendBytes(port, bytes + LAST, { quietMs });
    return { status: answers.map(({ status }) => status), bodies: answers.map(({ body: text }) => text) };
  };

  it('good requests arrive as they were sent', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(good, { minLength: 1, maxLength: 4 }), async (requests) => {
        const [through, direct] = await Promise.all([
          told(stack.port, requests.join(''), PATIENT_MS),
          told(stack.sitePort, requests.join(''), PATIENT_MS),
        ]);
        expect(through).toEqual(direct);
        expect(through.status).toHaveLength(requests.length + 1);
      }),
      { numRuns: RUNS },
    );
  });

  it('of altered requests nothing passes that llhttp sees in another way', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(altered, async (bytes) => {
        const through = await told(stack.port, bytes, 150);
        // What follows a refusal, the gateway's or the site's own, is not compared.
        const end = through.status.findIndex((status) => status !== 200);
        const passed = end < 0 ? through.bodies : through.bodies.slice(0, end);
        if (passed.length === 0) return;
        let direct = await told(stack.sitePort, bytes, 150);
        // On a busy machine the answers may be on their way yet.
        if (direct.bodies.length < passed.length) direct = await told(stack.sitePort, bytes, PATIENT_MS);
        expect(direct.bodies.slice(0, passed.length)).toEqual(passed);
      }),
      { numRuns: RUNS },
    );
  });
});

function chunked(text: string, cuts: readonly number[]): string {
  let sent = '';
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const piece = text.slice(at, at + 1 + cuts[i % cuts.length]!);
    sent += `${piece.length.toString(16)}\r\n${piece}\r\n`;
    at += piece.length;
  }
  return `${sent}0\r\n\r\n`;
}
