// A request's turn at the upstreams of its site: the connection it has, and which upstream may be tried when that
// one fails. Kept by an exchange and used for one request after another.

import type { Upstream } from '../edge/upstreamSet.ts';
import type { Site } from './sites.ts';
import type { AnswerTaker, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamPool } from './upstream-pool.ts';

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
const MOST_RETRIES = 3;

export class UpstreamTurn {
  connection: UpstreamConnection | undefined = undefined;
  #upstream: Upstream | undefined = undefined;
  #pool: UpstreamPool | undefined = undefined;
  /** Whose pool that is: mostly the same one as for the request before. */
  #pooled: Upstream | undefined = undefined;
  #site: Site | undefined = undefined;
  /** The one that has just failed. */
  #except: Upstream | undefined = undefined;
  #retries = 0;
  #wantsFresh = false;

  begin(site: Site | undefined): void {
    this.#site = site;
    this.#upstream = this.#except = undefined;
    this.#retries = 0;
    this.#wantsFresh = false;
  }

  /** What the upstream is called when it is told its own name. */
  get authority(): string {
    return this.#upstream!.address.authority;
  }

  /** Returns a connection that may still be on its way; undefined when there is nobody left to ask. */
  take(taker: AnswerTaker, method: string, nowMs: number): UpstreamConnection | undefined {
    const { upstreams, pools } = this.#site!;
    const upstream = upstreams.pick(nowMs, this.#except);
    if (upstream === undefined) return undefined;
    this.#upstream = upstream;
    upstreams.taken(upstream);
    const pool = this.#pooled === upstream ? this.#pool! : pools.get(upstream)!;
    this.#pooled = upstream;
    this.#pool = pool;
    // Where one idle connection was stale, the others are too.
    const connection = (this.#wantsFresh ? undefined : pool.take()) ?? pool.connect();
    connection.await(taker, method);
    this.connection = connection;
    return connection;
  }

  /** The answer is whole: the connection may serve others. */
  release(nowMs: number): void {
    const { connection } = this;
    this.lose();
    if (connection !== undefined) this.#pool!.release(connection, nowMs);
  }

  /** Ends the connection, and with it whatever the upstream is doing. */
  drop(): void {
    const { connection } = this;
    this.lose();
    connection?.destroy();
  }

  /** The connection has gone, or belongs to somebody else. */
  lose(): void {
    if (this.connection === undefined) return;
    this.connection = undefined;
    this.#site!.upstreams.released(this.#upstream!);
  }

  succeeded(nowMs: number): void {
    this.#site!.upstreams.succeeded(this.#upstream!, nowMs);
  }

  failed(nowMs: number): void {
    this.#site!.upstreams.failed(this.#upstream!, nowMs);
  }

  /**
   * Whether a request none of whose body has been sent may be sent again: when the upstream cannot have acted on it,
   * or acting twice is the same as once. `isStale`: it was sent on a connection that had lain idle.
   */
  mayRetry(isStale: boolean, wasConnecting: boolean, method: string): boolean {
    if (++this.#retries > MOST_RETRIES) return false;
    this.#wantsFresh = isStale;
    if (isStale) return IDEMPOTENT.has(method);
    this.#except = this.#upstream;
    return wasConnecting;
  }
}
