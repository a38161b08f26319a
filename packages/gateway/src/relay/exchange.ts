// oxlint-disable max-lines -- the time limits and the turn at the upstreams move out with the next change

// One request on its way: the guard is asked, the head goes to an upstream, the answer comes back, the guard is told.
// Knows neither the client's transport (Downstream) nor the upstream's bytes (UpstreamConnection). Nothing is
// allocated for the usual request: the object serves the next one when this one is over.

import { PASS, type Action, type Answer, type Client, type Exchange, type RequestView } from '@parapet/kinds';
import type { RequestHead } from '../http/request-head.ts';
import type { ResponseHead } from '../http/response-head.ts';
import { BodyCollector } from './body-collector.ts';
import { guardFault, type Core } from './core.ts';
import type { AnswerPlan, Downstream } from './downstream.ts';
import { extraHeaders, ownPage } from './own-answers.ts';
import { introduce, type Introduction } from './request-writer.ts';
import { httpsRedirect } from '../edge/httpsRedirect.ts';
import type { Upstream } from '../edge/upstreamSet.ts';
import type { Site } from './sites.ts';
import type { AnswerTaker, UpstreamConnection } from './upstream-connection.ts';

const ENDED = 0;
/** The guard has not decided yet. */
const DECIDING = 1;
/** The guard wants the body first. */
const COLLECTING = 2;
const CONNECTING = 3;
/** The head has been sent. */
const ASKED = 4;
/** The guard holds the head of the answer. */
const HELD = 5;
const ANSWERING = 6;
const TUNNEL = 7;

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
const MOST_RETRIES = 3;
/** An upstream that says nothing to Expect for so long has not understood it. */
const CONTINUE_MS = 1000;
const KILOBYTE = 1024;

export class RelayExchange implements Exchange, AnswerTaker {
  client!: Client;
  request!: RequestView;
  startedAtMs = 0;
  status = 0;
  requestBodyBytes = 0;
  responseBodyBytes = 0;
  upstreamMs = -1;
  totalMs = 0;
  cacheStatus = '';
  answer: Answer | undefined = undefined;
  /** Bytes of the body may be handed over. */
  takesBody = false;
  /** The client's body has come to its end. */
  hasWholeBody = false;

  readonly #core: Core;
  readonly #downstream: Downstream;
  readonly #redirectPort: number;
  readonly #plan: AnswerPlan = { isWhole: false, closes: false, chunks: undefined, setCookies: undefined };
  #phase = ENDED;
  #head!: RequestHead;
  #headBytes!: Buffer;
  #peer!: Client;
  #isTrusted = false;
  #site: Site | undefined = undefined;
  #introduction: Introduction | undefined = undefined;
  #id = 0;
  #upstream: Upstream | undefined = undefined;
  #connection: UpstreamConnection | undefined = undefined;
  #passAction: Extract<Action, { kind: 'pass' }> = PASS as Extract<Action, { kind: 'pass' }>;
  /** The one that has just failed. */
  #except: Upstream | undefined = undefined;
  #retries = 0;
  /** Grows with each request: an answer of the guard that comes too late finds another number. */
  #serial = 0;
  #isHeadPending = false;
  #isInUse = false;
  #isWhole = false;
  #heldBuffer: Buffer | undefined = undefined;
  #heldEnd = 0;
  #collector: BodyCollector | undefined = undefined;
  #continueAtMs = 0;
  /** Where the time limit of the phase is measured from, and how many bytes had moved then. */
  #markMs = 0;
  #markBytes = 0;

  /** `redirectPort`: where visitors without TLS are sent instead; 0 for those who are served. */
  constructor(core: Core, downstream: Downstream, redirectPort = 0) {
    this.#core = core;
    this.#redirectPort = redirectPort;
    this.#downstream = downstream;
  }

  get site(): string {
    return this.#site?.config.name ?? '';
  }

  get requestId(): string {
    const told = this.#introduction?.requestId;
    return told ?? this.#core.writer.requestIdText(this.#id);
  }

  get isEnded(): boolean {
    return this.#phase === ENDED;
  }

  get isTunnel(): boolean {
    return this.#phase === TUNNEL;
  }

