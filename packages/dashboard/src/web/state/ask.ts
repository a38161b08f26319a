// Asking the server. What goes wrong becomes a Fault with a code, for which the pages have words.

import { language } from '../words/words.ts';
import { csrf, signedOut } from './session.ts';

export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: string, detail: string, values: Readonly<Record<string, string | number>> = {}) {
    super(detail);
    this.code = code;
    this.values = values;
  }
}

const PATIENCE_MS = 20_000;

/** Returns what the server shows; rejects with a Fault. */
export async function ask<T>(path: string): Promise<T> {
  return send<T>(path, {});
}

/** Has the server do something; rejects with a Fault. */
export async function tell<T = unknown>(path: string, body: object = {}): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-parapet-csrf': csrf.value };
  return send<T>(path, { method: 'POST', body: JSON.stringify(body) }, headers);
}

async function send<T>(
  path: string,
  init: RequestInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/data${path}`, {
      ...init,
      // Why something was done is said by the server, in the language of the page.
      headers: { ...headers, 'accept-language': language.value },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    throw new Fault('offline', error instanceof Error ? error.message : String(error));
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body as T; // as wire.ts says
  const {
    code = 'E_DASHBOARD_FAULT',
    detail = '',
    values = {},
  } = body as Partial<Fault> & { detail?: string };
  if (code === 'E_DASHBOARD_LOGIN') signedOut();
  throw new Fault(code, detail, values);
}
