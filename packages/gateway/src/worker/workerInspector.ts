// What a worker needs of an inspector beside its verdicts: it is told how requests ended, for it learns from them, and
// what the engine has learned from all workers.

import type { Inspector } from '@parapet/kinds';
import type { SiteKnowledgeMessage } from '../link/messages.ts';

export interface WorkerInspector extends Inspector {
  /** Told once for each request that has ended, inspected or not, by the object that its inspection named. */
  ended(exchange: object, end: InspectedEnd): void;
  /** Takes what is known of a site; returns why it cannot be used, or undefined. */
  know(message: SiteKnowledgeMessage): string | undefined;
}

export interface InspectedEnd {
  readonly status: number;
  /** Whether we answered, and not the site. */
  readonly isOurs: boolean;
  /** Present when something was found. */
  readonly told?: { readonly recordId?: string; readonly isEnforced: boolean };
}

/** What an inspector that learns is given. */
export interface WorkerLearning {
  readonly nowMs: () => number;
  /** The secret under which addresses and values of a site are counted. */
  readonly keyOf: (site: string) => { readonly k0: number; readonly k1: number };
  /** 8 hex digits. */
  readonly newRecordId: () => string;
  /** To be told to the engine. */
  readonly onSample: (site: string, sample: unknown) => void;
  readonly onRecord: (record: unknown) => void;
  readonly onFault: (error: unknown) => void;
}
