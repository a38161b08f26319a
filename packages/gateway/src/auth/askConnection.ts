// One connection of a server that asks: questions one after the other, each answered before the next is read.

import type { Socket } from 'node:net';
import { PASS, type Action, type Answer, type Client, type Guard } from '@parapet/kinds';
import { RequestHead } from '../http/request-head.ts';
import { readSocket } from '../relay/client-socket.ts';
import { partOf, readAsked, type AskedRequest, type Part } from './asked.ts';
import type { AskedClients } from './askedClient.ts';
import { BodyCollector, type Collected } from './bodyCollector.ts';
import type { ForwardAuthCounters } from './forwardAuth.ts';
import { answerHead, briefReply, passReply, plainAnswer } from './replies.ts';

export interface AskCore {
  readonly guard: Guard;
  readonly clients: AskedClients;
  readonly counters: ForwardAuthCounters;
  siteOf(host: string): string;
  nowMs(): number;
  onFault(error: unknown): void;
  isDraining: boolean;
}

interface Question {
  readonly part: Part;
  readonly request: AskedRequest;
  readonly client: Client;
  readonly site: string;
  readonly startedAtMs: number;
  readonly isHead: boolean;
  closes: boolean;
  bodyBytes: number;
}

const LIMITS = { headBytes: 131_072, headers: 256 };
const MOST_DISCARDED_BYTES = 1_048_576;
/** An asker that does not read its answers. */
const MOST_UNREAD_BYTES = 4_194_304;
const NO_BODY: Collected = { kept: new Uint8Array(0), isCut: false, isBroken: false, bytes: 0 };

export class AskConnection {
  readonly #core: AskCore;
  readonly #socket: Socket;
  readonly #asker: Client;
  readonly #head: RequestHead = new RequestHead(LIMITS);
  #rest: Buffer | undefined = undefined;
  #out = '';
  /** The body of the question in hand, and what to do when it is there. */
  #body: BodyCollector | undefined = undefined;
  #isBusy = false;
  #hasEnded = false;
  /** Who has connected and is about to ask is answered once more by a worker that ends. */
  #isFresh = true;

  constructor(core: AskCore, accepted: Socket, asker: Client, onClosed: (connection: AskConnection) => void) {
    this.#core = core;
    const socket = readSocket(accepted, true, (chunk) => this.#take(chunk));
    this.#socket = socket;
    this.#asker = asker;
    socket.setNoDelay(true);
    socket.on('close', () => onClosed(this));
    socket.on('end', () => {
      this.#hasEnded = true;
      if (!this.#isBusy) this.#end();
    });
    // The other side is gone: `close` follows, and there is nobody to tell.
    socket.on('error', () => {});
  }

  /** Resolves when the connection is gone: at once between two questions, else after the answer. */
  drain(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#hasEnded = true;
    if (!this.#isBusy && !this.#isFresh) this.#end();
    return gone;
  }

  cut(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#socket.writableEnded) return;
    // Those who may ask are our own servers, so that pieces are few and copying them is no attack.
    this.#rest = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#isBusy) {
      if (this.#rest.length > LIMITS.headBytes) this.#socket.pause();
      return;
    }
    this.#read();
    this.#flush();
  }

  /** Reads and answers whatever is there. */
  #read(): void {
    while (this.#rest !== undefined && !this.#isBusy && !this.#socket.destroyed) {
      const bytes = this.#rest;
      if (this.#body !== undefined) {
        const end = this.#body.take(bytes, 0);
        this.#rest = end < bytes.length ? bytes.subarray(end) : undefined;
        if (!this.#body.isDone) return;
        const body = this.#body;
        this.#body = undefined;
        body.done();
        continue;
      }
      const end = this.#head.parse(bytes, 0, bytes.length);
      if (end === 0) return;
      if (end < 0) return this.#refuse(this.#head.refusal!.code, 'Forbidden.\n');
      this.#rest = end < bytes.length ? bytes.subarray(end) : undefined;
      this.#begin();
    }
  }

  #begin(): void {
    this.#isFresh = false;
    const head = this.#head;
    const part = partOf(head.rawTarget);
    const request = readAsked(head, part);
    if (request === undefined)
      return this.#refuse(
        'no-question',
        'It is not said which request is meant: see docs/forward-auth.md.\n',
      );
    const client = this.#core.clients.find(this.#asker, request);
    const site = this.#core.siteOf(request.host);
    const startedAtMs = this.#core.nowMs();
    const closes = !head.keepsAlive || this.#core.isDraining;
    const isHead = head.method === 'HEAD';
    const question: Question = { part, request, client, site, startedAtMs, isHead, closes, bodyBytes: 0 };
    if (part === 'ended') return this.#withBody(question, 0, () => this.#tellEnd(question));
    const action = this.#decide(question);
    if (head.framing === 'none') return this.#settle(question, action, NO_BODY);
    const isWanted = action.kind === 'read' || (part === 'own' && action.kind === 'handle');
    this.#withBody(question, isWanted ? action.maxBodyBytes : 0, (body) =>
      this.#settle(question, action, body),
    );
  }

