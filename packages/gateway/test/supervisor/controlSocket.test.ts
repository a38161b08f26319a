import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import {
  askSupervisor,
  dismissOrphans,
  findOrphans,
  listenAsOrphan,
  listenAsSupervisor,
} from '../../src/supervisor/controlSocket.ts';

test('a supervisor says how it is, while it is there', async () => {
  const folder = newFolder();
  expect(await askSupervisor(folder)).toBeUndefined();
  const control = await listenAsSupervisor(folder, (line) => JSON.stringify({ pid: 7, line }));
  expect(await askSupervisor(folder)).toEqual({ pid: 7, line: 'status' });
  control.close();
  expect(await askSupervisor(folder)).toBeUndefined();
});

test('orphans are found and asked to end; the sockets of dead ones are taken away', async () => {
  const folder = newFolder();
  let asked = '';
  const control = await listenAsOrphan(folder, (line) => {
    asked = line;
    return line === 'drain' ? 'drained' : '{}';
  });
  onTestFinished(() => control.close());
  const left = path.join(folder, 'worker-99999999.sock');
  await leaveBehind(left);
  expect(await findOrphans(folder)).toEqual([process.pid]);
  expect(fs.existsSync(left)).toBe(false);
  expect(await dismissOrphans(folder)).toBe(1);
  expect(asked).toBe('drain');
});

test('whoever sends nothing, or too much, is cut off', async () => {
  const folder = newFolder();
  const control = await listenAsSupervisor(folder, () => 'never');
  onTestFinished(() => control.close());
  const socket = net.connect(path.join(folder, 'supervisor.sock'));
  socket.on('error', () => {});
  const isClosed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('x'.repeat(200_000));
  await isClosed;
  expect(socket.bytesRead).toBe(0);
});

test('there is nobody where there is no folder', async () => {
  expect(await askSupervisor('/nowhere/at/all')).toBeUndefined();
  expect(await findOrphans('/nowhere/at/all')).toEqual([]);
});

/** A socket whose process was killed. */
async function leaveBehind(file: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(`${file}.living`, resolve));
  fs.linkSync(`${file}.living`, file);
  await new Promise((resolve) => server.close(resolve));
}

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-control-'));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
