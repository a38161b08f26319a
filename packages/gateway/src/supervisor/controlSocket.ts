// Short conversations over Unix sockets in the data directory: one line asks, one line answers. A supervisor
// listens at `supervisor.sock`; a worker whose supervisor is gone at `worker-PID.sock`, so that the next supervisor
// can ask it to make room.

import { chmodSync, readdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import process from 'node:process';
import { openSocketFolder } from '../link/socketPath.ts';
import type { SupervisorStatus } from './supervisorStatus.ts';

const SUPERVISOR = 'supervisor.sock';
const WORKER = /^worker-(\d+)\.sock$/;
const MAX_LINE = 65_536;
const WAIT_MS = 1000;

export interface ControlSocket {
  close(): void;
}

/** Answers at the socket of that name until it is closed; `answer` gets the line that was sent. */
async function listenForControl(
  dataDir: string,
  name: string,
  answer: (line: string) => string | Promise<string>,
): Promise<ControlSocket> {
  const folder = openSocketFolder(dataDir);
  const file = folder.pathOf(name);
  removeFile(file);
  const server: Server = createServer((socket) => {
    let text = '';
    socket.setTimeout(WAIT_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\n');
      if (end < 0 && text.length > MAX_LINE) socket.destroy();
      if (end < 0) return;
      const line = text.slice(0, end);
      text = '';
      void Promise.resolve(answer(line)).then((reply) => socket.end(`${reply}\n`));
    });
  });
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, () => resolve());
  });
  chmodSync(file, 0o600);
  server.unref();
  return {
    close: () => {
      server.close();
      folder.close();
    },
  };
}

export function listenAsSupervisor(
  dataDir: string,
  answer: (line: string) => string | Promise<string>,
): Promise<ControlSocket> {
  return listenForControl(dataDir, SUPERVISOR, answer);
}

export function listenAsOrphan(
  dataDir: string,
  answer: (line: string) => string | Promise<string>,
): Promise<ControlSocket> {
  return listenForControl(dataDir, `worker-${process.pid}.sock`, answer);
}

/** Returns what the supervisor of this data directory says of itself; undefined when there is none. */
export async function askSupervisor(dataDir: string): Promise<SupervisorStatus | undefined> {
  const reply = await ask(dataDir, SUPERVISOR, 'status');
  if (reply === undefined) return undefined;
  try {
    return JSON.parse(reply) as SupervisorStatus; // a process of this very program
  } catch {
    return undefined;
  }
}

/** Returns the workers that have lost their supervisor. */
export async function findOrphans(dataDir: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const [name, pid] of workerSockets(dataDir))
    if ((await ask(dataDir, name, 'status')) !== undefined) found.push(pid);
  return found;
}

/** Asks orphans to accept nothing more and to end when they have answered what is under way; returns how many did. */
export async function dismissOrphans(dataDir: string): Promise<number> {
  const sockets = workerSockets(dataDir);
  const replies = await Promise.all(sockets.map(([name]) => ask(dataDir, name, 'drain')));
  return replies.filter((reply) => reply === 'drained').length;
}

function workerSockets(dataDir: string): readonly (readonly [name: string, pid: number])[] {
  let names: readonly string[];
  try {
    names = readdirSync(dataDir);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const match = WORKER.exec(name);
    return match === null ? [] : [[name, Number(match[1])] as const];
  });
}

async function ask(dataDir: string, name: string, line: string): Promise<string | undefined> {
  let folder: ReturnType<typeof openSocketFolder>;
  try {
    folder = openSocketFolder(dataDir);
  } catch {
    return undefined;
  }
  const file = folder.pathOf(name);
  try {
    return await new Promise<string>((resolve, reject) => {
      const socket = connect(file, () => socket.write(`${line}\n`));
      let text = '';
      socket.setTimeout(WAIT_MS, () => socket.destroy(new Error('no answer')));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(text.trimEnd()));
    });
  } catch (error) {
    // Nobody listens at a file that is there: its process was killed.
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') removeFile(file);
    return undefined;
  } finally {
    folder.close();
  }
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // it was not there
  }
}
