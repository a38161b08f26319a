// What is known of a request: by the exchange, and by those who are told of it, the guard and the log.

import type { Action, Answer, Client, Exchange, RequestView } from '@parapet/kinds';
import type { Core } from './core.ts';
import { introduce, type Introduction } from './request-writer.ts';
import type { RequestHead } from '../http/request-head.ts';
import { earlyAnswer } from './early-answer.ts';
import { extraHeaders } from './own-answers.ts';
import type { Site, Sites } from './sites.ts';

type Pass = Extract<Action, { kind: 'pass' }>;
type Reply = Extract<Action, { kind: 'reply' }>;

export abstract class ExchangeRecord implements Exchange {
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

  protected readonly core: Core;
  protected siteFound: Site | undefined = undefined;
  protected introduction: Introduction | undefined = undefined;
  protected id = 0;
  protected head!: RequestHead;
  protected headBytes!: Buffer;
  protected peer!: Client;
  protected isTrusted = false;
  /** What the guard said of the last request, when it would say it again. */
  protected repeated: Reply | undefined = undefined;

  /** Where `siteFound` was found: nearly all requests of a connection are for one site. */
  #lastRawHost: string | undefined = undefined;
  #lastSites: Sites | undefined = undefined;

  constructor(core: Core) {
    this.core = core;
  }

  get site(): string {
    return this.siteFound?.config.name ?? '';
  }

  /** Whether the last request may be followed by the same; its head and its bytes have to stay until then. */
  get isRepeatable(): boolean {
    return this.repeated !== undefined;
  }

  get requestId(): string {
    return this.introduction?.requestId ?? this.core.writer.requestIdText(this.id);
  }

  writeRequestId(bytes: Uint8Array, at: number): number {
    const given = this.introduction?.requestId;
    if (given === undefined) return this.core.writer.writeRequestId(bytes, at, this.id);
    for (let i = 0; i < given.length; i++) bytes[at + i] = given.charCodeAt(i);
    return at + given.length;
  }

  /** What the upstream is told of the client: the same for all requests of a connection that name one host. */
  protected introduce(): Introduction {
    const known = this.introduction;
    const { head, client, isTrusted } = this;
    if (!isTrusted && known?.client === client && known.rawHost === this.#lastRawHost) return known;
    return (this.introduction = introduce(client, this.peer, head, isTrusted));
  }

  /**
   * A body on a method that has none by custom. An upstream that does not read it takes it for the next request
   * (CL.0), so on that connection there is to be no next one.
   */
  protected get hasOddBody(): boolean {
    const { framing, method } = this.head;
    return framing !== 'none' && (method === 'GET' || method === 'HEAD' || method === 'OPTIONS');
  }

  protected get movedBytes(): number {
    return this.requestBodyBytes + this.responseBodyBytes;
  }

  protected noteRepeatable(action: Action): void {
    if (action.kind === 'reply' && action.isStill !== undefined && this.head.framing === 'none')
      this.repeated = action;
  }

  /** The same request once more. */
  protected takeAgain(): void {
    const { core } = this;
    this.startedAtMs = core.nowMs = core.clock();
    this.id = core.writer.nextId();
    this.status = this.responseBodyBytes = this.totalMs = 0;
    this.answer = undefined;
    if (this.introduction?.requestId !== undefined) this.introduction = undefined;
    core.counters.requests++;
  }

  /** The next request. */
  protected take(
    view: RequestView,
    head: RequestHead,
    headBytes: Buffer,
    peer: Client,
    isTrusted: boolean,
    client: Client,
  ): void {
    const { core } = this;
    this.request = view;
    this.head = head;
    this.headBytes = headBytes;
    this.peer = peer;
    this.isTrusted = isTrusted;
    this.client = client;
    this.startedAtMs = core.nowMs = core.clock();
    this.id = core.writer.nextId();
    const last = this.#lastRawHost;
    if (last === undefined || !head.hasRawHost(last) || core.sites !== this.#lastSites) {
      this.#lastRawHost = head.rawHost;
      this.#lastSites = core.sites;
      this.siteFound = core.sites.find(view.host);
    }
    this.status = this.requestBodyBytes = this.responseBodyBytes = this.totalMs = 0;
    this.upstreamMs = -1;
    this.cacheStatus = '';
    this.answer = this.repeated = undefined;
    this.takesBody = false;
    this.hasWholeBody = head.framing === 'none';
    if (this.introduction?.requestId !== undefined) this.introduction = undefined;
    core.counters.requests++;
    if (isTrusted) core.suspicion.noteTrusted();
    else core.suspicion.note(peer, view);
  }

  /** What is answered before anybody is asked; `redirectPort` as in EarlyLimits. */
  protected earlyAnswer(redirectPort: number): Answer | undefined {
    const { requestBodyBytes } = this.core.config.limits;
    const hasSite = this.siteFound !== undefined;
    if (hasSite && redirectPort === 0 && requestBodyBytes === 0) return undefined;
    return earlyAnswer(this, this.head, hasSite, { redirectPort, requestBodyBytes });
  }

  /** Makes the head that the upstream gets; `authority` is what the upstream is called. */
  protected compose({ requestHeaders }: Pass, authority: string): void {
    const { head, headBytes, id } = this;
    const hostHeader = this.siteFound!.config.hostHeader === 'upstream' ? authority : undefined;
    const extra = extraHeaders(head, requestHeaders, hostHeader);
    this.core.writer.compose(head, headBytes, this.introduce(), id, extra, hostHeader !== undefined);
  }

  /** The request is over. */
  protected count(): void {
    const { core } = this;
    this.totalMs = core.clock() - this.startedAtMs;
    core.counters.requestBytes += this.requestBodyBytes;
    core.counters.responseBytes += this.responseBodyBytes;
  }
}
