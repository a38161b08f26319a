// A site that reads requests as leniently as the worst servers do, and tells which it has seen. What it takes for the
// end of a request can be chosen, so that every way to disagree with a proxy is there once.

import { once } from 'node:events';
import net from 'node:net';

export interface Dialect {
  readonly name: string;
  /** Which of Content-Length and Transfer-Encoding counts when both are there; `neither` reads no body at all. */
  readonly trusts: 'length' | 'chunked' | 'neither';
  /** A line ends with LF, or even with CR alone. */
  readonly lineEnd: 'crlf' | 'lf' | 'cr';
}

export const DIALECTS: readonly Dialect[] = [
  { name: 'trusts Content-Length', trusts: 'length', lineEnd: 'crlf' },
  { name: 'trusts Transfer-Encoding', trusts: 'chunked', lineEnd: 'crlf' },
  { name: 'trusts Content-Length, ends lines with LF', trusts: 'length', lineEnd: 'lf' },
  { name: 'trusts Transfer-Encoding, ends lines with LF', trusts: 'chunked', lineEnd: 'lf' },
  { name: 'trusts Transfer-Encoding, ends lines with CR', trusts: 'chunked', lineEnd: 'cr' },
];

export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly head: string;
  readonly body: string;
}

export class Canary {
  readonly seen: Seen[] = [];
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  port = 0;
  dialect: Dialect = DIALECTS[0]!;
  /** Answers in place of the usual one, which repeats the target. */
  answer: (request: Seen, socket: net.Socket) => void = (request, socket) => {
    const body = request.method === 'HEAD' ? '' : `you asked for ${request.target}`;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
  };

  constructor() {
    this.#server = net.createServer((socket) => {
      this.#sockets.add(socket);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        for (;;) {
          const found = readRequest(text, this.dialect);
          if (found === undefined) return;
          text = text.slice(found.end);
          this.seen.push(found.request);
          if (!socket.destroyed) this.answer(found.request, socket);
        }
      });
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as net.AddressInfo).port; // it listens on TCP
  }

  /** Forgets what was seen, and lets go of all connections so that the next test has fresh ones. */
  reset(): void {
    this.seen.length = 0;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The first request in the text, as this dialect sees it; undefined when more is needed. */
function readRequest(text: string, { trusts, lineEnd }: Dialect): { request: Seen; end: number } | undefined {
  const eol = { crlf: /\r\n/g, lf: /\r?\n/g, cr: /\r\n|\r|\n/g }[lineEnd];
  const lines: string[] = [];
  let at = 0;
  let isEnded = false;
  for (const match of text.matchAll(eol)) {
    const line = text.slice(at, match.index);
    at = match.index + match[0].length;
    // Empty lines before a request are skipped, as RFC 9112 2.2 wants it.
    if (line === '' && lines.length === 0) continue;
    if (line === '') {
      isEnded = true;
      break;
    }
    lines.push(line);
  }
  if (!isEnded) return undefined;
  const [requestLine = '', ...fields] = lines;
  const [method = '', target = ''] = requestLine.split(/[\t\v\f\r ]+/);
  const valueOf = (name: RegExp): string | undefined =>
    // The last one counts, and a blank or a byte of control beside the name is overlooked.
    fields.findLast((line) => name.test(line))?.replace(/^[^:]*:/, '');
  const length = Number.parseInt(valueOf(/^[\0-\x20]*content-length[\0-\x20]*:/i)?.trim() ?? '', 10);
  const isChunked = /chunked/i.test(valueOf(/^[\0-\x20]*transfer-encoding[\0-\x20]*:/i) ?? '');
  let body: { text: string; end: number } | undefined = { text: '', end: at };
  const usesChunks = isChunked && (trusts === 'chunked' || Number.isNaN(length));
  if (trusts !== 'neither' && usesChunks) body = readChunked(text, at, eol);
  else if (trusts !== 'neither' && length > 0)
    body = text.length < at + length ? undefined : { text: text.slice(at, at + length), end: at + length };
  if (body === undefined) return undefined;
  return { request: { method, target, head: lines.join('\r\n'), body: body.text }, end: body.end };
}

function readChunked(text: string, start: number, eol: RegExp): { text: string; end: number } | undefined {
  let body = '';
  const lineAt = (at: number): { line: string; next: number } | undefined => {
    eol.lastIndex = at;
    const match = eol.exec(text);
    return match === null ? undefined : { line: text.slice(at, match.index), next: eol.lastIndex };
  };
  for (let at = start; ;) {
    const sizeLine = lineAt(at);
    if (sizeLine === undefined) return undefined;
    // Whatever stands behind the digits is overlooked, extensions and nonsense alike.
    const size = Number.parseInt(sizeLine.line.trim(), 16) || 0;
    at = sizeLine.next;
    if (size === 0) {
      for (;;) {
        const trailer = lineAt(at);
        if (trailer === undefined) return undefined;
        at = trailer.next;
        if (trailer.line === '') return { text: body, end: at };
      }
    }
    if (text.length < at + size) return undefined;
    body += text.slice(at, at + size);
    const after = lineAt(at + size);
    if (after === undefined) return undefined;
    at = after.next;
  }
}
