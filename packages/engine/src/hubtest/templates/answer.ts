// What came back for a request, and the names under which matchers know its parts.

import type { DslValue } from './dsl/index.ts';

/** One character a byte. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly tookMs: number;
}

/** Returns the parts by name: `status_code`, `body`, `header`, and each header under its own name. */
export function partsOf(answer: Answer, sent: string, hostname: string): Map<string, DslValue> {
  const parts = new Map<string, DslValue>();
  const head = `HTTP/1.1 ${answer.status}\r\n${answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  for (const [name, value] of answer.headers) {
    const key = name.toLowerCase().replaceAll('-', '_');
    const before = parts.get(key);
    parts.set(key, before === undefined ? value : `${String(before)} ${value}`);
    const cookie = key === 'set_cookie' ? /^\s*([^=;\s]+)=([^;]*)/.exec(value) : null;
    if (cookie !== null) parts.set(cookie[1]!.toLowerCase(), cookie[2]!);
  }
  parts.set('status_code', answer.status);
  parts.set('body', answer.body);
  parts.set('all_headers', head);
  parts.set('header', head);
  parts.set('response', head + answer.body);
  parts.set('raw', head + answer.body);
  parts.set('all', answer.body + head);
  parts.set('request', sent);
  parts.set('content_length', answer.body.length);
  parts.set('duration', answer.tookMs / 1000);
  parts.set('host', hostname);
  parts.set('type', 'http');
  return parts;
}
