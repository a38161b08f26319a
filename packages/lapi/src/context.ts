// What routes share: the options, who asks, and reading and answering as the protocol does.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Bouncer } from '@parapet/store';
import type { Context } from 'hono';
import type { Attempts } from './auth/attempts.ts';
import type { ClientMemory } from './auth/clientMemory.ts';
import type { Passwords } from './auth/passwords.ts';
import type { Tokens } from './auth/tokens.ts';
import type { LapiOptions, Peer } from './options.ts';
import type { ChangeFeed } from './routes/changeFeed.ts';
import type { Turns } from './turns.ts';

export interface Shared extends LapiOptions {
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly memory: ClientMemory;
  readonly feed: ChangeFeed;
  readonly turns: Turns;
}

export interface Env {
  Bindings: { readonly peer: Peer };
  Variables: { machine: string; bouncer: Bouncer };
}

export type LapiContext = Context<Env>;

/** A request that cannot be answered, in the words of the protocol. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly retryAfterSeconds: number;

  constructor(status: number, message: string, retryAfterSeconds = 0) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': JSON_TYPE } });
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Before anybody is known, nobody sends much. */
export const STRANGER_BYTES: number = 64 * 1024;
export const MACHINE_BYTES: number = 32 * 1024 * 1024;
const unzip = promisify(gunzip);

/** Reads a JSON body of at most so many bytes, gzip'd or not. Rejects with a RequestError. */
export async function readJson(c: LapiContext, mostBytes: number): Promise<unknown> {
  const bytes = await readBytes(c, mostBytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (bytes.length === 0) throw new RequestError(400, 'EOF');
    throw new RequestError(400, error instanceof Error ? error.message : 'no JSON');
  }
}

/**
 * Reads a body of at most so many bytes, gzip'd or not. Rejects with a RequestError. `source`: the body where it is at
 * hand, which is cheaper than having the request make a stream of it.
 */
export async function readBytes(
  { req }: Pick<Context, 'req'>,
  mostBytes: number,
  source?: AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  // Made when it is needed: an error costs as much as the rest of a short request.
  const tooMuch = (): RequestError => new RequestError(413, `request body is larger than ${mostBytes} bytes`);
  if (Number(req.header('content-length') ?? 0) > mostBytes) throw tooMuch();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source ?? req.raw.body ?? []) {
    total += chunk.length;
    if (total > mostBytes) throw tooMuch();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = req.header('content-encoding') ?? '';
  if (encoding === '' || encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new RequestError(415, `content encoding '${encoding}' is not supported`);
  try {
    return await unzip(body, { maxOutputLength: mostBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw code === 'ERR_BUFFER_TOO_LARGE' ? tooMuch() : new RequestError(400, 'the body is no gzip');
  }
}
