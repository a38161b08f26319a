// HAProxy and nginx in front of the gateway, as people set them up.

import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { get, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasOpenssl, temporaryFolder } from './certificates.ts';
import { closeAll, closeLater, listen, tlsStand, type TlsSetting } from './tlsStand.ts';

const has = (program: string): boolean => spawnSync(program, ['-v']).status === 0;
const hasHaproxy = has('haproxy');
const hasNginx = has('nginx');
if (!hasHaproxy) process.stderr.write('haproxy is not installed: its tests are skipped\n');
if (!hasNginx) process.stderr.write('nginx is not installed: its test is skipped\n');

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(closeAll);

const tellClient: RequestListener = (req, res) => {
  res.end([req.headers['x-forwarded-for'], req.headers['x-forwarded-proto']].join(' '));
};

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a program and waits until it takes connections on the port. */
async function start(program: string, args: readonly string[], port: number): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore' });
  closeLater(() => child.kill());
  for (;;) {
    if (
      await ask(port).then(
        () => true,
        () => false,
      )
    )
      return;
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function ask(port: number, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ port, host: '127.0.0.1', headers, agent: false }, (res) => {
      let text = '';
      res.on('data', (chunk) => (text += String(chunk)));
      res.on('end', () => resolve(text));
    });
    asked.on('error', reject);
  });
}

describe.skipIf(!hasHaproxy)('HAProxy', () => {
  async function through(server: string, setting: TlsSetting): Promise<string> {
    const { port, ended } = await tlsStand(tellClient, setting);
    const front = await freePort();
    const file = path.join(folder, 'haproxy.cfg');
    writeFileSync(
      file,
      `defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend front
  bind 127.0.0.1:${front}
  default_backend gateway
backend gateway
  server gateway 127.0.0.1:${port} ${server}
`,
    );
    await start('haproxy', ['-f', file, '-db'], front);
    const text = await ask(front);
    expect(ended.length).toBeGreaterThan(0);
    return text;
  }

  const trusted: TlsSetting = {
    listener: { isTls: false, expectsProxyProtocol: true },
    config: { trustedProxies: ['loopback'] },
  };

  it('names the client in version 1, in version 2, and with a checksum and more', async () => {
    for (const server of [
      'send-proxy',
      'send-proxy-v2',
      'send-proxy-v2 proxy-v2-options crc32c,unique-id',
      'check check-send-proxy send-proxy-v2',
    ])
      expect(await through(server, trusted), server).toBe('127.0.0.1 http');
  });

  it.skipIf(!hasOpenssl)('names it before TLS too', async () => {
    const tls: TlsSetting = { ...trusted, listener: { isTls: true, expectsProxyProtocol: true } };
    expect(await through('send-proxy-v2 ssl verify none', tls)).toBe('127.0.0.1 https');
  });
});

describe.skipIf(!hasNginx)('nginx', () => {
  it('names the client, whatever the client says', async () => {
    const { port, ended } = await tlsStand(tellClient, {
      listener: { isTls: false },
      config: { trustedProxies: ['127.0.0.1'] },
    });
    const front = await freePort();
    const file = path.join(folder, 'nginx.conf');
    writeFileSync(
      file,
      `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${front};
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Client;
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}
`,
    );
    await start('nginx', ['-c', file, '-p', folder], front);
    const spoofed = { 'x-test-client': '198.51.100.7', 'x-forwarded-for': '6.6.6.6' };
    expect(await ask(front, spoofed)).toBe('6.6.6.6, 198.51.100.7, 127.0.0.1 https');
    expect(ended.at(-1)).toMatchObject({ ip: '198.51.100.7', scheme: 'https' });
  });
});
