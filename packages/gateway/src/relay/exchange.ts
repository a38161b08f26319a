// One request on its way: the guard is asked, the head goes to an upstream, the answer comes back, the guard is told.
// Knows neither the client's transport (Downstream) nor the upstream's bytes (UpstreamConnection). Nothing is
// allocated for the usual request: the object serves the next one when this one is over.

import { PASS, type Action, type Answer, type Client, type RequestView } from '@parapet/kinds';
import type { RequestHead } from '../http/request-head.ts';
import type { ResponseHead } from '../http/response-head.ts';
import { BodyIntake } from './body-intake.ts';
import type { Core } from './core.ts';
import type { AnswerPlan, Downstream } from './downstream.ts';
import { askGuard, decideOn, followOn, guardFault, showAnswer, tellEnd } from './guard-calls.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { Later } from './later.ts';
import * as phases from './phases.ts';
import { noAnswerPage, ownPage } from './own-answers.ts';
import { RequestSending } from './request-sending.ts';
import type { AnswerTaker } from './upstream-connection.ts';
import { isMoving, lateOne, type Late, type Waiting } from './time-limits.ts';
import { UpstreamTurn } from './upstream-turn.ts';

/** An upstream that says nothing to Expect for so long has not understood it. */
const CONTINUE_MS = 1000;

export class RelayExchange extends ExchangeRecord implements AnswerTaker {
  readonly #downstream: Downstream;
  readonly #redirectPort: number;
  readonly #plan: AnswerPlan = { isWhole: false, closes: false, chunks: undefined, setCookies: undefined };
  #phase = phases.ENDED;
  readonly #turn: UpstreamTurn = new UpstreamTurn();
  #passAction: Extract<Action, { kind: 'pass' }> = PASS as Extract<Action, { kind: 'pass' }>;
  readonly #later: Later;
  #isInUse = false;
  #isWhole = false;
  #heldBuffer: Buffer | undefined = undefined;
  #heldEnd = 0;
  readonly #sending: RequestSending;
  #intake: BodyIntake | undefined = undefined;
  /** The client has been told to go on sending. */
  #hasContinued = false;
  #continueAtMs = 0;
  /** Where the time limit of the phase is measured from, and how many bytes had moved then. */
  #markMs = 0;
  #markBytes = 0;

  /** `redirectPort`: where visitors without TLS are sent instead; 0 for those who are served. */
  constructor(core: Core, downstream: Downstream, redirectPort = 0) {
    super(core);
    this.#redirectPort = redirectPort;
    this.#downstream = downstream;
    this.#sending = new RequestSending(core.writer);
    this.#later = new Later((error) => guardFault(core, error));
  }

