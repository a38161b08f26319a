// What the guard of a worker tells the engine and asks it: counted here, and sent if it is evidence. An answer of our
// own alone is none: it says what we did, not what the visitor tried.

import type {
  Appeal,
  GuardLink,
  Question,
  Redeemed,
  Redemption,
  Told,
  TrustedSighting,
} from '@parapet/enforcement';
import type { Exchange, Refusal, RequestView } from '@parapet/kinds';
import { metaOf } from '../link/batch.ts';
import type { EngineLink } from '../link/engineLink.ts';
import { lineOf } from '../link/nginxLine.ts';
import type { WorkerCounter } from './counts.ts';
import type { InspectedEnd, WorkerInspector } from './workerInspector.ts';

export class WorkerLink implements GuardLink {
  readonly #link: EngineLink;
  readonly #counter: WorkerCounter;
  readonly #startedAtMs: number;
  readonly #inspector: WorkerInspector | undefined;
  /** Requests whose event the engine has had as a question. */
  readonly #asked = new Set<RequestView>();

  constructor(
    link: EngineLink,
    counter: WorkerCounter,
    startedAtMs: number,
    inspector: WorkerInspector | undefined,
  ) {
    this.#link = link;
    this.#counter = counter;
    this.#startedAtMs = startedAtMs;
    this.#inspector = inspector;
  }

  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  get lastHeardAtMs(): number {
    const { heardAtMs } = this.#link.health();
    return heardAtMs === 0 ? this.#startedAtMs : heardAtMs;
  }

  event(exchange: Exchange, told: Told | undefined): void {
    this.#counter.exchange(exchange, told);
    this.#inspector?.ended(exchange.request, endOf(exchange, told));
    const wasAsked = this.#asked.size > 0 && this.#asked.delete(exchange.request);
    // What was found in a request is evidence of what the visitor tried, whoever answered it.
    const isEvidence = exchange.answer === undefined || told?.found !== undefined;
    if (!wasAsked && isEvidence) this.#link.event(exchange, told);
  }

  refusal(refusal: Refusal): void {
    this.#counter.refusal(refusal);
    this.#link.refusal(refusal);
  }

  async ask({ request, client, site, status, atMs }: Question): Promise<boolean> {
    this.#asked.add(request);
    const line = lineOf(client.ip, request, status, 0, atMs);
    const isCovered = await this.#link.ask(line, metaOf(site, request.host, '', -1, -1, '', -1));
    this.#counter.asked(isCovered);
    return isCovered;
  }

  appeal(appeal: Appeal): boolean {
    return this.#link.appeal(appeal);
  }

  used(nonce: string, expiresAtMs: number): void {
    this.#link.relay('used', { nonce, expiresAtMs });
  }

  redeem(redemption: Redemption): Promise<Redeemed> {
    return this.#link.redeem(redemption);
  }

  trusted(sighting: TrustedSighting): void {
    this.#link.trusted(sighting);
  }

  poured(rows: Uint32Array): void {
    this.#link.relay('poured', Array.from(rows));
  }
}

function endOf({ status, answer }: Exchange, told: Told | undefined): InspectedEnd {
  const isOurs = answer !== undefined;
  if (told?.found === undefined) return { status, isOurs };
  const { recordId, cause } = told;
  const isEnforced = cause === 'attack' || cause === 'captcha';
  return { status, isOurs, told: { isEnforced, ...(recordId === undefined ? {} : { recordId }) } };
}
