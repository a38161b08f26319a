// What our pages say, in each language; one file a language. `{name}` is filled in.

import type { ReasonClass } from '../reason.ts';
import type { RefusedFor } from '../refused-page.ts';

export interface Words {
  readonly language: string;
  /** Footer of each page; {site}. */
  readonly from: string;
  readonly record: string;
  readonly check: CheckWords;
  readonly wait: WaitWords;
  readonly block: BlockWords;
  readonly refused: RefusedWords;
  readonly appeal: AppealWords;
  readonly throttle: NoticeWords;
  readonly unreachable: NoticeWords;
  readonly tooSlow: NoticeWords;
  readonly closed: NoticeWords;
  readonly queue: NoticeWords;
  readonly stepUp: NoticeWords;
  /** What to press or follow to ask once more. */
  readonly tryAgain: string;
  readonly signIn: string;
}

/** A page with a heading and sentences; {time}, e.g. "5 seconds", where there is something to wait for. */
export interface NoticeWords {
  readonly title: string;
  readonly lead: string;
  readonly more: string;
}

export interface CheckWords {
  readonly title: string;
  readonly lead: string;
  readonly progress: string;
  readonly checking: string;
  readonly working: string;
  readonly done: string;
  readonly failed: string;
  readonly noCookies: string;
  /** The request carried data, which was not passed on. */
  readonly sent: string;
  readonly sentDone: string;
  readonly sendAgain: string;
  readonly goBack: string;
  readonly slow: string;
  readonly slowLink: string;
  readonly whyTitle: string;
  readonly why: string;
  readonly privacy: string;
  readonly noScript: string;
  /** For programs: what has to be done to be let in. */
  readonly program: string;
}

export interface WaitWords {
  /** {step} and {steps}. */
  readonly title: string;
  /** {time}. */
  readonly lead: string;
  readonly goesOn: string;
  readonly link: string;
  readonly doneTitle: string;
  readonly done: string;
  readonly failedTitle: string;
  readonly late: string;
  readonly noStyles: string;
  readonly full: string;
  readonly off: string;
}

export interface BlockWords {
  readonly title: string;
  readonly lead: string;
  readonly reasonTitle: string;
  readonly reasons: Readonly<Record<ReasonClass, string>>;
  readonly endsTitle: string;
  /** {in}, e.g. "in 3 hours", and {at}. */
  readonly ends: string;
  readonly endsUnknown: string;
  readonly shared: string;
}

/** One request was stopped for what it holds. */
export interface RefusedWords {
  readonly title: string;
  readonly lead: string;
  /** Before a reason. */
  readonly contains: string;
  readonly reasons: Readonly<Record<RefusedFor, string>>;
  readonly more: string;
}

export interface AppealWords {
  readonly title: string;
  readonly lead: string;
  readonly message: string;
  readonly email: string;
  readonly emailHint: string;
  readonly send: string;
  readonly trap: string;
  readonly thanksTitle: string;
  readonly thanks: string;
  readonly refusedTitle: string;
  readonly tooMany: string;
  readonly tooOld: string;
  readonly empty: string;
  readonly badEmail: string;
  readonly lost: string;
}