  /**
   * A request whose head is complete. `headBytes` is what `head` was parsed from and stays as it is until `done`.
   * `peer` is who opened the connection (or whom a PROXY header names).
   */
  begin(
    view: RequestView,
    head: RequestHead,
    headBytes: Buffer,
    peer: Client,
    isTrusted: boolean,
    client: Client,
  ): void {
    const core = this.#core;
    this.#reset();
    this.request = view;
    this.#head = head;
    this.#headBytes = headBytes;
    this.#peer = peer;
    this.#isTrusted = isTrusted;
    this.client = client;
    this.startedAtMs = this.#markMs = core.nowMs = core.clock();
    this.hasWholeBody = head.framing === 'none';
    this.#id = core.writer.nextId();
    core.counters.requests++;
    const site = core.sites.find(view.host);
    this.#site = site;
    if (isTrusted) core.suspicion.noteTrusted();
    else core.suspicion.note(peer, view);
    if (site === undefined) return this.#reply(ownPage(421, this.requestId));
    if (this.#redirectPort > 0 && client.scheme === 'http') {
      const redirect = httpsRedirect(view, this.#redirectPort);
      if (redirect !== undefined) return this.#reply(redirect);
    }
    const mostBytes = core.config.limits.requestBodyBytes;
    if (mostBytes > 0 && head.contentLength > mostBytes) return this.#reply(ownPage(413, this.requestId));
    let action: Action = PASS;
    try {
      action = core.guard.onRequest(view, client, site.config.name);
    } catch (error) {
      guardFault(core, error);
    }
    if (action === PASS) this.#forward();
    else this.#act(action);
  }

  /** Bytes of the body. The caller asks `takesBody` before each call. */
  takeRequestBody(buffer: Buffer, start: number, end: number): void {
    const length = end - start;
    this.requestBodyBytes += length;
    if (this.#phase === COLLECTING) return this.#collect(buffer, start, end);
    const mostBytes = this.#core.config.limits.requestBodyBytes;
    if (mostBytes > 0 && this.requestBodyBytes > mostBytes) return this.#refuseBody();
    const connection = this.#connection!;
    let isWelcome: boolean;
    if (this.#isHeadPending) {
      this.#isHeadPending = false;
      isWelcome = this.#core.writer.sendWith(connection, buffer, start, end);
    } else {
      isWelcome = connection.socket.write(
        start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end),
      );
    }
    if (!isWelcome) this.takesBody = false;
  }

  endBody(): void {
    this.hasWholeBody = true;
    this.takesBody = false;
    this.#mark();
    if (this.#phase === COLLECTING) this.#handle();
  }

  /** The client is gone. */
  leave(): void {
    if (this.#phase === ENDED) return;
    this.#core.counters.clientsLeft++;
    if (this.status === 0) this.status = 499;
    this.#dropConnection();
    this.#end();
  }

  /** The body broke a rule of HTTP: whatever has been forwarded of it, the upstream gets no more. */
  breakBody(status: number): void {
    this.#dropConnection();
    if (this.#phase < ANSWERING) return this.#reply(ownPage(status, this.requestId), true);
    this.#cut();
  }

  /** What was sent to the client has been taken; more is welcome. */
  sent(): void {
    if (!this.#isInUse || this.#phase === ENDED) return;
    this.#isInUse = false;
    this.#mark();
    const connection = this.#connection;
    if (this.#isWhole) this.#finish();
    // Also when the answer is over: it was paused, and serves the next request.
    connection?.resume();
  }

  connected(): void {
    if (this.#phase === CONNECTING) this.#ask();
  }

  drained(): void {
    if (this.#phase === ENDED || this.hasWholeBody || this.takesBody) return;
    this.#mark();
    this.takesBody = true;
    this.#downstream.pull();
  }

  takeInterim(head: ResponseHead, buffer: Buffer): void {
    this.#mark();
    if (head.status === 100) this.#continueAtMs = 0;
    if (this.#downstream.takesInterim) this.#downstream.sendInterim(head, buffer);
  }

  takeHead(head: ResponseHead, buffer: Buffer, end: number, isWhole: boolean): boolean {
    const core = this.#core;
    core.nowMs = core.clock();
    this.upstreamMs = core.nowMs - this.startedAtMs;
    this.#site!.upstreams.succeeded(this.#upstream!, core.nowMs);
    this.cacheStatus =
      head.header('x-drupal-cache') ?? head.header('x-cache') ?? head.header('cf-cache-status') ?? '';
    this.#isWhole = isWhole;
    let action: Action | undefined;
    try {
      action = core.guard.onResponse(this.request, head, this.client, this.#site!.config.name);
    } catch (error) {
      guardFault(core, error);
    }
    if (action === undefined || action === PASS) return this.#answer(buffer, end);
    this.#heldBuffer = buffer;
    this.#heldEnd = end;
    this.#phase = HELD;
    return this.#actOnAnswer(action);
  }

  takeBody(buffer: Buffer, start: number, end: number, isWhole: boolean): boolean {
    this.#isWhole = this.#plan.isWhole = isWhole;
    if (this.#phase === TUNNEL && isWhole) {
      this.#downstream.endTunnel();
      return false;
    }
    this.responseBodyBytes += end - start;
    return this.#handOn(this.#downstream.sendBody(buffer, start, end, this.#plan));
  }

  failed(error: Error | undefined): void {
    const connection = this.#connection;
    this.#loseConnection();
    if (this.#phase === ENDED) return;
    if (this.#phase === TUNNEL) return this.#downstream.endTunnel();
    if (this.#isInUse && this.#isWhole) return;
    this.#core.counters.upstreamFailures++;
    if (this.#phase > HELD) return this.#cut();
    const isStale = connection !== undefined && connection.isReused && !connection.hasBegun;
    if (!isStale) this.#site!.upstreams.failed(this.#upstream!, this.#core.nowMs);
    if (this.#canRetry(isStale)) {
      this.#core.counters.retries++;
      return this.#forward();
    }
    if (error !== undefined) this.#core.onUpstreamError(error);
    this.#reply(ownPage(502, this.requestId));
  }

  /** In a tunnel: the client has said all. */
  endTunnel(): void {
    this.#connection?.socket.end();
  }

  /** Called about twice a second: ends what takes too long. */
  sweep(nowMs: number): void {
    if (this.#phase === ENDED) return;
    const { timeouts } = this.#core.config;
    const forMs = nowMs - this.#markMs;
    if (this.#continueAtMs !== 0 && nowMs >= this.#continueAtMs) {
      this.#continueAtMs = 0;
      this.#downstream.sendContinue();
    }
    switch (this.#phase) {
      case CONNECTING:
        if (forMs > timeouts.connectMs) this.#timeOut(504);
        break;
      case COLLECTING:
      case ASKED:
        if (this.hasWholeBody ? forMs > timeouts.upstreamMs : this.#isStuck(forMs)) {
          if (this.hasWholeBody || !this.takesBody) this.#timeOut(504);
          else this.#clientTimeOut();
        }
        break;
      case ANSWERING:
        if (this.#isInUse ? forMs > timeouts.bodyMs : forMs > timeouts.upstreamMs) {
          if (this.#isInUse) this.#core.counters.clientTimeouts++;
          else this.#core.counters.upstreamTimeouts++;
          this.#dropConnection();
          this.#cut();
        }
        break;
      case TUNNEL:
        if (this.requestBodyBytes + this.responseBodyBytes !== this.#markBytes) this.#mark();
        else if (forMs > Math.max(timeouts.idleMs, timeouts.upstreamMs)) {
          this.#dropConnection();
          this.#cut();
        }
        break;
      default:
        if (forMs > timeouts.upstreamMs) this.#decideLate();
    }
  }

  #reset(): void {
    this.status = this.requestBodyBytes = this.responseBodyBytes = this.totalMs = 0;
    this.upstreamMs = -1;
    this.cacheStatus = '';
    this.answer = undefined;
    this.takesBody = this.hasWholeBody = this.#isHeadPending = this.#isInUse = this.#isWhole = false;
    this.#plan.isWhole = this.#plan.closes = false;
    this.#plan.chunks = this.#plan.setCookies = undefined;
    this.#passAction = PASS as Extract<Action, { kind: 'pass' }>;
    this.#retries = this.#continueAtMs = this.#markBytes = 0;
    this.#upstream = this.#except = undefined;
    this.#phase = DECIDING;
  }

  #act(action: Action): void {
    switch (action.kind) {
      case 'pass':
        this.#passAction = action;
        this.#plan.setCookies = action.setCookies;
        return this.#forward();
      case 'reply':
        return this.#reply(action.answer);
      case 'handle':
        this.#collector = new BodyCollector(action, this.#head.framing === 'chunked');
        this.#phase = COLLECTING;
        if (this.hasWholeBody) return this.#handle();
        if (this.#head.contentLength > action.maxBodyBytes) return this.#reply(ownPage(413, this.requestId));
        if (this.#head.expectsContinue) this.#downstream.sendContinue();
        return this.#openBody();
      case 'wait':
        return this.#wait(
          action.action,
          (decided) => this.#act(decided),
          () => this.#forward(),
        );
    }
  }

  /** Goes on when the guard has decided, unless the request is over by then. */
  #wait<T>(promise: Promise<T>, then: (value: T) => void, otherwise: () => void): void {
    const serial = this.#serial;
    promise.then(
      (value) => {
        if (this.#serial === serial) then(value);
      },
      (error: unknown) => {
        guardFault(this.#core, error);
        if (this.#serial === serial) otherwise();
      },
    );
  }

  #collect(buffer: Buffer, start: number, end: number): void {
    if (!this.#collector!.take(buffer, start, end)) this.#reply(ownPage(413, this.requestId), true);
  }

  #handle(): void {
    this.#phase = DECIDING;
    const collector = this.#collector!;
    this.#wait(
      collector.handle(),
      (answer) => this.#reply(answer),
      () => this.#reply(ownPage(500, this.requestId)),
    );
  }

  #openBody(): void {
    this.takesBody = true;
    this.#downstream.pull();
  }

  #forward(): void {
    const core = this.#core;
    const { upstreams, pools } = this.#site!;
    const upstream = upstreams.pick(core.nowMs, this.#except);
    if (upstream === undefined) return this.#reply(ownPage(502, this.requestId));
    this.#upstream = upstream;
    upstreams.taken(upstream);
    const pool = pools.get(upstream)!;
    const connection = (this.#retries === 0 ? pool.take() : undefined) ?? pool.connect();
    this.#connection = connection;
    connection.await(this, this.#head.method);
    this.#phase = CONNECTING;
    this.#mark();
    if (connection.isConnected) this.#ask();
  }

  /** Sends the head to the upstream, and what there is of the body. */
  #ask(): void {
    this.#phase = ASKED;
    const core = this.#core;
    const connection = this.#connection!;
    const { requestHeaders } = this.#passAction;
    const hostHeader =
      this.#site!.config.hostHeader === 'upstream' ? this.#upstream!.address.authority : undefined;
    core.writer.compose(
      this.#head,
      this.#headBytes,
      this.#introduce(),
      this.#id,
      extraHeaders(this.#head, requestHeaders, hostHeader),
      hostHeader !== undefined,
    );
    this.#mark();
    if (this.hasWholeBody) {
      core.writer.send(connection);
      return;
    }
    if (this.#head.expectsContinue) this.#continueAtMs = core.nowMs + CONTINUE_MS;
    this.#isHeadPending = true;
    this.#openBody();
    if (!this.#isHeadPending) return;
    this.#isHeadPending = false;
    if (!core.writer.send(connection)) this.takesBody = false;
  }

  #introduce(): Introduction {
    const known = this.#introduction;
    const head = this.#head;
    if (
      known !== undefined &&
      !this.#isTrusted &&
      known.client === this.client &&
      known.rawHost === head.rawHost
    )
      return known;
    return (this.#introduction = introduce(this.client, this.#peer, head, this.#isTrusted));
  }

  /** Sends the head of the answer, and what there is of the body. Returns whether the buffer is free. */
  #answer(buffer: Buffer, end: number): boolean {
    const connection = this.#connection!;
    const { head } = connection;
    const plan = this.#plan;
    if (head.status === 101 && this.#head.upgrade === '') {
      this.#dropConnection();
      this.failed(new Error('the upstream changes the protocol, and nobody asked for it'));
      return false;
    }
    this.status = head.status;
    this.responseBodyBytes = end - head.headEnd;
    this.#phase = ANSWERING;
    plan.isWhole = this.#isWhole;
    plan.chunks = head.framing === 'chunked' ? connection.chunks : undefined;
    plan.closes = !this.#head.keepsAlive || !this.hasWholeBody || this.#core.isDraining;
    if (head.status !== 101) return this.#handOn(this.#downstream.sendHead(head, buffer, end, plan));
    this.#phase = TUNNEL;
    const isFree = this.#handOn(this.#downstream.sendHead(head, buffer, end, plan));
    this.hasWholeBody = false;
    this.#downstream.beginTunnel();
    this.#openBody();
    return isFree;
  }

  #handOn(isFree: boolean): boolean {
    if (!isFree) {
      this.#isInUse = true;
      this.#mark();
      return false;
    }
    this.#markMs = this.#core.nowMs;
    if (this.#isWhole) this.#finish();
    return true;
  }

  /** What the guard wants done with the upstream's answer. Returns whether the buffer is free. */
  #actOnAnswer(action: Action): boolean {
    switch (action.kind) {
      case 'pass':
        if (action.setCookies !== undefined)
          this.#plan.setCookies = [...(this.#plan.setCookies ?? []), ...action.setCookies];
        return this.#answer(this.#heldBuffer!, this.#heldEnd);
      case 'reply':
        this.#dropConnection();
        this.#reply(action.answer);
        return false;
      case 'handle':
        // The body has gone to the upstream already.
        guardFault(this.#core, new Error('a guard asked for the body of a request that was answered'));
        return this.#answer(this.#heldBuffer!, this.#heldEnd);
      case 'wait':
        this.#wait(
          action.action,
          (decided) => this.#release(decided),
          () => this.#release(PASS),
        );
        return false;
    }
  }

  /** The answer that was held goes on its way. */
  #release(action: Action): void {
    const connection = this.#connection;
    this.#phase = HELD;
    if (this.#actOnAnswer(action) && this.#phase !== ENDED) connection?.resume();
    else if (this.#phase === ENDED && connection !== undefined && !connection.isDestroyed)
      connection.resume();
  }

  #reply(answer: Answer, isLast = false): void {
    this.#dropConnection();
    this.answer = answer;
    this.status = answer.status;
    this.#core.counters.ownAnswers++;
    const closes =
      isLast ||
      answer.isLast === true ||
      !this.#head.keepsAlive ||
      this.#core.isDraining ||
      this.#leavesBody();
    this.responseBodyBytes = this.#downstream.sendAnswer(answer, closes);
    this.#end();
    this.#downstream.done(closes);
  }

  /** Whether the client is still sending what nobody will read. */
  #leavesBody(): boolean {
    return !this.hasWholeBody && !this.#downstream.skipBody();
  }

  #finish(): void {
    const connection = this.#connection;
    this.#loseConnection();
    const closes = this.#plan.closes;
    if (connection !== undefined) {
      if (this.hasWholeBody) this.#site!.pools.get(this.#upstream!)!.release(connection, this.#core.nowMs);
      else connection.destroy();
    }
    this.#end();
    this.#downstream.done(closes);
  }

  #cut(): void {
    this.#core.counters.cutAnswers++;
    this.#dropConnection();
    this.#end();
    this.#downstream.cut();
  }

  #end(): void {
    const core = this.#core;
    this.#phase = ENDED;
    this.#serial++;
    this.takesBody = false;
    this.#heldBuffer = this.#collector = undefined;
    this.totalMs = core.clock() - this.startedAtMs;
    core.counters.requestBytes += this.requestBodyBytes;
    core.counters.responseBytes += this.responseBodyBytes;
    try {
      core.guard.onEnd(this);
    } catch (error) {
      guardFault(core, error);
    }
  }

  /** A request may be sent again when the upstream cannot have acted on it, or acting twice is the same as once. */
  #canRetry(isStale: boolean): boolean {
    if (this.requestBodyBytes > 0 || ++this.#retries > MOST_RETRIES) return false;
    if (isStale) return IDEMPOTENT.has(this.#head.method);
    this.#except = this.#upstream;
    return this.#phase === CONNECTING;
  }

  #refuseBody(): void {
    this.#dropConnection();
    if (this.#phase < ANSWERING) this.#reply(ownPage(413, this.requestId), true);
    else this.#cut();
  }

  #timeOut(status: number): void {
    const isConnecting = this.#phase === CONNECTING;
    this.#core.counters.upstreamTimeouts++;
    if (isConnecting) this.#site!.upstreams.failed(this.#upstream!, this.#core.nowMs);
    this.#dropConnection();
    if (isConnecting && this.#canRetry(false)) this.#forward();
    else this.#reply(ownPage(status, this.requestId));
  }

  #clientTimeOut(): void {
    this.#core.counters.clientTimeouts++;
    this.#reply(ownPage(408, this.requestId), true);
  }

  /** A body that moves less than a kilobyte in its time. */
  #isStuck(forMs: number): boolean {
    if (forMs <= this.#core.config.timeouts.bodyMs) return false;
    const isMoving = this.requestBodyBytes - this.#markBytes >= KILOBYTE;
    if (isMoving) this.#mark();
    return !isMoving;
  }

  #decideLate(): void {
    guardFault(this.#core, new Error('a guard did not decide in time'));
    this.#serial++;
    if (this.#phase === HELD) this.#release(PASS);
    else this.#forward();
  }

  #mark(): void {
    this.#markMs = this.#core.nowMs;
    this.#markBytes = this.requestBodyBytes + this.responseBodyBytes;
  }

  #dropConnection(): void {
    const connection = this.#connection;
    this.#loseConnection();
    connection?.destroy();
  }

  #loseConnection(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    this.#site!.upstreams.released(this.#upstream!);
  }
}
