import { createSocket } from 'node:dgram';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileOrigins, listenSyslog, readLog, tailFiles, type LineBatch } from '@parapet/engine';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { realClock } from '../../src/io/clock.ts';
import { realFiles } from '../../src/io/files.ts';
import { realNetwork } from '../../src/io/network.ts';
import { realSpawn } from '../../src/io/processes.ts';

let directory: string;
let log: string;
let problems: string[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parapet-sources-'));
  log = path.join(directory, 'access.log');
  problems = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Takes batches, and saves their cursors, until `count` lines have come; then ends as kill -9 does: at once. */
async function take(cursors: Map<string, unknown>, count: number, lines: string[]): Promise<void> {
  const abort = new AbortController();
  const source = tailFiles({
    source: 'test',
    patterns: [path.join(directory, '*.log')],
    originOf: fileOrigins({ type: 'nginx' }),
    cursors,
    startAt: 'beginning',
    files: realFiles,
    clock: realClock,
    signal: abort.signal,
    onProblem: (problem) => problems.push(problem.code),
  });
  for await (const batch of source) {
    keep(batch, cursors, lines);
    if (lines.length >= count) abort.abort();
  }
}

function keep(batch: LineBatch, cursors: Map<string, unknown>, lines: string[]): void {
  lines.push(...batch.lines.map((line) => line.raw));
  for (const [name, value] of batch.cursors) {
    if (value === undefined) cursors.delete(name);
    else cursors.set(name, value);
  }
}

it('follows a real log through rename, copytruncate and compression, over restarts', async () => {
  const cursors = new Map<string, unknown>();
  const lines: string[] = [];
  appendFileSync(log, 'a\nb\n');
  await take(cursors, 2, lines);
  appendFileSync(log, 'c\n');
  renameSync(log, `${log}.1`);
  appendFileSync(log, 'd\n');
  await take(cursors, 4, lines);
  appendFileSync(log, 'e\n');
  renameSync(`${log}.1`, `${log}.2`);
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  appendFileSync(log, 'f\n');
  await take(cursors, 6, lines);
  appendFileSync(log, 'g\n');
  writeFileSync(`${log}.2.gz`, gzipSync('f\ng\n'));
  rmSync(`${log}.2`);
  rmSync(log);
  appendFileSync(log, 'h\n');
  renameSync(`${log}.1`, `${log}.3`);
  await take(cursors, 8, lines);
  expect(lines).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
});

it('sees lines that are written while it waits, and a log that a link leads to', async () => {
  const cursors = new Map<string, unknown>();
  const lines: string[] = [];
  writeFileSync(path.join(directory, 'data'), 'a\n');
  symlinkSync('data', log);
  const taken = take(cursors, 3, lines);
  setTimeout(() => appendFileSync(log, 'b\n'), 50);
  setTimeout(() => appendFileSync(log, 'c\n'), 700);
  await taken;
  expect(lines).toEqual(['a', 'b', 'c']);
});

it('delivers each of many lines once while they are written and rotated, and it is stopped again and again', async () => {
  const cursors = new Map<string, unknown>();
  const lines: string[] = [];
  let written = 1;
  let rotations = 0;
  appendFileSync(log, 'line 0\n');
  await take(cursors, 1, lines);
  const total = 20_001;
  const writing = setInterval(() => {
    for (let i = 0; i < 400 && written < total; i++) appendFileSync(log, `line ${written++}\n`);
    if ((written - 1) % 2000 === 0 && written < total) {
      for (let n = rotations; n >= 1; n--) renameSync(`${log}.${n}`, `${log}.${n + 1}`);
      renameSync(log, `${log}.1`);
      rotations++;
    }
    if (written === total) clearInterval(writing);
  }, 5);
  while (lines.length < total) await take(cursors, lines.length + 997, lines);
  expect(rotations).toBe(9);
  // The log is absent for a moment in each rotation, and may just then be looked for.
  expect(problems.filter((code) => code !== 'E_LOG_ABSENT')).toEqual([]);
  expect(lines).toEqual(Array.from({ length: total }, (_, i) => `line ${i}`));
});

it('says why a file cannot be read, and that one is absent', async () => {
  expect(await readLog(realFiles, log)).toBeUndefined();
  expect(await realFiles.stat(path.join(log, 'below'))).toBeUndefined();
  await expect(readLog(realFiles, directory)).rejects.toThrow('directory');
});

it.each(['udp', 'tcp'] as const)('receives syslog over %s', async (transport) => {
  const abort = new AbortController();
  const source = listenSyslog({
    transport,
    address: '127.0.0.1',
    port: 0,
    maxMessageBytes: 8192,
    isRaw: false,
    labels: { type: 'syslog' },
    network: realNetwork,
    clock: realClock,
    signal: abort.signal,
    onProblem: (problem) => expect.fail(problem.message),
    onListening: (port) => {
      const message = '<34>Nov 22 01:20:50 web1 sshd[812]: hello';
      if (transport === 'udp') {
        const socket = createSocket('udp4');
        socket.send(message, port, '127.0.0.1', () => socket.close());
      } else {
        connect(port, '127.0.0.1').end(`${message.length} ${message}`);
      }
    },
  });
  for await (const batch of source) {
    expect(batch.lines[0]).toMatchObject({
      raw: 'Nov 22 01:20:50 web1 sshd[812]: hello',
      origin: { src: '127.0.0.1' },
    });
    abort.abort();
  }
});

it('runs a program, and says when there is none', async () => {
  const child = realSpawn(process.execPath, [
    '-e',
    'console.log("out"); console.error("err"); process.exitCode = 3',
  ]);
  const read = async (chunks: AsyncIterable<Buffer>): Promise<string> => {
    let text = '';
    for await (const chunk of chunks) text += chunk.toString();
    return text.trim();
  };
  expect(await Promise.all([read(child.stdout), read(child.stderr), child.exitCode])).toEqual([
    'out',
    'err',
    3,
  ]);
  const none = realSpawn('there-is-no-such-program', []);
  await expect(none.exitCode).rejects.toThrow('ENOENT');
});
