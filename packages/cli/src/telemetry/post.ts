// One message to an OpenTelemetry collector, and what its answer means by the rules of OTLP/HTTP
// (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response): which failures pass by themselves, and which a second
// try would only repeat.

import http from 'node:http';
import https from 'node:https';
import { gzipSync } from 'node:zlib';
import { retryAfterMs } from '@parapet/kinds';

export type Posted =
  /** `rejected`: parts of it that the collector did not take, and why; they are not sent again. */
  | { readonly outcome: 'delivered'; readonly rejected: number; readonly reason: string }
  /** Worth another try, after `retryAfterMs` where the collector says so. */
  | { readonly outcome: 'failed'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly outcome: 'refused'; readonly reason: string };

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isCompressed: boolean;
  readonly timeoutMs: number;
}

const MAX_ANSWER_BYTES = 65_536;
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Keeps connections between messages. */
export class Poster {
  readonly #closing = new AbortController();
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 2 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 2 }),
  };

  /** Resolves with what became of the message; never rejects. */
  async post({ url, headers, isCompressed, timeoutMs }: Target, message: unknown): Promise<Posted> {
    const text = JSON.stringify(message);
    const body = isCompressed ? gzipSync(text) : Buffer.from(text);
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]);
    try {
      const { status, waitMs, said } = await this.#ask(new URL(url), body, signal, {
        ...headers,
        'content-type': 'application/json',
        ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
      });
      if (status === 200) return delivered(said);
      const reason = `status ${status}`;
      if (!RETRYABLE.has(status)) return { outcome: 'refused', reason };
      return { outcome: 'failed', reason, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
    } catch (error) {
      return { outcome: 'failed', reason: reasonOf(error) };
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort();
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #ask(
    url: URL,
    body: Buffer,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly waitMs: number | undefined; readonly said: string }> {
    return new Promise((resolve, reject) => {
      const isTls = url.protocol === 'https:';
      const request = (isTls ? https : http).request(url, {
        method: 'POST',
        headers: { 'user-agent': 'Parapet', ...headers, 'content-length': body.length },
        agent: this.#agents[isTls ? 'https:' : 'http:'],
        signal,
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
          else request.destroy(new Error('its answer is too long'));
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            waitMs: retryAfterMs(response.headers),
            said: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      });
      request.end(body);
    });
  }
}

/** A collector that takes a part says so with status 200. */
function delivered(said: string): Posted {
  let rejected = 0;
  let reason = '';
  try {
    const answer: unknown = JSON.parse(said === '' ? '{}' : said);
    const partial = field(answer, 'partialSuccess');
    rejected = Number(field(partial, 'rejectedLogRecords') ?? field(partial, 'rejectedDataPoints') ?? 0);
    const why = field(partial, 'errorMessage');
    if (typeof why === 'string') reason = why.slice(0, 120);
  } catch {
    // Some collectors answer with nothing, or with a word: the status has said it.
  }
  return {
    outcome: 'delivered',
    rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    reason,
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Words that hold neither URL nor headers. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.message.slice(0, 120);
}