  #decide({ request, client, site }: Question): Action {
    try {
      return this.#core.guard.onRequest(request, client, site);
    } catch (error) {
      this.#core.onFault(error);
      return PASS;
    }
  }

  /** Goes on when the body is there: kept up to `most` bytes, beyond it and without any need of it thrown away. */
  #withBody(question: Question, most: number, go: (body: Collected) => void): void {
    const { framing, contentLength, expectsContinue } = this.#head;
    if (framing === 'none') {
      go(NO_BODY);
      return;
    }
    if (expectsContinue) this.#out += 'HTTP/1.1 100 Continue\r\n\r\n';
    const length = framing === 'length' ? contentLength : -1;
    this.#body = new BodyCollector(length, most, MOST_DISCARDED_BYTES, (body) => {
      question.bodyBytes = body.bytes;
      if (body.isBroken) question.closes = true;
      go(body);
    });
  }

  #settle(question: Question, action: Action, body: Collected): void {
    switch (action.kind) {
      case 'pass':
        return this.#pass(question, action);
      case 'reply':
        return this.#answer(question, action.answer);
      case 'handle':
        if (body.isCut || body.isBroken) return this.#answer(question, TOO_LONG);
        return this.#await(
          action.handle(body.kept).then((answer): Action => ({ kind: 'reply', answer })),
          question,
        );
      case 'read':
        return this.#settle(question, this.#inspected(action, body), NO_BODY);
      case 'wait':
        // Else who asks would take the silence for a fault, and let pass whom it should have kept waiting.
        if (question.part === 'patient') this.#out += 'HTTP/1.1 102 Processing\r\n\r\n';
        return this.#await(action.action, question);
    }
  }

  #inspected(action: Extract<Action, { kind: 'read' }>, { kept, isCut, isBroken }: Collected): Action {
    try {
      const decided = action.decide(kept, isCut || isBroken);
      return decided.kind === 'read' || decided.kind === 'handle' ? PASS : decided;
    } catch (error) {
      this.#core.onFault(error);
      return PASS;
    }
  }

  #await(later: Promise<Action>, question: Question): void {
    this.#isBusy = true;
    later
      .catch((error: unknown): Action => {
        this.#core.onFault(error);
        return PASS;
      })
      .then((action) => {
        this.#isBusy = false;
        this.#settle(question, action, NO_BODY);
        this.#socket.resume();
        this.#read();
        this.#flush();
      })
      .catch((error: unknown) => {
        this.#core.onFault(error);
        this.#socket.destroy();
      });
  }

  #pass(question: Question, action: Extract<Action, { kind: 'pass' }>): void {
    // A page was asked for, and there is none any more: the decision has just ended, or an own page is at fault.
    if (question.part === 'answer' || question.part === 'own') return this.#answer(question, FORBIDDEN);
    this.#core.counters.passed++;
    this.#write(passReply(action, question.closes), question);
  }

  #answer(question: Question, answer: Answer): void {
    const { part } = question;
    this.#core.counters.answered++;
    const bytes = typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length;
    if (part === 'brief') this.#write(briefReply(answer, question.closes), question);
    else {
      const hasBody = !question.isHead && answer.status !== 204 && answer.status !== 304;
      this.#flush();
      this.#socket.cork();
      this.#socket.write(answerHead(answer, bytes, question.closes), 'latin1');
      if (hasBody && bytes > 0) this.#socket.write(answer.body);
      this.#socket.uncork();
      this.#write('', question);
    }
    // The page that follows a brief answer was told of with that.
    if (part !== 'answer') this.#tell(question, answer.status, part === 'brief' ? 0 : bytes, answer);
  }

  /** What was answered here is told here; what passed stands in the server's own log, which is a source as any. */
  #tell(question: Question, status: number, responseBodyBytes: number, answer: Answer | undefined): void {
    const { client, request, startedAtMs, site, bodyBytes } = question;
    try {
      this.#core.guard.onEnd({
        client,
        request,
        startedAtMs,
        status,
        requestBodyBytes: bodyBytes,
        responseBodyBytes,
        upstreamMs: -1,
        totalMs: this.#core.nowMs() - startedAtMs,
        cacheStatus: '',
        answer,
        site,
        requestId: request.header('x-request-id') ?? '',
      });
    } catch (error) {
      this.#core.onFault(error);
    }
  }

  /** A program without a log (the SDK) says how a request ended that had passed. */
  #tellEnd(question: Question): void {
    const status = Number(question.request.header('x-parapet-status'));
    const bytes = Number(question.request.header('x-parapet-bytes') ?? 0);
    if (Number.isInteger(status) && status >= 100 && status <= 599 && bytes >= 0)
      this.#tell(question, status, bytes, undefined);
    this.#write(passReply({ kind: 'pass' }, question.closes), question);
  }

  /**
   * With 403, which to every server means that the request may not pass: what reaches us broken was made so by the
   * visitor, and a status that the server does not know could let it pass.
   */
  #refuse(cause: string, text: string): void {
    this.#core.counters.refused++;
    this.#out += answerHead(plainAnswer(403, cause, text), text.length, true) + text;
    this.#end();
  }

  #write(text: string, question: Question): void {
    this.#out += text;
    this.#head.clear();
    if (question.closes || this.#hasEnded) this.#end();
  }

  #flush(): void {
    if (this.#out === '' || this.#socket.destroyed) return;
    this.#socket.write(this.#out, 'latin1');
    this.#out = '';
    if (this.#socket.writableLength > MOST_UNREAD_BYTES) this.#socket.destroy();
  }

  #end(): void {
    this.#flush();
    this.#rest = undefined;
    this.#socket.end();
  }
}

const TOO_LONG: Answer = plainAnswer(413, 'own-page', 'That is too long.\n');
/** Not any more: the decision has just ended. The visitor's next try passes. */
const FORBIDDEN: Answer = plainAnswer(403, 'own-page', 'Forbidden. Please try again.\n');
