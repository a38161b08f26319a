// A request that the decisions let pass, in front of what else may keep it: the owner's rule for crawlers, the budget for
// costly pages, the queue of a busy site.

import type { Client, RequestView } from '@parapet/kinds';
import type { SiteRules } from './siteRules.ts';
import type { Told, ToldCause } from './told.ts';

export interface Admission {
  readonly request: RequestView;
  readonly client: Client;
  readonly site: string;
  readonly rules: SiteRules;
  readonly nowMs: number;
}

export interface Spared {
  readonly cause: ToldCause;
  /** Who it is. */
  readonly detail?: string;
}

/** What all who may keep a request ask the guard, and tell it. */
export interface GateOptions {
  /** Who is let through whatever speaks against it, and why; undefined for nearly all. */
  spare(request: RequestView, client: Client, site: string): Spared | undefined;
  tell(request: RequestView, told: Told): void;
}
