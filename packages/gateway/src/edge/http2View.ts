// What a guard sees of an HTTP/2 request: the head as it was written for the upstream, but for what was only added
// to frame it.

import type { RequestView } from '@parapet/kinds';

export class Http2RequestView implements RequestView {
  readonly version = '2';
  readonly #head: RequestView;

  constructor(head: RequestView) {
    this.#head = head;
  }

  get hasBody(): boolean {
    return this.#head.hasBody === true;
  }

  get method(): string {
    return this.#head.method;
  }

  get rawTarget(): string {
    return this.#head.rawTarget;
  }

  get host(): string {
    return this.#head.host;
  }

  header(name: string): string | undefined {
    return name === 'transfer-encoding' ? undefined : this.#head.header(name);
  }

  *headers(): Iterable<readonly [name: string, value: string]> {
    for (const entry of this.#head.headers()) if (entry[0] !== 'transfer-encoding') yield entry;
  }
}
