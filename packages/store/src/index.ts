export type { Audit, AuditCheck, AuditEntry, AuditFilter, NewAuditEntry } from './audit.ts';
export type { Clients } from './clients.ts';
export { eachAlert } from './eachAlert.ts';
export { StoreError, STORE_ERRORS, type StoreErrorCode } from './errors.ts';
export { openForeign, type ForeignDatabase } from './foreign.ts';
export type { HumanSign, HumanSignKind, HumanSigns } from './humanSigns.ts';
export type { Inspections, KnowledgeKind, NewFeedback } from './inspections.ts';
export type { EngineProcess } from './lock.ts';
export type { Minute, Minutes, SiteMinute } from './minutes.ts';
export { IN_MEMORY, requireStore, STORE_FILE, type StoreRole } from './open-database.ts';
export { findEngine, openStore, type StoreOptions } from './open-store.ts';
export { siteOfAlert } from './siteOfAlert.ts';
export { storeOfSites } from './siteStore.ts';
export type {
  AddedDecisions,
  AddedToAllowlist,
  Changes,
  Lifting,
  Maintained,
  NewAllowlistEntry,
  Retention,
  Store,
} from './store.ts';
export type { Passkey, Passkeys } from './passkeys.ts';
export type { NewSignal, Signals, StoredSignal } from './signals.ts';
export type { ApiToken, ApiTokens, TokenUse } from './tokens.ts';
export type { User, Users, UserSession } from './users.ts';
export type { AlertFilter, AlertSummary, StoredAlert } from './tables/alerts.ts';
export type { AppealFilter, AppealState, NewAppeal, StoredAppeal } from './tables/appeals.ts';
export type { FeedbackFilter, InspectionFilter, StoredInspection } from './tables/inspections.ts';
export type { OperatorSession, OperatorSighting } from './tables/operators.ts';
export type {
  Bouncer,
  ClientNotes,
  ClientReport,
  Machine,
  MachineNote,
  Pulled,
  Puller,
} from './tables/clients.ts';
export type { AllowlistEntry } from './tables/allowlists.ts';
export type {
  ActiveFilter,
  Beside,
  DecisionFilter,
  LeanDecision,
  LeanPage,
  Lift,
  Page,
  StoredDecision,
} from './tables/decisions.ts';
export type { Batch, StoreHealth } from './write-queue.ts';
