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

interface Known {
  /** Nearly always that of the header is the one before, or one of few; asking for it needs no hash of the text. */
  last: string;
  readonly values: Set<string>;
}

export class KnownHeaders {
  #young = new Map<string, Known>();
  #old: ReadonlyMap<string, Known> = new Map();
  #size = 0;

  /** Returns the headers that have to be looked at: the same list when all have to be. */
  unknownOf(headers: Headers): Headers {
    let unknown: Headers[number][] | undefined;
    for (let i = 0; i < headers.length; i++) {
      const header = headers[i]!;
      if (this.#isKnown(header[0], header[1])) unknown ??= headers.slice(0, i);
      else unknown?.push(header);
    }
    return unknown ?? headers;
  }

  /** There was nothing in these. */
  add(headers: Headers): void {
    for (const [name, value] of headers)
      if (value.length <= LONGEST && !ALWAYS_READ.has(name)) this.#add(name, value);
  }

  #isKnown(name: string, value: string): boolean {
    const young = this.#young.get(name);
    if (young !== undefined) {
      if (young.last === value) return true;
      if (young.values.has(value)) {
        young.last = value;
        return true;
      }
    }
    if (this.#old.get(name)?.values.has(value) !== true) return false;
    this.#add(name, value);
    return true;
  }

  #add(name: string, value: string): void {
    if (this.#size >= MOST_VALUES) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    const known = this.#young.get(name);
    if (known === undefined) {
      if (this.#young.size >= MOST_NAMES) return;
      this.#young.set(name, { last: value, values: new Set([value]) });
    } else {
      known.last = value;
      known.values.add(value);
    }
    this.#size++;
  }
}
