// Asks each upstream of a site for a page now and then, so that one that is down is known before a visitor finds out.
// Two answers in a row of the same kind change the verdict: one alone may be chance.

import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { SiteConfig } from '../config.ts';
import type { UpstreamAddress } from './upstreamAddress.ts';
import type { Upstream, UpstreamSet } from './upstreamSet.ts';

/** Resolves with whether the upstream answered as it should; never rejects. */
export type Probe = (
  address: UpstreamAddress,
  path: string,
  host: string,
  timeoutMs: number,
) => Promise<boolean>;

const IN_A_ROW = 2;
const LONGEST_WAIT_MS = 5000;

export class HealthCheck {
  readonly #set: UpstreamSet;
  readonly #site: SiteConfig;
  readonly #nowMs: () => number;
  readonly #probe: Probe;
  readonly #streaks = new Map<Upstream, { isHealthy: boolean; length: number }>();
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(set: UpstreamSet, site: SiteConfig, nowMs: () => number, probe: Probe = probeUpstream) {
    this.#set = set;
    this.#site = site;
    this.#nowMs = nowMs;
    this.#probe = probe;
  }

  /** Asks every `health.everyMs`; does nothing for a site without `health`. */
  start(): void {
    if (this.#site.health === undefined) return;
    this.#timer = setInterval(() => void this.round(), this.#site.health.everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks every upstream once; nothing when the last round has not ended. */
  async round(): Promise<void> {
    const { health } = this.#site;
    if (health === undefined || this.#isAsking) return;
    this.#isAsking = true;
    const timeoutMs = Math.min(LONGEST_WAIT_MS, health.everyMs);
    await Promise.all(
      this.#set.members.map(async (upstream) => {
        const host = this.#hostFor(upstream.address);
        this.#tell(upstream, await this.#probe(upstream.address, health.path, host, timeoutMs));
      }),
    );
    this.#isAsking = false;
  }

  /** Many sites answer only to their own names. */
  #hostFor({ authority }: UpstreamAddress): string {
    if (this.#site.hostHeader === 'upstream') return authority;
    return this.#site.hosts.find((host) => !host.includes('*')) ?? authority;
  }

  #tell(upstream: Upstream, isHealthy: boolean): void {
    const before = this.#streaks.get(upstream);
    const length = before?.isHealthy === isHealthy ? before.length + 1 : 1;
    this.#streaks.set(upstream, { isHealthy, length });
    if (length >= IN_A_ROW) this.#set.checked(upstream, isHealthy, this.#nowMs());
  }
}

/** Healthy is an answer from 200 to 399, complete within the time. */
export const probeUpstream: Probe = (address, path, host, timeoutMs) =>
  new Promise((resolve) => {
    const options: RequestOptions & { rejectUnauthorized: boolean; servername: string } = {
      ...(address.socketPath === ''
        ? { host: address.host, port: address.port }
        : { socketPath: address.socketPath }),
      path,
      method: 'GET',
      agent: false,
      headers: { host, 'user-agent': 'Parapet-Health/1', connection: 'close' },
      signal: AbortSignal.timeout(timeoutMs),
      rejectUnauthorized: address.checksCertificate,
      servername: address.serverName,
    };
    const asked = (address.isTls ? httpsRequest : httpRequest)(options, (response) => {
      const isGood = response.statusCode! >= 200 && response.statusCode! < 400;
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(isGood));
      response.resume();
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
