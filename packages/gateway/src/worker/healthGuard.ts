// The health page of a worker, in front of everything else: for this machine and private networks, and for whoever
// has the token. To others it is not there.

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

export class HealthGuard implements Guard {
  readonly #inner: Guard;
  readonly #health: () => WorkerHealth;
  readonly #token: Buffer | undefined;

  constructor(inner: Guard, health: () => WorkerHealth, token: string | undefined) {
    this.#inner = inner;
    this.#health = health;
    this.#token = token === undefined ? undefined : digest(token);
  }

  onRequest(request: RequestView, client: Client, site: string): Action {
    const { rawTarget } = request;
    // Most requests are told apart by their second character.
    if (rawTarget.charCodeAt(1) === 46 && rawTarget.startsWith(PATH) && this.#isItsPath(rawTarget))
      return { kind: 'reply', answer: this.#answer(request, client) };
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

function textAnswer(status: number, type: string, body: string): Answer {
  const headers = [
    ['content-type', type],
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
  ] as const;
  return { status, headers, body, cause: 'own-page' };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
