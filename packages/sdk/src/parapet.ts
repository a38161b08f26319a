// Parapet inside a Node program: one object, and a middleware of it for each framework. The frameworks are known by
// the shape of what they hand over, so that none of them is a dependency.

import type { IncomingMessage, ServerResponse } from 'node:http';
import process from 'node:process';
import { ProxyRanges } from './address.ts';
import { askedOf, type Asked, type Sent } from './asked.ts';
import { Asker, type AskerCounters, type Page } from './asker.ts';
import { fastifyPlugin, type FastifyLike } from './fastify.ts';
import { honoMiddleware, type HonoContext } from './hono.ts';
import type { ParapetOptions } from './options.ts';
import { rememberVisitor } from './visitor.ts';

const OWN_PREFIX = '/.parapet/';
const MOST_BODY_BYTES = 65_536;

/** A request and what is answered to it, as node:http, Express and Fastify have it. */
type Listener = (req: IncomingMessage, res: ServerResponse) => void;

export class Parapet {
  readonly #asker: Asker;
  readonly #proxies: ProxyRanges;
  readonly #skip: readonly string[];
  readonly #tellsEnds: boolean;

  constructor(options: ParapetOptions) {
    this.#asker = new Asker(options);
    this.#proxies = new ProxyRanges(options.trustedProxies ?? []);
    this.#skip = options.skip ?? [];
    this.#tellsEnds = options.tellsEnds ?? true;
  }

  /** For Express, Connect and what takes the same: use it before anything that reads the body. */
  express(): (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void {
    return (req, res, next) => {
      // Not within the promise: what the rest of the program throws is the program's.
      this.#guard(req, res).then(
        (mayPass) => mayPass && process.nextTick(next),
        (error: unknown) => process.nextTick(next, error),
      );
    };
  }

  /** A plugin: `await app.register(parapet.fastify())`. */
  fastify(): (app: FastifyLike) => Promise<void> {
    return fastifyPlugin((req, res) => this.#guard(req, res));
  }

  /** `app.use(parapet.hono())`. */
  hono(): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
    return honoMiddleware({
      ownPrefix: OWN_PREFIX,
      mostBodyBytes: MOST_BODY_BYTES,
      isSkipped: (url) => this.#isSkipped(url),
      askedOf: (sent) => askedOf(sent, this.#proxies),
      ask: (asked) => this.#asker.ask(asked.headers),
      own: (sent, asked, body) => this.#asker.own(sent.method, sent.url, asked.headers, body),
      tellEnd: (asked, status) => {
        if (this.#tellsEnds) this.#asker.tellEnd(asked.headers, status, 0);
      },
    });
  }

  /** For node:http: `createServer(parapet.node((req, res) => …))`. */
  node(listener: Listener): Listener {
    return (req, res) => {
      this.#guard(req, res).then(
        (mayPass) => mayPass && process.nextTick(listener, req, res),
        () => res.destroy(),
      );
    };
  }

  counters(): AskerCounters {
    return this.#asker.counters();
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#asker.close();
  }

  /** Resolves with whether the request goes on; if not, it has been answered. */
  async #guard(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    const sent = sentOf(req);
    const asked = askedOf(sent, this.#proxies);
    if (sent.url.startsWith(OWN_PREFIX)) {
      await this.#serveOwn(sent, asked, req, res);
      return false;
    }
    for (const name of Object.keys(req.headers)) if (name.startsWith('x-parapet-')) delete req.headers[name];
    if (this.#isSkipped(sent.url)) {
      rememberVisitor(req, asked.ip, []);
      return true;
    }
    const verdict = await this.#asker.ask(asked.headers);
    if (verdict.kind === 'page') {
      sendPage(res, verdict.page, sent.method);
      return false;
    }
    rememberVisitor(req, asked.ip, verdict.headers);
    for (const [name, value] of verdict.headers) req.headers[name] = value;
    for (const cookie of verdict.cookies) res.appendHeader('Set-Cookie', cookie);
    if (this.#tellsEnds) this.#tellWhenOver(asked, res);
    return true;
  }

  #isSkipped(url: string): boolean {
    return this.#skip.some((prefix) => url.startsWith(prefix));
  }

  #tellWhenOver(asked: Asked, res: ServerResponse): void {
    const before = res.socket?.bytesWritten ?? 0;
    res.once('close', () => {
      // 499 as in nginx: the visitor left first.
      const status = res.writableFinished ? res.statusCode : 499;
      this.#asker.tellEnd(asked.headers, status, Math.max(0, (res.socket?.bytesWritten ?? before) - before));
    });
  }

  async #serveOwn(sent: Sent, asked: Asked, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req);
    if (body === undefined) return sendPage(res, plainPage(413, 'That is too long.\n'), sent.method);
    const page = await this.#asker.own(sent.method, sent.url, asked.headers, body);
    sendPage(res, page ?? plainPage(503, 'Please try again in a minute.\n'), sent.method);
  }
}

function sentOf(req: IncomingMessage): Sent {
  return {
    method: req.method ?? 'GET',
    // Express cuts the path where a router is mounted.
    url: (req as { originalUrl?: string }).originalUrl ?? req.url ?? '/',
    headers: req.headers,
    remoteAddress: req.socket.remoteAddress,
    isEncrypted: (req.socket as { encrypted?: boolean }).encrypted === true,
  };
}

async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sendPage(res: ServerResponse, page: Page, method: string): void {
  res.statusCode = page.status;
  for (const [name, value] of page.headers) res.appendHeader(name, value);
  res.setHeader('Content-Length', page.body.length);
  res.end(method === 'HEAD' ? undefined : page.body);
}

function plainPage(status: number, text: string): Page {
  return {
    status,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Cache-Control', 'no-store'],
    ],
    body: Buffer.from(text),
  };
}
