// A request at the door of the site, and what may be done with it: the words between the gateway, which speaks
// HTTP, and enforcement, which decides. Everything here is asked for each request, so views make a string only
// when it is asked for, and the common answer, PASS, is one object.

import type { Ip } from './ip.ts';

/** Who sends a request: the visitor, not the proxy in front of us. */
export interface Client {
  readonly ip: Ip;
  /** The same as unsigned 32-bit words: one for IPv4, four for IPv6. */
  readonly words: readonly number[];
  /** Who opened the connection; the same as `ip` unless a trusted proxy did. */
  readonly peerIp: Ip;
  readonly scheme: 'http' | 'https';
}

/** The head of a request, valid until the exchange has ended. */
export interface RequestView {
  readonly method: string;
  /** As sent, path and query, one character a byte; untrusted. */
  readonly rawTarget: string;
  /** Lower case, without the port; empty when none was sent. */
  readonly host: string;
  readonly version: '1.0' | '1.1' | '2';
  /** Whether a body comes with it; absent where that is not known. */
  readonly hasBody?: boolean;
  /** The value of a header, one character a byte; several are joined as RFC 9110 5.2 says. `name` in lower case. */
  header(name: string): string | undefined;
  /** In the order sent, names in lower case. */
  headers(): Iterable<readonly [name: string, value: string]>;
  /** The same as bytes, where it came as such. */
  readonly raw?: HeadBytes;
}

/** The head of an HTTP/1 request as it was sent: what came before is known again before any text is made of it. */
export interface HeadBytes {
  readonly bytes: Uint8Array;
  /** Where the method begins. */
  readonly lineStart: number;
  readonly targetStart: number;
  readonly targetEnd: number;
  /** The headers are those of `headers()`, in its order. */
  readonly headerCount: number;
  nameStart(line: number): number;
  nameEnd(line: number): number;
  valueEnd(line: number): number;
}

/** The head of what the upstream answers. */
export interface ResponseView {
  readonly status: number;
  header(name: string): string | undefined;
}

/** An answer of our own. */
export interface Answer {
  readonly status: number;
  /** Without Content-Length, Connection and Date: who sends it adds them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
  /** Ends the connection after it. */
  readonly isLast?: boolean;
  /** What was done, for the log: `ban`, `captcha`, `throttle`, `own-page`, …; the record when a decision led to it. */
  readonly cause: string;
  readonly recordId?: string;
}

export type Action =
  | {
      /** Let through; the headers are added to what the upstream gets, the cookies to what the visitor gets. */
      readonly kind: 'pass';
      readonly requestHeaders?: readonly (readonly [name: string, value: string])[];
      readonly setCookies?: readonly string[];
    }
  | {
      readonly kind: 'reply';
      readonly answer: Answer;
      /**
       * Whether the very same bytes, sent again on the same connection, would get this answer now: a flood is answered
       * without being looked at each time. Absent when they have to be.
       */
      isStill?(): boolean;
    }
  | {
      /** An own page that needs the body: a form, a solution. A longer body is answered with 413. */
      readonly kind: 'handle';
      readonly maxBodyBytes: number;
      handle(body: Uint8Array): Promise<Answer>;
    }
  | {
      /** What the body says decides; nothing of the request is forwarded before. One that is read asks for no other. */
      readonly kind: 'read';
      /** So much of the body is held back; what follows a longer one is forwarded as it comes. */
      readonly maxBodyBytes: number;
      /** Gets the body as it was sent, without chunk sizes; `isCut`: it goes on. */
      decide(body: Uint8Array, isCut: boolean): Action;
      /**
       * Gets what follows a cut body, piece by piece before each is forwarded. An answer ends the request, of which the
       * site then never sees the end.
       */
      follow?(piece: Uint8Array): Answer | undefined;
    }
  | {
      /** Decided later (a queue, a question to the engine). A rejection passes: the site must answer. */
      readonly kind: 'wait';
      readonly action: Promise<Action>;
    };

export const PASS: Action = { kind: 'pass' };

/** A request from its head to the last byte of the answer. */
export interface Exchange {
  readonly client: Client;
  readonly request: RequestView;
  /** Milliseconds since the epoch when the head was complete. */
  readonly startedAtMs: number;
  /** 0 until there is one; 499 when the client left first. */
  readonly status: number;
  /** Bytes of the bodies, as they crossed the wire to and from the client. */
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  /** From the head to the first byte of the upstream's answer; -1 when it was not asked or did not answer. */
  readonly upstreamMs: number;
  readonly totalMs: number;
  /** What the upstream's cache said (`X-Drupal-Cache`, `X-Cache`, `CF-Cache-Status`), or empty. */
  readonly cacheStatus: string;
  /** Set when the answer was our own. */
  readonly answer: Answer | undefined;
  /** The site's name in the configuration. */
  readonly site: string;
  /** What the upstream was told as X-Request-Id: a trusted proxy's, else one of our own. */
  readonly requestId: string;
  /** Where given, writes `requestId` as bytes at `at` and returns where it ends: some tell of every request. */
  writeRequestId?(bytes: Uint8Array, at: number): number;
}

/** Bytes that are no request, or whose end two readers could see in two places. */
export interface Refusal {
  readonly client: Client;
  /** A stable code, e.g. `te-and-cl`, `bare-lf`. */
  readonly reason: string;
  readonly status: number;
  readonly atMs: number;
  /** The first bytes, at most 512. */
  readonly excerpt: Uint8Array;
}

/**
 * Decides on each request; called by whoever speaks HTTP. None of its functions may throw; if one does, the
 * request passes and the fault is counted.
 */
export interface Guard {
  /** Before anything is forwarded. The common answer is the object PASS. */
  onRequest(request: RequestView, client: Client, site: string): Action;
  /**
   * With the head of the upstream's answer, before anything of it is sent; undefined sends it. A `pass` may add
   * cookies. Headers `x-parapet-*` are for the guard and are never sent on.
   */
  onResponse(request: RequestView, response: ResponseView, client: Client, site: string): Action | undefined;
  /** Once for each request that had a whole head. */
  onEnd(exchange: Exchange): void;
  onRefusal(refusal: Refusal): void;
}
