// What is done about a request that a web server asks about: what a gateway would do, as far as another server can do
// it. Nobody can be shown our check there, so that a doubtful request passes unless the owner or a rule says otherwise.

import { RecordMemory, type InspectionMode, type Told, type ToldCause } from '@parapet/enforcement';
import type { WorkerInspector } from '@parapet/gateway';
import type { BodyFollower, InspectedRequest, Inspection } from '@parapet/kinds';
import type { AppsecCase, AppsecJudge, AppsecRemedy, AskedRequest } from '@parapet/lapi';
import { AppsecRequest } from './appsecRequest.ts';

export interface AppsecDeskOptions {
  readonly inspector: WorkerInspector;
  /** The site of a host, and what is done about attacks there. */
  readonly siteOf: (host: string) => AppsecSite;
  /** What bouncers are told of doubtful requests. */
  readonly doubtful: 'allow' | 'captcha';
  /** Whom nothing that is found ever stops, and why. */
  readonly spare: (request: AppsecRequest, asked: AskedRequest, site: string) => Spared | undefined;
  /** Eight hex digits. */
  readonly newRecordId: () => string;
  readonly nowMs: () => number;
  /** Told of each request in which something was found. */
  readonly tell: (request: AppsecRequest, asked: AskedRequest, site: string, told: Told) => void;
}

export interface AppsecSite {
  readonly name: string;
  readonly mode: InspectionMode;
}

export interface Spared {
  readonly cause: ToldCause;
  readonly detail?: string;
}

export class AppsecDesk implements AppsecJudge {
  readonly #options: AppsecDeskOptions;
  readonly #records: RecordMemory;

  constructor(options: AppsecDeskOptions) {
    this.#options = options;
    this.#records = new RecordMemory(() => options.newRecordId());
  }

  open(asked: AskedRequest): AppsecCase {
    const request = new AppsecRequest(asked);
    const site = this.#options.siteOf(request.host);
    return site.mode === 'off'
      ? NOT_INSPECTED
      : new Case(this.#options, site, asked, request, (inspection) =>
          this.#records.idOf(asked.ip, inspection.class, this.#options.nowMs()),
        );
  }
}

const NOT_INSPECTED: AppsecCase = {
  begin: () => undefined,
  next: () => undefined,
  end: () => {},
};

class Case implements AppsecCase {
  readonly #options: AppsecDeskOptions;
  readonly #site: AppsecSite;
  readonly #asked: AskedRequest;
  readonly #request: AppsecRequest;
  readonly #recordOf: (inspection: Inspection) => string;
  #follower: BodyFollower | undefined;
  #told: Told | undefined;

  constructor(
    options: AppsecDeskOptions,
    site: AppsecSite,
    asked: AskedRequest,
    request: AppsecRequest,
    recordOf: (inspection: Inspection) => string,
  ) {
    this.#options = options;
    this.#site = site;
    this.#asked = asked;
    this.#request = request;
    this.#recordOf = recordOf;
  }

  begin(body: Uint8Array | undefined, isCut: boolean): AppsecRemedy | undefined {
    const { inspector } = this.#options;
    const inspected = this.#inspected(body, isCut);
    const inspection = inspector.inspect(inspected);
    const remedy = inspection.action === 'pass' ? undefined : this.#act(inspection);
    if (isCut && remedy === undefined) this.#follower = inspector.follow?.(inspected);
    return remedy;
  }

  next(piece: Uint8Array): AppsecRemedy | undefined {
    const inspection = this.#follower?.push(piece);
    // As at a gateway: in the middle of a body nobody is asked for anything.
    if (inspection === undefined || inspection.action === 'challenge') return undefined;
    // What is only told is told once; what was doubtful so far may be certain now.
    const isTold = this.#told !== undefined && this.#told.cause !== 'doubtful';
    const remedy = isTold ? undefined : this.#act(inspection);
    if (remedy === undefined) this.#follower = undefined;
    return remedy;
  }

  end(): void {
    const told = this.#told;
    this.#options.inspector.ended(this.#request, {
      // What the site answered is not known here: nothing is learned from it.
      status: 0,
      isOurs: told?.cause === 'attack' || told?.cause === 'captcha',
      ...(told?.recordId === undefined
        ? {}
        : {
            told: {
              recordId: told.recordId,
              isEnforced: told.cause === 'attack' || told.cause === 'captcha',
            },
          }),
    });
  }

  #act(inspection: Inspection): AppsecRemedy | undefined {
    const { spare, doubtful } = this.#options;
    const spared = spare(this.#request, this.#asked, this.#site.name);
    if (spared !== undefined) return this.#tell(inspection, spared.cause, spared.detail);
    if (this.#site.mode !== 'enforce' || inspection.isObserved === true)
      return this.#tell(inspection, 'observed');
    if (inspection.action !== 'challenge') return this.#stop(inspection, 'attack', 'ban');
    const isAsked = inspection.reasons.some(({ asksForCheck }) => asksForCheck === true);
    if (isAsked || doubtful === 'captcha') return this.#stop(inspection, 'captcha', 'captcha');
    return this.#tell(inspection, 'doubtful');
  }

  #stop(inspection: Inspection, cause: ToldCause, action: AppsecRemedy['action']): AppsecRemedy {
    const recordId = this.#recordOf(inspection);
    this.#tell(inspection, cause, undefined, recordId);
    return { action, recordId };
  }

  #tell(
    inspection: Inspection,
    cause: ToldCause,
    detail?: string,
    recordId: string = this.#recordOf(inspection),
  ): undefined {
    this.#told = {
      cause,
      recordId,
      found: inspection,
      scenario: inspection.reasons[0]?.detector ?? '',
      ...(detail === undefined ? {} : { detail }),
    };
    this.#options.tell(this.#request, this.#asked, this.#site.name, this.#told);
    return undefined;
  }

  #inspected(body: Uint8Array | undefined, isBodyCut: boolean): InspectedRequest {
    const { spare } = this.#options;
    const { method, rawTarget, headers, ip } = this.#asked;
    const [request, asked, site] = [this.#request, this.#asked, this.#site.name];
    return {
      method,
      rawTarget,
      headers,
      body,
      isBodyCut,
      site,
      ip,
      exchange: request,
      // Asked only of what is learned from, or is found.
      get isVouched() {
        return spare(request, asked, site)?.cause === 'trusted';
      },
    };
  }
}
