// Downloads with an end: of time, of size, of redirections; and never from a safer scheme to a less safe one.

import { isIPv4 } from 'node:net';
import { HubError } from '../hubError.ts';

const TIME_LIMIT_MS = 60_000;
const MAX_REDIRECTIONS = 5;

/** Returns what is behind a URL, undefined when the server says that it is not there. */
export async function download(
  url: URL,
  maxBytes: number,
  timeLimitMs: number = TIME_LIMIT_MS,
): Promise<Uint8Array | undefined> {
  // One limit for all redirections and the body together: a slow drip has an end, too.
  const signal = AbortSignal.timeout(timeLimitMs);
  let at = url;
  try {
    for (let redirections = 0; ; redirections++) {
      if (!isSafe(at)) throw refused(url, `${at.protocol}//${at.host} is not asked: only https is safe`);
      const response = await fetch(at, { redirect: 'manual', signal });
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        if (redirections === MAX_REDIRECTIONS) throw refused(url, 'it redirects again and again');
        const next = new URL(location, at);
        if (next.protocol !== at.protocol && next.protocol !== 'https:')
          throw refused(url, `it redirects to ${next.protocol}//${next.host}`);
        at = next;
        continue;
      }
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return undefined;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw refused(url, `the server answers ${response.status}`);
      }
      return await readBody(url, response, maxBytes);
    }
  } catch (error) {
    if (error instanceof HubError) throw error;
    const { cause, message } = error as Error; // fetch throws Errors
    const why = signal.aborted ? `no answer within ${timeLimitMs / 1000} s` : causeOf(cause, message);
    throw refused(url, why, error);
  }
}

/** https, and http only to this machine: an index that others could change on its way vouches for nothing. */
export function isSafe(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  const host = url.hostname;
  const isLoopback = host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
  return url.protocol === 'http:' && isLoopback;
}

async function readBody(url: URL, response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The DOM's type of the stream does not say that it can be iterated; Node's can.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw refused(url, `it has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function causeOf(cause: unknown, message: string): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function refused(url: URL, why: string, cause?: unknown): HubError {
  const text = `${url.href} cannot be fetched: ${why}`;
  return new HubError('E_HUB_DOWNLOAD', text, 'Nothing was installed.', { cause });
}
