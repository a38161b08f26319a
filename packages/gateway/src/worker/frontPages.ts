// Pages of a worker in front of everything else. Health: for this machine and private networks, and for whoever has the
// token; to others it is not there. robots.txt: for everybody, where the gateway is to serve it.

import { createHash, timingSafeEqual } from 'node:crypto';
import {
  isPublicIp,
  type Action,
  type Answer,
  type Client,
  type Exchange,
  type Guard,
  type Refusal,
  type RequestView,
  type ResponseView,
} from '@parapet/kinds';
import type { WorkerHealth } from './workerConfig.ts';

const PATH = '/.parapet/health';
const ROBOTS_PATH = '/robots.txt';
/** A crawler reads it anew at least once a day (RFC 9309 2.4). */
const ROBOTS_KEPT = 'public, max-age=3600';

export interface FrontPagesOptions {
  readonly inner: Guard;
  readonly health: () => WorkerHealth;
  readonly token: string | undefined;
  /** The text of robots.txt; undefined where the site answers itself. */
  readonly robots: string | undefined;
}

export class FrontPages implements Guard {
  readonly #inner: Guard;
  readonly #health: () => WorkerHealth;
  readonly #token: Buffer | undefined;
  #robots: Action | undefined;

  constructor({ inner, health, token, robots }: FrontPagesOptions) {
    this.#inner = inner;
    this.#health = health;
    this.#token = token === undefined ? undefined : digest(token);
    this.setRobots(robots);
  }

  /** Answers /robots.txt with another text from now on; undefined leaves it to the site. */
  setRobots(robots: string | undefined): void {
    this.#robots =
      robots === undefined
        ? undefined
        : { kind: 'reply', answer: textAnswer(200, 'text/plain; charset=utf-8', robots, ROBOTS_KEPT) };
  }

  onRequest(request: RequestView, client: Client, site: string): Action {
    const { rawTarget } = request;
    // Most requests are told apart by their second character.
    if (rawTarget.charCodeAt(1) === 46 && rawTarget.startsWith(PATH) && this.#isItsPath(rawTarget))
      return { kind: 'reply', answer: this.#answer(request, client) };
    if (rawTarget === ROBOTS_PATH && this.#robots !== undefined && isRead(request.method))
      return this.#robots;
    return this.#inner.onRequest(request, client, site);
  }

  onResponse(request: RequestView, response: ResponseView, client: Client, site: string): Action | undefined {
    return this.#inner.onResponse(request, response, client, site);
  }

  onEnd(exchange: Exchange): void {
    this.#inner.onEnd(exchange);
  }

  onRefusal(refusal: Refusal): void {
    this.#inner.onRefusal(refusal);
  }

  #isItsPath(rawTarget: string): boolean {
    return rawTarget.length === PATH.length || rawTarget.charCodeAt(PATH.length) === 63;
  }

  #answer(request: RequestView, client: Client): Answer {
    if (!this.#mayRead(request, client)) return textAnswer(404, 'text/plain; charset=utf-8', 'Not found\n');
    const health = this.#health();
    // A balancer that asks must not take the site away because an engine is: it is served without.
    const isStrict = request.rawTarget === `${PATH}?strict`;
    return textAnswer(
      isStrict && !health.isFine ? 503 : 200,
      'application/json',
      `${JSON.stringify(health, undefined, 2)}\n`,
    );
  }

  #mayRead(request: RequestView, { ip, peerIp }: Client): boolean {
    if (!isPublicIp(ip) && !isPublicIp(peerIp)) return true;
    const claimed = request.header('x-parapet-token');
    return (
      this.#token !== undefined && claimed !== undefined && timingSafeEqual(digest(claimed), this.#token)
    );
  }
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function textAnswer(status: number, type: string, body: string, kept: string = 'no-store'): Answer {
  const headers = [
    ['content-type', type],
    ['cache-control', kept],
    ['x-content-type-options', 'nosniff'],
  ] as const;
  return { status, headers, body, cause: 'own-page' };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
