// PHP's own web server, which says what it made of each request that it is sent: the reference for the decoders.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const hasPhp: boolean = spawnSync('php', ['--version']).status === 0;

/** A value that PHP has: where it stands, its name with every index that is a number as `[]`, its bytes as UTF-8 text. */
export interface PhpValue {
  readonly from: 'get' | 'post' | 'cookie' | 'file' | 'filename';
  readonly name: string;
  readonly value: string;
}

const ROUTER = `<?php
function leaves($from, $value, $name, &$out) {
  if (is_array($value)) {
    foreach ($value as $key => $inner) leaves($from, $inner, $name . '[' . (is_int($key) ? '' : $key) . ']', $out);
  } else $out[] = [$from, base64_encode($name), base64_encode($value)];
}
function all($from, $values, &$out) {
  foreach ($values as $name => $value) leaves($from, $value, (string) $name, $out);
}
$out = [];
all('get', $_GET, $out);
all('post', $_POST, $out);
all('cookie', $_COOKIE, $out);
foreach ($_FILES as $name => $file) {
  if (is_array($file['name'])) continue;
  $out[] = ['filename', base64_encode($name), base64_encode($file['full_path'])];
  if ($file['error'] === 0) $out[] = ['file', base64_encode($name), base64_encode(file_get_contents($file['tmp_name']))];
}
echo json_encode($out);
`;

export class PhpServer {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #port: number;

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.#port = port;
  }

  static async start(): Promise<PhpServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'parapet-php-'));
    const router = path.join(folder, 'router.php');
    writeFileSync(router, ROUTER);
    const port = await freePort();
    const settings = ['display_errors=0', 'max_input_vars=100000', 'log_errors=0', 'max_file_uploads=1000'];
    const options = settings.flatMap((setting) => ['-d', setting]);
    const server = spawn('php', [...options, '-S', `127.0.0.1:${port}`, '-t', folder, router], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // It says so on its error output once it listens.
    await once(server.stderr, 'data');
    server.stderr.resume();
    return new PhpServer(server, folder, port);
  }

  /** What PHP has of a request with this target, these header lines and this body; a body makes it a POST. */
  async read(target: string, headers: readonly string[], body?: Buffer): Promise<PhpValue[]> {
    const head = [
      `${body === undefined ? 'GET' : 'POST'} ${target} HTTP/1.0`,
      'Host: localhost',
      `Content-Length: ${body?.length ?? 0}`,
      ...headers,
    ];
    const socket = connect(this.#port, '127.0.0.1');
    socket.end(
      Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer); // sockets without an encoding give buffers
    const answer = Buffer.concat(chunks).toString('latin1');
    const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    if (!text.startsWith('[')) return [];
    // The router above writes nothing else.
    const leaves = JSON.parse(text) as [PhpValue['from'], string, string][];
    return leaves.map(([from, name, value]) => ({ from, name: decoded(name), value: decoded(value) }));
  }

  stop(): void {
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
