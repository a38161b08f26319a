// Alerts, decisions and explanations for programs. Unlike signals these are asked for, so that failures are told.

import { ApiConnection } from './connection.ts';

export interface ApiClientOptions {
  /** Where the API is: `unix:/path`, `http://host:port` or `https://host:port`. */
  readonly endpoint: string;
  /** Of `parapet tokens add`. */
  readonly token: string;
  /** Until the whole answer is there. */
  readonly timeoutMs?: number;
}

export interface DecisionInfo {
  readonly number: number;
  readonly id: string;
  readonly recordId: string;
  readonly scope: string;
  readonly value: string;
  readonly remediation: string;
  /** RFC 3339. */
  readonly startAt: string;
  readonly expiresAt: string;
  readonly isActive: boolean;
  readonly scenario: string;
  readonly origin: string;
  readonly mode: 'live' | 'simulated';
  readonly alertId?: string;
  readonly lift?: { readonly at: string; readonly by: string; readonly reason: string };
  /** For people. */
  readonly sentence: string;
}

export interface AlertInfo {
  readonly number: number;
  readonly id: string;
  readonly scenario: string;
  readonly source: { readonly scope: string; readonly value: string; readonly ip?: string };
  readonly startAt: string;
  readonly stopAt: string;
  readonly knownAt: string;
  readonly eventsCount: number;
  readonly message: string;
  readonly sentence: string;
  readonly remediation: boolean;
  readonly simulated: boolean;
  /** Why nothing was decided on it. */
  readonly spared?: string;
}

export interface AlertDetails extends AlertInfo {
  readonly events: readonly { readonly at: string; readonly meta: Readonly<Record<string, string>> }[];
  readonly decisions: readonly DecisionInfo[];
}

export interface CheckInfo {
  readonly value: string;
  /** In force on it, or on a range around it. */
  readonly decisions: readonly DecisionInfo[];
  readonly allowlisted: readonly {
    readonly list: string;
    readonly value: string;
    readonly comment: string;
  }[];
}

export interface ExplanationInfo {
  readonly recordId: string;
  readonly kind: 'decision' | 'inspection';
  readonly sentence: string;
  readonly remediation: string;
  readonly since: string;
  readonly until?: string;
  readonly isOver: boolean;
  readonly reasons: readonly string[];
  readonly evidence: readonly { readonly at: string; readonly text: string }[];
}

/** As in docs/api.md; what is undefined is not asked for. */
export type ApiQuery = Readonly<Record<string, string | number | boolean | undefined>>;

/** The API has answered that it does not do this. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Never changes; docs/errors.md has all. Empty when something else than Parapet answered. */
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, detail: string, retryAfterSeconds: number | undefined) {
    super(detail);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const TIMEOUT_MS = 10_000;

export class ApiClient {
  readonly #connection: ApiConnection;
  readonly #timeoutMs: number;

  /** Throws on an endpoint that is none. */
  constructor({ endpoint, token, timeoutMs = TIMEOUT_MS }: ApiClientOptions) {
    this.#connection = new ApiConnection(endpoint, token);
    this.#timeoutMs = timeoutMs;
  }

  /** All alerts that the query names, the newest first, fetched page by page. Rejects as the others do. */
  alerts(query: ApiQuery = {}): AsyncGenerator<AlertInfo> {
    return this.#pages<AlertInfo>('/alerts', query);
  }

  /** One alert with its evidence, by its number or id. Rejects with an ApiError, or when nobody answers. */
  alert(id: number | string): Promise<AlertDetails> {
    return this.#ask('GET', `/alerts/${encodeURIComponent(id)}`);
  }

  /** Decisions in force, or with `active: false` all, the newest first. */
  decisions(query: ApiQuery = {}): AsyncGenerator<DecisionInfo> {
    return this.#pages<DecisionInfo>('/decisions', query);
  }

  /** What holds for an address, a range or another value. */
  check(value: string, scope?: string): Promise<CheckInfo> {
    return this.#ask('GET', `/decisions/check${searchOf({ value, scope })}`);
  }

  decide(decision: {
    readonly value: string;
    readonly scope?: string;
    readonly remediation?: string;
    /** `30m`, `4h`, `7d`. */
    readonly duration?: string;
    readonly reason?: string;
    readonly force?: boolean;
  }): Promise<DecisionInfo> {
    return this.#ask('POST', '/decisions', decision);
  }

  /** Lifts the decision; returns it, or undefined when it had ended. */
  async lift(number: number): Promise<DecisionInfo | undefined> {
    const { items } = await this.#ask<{ items: DecisionInfo[] }>('DELETE', `/decisions/${number}`);
    return items[0];
  }

  /** Why a visitor was stopped, by the 8 characters of the page that he saw. */
  explain(recordId: string): Promise<ExplanationInfo> {
    return this.#ask('GET', `/explanations/${encodeURIComponent(recordId)}`);
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#connection.close();
  }

  async *#pages<T>(path: string, query: ApiQuery): AsyncGenerator<T> {
    for (let cursor: string | undefined; ;) {
      const page: { readonly items: readonly T[]; readonly next?: string } = await this.#ask(
        'GET',
        path + searchOf({ ...query, cursor }),
      );
      yield* page.items;
      if (page.next === undefined) return;
      cursor = page.next;
    }
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const { status, text, retryAfterSeconds } = await this.#connection.ask(
      method,
      path,
      sent,
      this.#timeoutMs,
    );
    const answer = parsed(text);
    if (status >= 200 && status < 300 && answer !== undefined) return answer as T; // as the OpenAPI document says
    const { code, detail } = (answer ?? {}) as { readonly code?: unknown; readonly detail?: unknown };
    throw new ApiError(
      status,
      typeof code === 'string' ? code : '',
      typeof detail === 'string' ? detail : `Parapet answered ${status}`,
      retryAfterSeconds,
    );
  }
}

function searchOf(query: ApiQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
