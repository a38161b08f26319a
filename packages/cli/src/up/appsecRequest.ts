// A request that a web server asked about, as the rest of Parapet sees requests.

import type { AskedRequest } from '@parapet/lapi';
import type { RequestView } from '@parapet/kinds';

export class AppsecRequest implements RequestView {
  readonly method: string;
  readonly rawTarget: string;
  readonly host: string;
  readonly version: RequestView['version'];
  readonly #headers: AskedRequest['headers'];

  constructor({ method, rawTarget, rawHost, version, headers }: AskedRequest) {
    this.method = method;
    this.rawTarget = rawTarget;
    this.host = rawHost.toLowerCase().replace(/:\d*$/, '');
    this.version = version;
    this.#headers = headers;
  }

  header(name: string): string | undefined {
    let joined: string | undefined;
    for (const [one, value] of this.#headers) {
      if (one !== name) continue;
      joined = joined === undefined ? value : `${joined}${name === 'cookie' ? '; ' : ', '}${value}`;
    }
    return joined;
  }

  headers(): AskedRequest['headers'] {
    return this.#headers;
  }
}
