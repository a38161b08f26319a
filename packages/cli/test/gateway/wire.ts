// A client that sends any bytes and reads what comes back, without wanting to know better.

import { once } from 'node:events';
import net from 'node:net';

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case, as they came. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: string;
}

export interface Exchanged {
  readonly answers: readonly WireAnswer[];
  /** What came behind the last whole answer. */
  readonly rest: string;
  readonly isClosed: boolean;
}

export interface SendOptions {
  /** The bytes are written in pieces of this size, each by itself. */
  readonly pieceBytes?: number;
  /** Ends as soon as that many answers are there. */
  readonly answers?: number;
  /** Ends when nothing more has come for so long. For the first byte, and for `answers`, it waits longer. */
  readonly quietMs?: number;
  /** How many answers are known to be on their way by now: until they are there it waits longer than `quietMs`. */
  readonly owed?: () => number;
  readonly from?: string;
  /** How long it waits for the first byte, and for `answers`. */
  readonly longestMs?: number;
}

/** A busy machine is no failure. */
const LONGEST_MS = 8000;

/** Sends the bytes on a connection of their own and returns what is answered until it is closed, or quiet. */
export async function sendBytes(
  port: number,
  bytes: string | Buffer,
  options: SendOptions = {},
): Promise<Exchanged> {
  const socket = net.connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    ...(options.from === undefined ? {} : { localAddress: options.from }),
  });
  let received = '';
  let isClosed = false;
  let wake = (): void => undefined;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  await once(socket, 'connect');
  const all = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const size = options.pieceBytes ?? all.length;
  for (let at = 0; at < all.length; at += size) {
    if (isClosed) break;
    const piece = all.subarray(at, at + size);
    await new Promise<void>((resolve) => {
      socket.write(piece, () => resolve());
    });
    if (size < all.length) await new Promise(setImmediate);
  }
  const isOwed = (): boolean => readAnswers(received).answers.length < (options.owed?.() ?? 0);
  for (;;) {
    const before = received.length;
    const isExpected = received === '' || options.answers !== undefined || isOwed();
    if (isClosed || readAnswers(received).answers.length >= (options.answers ?? Infinity)) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(
        resolve,
        isExpected ? (options.longestMs ?? LONGEST_MS) : (options.quietMs ?? 400),
      );
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (received.length === before && !isClosed && (isExpected || !isOwed())) break;
  }
  socket.destroy();
  return { ...readAnswers(received), isClosed };
}

/** Reads answers one after the other, strictly: what cannot be read is `rest`. */
function readAnswers(text: string): { answers: WireAnswer[]; rest: string } {
  const answers: WireAnswer[] = [];
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n\r\n', at);
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(text.slice(at, at + 12)) ?? [];
    if (end < 0 || status === undefined) return { answers, rest: text.slice(at) };
    const headers = text
      .slice(at, end)
      .split('\r\n')
      .slice(1)
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      });
    const value = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1];
    const start = end + 4;
    let body: { text: string; end: number } | undefined;
    if (Number(status) < 200 || status === '204' || status === '304') body = { text: '', end: start };
    else if (value('transfer-encoding') !== undefined) body = readChunks(text, start);
    else if (value('content-length') !== undefined) {
      const stop = start + Number(value('content-length'));
      if (stop <= text.length) body = { text: text.slice(start, stop), end: stop };
    }
    if (body === undefined) return { answers, rest: text.slice(at) };
    answers.push({ status: Number(status), headers, body: body.text });
    at = body.end;
  }
}

function readChunks(text: string, start: number): { text: string; end: number } | undefined {
  let body = '';
  for (let at = start; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) {
      const end = text.indexOf('\r\n\r\n', lineEnd);
      return end < 0 ? undefined : { text: body, end: end + 4 };
    }
    if (text.length < lineEnd + 4 + size) return undefined;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 4 + size;
  }
}
