// What another server asks about: the request that it was sent, told in headers of its question. nginx people write
// X-Original-URI and X-Original-Method, Traefik and Caddy send X-Forwarded-Uri and -Method; both are read.

import type { RequestView } from '@parapet/kinds';
import type { RequestHead } from '../http/request-head.ts';

/**
 * What is asked for. `ask`: whether the request may pass, and if not, the page to show. `patient`: the same, and a
 * word at once when it takes its time (the SDK). `brief`: the same in a status alone, for a server that takes no more
 * (nginx). `answer`: that page, afterwards. `ended`: nothing; the request is over. `own`: one of our own pages, the
 * visitor's request itself.
 */
export type Part = 'ask' | 'patient' | 'brief' | 'answer' | 'ended' | 'own';

/**
 * The part is said by the path alone, which is in the server's configuration; a header could be the visitor's. A
 * path that is none of these asks.
 */
export function partOf(rawTarget: string): Part {
  if (rawTarget.startsWith('/.parapet/')) return 'own';
  if (rawTarget === '/ask/brief') return 'brief';
  if (rawTarget === '/ask/patient') return 'patient';
  if (rawTarget === '/answer') return 'answer';
  return rawTarget === '/ended' ? 'ended' : 'ask';
}

export class AskedRequest implements RequestView {
  readonly method: string;
  readonly rawTarget: string;
  readonly host: string;
  readonly version = '1.1';
  readonly #head: RequestHead;

  constructor(head: RequestHead, method: string, rawTarget: string) {
    this.#head = head;
    this.method = method;
    this.rawTarget = rawTarget;
    const forwarded = head.header('x-forwarded-host');
    this.host = forwarded === undefined ? head.host : nameOf(forwarded);
  }

  /** Servers that ask send the body along or leave it out; what is not there cannot be read. */
  get hasBody(): boolean {
    return this.#head.hasBody;
  }

  header(name: string): string | undefined {
    return this.#head.header(name);
  }

  headers(): Iterable<readonly [name: string, value: string]> {
    return this.#head.headers();
  }
}

/**
 * Returns the request that is asked about, or undefined when the question does not say which, or says two: a server
 * that sets one of the pair of headers passes on the visitor's other one.
 */
export function readAsked(head: RequestHead, part: Part): AskedRequest | undefined {
  if (part === 'own') return new AskedRequest(head, head.method, head.rawTarget);
  const target = oneOf(head.header('x-forwarded-uri'), head.header('x-original-uri'));
  const method = oneOf(head.header('x-forwarded-method'), head.header('x-original-method'));
  if (target === undefined || method === undefined) return undefined;
  if (method !== 'GET' && !/^[A-Z_-]{1,24}$/.test(method)) return undefined;
  const first = target.charCodeAt(0);
  if (first !== 47 && target !== '*') return undefined;
  return new AskedRequest(head, method, target);
}

function oneOf(forwarded: string | undefined, original: string | undefined): string | undefined {
  if (forwarded === undefined || original === undefined) return forwarded ?? original;
  return forwarded === original ? forwarded : undefined;
}

/** Lower case, without the port. */
function nameOf(rawHost: string): string {
  return rawHost.toLowerCase().replace(/:\d*$/, '');
}
