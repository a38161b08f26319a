// A request as people write one down: an address, a path, a line of a log, or a whole HTTP request. Liberal in what it
// takes; bytes that no honest client sends are the gateway's business, and not what is asked here.

import type { InspectedRequest } from '@parapet/kinds';

const METHOD = '[A-Z][A-Z-]{1,15}';
const WHOLE = new RegExp(`^(${METHOD}) (\\S+)(?: HTTP/\\d(?:\\.\\d)?)?[ \\t]*(?:\\r?\\n|$)`);
const IN_LOG = new RegExp(`"(${METHOD}) (\\S+) HTTP/\\d(?:\\.\\d)?"`);

/** Returns the request, its host among the headers where it is told; undefined for what is none. */
export function readPasted(text: string): InspectedRequest | undefined {
  const trimmed = text.trimStart();
  const whole = WHOLE.exec(trimmed);
  if (whole !== null) {
    const [line, method = '', target = ''] = whole;
    return requestTo(method, target, trimmed.slice(line.length));
  }
  const [, method, target] = IN_LOG.exec(trimmed) ?? [];
  if (method !== undefined && target !== undefined) return requestTo(method, target, '');
  const [address = ''] = trimmed.split(/\r?\n/, 1);
  return /^(?:https?:\/\/[^/?#\s]|\/)/i.test(address) ? requestTo('GET', address.trimEnd(), '') : undefined;
}

function requestTo(method: string, target: string, rest: string): InspectedRequest | undefined {
  const absolute = /^https?:\/\/([^/?#\s]+)([^#]*)/i.exec(target);
  const path = absolute === null ? target.replace(/#.*$/s, '') : absolute[2]!;
  const { headers, body } = readRest(rest);
  const host = absolute?.[1];
  return {
    method,
    // A browser writes spaces and letters of other scripts so before it sends them.
    rawTarget: (path.startsWith('/') ? path : `/${path}`).replace(/[^\x21-\x7E]+/g, encodeText),
    headers:
      host === undefined || headers.some(([name]) => name === 'host')
        ? headers
        : [['host', host.replace(/^.*@/, '').toLowerCase()], ...headers],
    body: body === '' ? undefined : Buffer.from(body, 'utf8'),
    isBodyCut: false,
    site: '',
  };
}

function readRest(rest: string): {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
} {
  const end = /(?:^|\r?\n)\r?\n/.exec(rest);
  const head = end === null ? rest : rest.slice(0, end.index);
  const body = end === null ? '' : rest.slice(end.index + end[0].length).trimEnd();
  const headers = head.split(/\r?\n/).flatMap((line) => {
    const [, name, value = ''] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), asBytes(value)] as const];
  });
  const hasType = headers.some(([name]) => name === 'content-type');
  if (body === '' || hasType) return { headers, body };
  const type = /^\s*[[{]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded';
  return { headers: [...headers, ['content-type', type]], body };
}

function encodeText(text: string): string {
  return [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
