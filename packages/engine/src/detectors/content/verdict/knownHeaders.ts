// Headers in which there was nothing to find, wherever they stood: a browser sends the same ones with every request, and
// they are most of a request. They need not be taken apart again. Two generations, as in recentScores.ts; what is
// remembered is a fact about the text, so that nobody can be let through by what another has sent.

import type { InspectedRequest } from '@parapet/kinds';

type Headers = InspectedRequest['headers'];

/** These say what the rest of the request is. */
const ALWAYS_READ: ReadonlySet<string> = new Set(['host', 'content-type', 'content-encoding']);
const MOST_NAMES = 64;
const MOST_VALUES = 4096;
const LONGEST = 1024;

export class KnownHeaders {
  #young = new Map<string, Set<string>>();
  #old: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  #size = 0;

  /** Returns the headers that have to be looked at: the same list when all have to be. */
  unknownOf(headers: Headers): Headers {
    let unknown: Headers[number][] | undefined;
    for (let i = 0; i < headers.length; i++) {
      const [name, value] = headers[i]!;
      if (this.#isKnown(name, value)) unknown ??= headers.slice(0, i);
      else unknown?.push(headers[i]!);
    }
    return unknown ?? headers;
  }

  /** There was nothing in these. */
  add(headers: Headers): void {
    for (const [name, value] of headers)
      if (value.length <= LONGEST && !ALWAYS_READ.has(name)) this.#add(name, value);
  }

  #isKnown(name: string, value: string): boolean {
    if (this.#young.get(name)?.has(value) === true) return true;
    if (this.#old.get(name)?.has(value) !== true) return false;
    this.#add(name, value);
    return true;
  }

  #add(name: string, value: string): void {
    if (this.#size >= MOST_VALUES) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    let values = this.#young.get(name);
    if (values === undefined) {
      if (this.#young.size >= MOST_NAMES) return;
      values = new Set();
      this.#young.set(name, values);
    }
    values.add(value);
    this.#size++;
  }
}
