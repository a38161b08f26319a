// What the routes share.

import type { Attempts } from './access/attempts.ts';
import type { OidcClient } from './access/oidc.ts';
import type { Passwords } from './access/passwords.ts';
import type { IncidentBook } from './incidents/incidentBook.ts';
import type { KeptHealth } from './keptHealth.ts';
import type { DashboardOptions } from './options.ts';
import type { RuleHits } from './rules/ruleHits.ts';

export interface Services {
  readonly options: DashboardOptions;
  readonly passwords: Passwords;
  /** Undefined without a provider of identities. */
  readonly oidc: OidcClient | undefined;
  readonly attempts: Attempts;
  readonly incidents: IncidentBook;
  readonly ruleHits: RuleHits;
  readonly health: KeptHealth;
}
