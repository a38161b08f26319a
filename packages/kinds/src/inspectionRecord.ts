// What is kept of a request in which something was found: enough to judge it again and to learn from what people say
// of it, and as little of its text as explains it.

import type { AttackClass, InspectionAction, InspectionReason, Placement } from './inspection.ts';

/** What was found in one part of a request. */
export interface RecordedFinding {
  readonly placement: Placement;
  /** The name of the part, its counters folded to `*`. */
  readonly name: string;
  readonly class: AttackClass;
  /** What spoke for this class. */
  readonly logOdds: number;
  /** The value folded to the classes of its tokens, from which no letter of it can be got back; base64. */
  readonly shape: string;
}

export interface InspectionRecord {
  /** 8 hex digits, as on the block page. */
  readonly id: string;
  readonly at: Date;
  readonly site: string;
  readonly ip: string;
  readonly method: string;
  /** Without its query; at most 256 characters. */
  readonly path: string;
  /** The path with numbers, ids and titles folded to `*`. */
  readonly route: string;
  readonly action: InspectionAction;
  /** Whether that was done, or would have been. */
  readonly isEnforced: boolean;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
  /** With excerpts that have no e-mail addresses, long numbers or secrets in them. */
  readonly reasons: readonly InspectionReason[];
  /** The heaviest first; at most four. */
  readonly findings: readonly RecordedFinding[];
  /** The keyed hash of the client's network. */
  readonly network: number;
  readonly isVouched: boolean;
}

/** What someone who knows the site has said of a record. */
export interface InspectionFeedback {
  readonly number: number;
  readonly kind: 'attack' | 'no-attack';
  readonly recordId: string;
  readonly site: string;
  readonly route: string;
  readonly findings: readonly RecordedFinding[];
  /** The network of the attack, see InspectionRecord. */
  readonly network: number;
  readonly at: Date;
  readonly by: string;
  readonly comment: string;
  readonly expiresAt?: Date;
  readonly undone?: { readonly at: Date; readonly by: string };
}

/** What an operator wants forgotten of that which was learned of a site. */
export type Forgettable =
  | { readonly kind: 'everything' | 'normal' | 'templates' }
  /** Of one route, as it is learned (`/node/*`), or of all. */
  | { readonly kind: 'parameter'; readonly name: string; readonly route?: string }
  | { readonly kind: 'template'; readonly id: string };
