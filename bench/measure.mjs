// Runs commands one after the other on one core and reads what the kernel says they took.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';

const SAMPLES = 5000;

/** Whether a program can be found on this machine. */
export function hasProgram(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

/** A port of the loopback that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/**
 * Runs a command pinned to one core. Returns wall and CPU seconds (user + system, children included) and peak
 * resident memory in MB, with the exit code; output goes to `outputFile`, or nowhere.
 */
export function measure(command, args, { core = 0, timeoutSeconds = 600, env = {}, cwd } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-bench-'));
  const timing = path.join(folder, 'time');
  const result = spawnSync(
    'taskset',
    [
      '-c',
      String(core),
      'timeout',
      String(timeoutSeconds),
      '/usr/bin/time',
      '-o',
      timing,
      '-f',
      '%e %U %S %M',
      command,
      ...args,
    ],
    { encoding: 'utf8', env: { ...process.env, ...env }, cwd, maxBuffer: 1 << 30 },
  );
  const last = existsSync(timing) ? readFileSync(timing, 'utf8').trim().split('\n').at(-1) : '';
  rmSync(folder, { recursive: true });
  const [wall, user, system, rssKb] = last.split(' ').map(Number);
  return {
    wallSeconds: wall,
    cpuSeconds: user + system,
    rssMb: Math.round(rssKb / 102.4) / 10,
    exitCode: result.status,
    load: Math.round(loadavg()[0] * 10) / 10,
    stdout: result.stdout,
    stderr: result.stderr,
  };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which this share of the list lies. */
export function quantile(list, share) {
  const sorted = list.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The 95 % confidence interval of the median: medians of samples drawn from the list with replacement. */
export function medianInterval(list) {
  const medians = Array.from({ length: SAMPLES }, () =>
    quantile(
      list.map(() => list[Math.floor(Math.random() * list.length)]),
      0.5,
    ),
  );
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}

/** Lines up cells under each other. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
        .join('  '),
    );
  }
}
