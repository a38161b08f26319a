// What the inspector's verdict does to a request that no decision stops: nothing, a check, or a page that says why. Only
// what is found costs more than the inspection itself: whether the sender is trusted is asked then.

import type {
  Action,
  Answer,
  BodyFollower,
  Client,
  InspectedRequest,
  Inspection,
  Inspector,
  RequestView,
} from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import type { Appeals } from '../pages/appeals.ts';
import { readerOf } from '../pages/reader.ts';
import { refusedFor, refusedPage } from '../pages/refused-page.ts';
import type { GateOptions } from './admission.ts';
import { RecordMemory } from './recordMemory.ts';
import type { SiteRules } from './siteRules.ts';
import type { ToldCause } from './told.ts';

export interface InspectingOptions extends GateOptions {
  readonly inspector: Inspector;
  readonly challenge: Challenge;
  readonly appeals: Appeals;
  /** So much of a body is read before anything is forwarded. */
  readonly bodyBytes: number;
  /** A new record: eight hex digits, by which the visitor's page and the alert name what was found. */
  newRecordId(): string;
  nowMs(): number;
}

/** A request in front of the inspector. */
interface Case {
  readonly request: RequestView;
  readonly client: Client;
  readonly site: string;
  readonly rules: SiteRules;
}

interface Found extends Case {
  readonly inspection: Inspection;
  readonly recordId: string;
}

/** The same bytes on the same connection get the same answer for so long without being looked at again. */
const SAME_ANSWER_MS = 10_000;

export class Inspecting {
  readonly #options: InspectingOptions;
  readonly #records: RecordMemory;

  constructor(options: InspectingOptions) {
    this.#options = options;
    this.#records = new RecordMemory(() => options.newRecordId());
  }

  /** Returns what is done with the request, `otherwise` when nothing is found; one with a body is read first. */
  look(request: RequestView, client: Client, site: string, rules: SiteRules, otherwise: Action): Action {
    if (rules.inspection === 'off') return otherwise;
    const one = { request, client, site, rules };
    if (request.hasBody !== true) return this.#judge(one, undefined, false) ?? otherwise;
    return this.#reading(one, otherwise);
  }

  #reading(one: Case, otherwise: Action): Action {
    let follower: BodyFollower | undefined;
    return {
      kind: 'read',
      maxBodyBytes: this.#options.bodyBytes,
      decide: (body, isCut) => {
        const action = this.#judge(one, body, isCut);
        if (isCut && action === undefined)
          follower = this.#options.inspector.follow?.(new InspectedHead(one, body, isCut, this.#options));
        return action ?? otherwise;
      },
      follow: (piece) => {
        const inspection = follower?.push(piece);
        // In the middle of a body nobody can be asked for anything.
        if (inspection === undefined || inspection.action === 'challenge') return undefined;
        const action = this.#act(one, inspection, false);
        if (action === undefined) follower = undefined;
        return action?.kind === 'reply' ? action.answer : undefined;
      },
    };
  }

  /** Undefined lets pass. */
  #judge(one: Case, body: Uint8Array | undefined, isBodyCut: boolean): Action | undefined {
    const inspected = new InspectedHead(one, body, isBodyCut, this.#options);
    const inspection = this.#options.inspector.inspect(inspected);
    return inspection.action === 'pass' ? undefined : this.#act(one, inspection, body === undefined);
  }

  #act(one: Case, inspection: Inspection, isHeadOnly: boolean): Action | undefined {
    const { request, client, site, rules } = one;
    const found: Found = {
      ...one,
      inspection,
      recordId: this.#records.idOf(client.ip, inspection.class, this.#options.nowMs()),
    };
    const spared = this.#options.spare(request, client, site);
    if (spared !== undefined) return this.#pass(found, spared.cause, spared.detail);
    if (rules.inspection !== 'enforce' || inspection.isObserved === true)
      return this.#pass(found, 'observed');
    return inspection.action === 'challenge' ? this.#challenge(found) : this.#refuse(found, isHeadOnly);
  }

  #refuse(found: Found, isHeadOnly: boolean): Action {
    this.#tell(found, 'attack');
    const answer = this.#page(found);
    if (!isHeadOnly) return { kind: 'reply', answer };
    const untilMs = this.#options.nowMs() + SAME_ANSWER_MS;
    return { kind: 'reply', answer, isStill: () => this.#options.nowMs() < untilMs };
  }

  /** A program cannot be asked to solve anything: on the routes of programs, doubt is no reason to stop one. */
  #challenge(found: Found): Action | undefined {
    const { request, client, site, rules, recordId } = found;
    const { challenge, appeals } = this.#options;
    const route = rules.routes.find(request.method, request.rawTarget);
    if (route !== undefined) return this.#pass(found, 'route', route.kind);
    if (challenge.checkPass(request, client, site) !== undefined) return this.#pass(found, 'passed');
    this.#tell(found, 'captcha');
    const demand = { ...rules.demand, recordId, appealToken: appeals.tokenOf(recordId, site) };
    return { kind: 'reply', answer: challenge.answer(request, client, site, demand) };
  }

  #pass(found: Found, cause: ToldCause, detail?: string): undefined {
    this.#tell(found, cause, detail);
    return undefined;
  }

  #tell({ request, recordId, inspection }: Found, cause: ToldCause, detail?: string): void {
    this.#options.tell(request, {
      cause,
      recordId,
      found: inspection,
      scenario: inspection.reasons[0]?.detector ?? '',
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #page({ request, site, rules, inspection, recordId }: Found): Answer {
    return refusedPage({
      reader: readerOf(request),
      siteName: rules.demand.siteName,
      recordId,
      refusedFor: refusedFor(inspection.class),
      status: inspection.action === 'reject' ? 400 : 403,
      appealToken: this.#options.appeals.tokenOf(recordId, site),
    });
  }
}

/** What is asked for rarely is made when it is. */
class InspectedHead implements InspectedRequest {
  readonly method: string;
  readonly rawTarget: string;
  readonly body: Uint8Array | undefined;
  readonly isBodyCut: boolean;
  readonly site: string;
  readonly ip: Client['ip'];
  readonly exchange: object;
  readonly raw: InspectedRequest['raw'];
  readonly #one: Case;
  readonly #options: InspectingOptions;
  #headers: Headers | undefined = undefined;

  constructor(one: Case, body: Uint8Array | undefined, isBodyCut: boolean, options: InspectingOptions) {
    const { request, client, site } = one;
    this.method = request.method;
    this.rawTarget = request.rawTarget;
    this.body = body === undefined || body.length === 0 ? undefined : body;
    this.isBodyCut = isBodyCut;
    this.site = site;
    this.ip = client.ip;
    this.exchange = request;
    this.raw = request.raw;
    this.#one = one;
    this.#options = options;
  }

  get headers(): Headers {
    return (this.#headers ??= listOf(this.#one.request.headers()));
  }

  /** Asked only of what is learned from, or is found. */
  get isVouched(): boolean {
    const { request, client, site } = this.#one;
    return this.#options.spare(request, client, site)?.cause === 'trusted';
  }
}

type Headers = InspectedRequest['headers'];

/** As they are where they are a list already, as those of HTTP/1 are. */
function listOf(headers: ReturnType<RequestView['headers']>): Headers {
  return Array.isArray(headers) ? headers : [...headers];
}