  get isEnded(): boolean {
    return this.#phase === phases.ENDED;
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
    const core = this.core;
    this.#reset();
    this.take(view, head, headBytes, peer, isTrusted, client);
    this.#markMs = this.startedAtMs;
    this.#turn.begin(this.siteFound);
    const early = this.earlyAnswer(this.#redirectPort);
    if (early !== undefined) return this.#reply(early);
    const action = askGuard(core, view, client, this.site);
    if (action === PASS) return this.#forward();
    this.noteRepeatable(action);
    this.#act(action);
  }

  /** The very bytes of the last request came again. Returns false when they have to be looked at anew. */
  repeat(): boolean {
    const { repeated } = this;
    if (repeated?.isStill?.() !== true) return false;
    this.takeAgain();
    this.#phase = phases.DECIDING;
    this.#reply(repeated.answer);
    return true;
  }

  /** Bytes of the body. The caller asks `takesBody` before each call. */
  takeRequestBody(buffer: Buffer, start: number, end: number): void {
    this.requestBodyBytes += end - start;
    const mostBytes = this.core.config.limits.requestBodyBytes;
    if (mostBytes > 0 && this.requestBodyBytes > mostBytes) return this.breakBody(413);
    if (this.#phase === phases.COLLECTING) return this.#collectMore(this.#intake!, buffer, start, end);
    if (this.#intake !== undefined) {
      const answer = followOn(this.core, this.#intake, buffer, start, end);
      if (answer !== undefined) return this.#stop(answer);
    }
    const { connection } = this.#turn;
    // A tunnel whose other end has gone.
    if (connection === undefined) return;
    if (!this.#sending.write(connection, buffer, start, end)) this.takesBody = false;
  }

  endBody(): void {
    this.hasWholeBody = true;
    this.takesBody = false;
    this.#mark();
    if (this.#phase === phases.COLLECTING) this.#collected(this.#intake!);
  }

  /** The client is gone. */
  leave(): void {
    if (this.#phase === phases.ENDED) return;
    if (this.#phase !== phases.TUNNEL) this.core.counters.clientsLeft++;
    if (this.status === 0) this.status = 499;
    this.#turn.drop();
    this.#end();
  }

  /** The body broke a rule of HTTP: whatever has been forwarded of it, the upstream gets no more. */
  breakBody(status: number): void {
    this.#stop(ownPage(status, this.requestId));
  }

  /** What was sent to the client has been taken; more is welcome. */
  sent(): void {
    if (!this.#isInUse || this.#phase === phases.ENDED) return;
    this.#isInUse = false;
    this.#mark();
    // Also when the answer is over: the connection was paused, and serves the next request.
    this.#turn.connection?.resume();
    if (this.#isWhole) this.#finish();
  }

  connected(): void {
    if (this.#phase === phases.CONNECTING) this.#ask();
  }

  drained(): void {
    if (this.#phase === phases.ENDED || this.hasWholeBody || this.takesBody) return;
    this.#mark();
    this.takesBody = true;
    this.#downstream.pull();
  }

  takeInterim(head: ResponseHead, buffer: Buffer): void {
    this.#mark();
    if (head.status === 100) this.#continueAtMs = 0;
    if (head.status === 100 && this.#hasContinued) return;
    if (this.#downstream.takesInterim) this.#downstream.sendInterim(head, buffer);
  }

  takeHead(head: ResponseHead, buffer: Buffer, end: number, isWhole: boolean): boolean {
    const core = this.core;
    core.nowMs = core.clock();
    this.upstreamMs = core.nowMs - this.startedAtMs;
    this.#turn.succeeded(core.nowMs);
    this.cacheStatus = head.cacheStatus;
    this.#isWhole = isWhole;
    const action = showAnswer(core, this, head);
    if (action === PASS) return this.#answer(buffer, end);
    this.#heldBuffer = buffer;
    this.#heldEnd = end;
    this.#phase = phases.HELD;
    return this.#actOnAnswer(action);
  }

  takeBody(buffer: Buffer, start: number, end: number, isWhole: boolean): boolean {
    this.#isWhole = this.#plan.isWhole = isWhole;
    if (this.#phase === phases.TUNNEL && isWhole) {
      this.#downstream.endTunnel();
      return false;
    }
    this.responseBodyBytes += end - start;
    return this.#handOn(this.#downstream.sendBody(buffer, start, end, this.#plan));
  }

  failed(error: Error | undefined): void {
    const { connection } = this.#turn;
    this.#turn.lose();
    if (this.#phase === phases.ENDED) return;
    if (this.#phase === phases.TUNNEL) return this.#downstream.endTunnel();
    if (this.#isInUse && this.#isWhole) return;
    this.core.counters.upstreamFailures++;
    if (this.#phase > phases.HELD) return this.#cut();
    const isStale = connection !== undefined && connection.isReused && !connection.hasBegun;
    if (!isStale) this.#turn.failed(this.core.nowMs);
    if (this.#mayRetry(isStale)) {
      this.core.counters.retries++;
      return this.#forward();
    }
    if (error !== undefined) this.core.onUpstreamError(error);
    this.#reply(noAnswerPage(this, 502));
  }

  /** In a tunnel: the client has said all. */
  endTunnel(): void {
    this.#turn.connection?.socket.end();
  }

  /** Called about twice a second: ends what takes too long. */
  sweep(nowMs: number): void {
    if (this.#phase === phases.ENDED) return;
    if (this.#continueAtMs !== 0 && nowMs >= this.#continueAtMs) {
      this.#continueAtMs = 0;
      this.#downstream.sendContinue();
    }
    const waiting: Waiting = {
      phase: this.#phase,
      forMs: nowMs - this.#markMs,
      movedBytes: this.movedBytes - this.#markBytes,
      hasWholeBody: this.hasWholeBody,
      takesBody: this.takesBody,
      isInUse: this.#isInUse,
    };
    const late = lateOne(waiting, this.core.config.timeouts);
    if (late !== 'nobody') this.#endLate(late);
    else if (isMoving(waiting)) this.#mark();
  }

  #reset(): void {
    this.#hasContinued = this.#isInUse = this.#isWhole = this.#plan.isWhole = this.#plan.closes = false;
    this.#sending.clear();
    this.#plan.chunks = this.#plan.setCookies = undefined;
    this.#passAction = PASS as Extract<Action, { kind: 'pass' }>;
    this.#continueAtMs = this.#markBytes = 0;
    this.#phase = phases.DECIDING;
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
      case 'read':
        return this.#collect(action);
      case 'wait':
        return this.#later.wait(
          action.action,
          (decided) => this.#act(decided),
          () => this.#forward(),
        );
    }
  }

  #collect(wanted: Extract<Action, { kind: 'handle' | 'read' }>): void {
    const { framing, contentLength, expectsContinue } = this.head;
    if (this.#intake !== undefined) {
      guardFault(this.core, new Error('a guard asked for a body that it had'));
      return this.#forward();
    }
    this.#intake = new BodyIntake(wanted, framing === 'chunked');
    this.#phase = phases.COLLECTING;
    if (this.hasWholeBody) return this.#collected(this.#intake);
    if (wanted.kind === 'handle' && contentLength > wanted.maxBodyBytes) return this.breakBody(413);
    if (expectsContinue) this.#downstream.sendContinue();
    this.#hasContinued = expectsContinue;
    return this.#openBody();
  }

  #collectMore(intake: BodyIntake, buffer: Buffer, start: number, end: number): void {
    intake.take(buffer, start, end);
    if (!intake.isFull) return;
    if (intake.wanted.kind === 'handle') return this.breakBody(413);
    this.#collected(intake);
  }

  /** There is as much of the body as was wanted. */
  #collected(intake: BodyIntake): void {
    const { wanted } = intake;
    this.#phase = phases.DECIDING;
    this.takesBody = false;
    if (wanted.kind === 'read') return this.#act(decideOn(this.core, intake));
    this.#later.wait(
      wanted.handle(intake.body()),
      (answer) => this.#reply(answer),
      () => this.#reply(ownPage(500, this.requestId)),
    );
  }

  #openBody(): void {
    this.takesBody = true;
    this.#downstream.pull();
  }

  #forward(otherwise: 502 | 504 = 502): void {
    const core = this.core;
    this.#phase = phases.CONNECTING;
    this.takesBody = false;
    const connection = this.#turn.take(this, this.head.method, core.nowMs);
    if (connection === undefined) return this.#reply(noAnswerPage(this, otherwise));
    this.#mark();
    if (connection.isConnected) this.#ask();
  }

  /** Sends the head to the upstream, and what there is of the body. */
  #ask(): void {
    this.#phase = phases.ASKED;
    const core = this.core;
    const connection = this.#turn.connection!;
    this.compose(this.#passAction, this.#turn.authority);
    this.#mark();
    const sending = this.#sending;
    sending.hold();
    const held = this.#intake?.release();
    if (this.hasWholeBody) this.#intake = undefined;
    let isWelcome = true;
    if (held !== undefined && held.length > 0) isWelcome = sending.write(connection, held, 0, held.length);
    else if (this.head.expectsContinue) this.#continueAtMs = core.nowMs + CONTINUE_MS;
    if (!this.hasWholeBody && isWelcome) this.#openBody();
    if (!sending.flush(connection)) this.takesBody = false;
  }

  /** Sends the head of the answer, and what there is of the body. Returns whether the buffer is free. */
  #answer(buffer: Buffer, end: number): boolean {
    const connection = this.#turn.connection!;
    const { head } = connection;
    const plan = this.#plan;
    if (head.status === 101 && this.head.upgrade === '') {
      this.#turn.drop();
      this.failed(new Error('the upstream changes the protocol, and nobody asked for it'));
      return false;
    }
    this.status = head.status;
    this.responseBodyBytes = end - head.headEnd;
    this.#phase = phases.ANSWERING;
    plan.isWhole = this.#isWhole;
    plan.chunks = head.framing === 'chunked' ? connection.chunks : undefined;
    plan.closes = !this.head.keepsAlive || !this.hasWholeBody || this.core.isDraining;
    if (head.status !== 101) return this.#handOn(this.#downstream.sendHead(head, buffer, end, plan));
    this.#phase = phases.TUNNEL;
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
    this.#markMs = this.core.nowMs;
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
        this.#turn.drop();
        this.#reply(action.answer);
        return false;
      case 'handle':
      case 'read':
        // The body has gone to the upstream already.
        guardFault(this.core, new Error('a guard asked for the body of a request that was answered'));
        return this.#answer(this.#heldBuffer!, this.#heldEnd);
      case 'wait':
        this.#later.wait(
          action.action,
          (decided) => this.#release(decided),
          () => this.#release(PASS),
        );
        return false;
    }
  }

  /** The answer that was held goes on its way. */
  #release(action: Action): void {
    const { connection } = this.#turn;
    this.#phase = phases.HELD;
    if (this.#actOnAnswer(action)) connection?.resume();
  }

  #reply(answer: Answer, isLast = false): void {
    this.#turn.drop();
    this.answer = answer;
    this.status = answer.status;
    this.core.counters.ownAnswers++;
    const closes =
      isLast || answer.isLast === true || !this.head.keepsAlive || this.core.isDraining || this.#leavesBody();
    this.responseBodyBytes = this.#downstream.sendAnswer(answer, closes);
    this.#end();
    this.#downstream.done(closes);
  }

  /** Whether the client is still sending what nobody will read. */
  #leavesBody(): boolean {
    return !this.hasWholeBody && !this.#downstream.skipBody();
  }

  #finish(): void {
    const { closes } = this.#plan;
    if (this.hasWholeBody && !this.hasOddBody) this.#turn.release(this.core.nowMs);
    else this.#turn.drop();
    this.#end();
    this.#downstream.done(closes);
  }

  /** Ends a request in the middle of its body: the upstream gets no more of it. */
  #stop(answer: Answer): void {
    this.#turn.drop();
    if (this.#phase < phases.ANSWERING) return this.#reply(answer, true);
    this.#cut();
  }

  #cut(): void {
    this.core.counters.cutAnswers++;
    this.#turn.drop();
    this.#end();
    this.#downstream.cut();
  }

  #end(): void {
    const core = this.core;
    this.#phase = phases.ENDED;
    this.#later.forget();
    this.takesBody = false;
    this.#heldBuffer = this.#intake = undefined;
    this.count();
    tellEnd(core, this);
  }

  #mayRetry(isStale: boolean, wasConnecting = this.#phase === phases.CONNECTING): boolean {
    return !this.#sending.hasSentBody && this.#turn.mayRetry(isStale, wasConnecting, this.head.method);
  }

  #endLate(late: Exclude<Late, 'nobody'>): void {
    const { counters } = this.core;
    if (late === 'guard') {
      guardFault(this.core, new Error('a guard did not decide in time'));
      this.#later.forget();
      if (this.#phase === phases.HELD) this.#release(PASS);
      else this.#forward();
      return;
    }
    const wasConnecting = this.#phase === phases.CONNECTING;
    if (late === 'client') counters.clientTimeouts++;
    else counters.upstreamTimeouts++;
    if (this.#phase > phases.HELD) return this.#cut();
    if (wasConnecting) this.#turn.failed(this.core.nowMs);
    this.#turn.drop();
    if (late === 'client') this.#reply(ownPage(408, this.requestId), true);
    else if (wasConnecting && this.#mayRetry(false, true)) this.#forward(504);
    else this.#reply(noAnswerPage(this, 504));
  }

  #mark(): void {
    this.#markMs = this.core.nowMs;
    this.#markBytes = this.movedBytes;
  }
}
