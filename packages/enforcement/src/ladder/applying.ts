// Which of the decisions that apply to a request has its way, by the table's order. Scopes that are no addresses
// cost a look only when the table has any.

import type { Client, RequestView } from '@parapet/kinds';
import type { DecisionTable } from '../table/index.ts';
import type { Sessions } from '../trust/sessions.ts';
import { Places, type PlaceOf } from './places.ts';

export class Applying {
  readonly #places: Places | undefined;
  readonly #sessions: Sessions;
  #table: DecisionTable;
  #version = -1;
  #hasPlaces = false;
  #hasSessions = false;
  #hasUsers = false;
  #hasText = false;

  constructor(table: DecisionTable, sessions: Sessions, placeOf: PlaceOf | undefined) {
    this.#table = table;
    this.#sessions = sessions;
    this.#places = placeOf === undefined ? undefined : new Places(placeOf);
  }

  setTable(table: DecisionTable): void {
    this.#table = table;
    this.#version = -1;
  }

  /** Returns the handle of the decision, or 0. */
  find(request: RequestView, client: Client, site: string, nowMs: number): number {
    const table = this.#table;
    if (table.version !== this.#version) this.#lookAtScopes();
    const nowSeconds = Math.floor(nowMs / 1000);
    const byAddress = table.lookup(client.words, nowSeconds);
    return this.#hasText ? this.#findText(byAddress, request, client, site, nowSeconds) : byAddress;
  }

  /** Returns the handle of the decision on a user, or 0. */
  findUser(user: string, nowMs: number): number {
    if (this.#table.version !== this.#version) this.#lookAtScopes();
    return this.#hasUsers ? this.#table.lookupText('user', user, Math.floor(nowMs / 1000)) : 0;
  }

  #lookAtScopes(): void {
    const table = this.#table;
    this.#version = table.version;
    this.#hasPlaces = this.#places !== undefined && (table.hasScope('country') || table.hasScope('as'));
    this.#hasUsers = table.hasScope('user');
    this.#hasSessions = table.hasScope('session');
    this.#hasText = this.#hasPlaces || this.#hasUsers || this.#hasSessions;
  }

  #findText(
    byAddress: number,
    request: RequestView,
    client: Client,
    site: string,
    nowSeconds: number,
  ): number {
    const table = this.#table;
    if (table.isAllowed(client.words)) return 0;
    let best = byAddress;
    const session = this.#hasSessions || this.#hasUsers ? this.#sessions.hashOf(request) : undefined;
    if (session !== undefined) {
      best = table.stricter(best, table.lookupText('session', session, nowSeconds));
      const user = this.#sessions.userOf(site, session);
      if (user !== undefined) best = table.stricter(best, table.lookupText('user', user, nowSeconds));
    }
    const place = this.#hasPlaces ? this.#places!.of(client) : undefined;
    if (place?.asn !== undefined) best = table.stricter(best, table.lookupText('as', place.asn, nowSeconds));
    if (place?.countryCode !== undefined)
      best = table.stricter(best, table.lookupText('country', place.countryCode, nowSeconds));
    return best;
  }
}
