// Visitors of a site behind the gateway, each with an address of their own: the gateway of these tests believes
// X-Forwarded-For from the loopback.

import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from './stack.ts';

export const TRUSTS_LOOPBACK = `gateway:
  trusted_proxies: [127.0.0.1]
`;

export interface Page {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface VisitOptions {
  readonly from?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks for a page on a connection of its own. */
export async function visit(stack: Stack, path: string, options: VisitOptions = {}): Promise<Page> {
  const { from, method = 'GET', headers = {}, body } = options;
  return new Promise((resolve) => {
    const req = http.request(
      {
        ...{ port: stack.port, host: '127.0.0.1', path, method, agent: false, timeout: 10_000 },
        headers: {
          'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          Accept: 'text/html',
          ...(from === undefined ? {} : { 'X-Forwarded-For': from }),
          ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => (text += chunk));
        res.on('error', () => resolve({ status: 0, headers: {}, body: '' }));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
      },
    );
    req.on('timeout', () => req.destroy());
    req.on('error', () => resolve({ status: 0, headers: {}, body: '' }));
    req.end(body);
  });
}

export interface Crowd {
  /** Statuses other than 200, in order, and how many requests there were. */
  readonly troubles: readonly number[];
  readonly asked: () => number;
  stop: () => Promise<void>;
}

/** People who ask for pages all the time, until they are stopped. */
export function crowd(stack: Stack, size = 4): Crowd {
  const troubles: number[] = [];
  let asked = 0;
  let isOver = false;
  const walk = async (i: number): Promise<void> => {
    while (!isOver) {
      const { status } = await visit(stack, '/', { from: `198.18.1.${i}` });
      asked++;
      if (status !== 200) troubles.push(status);
      await pause(10);
    }
  };
  const walks = Array.from({ length: size }, (_, i) => walk(i + 1));
  return {
    troubles,
    asked: () => asked,
    stop: async () => {
      isOver = true;
      await Promise.all(walks);
    },
  };
}
