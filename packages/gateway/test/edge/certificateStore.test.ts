import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { TLSSocket, connect as tlsConnect, type ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CertificateConfig } from '../../src/config.ts';
import { CertificateStore } from '../../src/edge/certificateStore.ts';
import { hasOpenssl, makeCertificate, temporaryFolder } from './certificates.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const SITE_KEY = Buffer.alloc(32, 7);

function storeOf(configs: readonly CertificateConfig[], nowMs: () => number = Date.now): CertificateStore {
  return new CertificateStore(configs, { nowMs, siteKey: SITE_KEY });
}

/** Serves with the store and returns the port. */
async function serve(store: CertificateStore): Promise<number> {
  const server = createServer((socket) => {
    const secure = new TLSSocket(socket, store.socketOptions());
    secure.on('error', () => undefined);
    secure.on('data', () => secure.end('done'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

interface Shaken {
  readonly name: string;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  readonly isReused: boolean;
  readonly session: Buffer | undefined;
}

async function shake(port: number, options: ConnectionOptions = {}): Promise<Shaken> {
  const socket = tlsConnect({
    socket: connect(port, '127.0.0.1'),
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
    ...options,
  });
  closing.push(() => socket.destroy());
  let session: Buffer | undefined;
  socket.on('session', (ticket) => (session = ticket));
  await once(socket, 'secureConnect');
  const name = socket.isSessionReused() ? '' : socket.getPeerCertificate().subject.CN;
  const [protocol, alpn, isReused] = [socket.getProtocol(), socket.alpnProtocol, socket.isSessionReused()];
  socket.write('x');
  socket.resume();
  await once(socket, 'close');
  return { name: String(name), protocol, alpn, isReused, session };
}

async function nameFor(port: number, servername: string): Promise<string> {
  return (await shake(port, { servername })).name;
}

describe.skipIf(!hasOpenssl)('a store of certificates', () => {
  it('gives each name its certificate, and the first to those that ask for none', async () => {
    const store = storeOf([
      makeCertificate(folder, 'first', ['example.org', 'www.example.org']),
      makeCertificate(folder, 'wild', ['*.example.org']),
      makeCertificate(folder, 'other', ['example.com']),
    ]);
    expect(store.problems).toEqual([]);
    const port = await serve(store);
    expect(await nameFor(port, '')).toBe('first');
    expect(await nameFor(port, 'www.EXAMPLE.org')).toBe('first');
    expect(await nameFor(port, 'shop.example.org')).toBe('wild');
    expect(await nameFor(port, 'a.shop.example.org')).toBe('first');
    expect(await nameFor(port, 'example.com')).toBe('other');
    expect(await nameFor(port, 'unknown.test')).toBe('first');
  });

  it('gives RSA to those who cannot check ECDSA', async () => {
    const configs = [
      makeCertificate(folder, 'both-ec', ['both.test']),
      makeCertificate(folder, 'both-rsa', ['both.test'], { type: 'rsa' }),
    ];
    const port = await serve(storeOf(configs));
    const old = { servername: 'both.test', sigalgs: 'rsa_pss_rsae_sha256:RSA+SHA256' };
    expect((await shake(port, old)).name).toBe('both-rsa');
    expect((await shake(port, { ...old, maxVersion: 'TLSv1.2' })).name).toBe('both-rsa');
    expect((await shake(port, { servername: 'both.test', sigalgs: 'ecdsa_secp256r1_sha256' })).name).toBe(
      'both-ec',
    );
  });

  it('takes of two certificates for a name the one that is valid, and of two valid ones the longer', async () => {
    const short = makeCertificate(folder, 'short', ['lasting.test'], { days: 10 });
    const long = makeCertificate(folder, 'long', ['lasting.test'], { days: 50 });
    const port = await serve(storeOf([short, long]));
    expect(await nameFor(port, 'lasting.test')).toBe('long');
    let nowMs = Date.now();
    const store = storeOf([short, long], () => nowMs);
    nowMs += 5 * 86_400_000;
    expect(store.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('the certificate ends on'),
    ]);
    nowMs += 15 * 86_400_000;
    expect(store.problems[0]).toMatchObject({
      code: 'E_GATEWAY_CERTIFICATE_EXPIRED',
      file: short.certFile,
      message: expect.stringContaining('the certificate ended on'),
    });
  });

  it('speaks TLS 1.2 and 1.3 and nothing older, HTTP/2 before HTTP/1.1', async () => {
    const port = await serve(storeOf([makeCertificate(folder, 'modern', ['modern.test'])]));
    expect(await shake(port)).toMatchObject({ protocol: 'TLSv1.3', alpn: 'h2' });
    expect(await shake(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' });
    expect(await shake(port, { ALPNProtocols: ['http/1.1'] })).toMatchObject({ alpn: 'http/1.1' });
    const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
    await expect(shake(port, old)).rejects.toThrow(/alert|version/i);
    const weak: ConnectionOptions = { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:AES256-SHA' };
    await expect(shake(port, weak)).rejects.toThrow(/alert|handshake/i);
  });

  it('resumes sessions begun with another worker, until the ticket keys change', async () => {
    const config = makeCertificate(folder, 'tickets', ['tickets.test']);
    let nowMs = Date.UTC(2026, 0, 1);
    const ports = [await serve(storeOf([config], () => nowMs)), await serve(storeOf([config], () => nowMs))];
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { session } = await shake(ports[0]!, { maxVersion });
      const again = { maxVersion, session } as ConnectionOptions;
      expect((await shake(ports[1]!, again)).isReused, maxVersion).toBe(true);
      nowMs += 12 * 3600_000;
      expect((await shake(ports[1]!, again)).isReused, maxVersion).toBe(false);
    }
  });
});

describe.skipIf(!hasOpenssl)('files that change', () => {
  it('are read again, whether they are written or renamed into place', async () => {
    const { certFile, keyFile } = makeCertificate(folder, 'live', ['live.test']);
    const store = storeOf([{ certFile, keyFile }]);
    const port = await serve(store);
    expect(await store.refresh()).toBe(false);
    const second = makeCertificate(folder, 'second', ['live.test']);
    copyFileSync(second.certFile, certFile);
    copyFileSync(second.keyFile, keyFile);
    expect(await store.refresh()).toBe(true);
    expect(await nameFor(port, 'live.test')).toBe('second');
    const third = makeCertificate(folder, 'third', ['live.test']);
    renameSync(third.certFile, certFile);
    renameSync(third.keyFile, keyFile);
    expect(await store.refresh()).toBe(true);
    expect(await nameFor(port, 'live.test')).toBe('third');
    expect(await store.refresh()).toBe(false);
    expect(store.problems).toEqual([]);
  });

  it('change nothing but a sentence when they are broken, until they are whole again', async () => {
    const { certFile, keyFile } = makeCertificate(folder, 'kept', ['kept.test']);
    const store = storeOf([{ certFile, keyFile }]);
    const port = await serve(store);
    const next = makeCertificate(folder, 'next', ['kept.test']);
    copyFileSync(next.certFile, certFile); // the key follows later, as it does when certbot writes both
    expect(await store.refresh()).toBe(true);
    expect(store.problems).toMatchObject([
      {
        code: 'E_GATEWAY_CERTIFICATE',
        message: 'the key is not that of the certificate; the one read before stays in use',
      },
    ]);
    expect(await nameFor(port, 'kept.test')).toBe('kept');
    copyFileSync(next.keyFile, keyFile);
    expect(await store.refresh()).toBe(true);
    expect(store.problems).toEqual([]);
    expect(await nameFor(port, 'kept.test')).toBe('next');
    rmSync(certFile);
    expect(await store.refresh()).toBe(true);
    expect(store.problems[0]?.message).toContain('the file does not exist; the one read before stays in use');
    expect(store.reload()[0]?.message).toContain('stays in use');
    expect(await nameFor(port, 'kept.test')).toBe('next');
    expect(await store.refresh()).toBe(false);
  });

  it('that are no certificate are said with what they are instead', () => {
    const good = makeCertificate(folder, 'good', ['good.test']);
    const nonsense = path.join(folder, 'nonsense.pem');
    writeFileSync(nonsense, 'hello');
    const store = storeOf([
      { certFile: path.join(folder, 'absent.pem'), keyFile: good.keyFile },
      { certFile: nonsense, keyFile: good.keyFile },
      { certFile: path.join(nonsense, 'below.pem'), keyFile: good.keyFile },
      { certFile: good.certFile, keyFile: nonsense },
    ]);
    expect(store.isEmpty).toBe(true);
    expect(store.socketOptions()).toBeUndefined();
    expect(store.problems.map(({ file, message }) => [path.basename(file), message])).toEqual([
      ['absent.pem', 'the file does not exist'],
      ['nonsense.pem', expect.stringContaining('it is not a chain of certificates in PEM form')],
      ['below.pem', expect.stringContaining('ENOTDIR')],
      ['nonsense.pem', expect.stringContaining('it is not a private key in PEM form')],
    ]);
  });
});
