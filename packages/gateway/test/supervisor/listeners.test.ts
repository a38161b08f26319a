import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bindListener, readAddress } from '../../src/supervisor/listeners.ts';

const at = (listen: string) => ({ listen, isTls: false, expectsProxyProtocol: false });

describe('an address to listen on', () => {
  test('is written as host and port', () => {
    expect(readAddress('127.0.0.1:80')).toEqual({ host: '127.0.0.1', port: 80 });
    expect(readAddress('[::1]:8080')).toEqual({ host: '::1', port: 8080 });
    expect(readAddress('*:0')).toEqual({ host: '*', port: 0 });
  });

  test.each(['80', 'localhost', '::1:80', '127.0.0.1:65536', '127.0.0.1:', ''])('is not %j', (listen) => {
    expect(() => readAddress(listen)).toThrow('no address to listen on');
  });
});

describe('binding', () => {
  test('takes a free port, and nobody is accepted until a worker listens', async () => {
    const { handle, url } = await bindListener(at('127.0.0.1:0'));
    onTestFinished(() => handle.close());
    const port = Number(url.split(':').at(-1));
    expect(port).toBeGreaterThan(0);
    expect(await connects(port)).toBe(false);
    const server = net.createServer((socket) => socket.on('error', () => {}).end('hello'));
    // What a worker does with the handle that it was sent.
    server.listen(handle);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await connects(port)).toBe(true);
  });

  test('says who may be asked when the port is taken', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo; // it listens on TCP
    await expect(bindListener(at(`127.0.0.1:${port}`))).rejects.toMatchObject({
      code: 'E_GATEWAY_PORT_TAKEN',
      hint: expect.stringContaining('ss -ltnp'),
    });
  });

  test('says what an address is that this machine does not have', async () => {
    await expect(bindListener(at('192.0.2.1:0'))).rejects.toMatchObject({ code: 'E_GATEWAY_LISTEN' });
    await expect(bindListener(at('nonsense.invalid:0'))).rejects.toMatchObject({ code: 'E_GATEWAY_LISTEN' });
  });

  test('says what ports below 1024 need', async ({ skip }) => {
    const lowest = Number(readOr('/proc/sys/net/ipv4/ip_unprivileged_port_start', '0'));
    skip(process.getuid?.() === 0 || lowest <= 1, 'this user may take any port');
    await expect(bindListener(at('127.0.0.1:1'))).rejects.toMatchObject({
      code: 'E_GATEWAY_PORT_PRIVILEGED',
    });
  });

  test('replaces a socket that a process left behind, and not one that answers', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-bind-'));
    onTestFinished(() => {
      fs.rmSync(folder, { recursive: true, force: true });
    });
    const file = path.join(folder, 'site.sock');
    fs.writeFileSync(file, '');
    const { handle, url } = await bindListener({ ...at(`unix:${file}`), socketMode: 0o600 });
    expect(url).toBe(`unix:${file}`);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    const server = net.createServer().listen(handle);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await expect(bindListener(at(`unix:${file}`))).rejects.toMatchObject({ code: 'E_GATEWAY_PORT_TAKEN' });
  });
});

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function readOr(file: string, otherwise: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
