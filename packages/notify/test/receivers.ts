// Receivers on this machine: an HTTP server that keeps what it was sent and answers as told, an SMTP server, and
// syslog over UDP and TCP.

import { execFileSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { parseCidr } from '@parapet/kinds';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { senderOf, type Send } from '../src/wire/sender.ts';
import { TargetGuard } from '../src/wire/guard.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReceiver {
  readonly url: string;
  readonly received: Received[];
  /** What is answered; 200 and nothing unless it is set. */
  answer: (request: Received) => { status: number; body?: string; headers?: Record<string, string> };
}

/** Reaches this machine, which the guard refuses otherwise. */
export const LOCAL: TargetGuard = new TargetGuard([parseCidr('127.0.0.0/8')!]);

export const sendLocally: Send = senderOf({
  guard: LOCAL,
  timeoutMs: 5000,
});

export async function httpReceiver(): Promise<HttpReceiver> {
  const received: Received[] = [];
  const receiver: HttpReceiver = { url: '', received, answer: () => ({ status: 200 }) };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(one);
      const { status, body = '', headers = {} } = receiver.answer(one);
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(receiver, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }); // TCP
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly user: string;
  readonly isSecure: boolean;
}

export async function smtpReceiver(
  options: SMTPServerOptions,
): Promise<{ port: number; mails: Mail[]; close: () => void }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    onAuth: ({ username = '', password }, _, done) => {
      if (password === 'open sesame') done(null, { user: username });
      else done(new Error('no'));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          user: typeof session.user === 'string' ? session.user : '',
          isSecure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const close = (): void => server.close();
  onTestFinished(close);
  return { port: (listening.address() as AddressInfo).port, mails, close }; // TCP
}

export async function udpReceiver(): Promise<{ port: number; next: Promise<string> }> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const next = once(socket, 'message').then(([bytes]: Buffer[]) => bytes!.toString('utf8'));
  return { port: socket.address().port, next };
}

/** Over TLS with a certificate, and holding the connection open where `isLazy`. */
export async function tcpReceiver(
  given?: { key: string; cert: string },
  isLazy = false,
): Promise<{ port: number; next: Promise<string> }> {
  let taken: (text: string) => void;
  const next = new Promise<string>((resolve) => (taken = resolve));
  const onConnection = (socket: net.Socket): void => {
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('end', () => taken(text));
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  };
  const options = { allowHalfOpen: isLazy };
  const server =
    given === undefined
      ? net.createServer(options, onConnection)
      : tls.createServer({ ...options, ...given }, onConnection);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, next }; // TCP
}

/** A certificate for 127.0.0.1 that is its own authority. */
export function certificate(): { key: string; cert: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-smtp-'));
  const file = (name: string): string => path.join(folder, name);
  try {
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '1',
        ],
        ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
      ],
      { stdio: 'ignore' },
    );
    return { key: fs.readFileSync(file('key.pem'), 'utf8'), cert: fs.readFileSync(file('cert.pem'), 'utf8') };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
