// One request, its answer, and what that means. Redirects are not followed: a receiver that moved is a matter for the
// configuration, and following would lead around the guard.

import http from 'node:http';
import https from 'node:https';
import { retryAfterMs } from '@parapet/kinds';
import type { HttpAnswer, HttpOutgoing, Verdict } from '../channels/channel.ts';
import type { TargetGuard } from './guard.ts';

const MAX_ANSWER_BYTES = 65_536;

/** Resolves with what came of it; never rejects. */
export async function sendHttp(
  outgoing: HttpOutgoing,
  guard: TargetGuard,
  timeoutMs: number,
): Promise<Verdict> {
  try {
    const answer = await ask(outgoing, guard, timeoutMs);
    return outgoing.judge?.(answer) ?? judge(answer);
  } catch (error) {
    return faultOf(error);
  }
}

function ask(
  { url, method, headers, body }: HttpOutgoing,
  guard: TargetGuard,
  timeoutMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    guard.checkHost(target.hostname);
    const bytes = Buffer.from(body);
    const request = (target.protocol === 'https:' ? https : http).request(target, {
      method,
      headers: {
        ...headers,
        'user-agent': 'Parapet',
        'content-length': bytes.length,
      },
      lookup: guard.lookup,
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if (size < MAX_ANSWER_BYTES) chunks.push(chunk);
        size += chunk.length;
        if (size > 16 * MAX_ANSWER_BYTES) request.destroy();
      });
      const done = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8').slice(0, MAX_ANSWER_BYTES),
        });
      response.on('end', done);
      // The status has come: what is said behind it matters less.
      response.on('error', done);
      response.on('close', done);
    });
    request.end(bytes);
  });
}

function judge({ status, headers, body }: HttpAnswer): Verdict {
  if (status >= 200 && status < 300) return { ok: true, answer: String(status) };
  const said = body.replaceAll(/\s+/g, ' ').slice(0, 120);
  const reason = `status ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const waitMs = retryAfterMs(headers);
    return { ok: false, fault: 'busy', reason, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
  }
  if (status < 400) return { ok: false, fault: 'misconfigured', reason: `status ${status}: it has moved` };
  const isOurs = status === 401 || status === 403 || status === 404 || status === 405 || status === 410;
  return { ok: false, fault: isOurs ? 'misconfigured' : 'refused', reason };
}

/** Returns what a failed connection means; its words never hold the URL. */
export function faultOf(error: unknown): Verdict {
  const { name, message, code } = asError(error);
  if (name === 'TargetRefused') return { ok: false, fault: 'misconfigured', reason: message };
  if (name === 'TimeoutError' || name === 'AbortError')
    return { ok: false, fault: 'unreachable', reason: 'no answer in time' };
  const isTls = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code);
  return {
    ok: false,
    fault: isTls ? 'misconfigured' : 'unreachable',
    reason: code === '' ? message.slice(0, 120) : code,
  };
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

function asError(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: '', message: 'unknown reason', code: '' };
  const inner = error.cause instanceof Error ? asError(error.cause) : undefined;
  if (inner?.name === 'TargetRefused' || inner?.name === 'TimeoutError') return inner;
  const code: unknown = Reflect.get(error, 'code');
  return { name: error.name, message: error.message, code: typeof code === 'string' ? code : '' };
}
