// Real child processes.

import { spawn } from 'node:child_process';
import type { Spawn } from '@parapet/engine';

/** Starts a program without a shell; it dies with its pipes when we do. */
export const realSpawn: Spawn = (command, args) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exitCode = new Promise<number | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? undefined));
  });
  // Whoever asks for the code gets the failure; a process that nobody asks about must not end ours.
  exitCode.catch(() => {});
  return { stdout: child.stdout, stderr: child.stderr, exitCode, kill: () => void child.kill() };
};
