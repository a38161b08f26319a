// A place in the queue: a cookie that says since when its holder waits, or until when it is inside. Version 1:
//
//   1.w.SINCE.SIGNATURE     waits since; milliseconds, base 36
//   1.i.UNTIL.SIGNATURE     is inside until

import type { Client, RequestView } from '@parapet/kinds';
import { bindingOf } from '../challenge/binding.ts';
import { cookiesNamed, setCookie } from '../challenge/cookies.ts';
import { Signer } from '../challenge/keys.ts';

const COOKIE = 'parapet_queue';
const SHAPE = /^1\.([wi])\.([0-9a-z]{1,9})\.([\w-]{22})$/;
const KEPT_SECONDS = 3600;

export type Ticket =
  | { readonly kind: 'waits'; readonly sinceMs: number }
  | { readonly kind: 'inside'; readonly untilMs: number };

export class QueueTickets {
  readonly #signer: Signer;

  constructor(secrets: readonly Uint8Array[]) {
    this.#signer = new Signer(secrets, 'queue');
  }

  /** Returns the Set-Cookie value of the ticket. */
  issue(ticket: Ticket, request: RequestView, client: Client, site: string): string {
    const text =
      ticket.kind === 'waits' ? `1.w.${ticket.sinceMs.toString(36)}` : `1.i.${ticket.untilMs.toString(36)}`;
    const signature = this.#signer.sign(`${text}\n${bindingOf(request, client, site)}`);
    return setCookie(client, COOKIE, `${text}.${signature}`, KEPT_SECONDS);
  }

  /** Returns the ticket that the request shows; undefined when it has none that is ours. */
  read(request: RequestView, client: Client, site: string): Ticket | undefined {
    for (const rawTicket of cookiesNamed(request, COOKIE)) {
      const match = SHAPE.exec(rawTicket);
      if (match === null) continue;
      const text = rawTicket.slice(0, -23);
      if (!this.#signer.isSigned(`${text}\n${bindingOf(request, client, site)}`, match[3]!)) continue;
      const atMs = Number.parseInt(match[2]!, 36);
      return match[1] === 'w' ? { kind: 'waits', sinceMs: atMs } : { kind: 'inside', untilMs: atMs };
    }
    return undefined;
  }
}
