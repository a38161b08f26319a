// What is kept of a site's traffic while it runs: who its clients are and what they do in this visit. Learning and
// watching take a request in by the same hand.

import { ClientTable, SAID } from './clients.ts';
import { clientKey, hashOf } from './hash.ts';
import { kindOf, nameOf } from './paths.ts';
import type { TrafficRequest } from './request.ts';

export interface Taken {
  row: number;
  isFirstOfMinute: boolean;
  isPage: boolean;
  isError: boolean;
  isPost: boolean;
  /** What the form is for, as far as its path tells. */
  isLogin: boolean;
  isPayment: boolean;
  /** '' for an asset. */
  path: string;
  minute: number;
}

const LOGIN = /(?:^|\/)(?:log-?in|sign-?in|wp-login\.php|sessions?|authenticate)(?:[/.?]|$)/i;
const PAYMENT = /(?:^|\/)(?:checkout|payments?|pay|cards?|billing)(?:[/.?]|$)/i;

/** Takes a request into the client's account; the answer is valid until the next call. */
export class Taker {
  readonly clients: ClientTable = new ClientTable();
  readonly #isKnown: (path: string) => boolean;
  readonly #taken: Taken = {
    row: 0,
    isFirstOfMinute: true,
    isPage: true,
    isError: false,
    isPost: false,
    isLogin: false,
    isPayment: false,
    path: '',
    minute: 0,
  };

  constructor(isKnown: (path: string) => boolean) {
    this.#isKnown = isKnown;
  }

  take(request: TrafficRequest): Taken {
    const { clients } = this;
    const taken = this.#taken;
    const nowS = Math.floor(request.atMs / 1000);
    const row = clients.rowOf(clientKey(request.ip), nowS);
    const lastS = clients.columns.seenS[row]!;
    clients.arrive(row, nowS);
    const all = clients.columns;
    taken.row = row;
    taken.minute = Math.floor(nowS / 60);
    taken.isPage = kindOf(request.rawPath) === 'page';
    taken.isError = request.status >= 400 && request.status !== 429;
    taken.isPost = request.method === 'POST';
    taken.isLogin = taken.isPost && LOGIN.test(request.rawPath);
    taken.isPayment = taken.isPost && !taken.isLogin && PAYMENT.test(request.rawPath);
    taken.path = '';
    const minute = taken.minute & 0xffff;
    taken.isFirstOfMinute = all.minute[row] !== minute || all.inMinute[row] === 0;
    if (taken.isFirstOfMinute) {
      all.minute[row] = minute;
      all.inMinute[row] = 0;
    }
    raise(all.inMinute, row);
    if (taken.isError) raise(all.errors, row);
    if (!taken.isPage) {
      raise(all.assets, row);
      all.said[row]! |= SAID.assets;
      return taken;
    }
    taken.path = nameOf(request.rawPath);
    if (all.pages[row]! > 0) all.gaps[row]! += Math.log(Math.max(0.2, nowS - lastS));
    raise(all.pages, row);
    if (taken.isPost) raise(all.posts, row);
    if (request.referrer === '') raise(all.direct, row);
    if (!this.#isKnown(taken.path)) raise(all.unknown, row);
    const hash = hashOf(taken.path, 3);
    if (all.lastPath[row] === hash) raise(all.repeats, row);
    all.lastPath[row] = hash;
    return taken;
  }
}

function raise(column: Uint16Array, row: number): void {
  if (column[row]! < 0xffff) column[row]!++;
}
