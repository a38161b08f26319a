// The protocol of CrowdSec's AppSec component: a web server sends what it was asked, and is told with a status and a
// line of JSON whether to let it pass. What is in the request is judged by whoever serves this.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from '@parapet/store';
import { AppsecKeys } from './appsecKeys.ts';
import { keyOf, readAsked, type AskedRequest } from './asked.ts';
import { readAskedBody } from './askedBody.ts';

export interface AppsecOptions {
  /** Where the bouncers' keys are. */
  readonly store: Store;
  readonly now: () => Date;
  readonly judge: AppsecJudge;
  readonly codes: AppsecCodes;
  /** So much of a body is looked at as a whole; what follows, piece by piece. */
  readonly bodyBytes: number;
  /** So long is waited for a body that was announced. */
  readonly bodyMs: number;
  /** A question that was not judged, and why, for people: a sentence without its full stop. */
  readonly onRefused?: (says: string) => void;
  /** Something of our own went wrong: the bouncer gets 500, and does what it is told to do then. */
  readonly onFault?: (error: unknown) => void;
}

export interface AppsecJudge {
  /** Begins with a request; called once for each question with a good key. */
  open(asked: AskedRequest): AppsecCase;
}

export interface AppsecCase {
  /** Looks at all but what follows the beginning of a long body. Undefined lets pass. */
  begin(body: Uint8Array | undefined, isCut: boolean): AppsecRemedy | undefined;
  /** Looks at the next piece; not called when something was found before. */
  next(piece: Uint8Array): AppsecRemedy | undefined;
  /** Called once, also when the bouncer has left. */
  end(): void;
}

export interface AppsecRemedy {
  readonly action: 'ban' | 'captcha';
  /** Under which it was written down. */
  readonly recordId: string;
}

/** Which numbers are answered: `user…` in the JSON, for the visitor, the others as the status of the answer. */
export interface AppsecCodes {
  readonly blocked: number;
  readonly passed: number;
  readonly userBlocked: number;
  readonly userPassed: number;
  /** What is said of what passes. */
  readonly passAction: string;
}

/** As CrowdSec has them where no config says otherwise. */
export const APPSEC_CODES: AppsecCodes = {
  blocked: 403,
  passed: 200,
  userBlocked: 403,
  userPassed: 200,
  passAction: 'allow',
};

/** How often each was answered. */
export interface AppsecCounts {
  allow: number;
  ban: number;
  captcha: number;
  unauthorized: number;
  malformed: number;
  fault: number;
}

export interface Appsec {
  /** Answers a question; whatever path it is for. Never throws or rejects. */
  (req: IncomingMessage, res: ServerResponse): Promise<void>;
  counts(): Readonly<AppsecCounts>;
}

/** Returns who answers bouncers. */
export function createAppsec(options: AppsecOptions): Appsec {
  const desk = new Appsecs(options);
  return Object.assign((req: IncomingMessage, res: ServerResponse) => desk.answer(req, res), {
    counts: () => ({ ...desk.counts }),
  });
}

class Appsecs {
  readonly counts: AppsecCounts = { allow: 0, ban: 0, captcha: 0, unauthorized: 0, malformed: 0, fault: 0 };
  readonly #options: AppsecOptions;
  readonly #keys: AppsecKeys;

  constructor(options: AppsecOptions) {
    this.#options = options;
    this.#keys = new AppsecKeys(options.store, options.now);
  }

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      await this.#answer(req, res);
    } catch (error) {
      this.counts.fault++;
      this.#options.onFault?.(error);
      if (!res.headersSent) send(res, 500, { message: 'internal error' }, { connection: 'close' });
    }
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { rawHeaders, socket } = req;
    if (!(await this.#keys.isGood(keyOf(rawHeaders), socket.remoteAddress ?? ''))) {
      this.counts.unauthorized++;
      const from = socket.remoteAddress === undefined ? 'this machine' : socket.remoteAddress;
      this.#options.onRefused?.(`a web server at ${from} asks with a key that is no bouncer's`);
      res.writeHead(401, { 'content-length': '0' }).end();
      return;
    }
    const read = readAsked(rawHeaders);
    if (!read.ok) {
      this.counts.malformed++;
      this.#options.onRefused?.(read.says);
      send(res, 500, { message: read.says });
      return;
    }
    await this.#judge(req, res, read.asked);
  }

  async #judge(req: IncomingMessage, res: ServerResponse, asked: AskedRequest): Promise<void> {
    const { judge, bodyBytes, bodyMs, codes } = this.#options;
    const one = judge.open(asked);
    let remedy: AppsecRemedy | undefined;
    try {
      const end = await readAskedBody(req, bodyBytes, bodyMs, {
        begin: (body, isCut) => void (remedy = one.begin(body, isCut)),
        next: (piece) => void (remedy ??= one.next(piece)),
      });
      if (end === 'gone') return;
      this.counts[remedy?.action ?? 'allow']++;
      const more: Record<string, string> = end === 'late' ? { connection: 'close' } : {};
      if (remedy === undefined)
        send(res, codes.passed, { action: codes.passAction, http_status: codes.userPassed }, more);
      else
        send(
          res,
          codes.blocked,
          { action: remedy.action, http_status: codes.userBlocked },
          { ...more, 'x-parapet-record': remedy.recordId },
        );
    } finally {
      one.end();
    }
  }
}

function send(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  res.end(text);
}
