// Real programs on free ports of the loopback, started for a test file and stopped by their ids.

import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

export interface Program {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  text: () => string;
  /** Resolves when the words have been printed. */
  says: (words: string) => Promise<void>;
  stop: () => Promise<void>;
}

/** Whether all programs can be found on this machine. */
export function hasPrograms(...names: readonly string[]): boolean {
  return names.every(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0,
  );
}

export function startProgram(command: string, args: readonly string[], options: SpawnOptions = {}): Program {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let text = '';
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-1_000_000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  const ended = once(child, 'close');
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    text: () => text,
    says: async (words) => {
      await until(
        () => text.includes(words),
        () => `${command} never said "${words}", but:\n${text}`,
      );
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * A port that was free a moment ago, below those that the kernel gives to clients: tests beside this one open
 * thousands of connections, and would take it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const server = net.createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Looks again and again until it is so; rejects with the complaint when that takes too long. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  complaint: () => string,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(complaint());
    await pause(20);
  }
}

export async function untilListening(port: number, program: Program): Promise<void> {
  await until(
    async () => {
      if (program.child.exitCode !== null) throw new Error(`It ended:\n${program.text()}`);
      const socket = net.connect({ port, host: '127.0.0.1' });
      const isThere = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      return isThere;
    },
    () => `Nobody listens on ${port}:\n${program.text()}`,
  );
}

export function newFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-gw-'));
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** The processes below this one, itself included, each with its command line. */
export function processTree(root: number): ReadonlyMap<number, string> {
  const all = new Map<number, { parent: number; command: string }>();
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = read(`/proc/${entry}/stat`);
    if (stat === '') continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = read(`/proc/${entry}/cmdline`).replaceAll('\0', ' ').trim();
    if (fields[0] !== 'Z') all.set(Number(entry), { parent: Number(fields[1]), command });
  }
  const found = new Map<number, string>();
  const add = (pid: number): void => {
    found.set(pid, all.get(pid)?.command ?? '');
    for (const [child, { parent }] of all) if (parent === pid) add(child);
  };
  if (all.has(root)) add(root);
  return found;
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

export const isRoot: boolean = process.getuid?.() === 0;

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
