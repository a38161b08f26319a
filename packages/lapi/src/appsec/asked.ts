// The request that a web-server bouncer asks about, told in the headers of its question: where it came from, what it
// asked for, and beside them the headers that the client sent. The body of the question is the body of the request.

import { parseIp, type InspectedRequest, type Ip } from '@parapet/kinds';

export interface AskedRequest {
  readonly method: string;
  /** As sent, path and query, one character a byte; untrusted. */
  readonly rawTarget: string;
  /** As sent, with a port if there was one; empty when none was. */
  readonly rawHost: string;
  readonly ip: Ip;
  readonly version: '1.0' | '1.1' | '2';
  /** What the client sent, without what belongs to the question. */
  readonly headers: InspectedRequest['headers'];
  /** By which the bouncer knows it; empty when it gives none. */
  readonly transactionId: string;
}

export type AskedReading =
  | { readonly ok: true; readonly asked: AskedRequest }
  | { readonly ok: false; readonly says: string };

const PREFIX = 'x-crowdsec-appsec-';
/** Of the connection between the bouncer and us, or of the HTTP library that the bouncer is written with. */
const OF_THE_QUESTION: ReadonlySet<string> = new Set([
  'host',
  'user-agent',
  'connection',
  'transfer-encoding',
]);
const LONGEST_ID = 128;

/** Returns the key of a question; undefined when there is none. `rawHeaders` as node:http has them. */
export function keyOf(rawHeaders: readonly string[]): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.toLowerCase() === 'x-crowdsec-appsec-api-key') return rawHeaders[i + 1];
  return undefined;
}

/** Reads the headers of a question, or says which of them is missing or wrong. Of equals the first counts. */
export function readAsked(rawHeaders: readonly string[]): AskedReading {
  const said = new Map<string, string>();
  const headers: (readonly [string, string])[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    if (name.startsWith(PREFIX)) {
      const what = name.slice(PREFIX.length);
      if (!said.has(what)) said.set(what, value);
    } else if (!OF_THE_QUESTION.has(name)) headers.push([name, value]);
  }
  const rawIp = said.get('ip') ?? '';
  const rawTarget = said.get('uri') ?? '';
  const method = said.get('verb') ?? '';
  if (rawIp === '') return missing('X-Crowdsec-Appsec-Ip');
  if (rawTarget === '') return missing('X-Crowdsec-Appsec-Uri');
  if (method === '') return missing('X-Crowdsec-Appsec-Verb');
  const ip = parseIp(rawIp);
  if (ip === undefined) return { ok: false, says: "the header 'X-Crowdsec-Appsec-Ip' holds no address" };
  const rawHost = said.get('host') ?? '';
  const agent = said.get('user-agent') ?? '';
  if (agent !== '') headers.unshift(['user-agent', agent]);
  if (rawHost !== '') headers.unshift(['host', rawHost]);
  const version = versionOf(said.get('http-version'));
  const transactionId = (said.get('transaction-id') ?? '').slice(0, LONGEST_ID);
  return { ok: true, asked: { method, rawTarget, rawHost, ip, version, headers, transactionId } };
}

function missing(name: string): AskedReading {
  return { ok: false, says: `the header '${name}' is missing` };
}

/** Two digits: `11` is HTTP/1.1. */
function versionOf(written: string | undefined): AskedRequest['version'] {
  if (written === '10') return '1.0';
  return written?.[0] === '2' || written?.[0] === '3' ? '2' : '1.1';
}
