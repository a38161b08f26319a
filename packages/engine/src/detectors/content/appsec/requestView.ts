// A request as rules see it: the values of each zone, as Coraza would have them. Each is made when first asked for.

import type { InspectedRequest } from '@parapet/kinds';
import { latin1 } from './bytes.ts';
import { readBody, type ReadBody } from './body.ts';
import { readCookies, readPairs, type Entry } from './pairs.ts';
import { isPlainTarget, readUri, type ReadUri } from './uri.ts';
import type { Zone } from './rule.ts';

/** What stands behind this in a body is not looked at. */
const MAX_BODY_BYTES: number = 256 * 1024;

const NONE: readonly Entry[] = [];

export class RequestView {
  readonly #request: InspectedRequest;
  #uri: ReadUri | undefined;
  #body: ReadBody | undefined;
  #rawBody: string | undefined;
  #made: Map<Zone, readonly Entry[]> | undefined;

  constructor(request: InspectedRequest) {
    this.#request = request;
  }

  /** The values of a zone in the order sent; none where the request has nothing there. */
  values(zone: Zone): readonly Entry[] {
    this.#made ??= new Map();
    let values = this.#made.get(zone);
    if (values === undefined) {
      values = this.#make(zone);
      this.#made.set(zone, values);
    }
    return values;
  }

  get rawTarget(): string {
    return this.#request.rawTarget;
  }

  get headers(): InspectedRequest['headers'] {
    return this.#request.headers;
  }

  /** The target as rules see it, written anew where a character should have been escaped. */
  get target(): string {
    return this.#readUri().full;
  }

  /** Whether that is another text than was sent. */
  get needsRewrite(): boolean {
    return !isPlainTarget(this.#request.rawTarget);
  }

  get body(): Uint8Array | undefined {
    const { body } = this.#request;
    return body === undefined || body.length <= MAX_BODY_BYTES ? body : body.subarray(0, MAX_BODY_BYTES);
  }

  /** One character a byte; empty without a body. */
  get rawBody(): string {
    const { body } = this;
    this.#rawBody ??= body === undefined ? '' : latin1(body);
    return this.#rawBody;
  }

  /** Whether the body is read as JSON. */
  get isJson(): boolean {
    return /^application\/json/i.test(this.#header('content-type'));
  }

  #make(zone: Zone): readonly Entry[] {
    const request = this.#request;
    switch (zone) {
      case 'METHOD':
        return single(request.method);
      case 'PROTOCOL':
        return single('HTTP/1.1');
      case 'URI':
        return single(this.#readUri().path);
      case 'URI_FULL':
        return single(this.#readUri().full);
      case 'ARGS':
        return readPairs(this.#readUri().query);
      case 'ARGS_NAMES':
        return names(this.values('ARGS'));
      case 'HEADERS':
        return request.headers.map(([name, value]) => ({ name, value }));
      case 'HEADERS_NAMES':
        return request.headers.map(([name]) => ({ name, value: canonical(name) }));
      case 'COOKIES':
        return request.headers.flatMap(([name, value]) => (name === 'cookie' ? readCookies(value) : NONE));
      case 'COOKIES_NAMES':
        return names(this.values('COOKIES'));
      case 'RAW_BODY':
        return this.rawBody === '' ? NONE : single(this.rawBody);
      case 'BODY_ARGS':
        return this.#readBody().args;
      case 'BODY_ARGS_NAMES':
        return names(this.#readBody().args);
      case 'FILES':
      case 'FILENAMES':
        return this.#readBody().files;
      case 'FILES_NAMES':
        return names(this.#readBody().files);
      case 'FILES_TOTAL_SIZE':
        return single(String(this.#readBody().sizeBytes));
    }
  }

  #readUri(): ReadUri {
    this.#uri ??= readUri(this.#request.rawTarget);
    return this.#uri;
  }

  #readBody(): ReadBody {
    this.#body ??= readBody(this.#header('content-type'), this.rawBody);
    return this.#body;
  }

  #header(wanted: string): string {
    for (const [name, value] of this.#request.headers) if (name === wanted) return value;
    return '';
  }
}

function single(value: string): readonly Entry[] {
  return [{ name: '', value }];
}

function names(entries: readonly Entry[]): readonly Entry[] {
  return entries.map(({ name }) => ({ name, value: name }));
}

/** Go's `textproto.CanonicalMIMEHeaderKey`, which is how CrowdSec's rules meet names: `X-Forwarded-For`. */
function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}
