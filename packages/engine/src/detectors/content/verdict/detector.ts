// What the inspector is made of: anything that looks at the parts of a request and says what speaks for an attack.

import type { InspectedRequest, InspectionReason } from '@parapet/kinds';
import type { RequestParts, Unread } from '../parts.ts';

export interface Finding extends InspectionReason {
  /** No honest client sends this, whatever else speaks for the request. */
  readonly refuses?: boolean;
}

export interface ContentDetector {
  /** Returns what speaks for an attack or against one, in log-odds; for nearly all requests nothing. */
  find(parts: RequestParts): readonly Finding[];
  /**
   * Whether there was nothing in the texts that `find` was asked about last, wherever they had stood. Absent: nobody
   * knows, and nothing is remembered of them.
   */
  wasSilent?(): boolean;
  /**
   * Whether it could find something in a request with this target all of whose pieces it was silent about when they
   * stood elsewhere. Absent: it has to be asked.
   */
  seesMore?(rawTarget: string): boolean;
}

/** Takes a request apart, all of it or what is unread; must not throw, and takes a bounded time. */
export type Decoder = (request: InspectedRequest, unread?: Unread) => RequestParts;
