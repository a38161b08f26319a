// Where trusted people are: the engine is told, once a minute and address, so that nothing is decided on it.

import type { Client } from '@parapet/kinds';
import type { Trust } from '../trust/trustCookie.ts';
import type { GuardLink } from './guardLink.ts';

const AGAIN_AFTER_MS = 60_000;
const MOST_REMEMBERED = 1024;

export class Sightings {
  readonly #link: GuardLink;
  readonly #toldAtMs = new Map<string, number>();

  constructor(link: GuardLink) {
    this.#link = link;
  }

  saw(trust: Trust, client: Client, site: string, nowMs: number): void {
    const key = `${site} ${client.ip} ${trust.who}`;
    const toldAtMs = this.#toldAtMs.get(key);
    if (toldAtMs !== undefined && Math.abs(nowMs - toldAtMs) < AGAIN_AFTER_MS) return;
    if (this.#toldAtMs.size >= MOST_REMEMBERED) this.#toldAtMs.clear();
    this.#toldAtMs.set(key, nowMs);
    const { kind, who, expiresAtMs } = trust;
    this.#link.trusted({ ip: client.ip, site, who, kind, atMs: nowMs, untilMs: expiresAtMs });
  }
}
