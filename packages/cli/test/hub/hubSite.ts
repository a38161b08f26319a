// A folder with a made-up hub, its index, a loopback server that serves it, and the verbs run as people do.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { Command, CommanderError } from 'commander';
import { onTestFinished } from 'vitest';
import { register } from '../../src/commands/hub/index.ts';
import type { CommandContext, Output } from '../../src/context.ts';

export const PACK: Readonly<Record<string, string>> = {
  'collections/acme/web.yaml':
    'name: acme/web\nparsers:\n  - acme/web-logs\nscenarios:\n  - acme/web-bf\n  - acme/web-scan\n',
  'collections/acme/all.yaml': 'name: acme/all\ncollections:\n  - acme/web\nscenarios:\n  - acme/extra\n',
  'parsers/s01-parse/acme/web-logs.yaml': 'name: acme/web-logs\nonsuccess: next_stage\n',
  'scenarios/acme/web-bf.yaml': 'name: acme/web-bf\ntype: leaky\n',
  'scenarios/acme/web-scan.yaml':
    'name: acme/web-scan\ntype: leaky\ndata:\n  - source_url: https://data.invalid/paths.txt\n    dest_file: paths.txt\n    type: string\n',
  'scenarios/acme/extra.yaml': 'name: acme/extra\ntype: trigger\n',
  'data/paths.txt': '/admin\n/.env\n',
};

interface IndexEntry {
  path: string;
  version: string;
  versions: Record<string, { digest: string; deprecated: boolean }>;
  content?: string;
  [key: string]: unknown;
}
export type Index = Record<string, Record<string, IndexEntry>>;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns an index of the files as CrowdSec's is, with or without their texts in it. */
export function indexOf(files: Readonly<Record<string, string>>, carries: boolean, version = '0.1'): Index {
  const index: Index = {};
  for (const [file, text] of Object.entries(files)) {
    const steps = file.split('/');
    const kind = steps[0]!;
    if (kind === 'data') continue;
    const name = steps.slice(-2).join('/').replace('.yaml', '');
    (index[kind] ??= {})[name] = {
      path: file,
      version,
      versions: { [version]: { digest: sha256(text), deprecated: false } },
      ...(carries ? { content: Buffer.from(text).toString('base64') } : {}),
    };
  }
  return index;
}

export function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-hub-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

/** Every file below a folder with its text, by relative path. */
export function filesOf(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(folder, file)] = fs.readFileSync(file, 'utf8');
  }
  return files;
}

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Serves on the loopback interface until the test ends; returns the address. */
export async function serve(answer: Answer): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}

export function answerWith(files: Readonly<Record<string, string>>): Answer {
  return (request, response) => {
    const text = files[decodeURIComponent(request.url ?? '').slice(1)];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  };
}

export async function runHub(
  folder: string,
  words: readonly string[],
  env: Record<string, string> = {},
  isTerminal = false,
): Promise<{ out: string; err: string; code: number }> {
  const ran = { out: '', err: '', code: 0 };
  const output = (into: 'out' | 'err'): Output => ({
    write: async (text) => {
      ran[into] += text;
    },
    isTerminal,
    hasColor: false,
    columns: isTerminal ? 80 : Number.POSITIVE_INFINITY,
  });
  const context: CommandContext = {
    env,
    folder,
    now: () => new Date('2026-03-01T12:00:00.000Z'),
    out: output('out'),
    err: output('err'),
    stdin: (async function* () {})(),
    ownAddresses: () => [],
    userName: 'anna',
    setExitCode: (code) => {
      ran.code = code;
    },
  };
  const program = new Command('parapet').exitOverride().configureOutput({
    writeOut: (text) => (ran.out += text),
    writeErr: (text) => (ran.err += text),
  });
  register(program, context);
  try {
    await program.parseAsync(['hub', ...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    ran.code = error.exitCode === 0 ? 0 : 2;
  }
  return ran;
}
