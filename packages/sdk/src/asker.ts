// Asks Parapet about requests, over connections that are kept. Whatever goes wrong, the request passes: the site
// must answer. When nobody answers several times in a row, nobody is asked for a second, so that a dead socket does
// not cost each visitor the whole time limit.

import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { placeOf, TIMEOUT_MS, type ParapetOptions, type Place } from './options.ts';

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** An answer of Parapet's, for the visitor. */
export interface Page {
  readonly status: number;
  readonly headers: HeaderPairs;
  readonly body: Buffer;
}

export type Verdict =
  | { readonly kind: 'pass'; readonly headers: HeaderPairs; readonly cookies: readonly string[] }
  | { readonly kind: 'page'; readonly page: Page };

export interface AskerCounters {
  asked: number;
  stopped: number;
  /** Passed because nobody answered in time. */
  unanswered: number;
  /** Passed without asking, after several of those. */
  unasked: number;
}

/** How long an answer may take that was said to take its time; Parapet lets nobody wait longer than 10 s. */
const PATIENCE_MS = 15_000;
const FAULTS_UNTIL_REST = 5;
const REST_MS = 1000;
const MOST_ENDS_UNDER_WAY = 256;
const MOST_PAGE_BYTES = 1_048_576;
const NOT_FOR_VISITORS = new Set([
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'x-parapet-cause',
]);

const PASS: Verdict = { kind: 'pass', headers: [], cookies: [] };

export class Asker {
  readonly #place: Place;
  readonly #agent: Agent = new Agent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 32 });
  readonly #timeoutMs: number;
  readonly #onFault: (error: Error) => void;
  readonly #counters: AskerCounters = { asked: 0, stopped: 0, unanswered: 0, unasked: 0 };
  #faults = 0;
  #restsUntil = 0;
  #toldAt = -REST_MS;
  #endsUnderWay = 0;

  constructor(options: ParapetOptions) {
    this.#place = placeOf(options.endpoint);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#onFault = options.onFault ?? ((): void => {});
  }

  counters(): AskerCounters {
    return { ...this.#counters };
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Whether a request may pass. Never rejects. */
  async ask(headers: HeaderPairs): Promise<Verdict> {
    if (performance.now() < this.#restsUntil) {
      this.#counters.unasked++;
      return PASS;
    }
    this.#counters.asked++;
    try {
      const page = await this.#send('GET', '/ask/patient', headers, undefined, this.#timeoutMs);
      this.#faults = 0;
      if (page.status === 204) return passOf(page);
      this.#counters.stopped++;
      return { kind: 'page', page };
    } catch (error) {
      this.#fault(error);
      return PASS;
    }
  }

  /** One of Parapet's own pages. Undefined when nobody answers. */
  async own(method: string, path: string, headers: HeaderPairs, body: Buffer): Promise<Page | undefined> {
    try {
      return await this.#send(method, path, headers, body, PATIENCE_MS);
    } catch (error) {
      this.#fault(error);
      return undefined;
    }
  }

  /** Tells how a request ended; nobody waits for it. */
  tellEnd(headers: HeaderPairs, status: number, bytes: number): void {
    if (this.#endsUnderWay >= MOST_ENDS_UNDER_WAY || performance.now() < this.#restsUntil) return;
    this.#endsUnderWay++;
    const end = [['X-Parapet-Status', String(status)] as const, ['X-Parapet-Bytes', String(bytes)] as const];
    this.#send('GET', '/ended', [...headers, ...end], undefined, 1000)
      .catch((error: unknown) => this.#fault(error))
      .finally(() => this.#endsUnderWay--)
      .catch(() => {});
  }

  #send(
    method: string,
    path: string,
    headers: HeaderPairs,
    body: Buffer | undefined,
    timeoutMs: number,
  ): Promise<Page> {
    return new Promise((resolve, reject) => {
      // A time limit of its own: that of a socket begins only with the connection.
      let timer = setTimeout(() => req.destroy(new Error('Parapet did not answer in time')), timeoutMs);
      const req: ClientRequest = request({
        ...this.#place,
        agent: this.#agent,
        method,
        path,
        headers: [
          ...headers,
          ...(body === undefined ? [] : [['Content-Length', String(body.length)] as const]),
        ].flat(),
      });
      req.on('information', () => {
        clearTimeout(timer);
        timer = setTimeout(() => req.destroy(new Error('Parapet did not answer')), PATIENCE_MS);
      });
      req.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      req.on('response', (res) => {
        readPage(res)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer));
      });
      req.end(body);
    });
  }

  #fault(error: unknown): void {
    this.#counters.unanswered++;
    const now = performance.now();
    if (++this.#faults >= FAULTS_UNTIL_REST) {
      this.#restsUntil = now + REST_MS;
      this.#faults = FAULTS_UNTIL_REST - 1;
    }
    if (now - this.#toldAt < REST_MS) return;
    this.#toldAt = now;
    this.#onFault(error instanceof Error ? error : new Error(String(error)));
  }
}

async function readPage(res: IncomingMessage): Promise<Page> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of res as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_PAGE_BYTES) throw new Error('the page is too long');
    chunks.push(chunk);
  }
  const headers: (readonly [string, string])[] = [];
  for (let i = 0; i < res.rawHeaders.length; i += 2) {
    const name = res.rawHeaders[i]!;
    if (!NOT_FOR_VISITORS.has(name.toLowerCase())) headers.push([name, res.rawHeaders[i + 1]!]);
  }
  return { status: res.statusCode!, headers, body: Buffer.concat(chunks) };
}

function passOf({ headers }: Page): Verdict {
  if (headers.length === 0) return PASS;
  const isCookie = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'set-cookie';
  return {
    kind: 'pass',
    headers: headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name.startsWith('x-parapet-')),
    cookies: headers.filter(isCookie).map(([, value]) => value),
  };
}
