// Who is told of attacks while a test looks at the dashboard: a mail server and a program of one's own, each on this
// machine, and the configuration that names them.

import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';

export interface Receivers {
  readonly config: string;
  /** Everything that was mailed. */
  mails(): string;
  /** What was posted, and whether the signature is right (https://www.standardwebhooks.com). */
  posted(): readonly { readonly body: string; readonly isSigned: boolean }[];
  close(): void;
}

export async function startReceivers(): Promise<Receivers> {
  const key = randomBytes(24);
  const secret = path.join(mkdtempSync(path.join(tmpdir(), 'parapet-receivers-')), 'secret');
  writeFileSync(secret, `whsec_${key.toString('base64')}`);
  let mails = '';
  const posted: { body: string; isSigned: boolean }[] = [];
  const mail = new SMTPServer({
    authOptional: true,
    onData: (stream, _, done) => {
      stream.on('data', (chunk: Buffer) => void (mails += chunk.toString()));
      stream.on('end', done);
    },
  });
  const hook = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
    request.on('end', () => {
      posted.push({ body, isSigned: isSigned(request.headers, body, key) });
      response.end();
    });
  });
  const listening = mail.listen(0, '127.0.0.1');
  hook.listen(0, '127.0.0.1');
  await Promise.all([once(listening, 'listening'), once(hook, 'listening')]);
  const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port; // TCP
  return {
    config: `notifications:
  gather: 1s
  allow_targets: [127.0.0.1]
  channels:
    - name: owner
      type: email
      url: "smtp-plain://127.0.0.1:${portOf(listening)}"
      from: p@example.org
      to: [me@example.org]
    - { name: program, type: webhook, url: "http://127.0.0.1:${portOf(hook)}/told", secret_file: "${secret}" }
  rules:
    - { channels: [owner], severity: critical, about: [health] }
`,
    mails: () => mails,
    posted: () => posted,
    close: () => {
      mail.close();
      hook.closeAllConnections();
      hook.close();
    },
  };
}

function isSigned(headers: IncomingHttpHeaders, body: string, key: Buffer): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
