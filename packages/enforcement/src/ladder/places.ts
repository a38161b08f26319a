// Where addresses are, remembered for those who ask again. A fixed number is kept; who meets another one in the
// same place takes it over.

import type { Client, Ip } from '@parapet/kinds';

/** What is known of where an address is. */
export interface Place {
  readonly countryCode?: string;
  /** Without `AS`. */
  readonly asn?: string;
}

export type PlaceOf = (ip: Ip) => Place | undefined;

const SIZE = 4096;
const NOWHERE: Place = {};

export class Places {
  readonly #placeOf: PlaceOf;
  readonly #ips: (string | undefined)[] = Array.from({ length: SIZE });
  readonly #places: Place[] = Array.from({ length: SIZE }, () => NOWHERE);

  constructor(placeOf: PlaceOf) {
    this.#placeOf = placeOf;
  }

  of(client: Client): Place {
    const { words, ip } = client;
    let bits = 0;
    for (let i = 0; i < words.length; i++) bits = Math.imul(bits ^ words[i]!, 0x9e3779b1);
    const at = (bits >>> 16) & (SIZE - 1);
    if (this.#ips[at] !== ip) {
      this.#ips[at] = ip;
      this.#places[at] = this.#placeOf(ip) ?? NOWHERE;
    }
    return this.#places[at]!;
  }
}
