// Everything below /.parapet/ on the site: the check, appeals, one-time links. Served to everybody, banned or not.

import type { Action, Answer, Client, RequestView } from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import type { Demand } from '../challenge/demand.ts';
import { UsedNonces } from '../challenge/used-nonces.ts';
import type { Appeals } from '../pages/appeals.ts';
import { ownAsset } from '../pages/assets/assets.ts';
import { LINK_PATH, readLinkPath, type LinkTicket } from '../trust/oneTimeLink.ts';
import type { TrustOffice } from '../trust/trustCookie.ts';
import type { GuardLink } from './guardLink.ts';
import { linkDonePage, linkFailedPage, linkPage } from './linkPage.ts';
import type { Sightings } from './sightings.ts';

export interface OwnPagesOptions {
  readonly challenge: Challenge;
  readonly appeals: Appeals;
  readonly link: GuardLink;
  readonly secrets: readonly Uint8Array[];
  readonly trust: TrustOffice;
  readonly sightings: Sightings;
  readonly nowMs: () => number;
}

const MOST_LINKS = 1000;
/** Who came in by a link has no name; whoever made it knows. */
const LINK_HOLDER = 'the holder of a one-time link';
const NOT_FOUND: Answer = {
  status: 404,
  headers: [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Cache-Control', 'no-store'],
  ],
  body: 'There is no such page.\n',
  cause: 'own-page',
};

export class OwnPages {
  readonly #options: OwnPagesOptions;
  readonly #usedLinks = new UsedNonces(MOST_LINKS);

  constructor(options: OwnPagesOptions) {
    this.#options = options;
  }

  answer(request: RequestView, client: Client, site: string, demand: Demand): Action {
    const { challenge, appeals } = this.#options;
    const asset = ownAsset(request.rawTarget);
    if (asset !== undefined) return { kind: 'reply', answer: asset };
    return (
      challenge.onOwnPath(request, client, site, demand) ??
      appeals.onOwnPath(request, client, site, demand.siteName) ??
      this.#onLink(request, client, site, demand.siteName) ?? { kind: 'reply', answer: NOT_FOUND }
    );
  }

  /** A link was taken by another worker. */
  markUsed(nonce: string, expiresAtMs: number): void {
    this.#usedLinks.markUsed(nonce, expiresAtMs, this.#options.nowMs());
  }

  #onLink(request: RequestView, client: Client, site: string, siteName: string): Action | undefined {
    if (!request.rawTarget.startsWith(LINK_PATH)) return undefined;
    const nowMs = this.#options.nowMs();
    const ticket = readLinkPath(this.#options.secrets, request.host, request.rawTarget);
    const isGood =
      ticket !== undefined && ticket.expiresAtMs > nowMs && !this.#usedLinks.used(ticket.nonce, nowMs);
    if (!isGood) return { kind: 'reply', answer: linkFailedPage(request, siteName) };
    if (request.method !== 'POST') return { kind: 'reply', answer: linkPage(request, siteName) };
    // Marked before anybody is asked: of two requests that come together one is too late.
    this.markUsed(ticket.nonce, ticket.expiresAtMs);
    return { kind: 'wait', action: this.#redeem(ticket, request, client, site, siteName) };
  }

  async #redeem(
    ticket: LinkTicket,
    request: RequestView,
    client: Client,
    site: string,
    siteName: string,
  ): Promise<Action> {
    const { link, trust, sightings } = this.#options;
    const { nonce, expiresAtMs } = ticket;
    const { outcome } = await link.redeem({ nonce, expiresAtMs, ip: client.ip, site });
    if (outcome === 'used') return { kind: 'reply', answer: linkFailedPage(request, siteName) };
    // The other workers would find out from the engine, but their pages should not offer what is gone.
    link.used(nonce, expiresAtMs);
    const nowMs = this.#options.nowMs();
    const { cookie, given } = trust.issueOperator(LINK_HOLDER, client, site, nowMs);
    sightings.saw(given, client, site, nowMs);
    return { kind: 'reply', answer: linkDonePage(request, siteName, cookie) };
  }
}
