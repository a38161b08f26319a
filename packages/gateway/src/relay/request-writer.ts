// The head of a request as the upstream gets it: what the client sent, but for what is between it and us, and behind
// the request line what the upstream is told about the client. One buffer serves all requests of the process: what
// is in it has nearly always left when the write returns; if not, the buffer is given away and a new one made.

import type { Client } from '@parapet/kinds';
import type { RequestHead } from '../http/request-head.ts';
import { moved, moveHead } from './head-move.ts';
import { REQUEST_ID_BYTES, type RequestIds } from './request-id.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

const ROOM_BEFORE = 8192;
const ROOM = 131_072;
/** A first piece of a body up to this length leaves together with the head. */
const PIECE_BYTES = 16_384;

/** What an upstream is told, made once for a connection whose requests name one host. */
export interface Introduction {
  readonly client: Client;
  readonly rawHost: string;
  /** Up to `X-Request-Id: `, or to the end of its line when the id is the trusted proxy's. */
  readonly bytes: Buffer;
  readonly requestId: string | undefined;
}

export class RequestWriter {
  readonly #ids: RequestIds;
  #slab: Buffer = Buffer.allocUnsafeSlow(ROOM);
  #start = 0;
  #end = 0;

  constructor(ids: RequestIds) {
    this.#ids = ids;
  }

  nextId(): number {
    return this.#ids.next();
  }

  requestIdText(id: number): string {
    return this.#ids.text(id);
  }

  /** Returns where it ends. */
  writeRequestId(bytes: Uint8Array, at: number, id: number): number {
    this.#ids.write(bytes, at, id);
    return at + REQUEST_ID_BYTES;
  }

  /** Makes the head; `send` or `sendWith` must follow before anything else. */
  compose(
    head: RequestHead,
    bytes: Buffer,
    introduction: Introduction,
    id: number,
    extra: Buffer | undefined,
    hidesHost: boolean,
  ): void {
    const { lineStart, headEnd } = head;
    const insertLength =
      introduction.bytes.length +
      (introduction.requestId !== undefined ? 0 : REQUEST_ID_BYTES + 2) +
      (extra === undefined ? 0 : extra.length);
    const before = Math.max(ROOM_BEFORE, insertLength);
    if (before + headEnd - lineStart + PIECE_BYTES > this.#slab.length)
      this.#slab = Buffer.allocUnsafeSlow(before + headEnd - lineStart + PIECE_BYTES);
    const slab = this.#slab;
    bytes.copy(slab, before, lineStart, headEnd);
    const shift = before - lineStart;
    this.#end = headEnd + shift;
    moveHead(
      slab,
      hidesHost ? withHost(head) : head,
      shift,
      before,
      head.lineEnd + shift,
      this.#end,
      insertLength,
    );
    let at = moved.insertAt;
    slab.set(introduction.bytes, at);
    at += introduction.bytes.length;
    if (introduction.requestId === undefined) {
      this.#ids.write(slab, at, id);
      at += REQUEST_ID_BYTES;
      slab[at++] = 13;
      slab[at++] = 10;
    }
    if (extra !== undefined) slab.set(extra, at);
    this.#start = moved.start;
  }

  /** Sends the head. False when the connection wants no more for now. */
  send(to: UpstreamConnection): boolean {
    const isDone = to.write(this.#slab.subarray(this.#start, this.#end));
    if (to.socket.writableLength > 0) this.#slab = Buffer.allocUnsafeSlow(ROOM);
    return isDone;
  }

  /** Sends the head and, with it or behind it, the first piece of the body. */
  sendWith(to: UpstreamConnection, buffer: Buffer, start: number, end: number): boolean {
    if (end - start > PIECE_BYTES) {
      this.send(to);
      return to.write(buffer.subarray(start, end));
    }
    this.#end += buffer.copy(this.#slab, this.#end, start, end);
    return this.send(to);
  }
}

/**
 * Returns what the upstream is told about the client. A trusted proxy's chain is kept and its address added, as it
 * would itself do; anybody else's word has been dropped by the parser.
 */
export function introduce(client: Client, peer: Client, head: RequestHead, isTrusted: boolean): Introduction {
  const rawHost = head.rawHost;
  const claim = isTrusted
    ? (name: string): string | undefined => head.header(name)
    : (): undefined => undefined;
  const chain = claim('x-forwarded-for');
  const host = claim('x-forwarded-host') ?? rawHost;
  const id = claim('x-request-id');
  const keepsId = id !== undefined && /^[\w.:/+=@-]{1,128}$/.test(id);
  const own = `for=${node(peer.ip)}${rawHost === '' ? '' : `;host="${rawHost}"`};proto=${client.scheme}`;
  const lines = [
    `X-Forwarded-For: ${chain === undefined ? '' : `${chain}, `}${peer.ip}`,
    `X-Forwarded-Proto: ${client.scheme}`,
    ...(host === '' ? [] : [`X-Forwarded-Host: ${host}`]),
    `Forwarded: ${[...forwardedBefore(claim('forwarded'), chain), own].join(', ')}`,
    keepsId ? `X-Request-Id: ${id}\r\n` : 'X-Request-Id: ',
  ];
  return {
    client,
    rawHost,
    bytes: Buffer.from(lines.join('\r\n'), 'latin1'),
    requestId: keepsId ? id : undefined,
  };
}

/** The hops before: the proxy's own Forwarded, else its X-Forwarded-For said in these words. */
function forwardedBefore(forwarded: string | undefined, chain: string | undefined): string[] {
  if (forwarded !== undefined) return [forwarded];
  const hops = (chain ?? '').split(',').map((hop) => hop.trim());
  return hops.every((hop) => /^[\da-fA-F.:]+$/.test(hop)) ? hops.map((hop) => `for=${node(hop)}`) : [];
}

function node(ip: string): string {
  return ip.includes(':') ? `"[${ip}]"` : ip;
}

/** The spans that are not sent on, and the Host line with them. */
function withHost(head: RequestHead): { readonly dropCount: number; readonly drops: readonly number[] } {
  const { hostLineStart, hostLineEnd } = head;
  const drops = head.drops.slice(0, head.dropCount * 2);
  if (hostLineEnd === 0) return { dropCount: head.dropCount, drops };
  let at = 0;
  while (at < drops.length && drops[at]! < hostLineStart) at += 2;
  drops.splice(at, 0, hostLineStart, hostLineEnd);
  return { dropCount: drops.length / 2, drops };
}
