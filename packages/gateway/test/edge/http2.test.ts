import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateConfig } from '../../src/config.ts';
import { httpUpstream, stand, type Setting, type Stand } from '../relay/gateway.ts';
import { hasOpenssl, makeCertificate, temporaryFolder } from './certificates.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let certificate: CertificateConfig;
beforeAll(() => {
  if (hasOpenssl) certificate = makeCertificate(folder, 'site', ['localhost']);
});
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface TlsStand extends Stand {
  readonly url: string;
  readonly session: () => Promise<ClientHttp2Session>;
}

export async function tlsStand(answer: RequestListener, setting: Setting = {}): Promise<TlsStand> {
  const { url: upstream, server } = await httpUpstream(answer);
  const found = await stand([upstream], {
    ...setting,
    config: { certificates: [certificate], ...setting.config },
    listener: { isTls: true, ...setting.listener },
  });
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
    found.close,
  );
  const url = `https://localhost:${found.port}`;
  const session = async (): Promise<ClientHttp2Session> => {
    const opened = connect(url, { rejectUnauthorized: false });
    opened.on('error', () => {});
    closing.push(() => opened.destroy());
    await once(opened, 'connect');
    return opened;
  };
  return { ...found, url, session };
}

interface Reply {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function replyOf(stream: ClientHttp2Stream): Promise<Reply> {
  const chunks: Buffer[] = [];
  let headers: IncomingHttpHeaders = {};
  stream.on('response', (found) => (headers = found));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return { headers, body: Buffer.concat(chunks) };
}

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
    res.end(
      JSON.stringify({
        method: req.method,
        url: req.url,
        raw: req.rawHeaders,
        bytes,
        hash: hash.digest('hex'),
      }),
    );
  });
};

describe.skipIf(!hasOpenssl)('HTTP/2', () => {
  it('brings a request to the upstream and the answer back', async () => {
    const { session, ended } = await tlsStand(echo);
    const client = await session();
    const { headers, body } = await replyOf(
      client.request({ ':path': '/a?b', cookie: ['x=1', 'y=2'], 'x-forwarded-for': '6.6.6.6' }),
    );
    expect(headers).toMatchObject({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-twice': '1, 2' });
    const seen = JSON.parse(body.toString()) as { method: string; url: string; raw: string[] };
    expect(seen).toMatchObject({ method: 'GET', url: '/a?b' });
    const fields = Object.fromEntries(
      seen.raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), seen.raw[i + 1]]] : [])),
    );
    expect(fields).toMatchObject({
      cookie: 'x=1; y=2',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(ended).toMatchObject([{ status: 200, request: { version: '2' }, client: { scheme: 'https' } }]);
  });

  it('carries a large upload and a large download whole', async () => {
    const data = randomBytes(8_000_000);
    const { session } = await tlsStand((req, res) => {
      if (req.method === 'GET') return void res.end(data);
      echo(req, res);
    });
    const client = await session();
    const hash = createHash('sha256').update(data).digest('hex');
    for (const headers of [{}, { 'content-length': data.length }]) {
      const upload = client.request({ ':method': 'POST', ':path': '/', ...headers });
      upload.end(data);
      const seen = JSON.parse((await replyOf(upload)).body.toString()) as { bytes: number; hash: string };
      expect(seen).toMatchObject({ bytes: data.length, hash });
    }
    const { body } = await replyOf(client.request({ ':path': '/' }));
    expect(body.equals(data)).toBe(true);
  });
});
