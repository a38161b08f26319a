// Sends the bytes of a request over a socket of its own and reads the answer, however odd the request is: no HTTP
// client would send all that a test sends.

import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Answer } from '@parapet/engine';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Resolves with the answer, or with why there is none. */
export async function sendBytes(
  port: number,
  bytes: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Answer | { readonly failed: string }> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let received = '';
    const timer = setTimeout(() => finish('no answer in time'), timeoutMs);
    const finish = (failed: string): void => {
      clearTimeout(timer);
      socket.destroy();
      const answer = readAnswer(received, true);
      resolve(answer === undefined ? { failed } : { ...answer, tookMs: performance.now() - startedMs });
    };
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (received.length > MAX_ANSWER_BYTES || readAnswer(received, false) !== undefined) finish('');
    });
    socket.on('error', (error) => finish(error.message));
    socket.on('end', () => finish('the connection was closed'));
  });
}

/** The answer that stands in the text; undefined while it is not whole, unless no more will come. */
function readAnswer(text: string, isAll: boolean): Omit<Answer, 'tookMs'> | undefined {
  const end = text.indexOf('\r\n\r\n');
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text);
  if (end < 0 || status === null) return undefined;
  const code = Number(status[1]);
  if (code === 100) return readAnswer(text.slice(end + 4), isAll);
  const headers = text
    .slice(0, end)
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  const valueOf = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const rest = text.slice(end + 4);
  if (code === 204 || code === 304) return { status: code, headers, body: '' };
  if (/\bchunked\b/i.test(valueOf('transfer-encoding') ?? '')) {
    const body = readChunks(rest);
    return body === undefined && !isAll ? undefined : { status: code, headers, body: body ?? rest };
  }
  const length = valueOf('content-length');
  if (length !== undefined && rest.length >= Number(length)) {
    return { status: code, headers, body: rest.slice(0, Number(length)) };
  }
  return isAll ? { status: code, headers, body: rest } : undefined;
}

function readChunks(text: string): string | undefined {
  let body = '';
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(size)) return undefined;
    if (size === 0) return body;
    if (text.length < lineEnd + 2 + size + 2) return undefined;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
