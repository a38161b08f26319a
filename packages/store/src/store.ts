// The store as the rest of Parapet sees it. Nothing here says SQL or SQLite; methods are asynchronous so that
// a store over a network can take the place of the file.
import type { Decision } from '@parapet/kinds';
import type { Audit } from './audit.ts';
import type { Clients } from './clients.ts';
import type { HumanSigns } from './humanSigns.ts';
import type { Inspections } from './inspections.ts';
import type { Minutes } from './minutes.ts';
import type { Passkeys } from './passkeys.ts';
import type { Signals } from './signals.ts';
import type { ApiTokens } from './tokens.ts';
import type { Users } from './users.ts';
import type { AlertSums, AlertSumsAsked } from './tables/alertSums.ts';
import type { AlertFilter, AlertSummary, StoredAlert } from './tables/alerts.ts';
import type { AllowlistEntry } from './tables/allowlists.ts';
import type { AppealFilter, NewAppeal, StoredAppeal } from './tables/appeals.ts';
import type { OperatorSession, OperatorSighting } from './tables/operators.ts';
import type { PageStart } from './lookPage.ts';
import type {
  ActiveFilter,
  Beside,
  DecisionFilter,
  LeanPage,
  Page,
  StoredDecision,
} from './tables/decisions.ts';
import type { Batch, StoreHealth } from './write-queue.ts';

export interface Store {
  /** Machines and bouncers of the local API. */
  readonly clients: Clients;
  /** What inspection found, what people said of it, and what was learned. */
  readonly inspections: Inspections;
  /** What applications told. */
  readonly signals: Signals;
  /** Tokens of Parapet's own API. */
  readonly tokens: ApiTokens;
  /** People who may use the dashboard. */
  readonly users: Users;
  /** Their passkeys. */
  readonly passkeys: Passkeys;
  /** Who did what there. */
  readonly audit: Audit;
  readonly minutes: Minutes;
  /** Who was stopped and may be a person. */
  readonly humanSigns: HumanSigns;

  /**
   * Queues what one processed batch of lines led to; it is written with others within 50 ms, whole or not at
   * all. Never throws: what goes wrong is in `health` and is told through `onHealth`.
   */
  record(batch: Batch): void;
  /** Resolves when everything recorded so far is written; rejects with a StoreError while it cannot be. */
  flush(): Promise<void>;
  health(): StoreHealth;

  listAlerts(filter: AlertFilter, page?: Page): Promise<readonly AlertSummary[]>;
  /** The alert with its evidence, by its id or its number. */
  findAlert(idOrNumber: string | number): Promise<StoredAlert | undefined>;
  countAlerts(filter: AlertFilter): Promise<number>;
  /** What the alerts of a time were about, in numbers; cheap however many there are. */
  sumAlerts(asked: AlertSumsAsked): Promise<AlertSums>;
  /** The numbers of those of these ids that are stored, in their order. */
  alertNumbers(ids: readonly string[]): Promise<readonly number[]>;
  /**
   * Deletes alerts a slice at a time and returns how many there were. With `lifting`, what is in force on them ends
   * with them; without, it goes on.
   */
  deleteAlerts(filter: AlertFilter, lifting?: Lifting): Promise<number>;

  listDecisions(filter: DecisionFilter, page?: Page): Promise<readonly StoredDecision[]>;
  /**
   * Those that fit among the next so many decisions, in few words: the way to read a million of them. A page takes as
   * long whatever the filter, and may be empty though more come.
   */
  decisionPage(filter: DecisionFilter, start: PageStart): Promise<LeanPage>;
  countDecisions(filter: DecisionFilter): Promise<number>;
  /**
   * For each of these decisions, of those on its value, of the same scope and remediation, that are in force and fit
   * the filter the one that lasts longest, which may be itself; those that have none are left out.
   */
  longestBeside(numbers: readonly number[], filter: ActiveFilter): Promise<ReadonlyMap<number, Beside>>;
  /** The numbers of all decisions in force beside which another one lasts longer; found a slice at a time. */
  outlasted(filter: ActiveFilter): Promise<ReadonlySet<number>>;
  /** Stores decisions at once, in one transaction; those on allowlisted values are kept as history only. */
  addDecisions(decisions: readonly Decision[]): Promise<AddedDecisions>;
  /**
   * Ends running decisions and returns how many there were; they stay as history with who and why. It is done a slice
   * at a time: others work in between, and see that some are lifted and some not yet.
   */
  liftEach(filter: DecisionFilter, lifting: Lifting): Promise<number>;
  /** The same for those of which there are not a great many: returns them. */
  liftDecisions(filter: DecisionFilter, by: string, reason: string): Promise<readonly StoredDecision[]>;

  listAllowlist(list?: string): Promise<readonly AllowlistEntry[]>;
  /** Entries in force that contain the address or range. */
  findAllowlisted(value: string): Promise<readonly AllowlistEntry[]>;
  /** Adds entries and, in the same transaction, lifts the running decisions that lie inside them. */
  addToAllowlist(entries: readonly NewAllowlistEntry[], by: string): Promise<AddedToAllowlist>;
  removeFromAllowlist(value: string, list?: string): Promise<readonly AllowlistEntry[]>;

  /** Remembers where someone the site trusts was seen. */
  sawOperator(sighting: OperatorSighting): Promise<void>;
  /** Those seen since then, on all sites or on these, the latest first. */
  listOperators(since: Date, sites?: readonly string[]): Promise<readonly OperatorSession[]>;
  /** Trust that was given out under a lower number has ended. */
  trustEpoch(): Promise<number>;
  /** Ends all trust that was given out, forgets where its holders were, and returns the new number. */
  raiseTrustEpoch(): Promise<number>;
  /** Returns whether this is the first use of a one-time link. */
  useLink(nonce: string, expiresAt: Date): Promise<boolean>;

  /** Stores an appeal at once and returns it with its number. */
  addAppeal(appeal: NewAppeal): Promise<StoredAppeal>;
  listAppeals(filter: AppealFilter, page?: Page): Promise<readonly StoredAppeal[]>;
  countAppeals(filter: AppealFilter): Promise<number>;
  /** Closes an open appeal and returns it; undefined when none with this number is open. */
  closeAppeal(number: number, state: 'accepted' | 'dismissed', by: string): Promise<StoredAppeal | undefined>;

  cursors(): Promise<ReadonlyMap<string, unknown>>;

  /**
   * Returns what changed after the token, a page at a time; token 0 means everything in force. Costs two
   * lookups when nothing did, so it can be asked every second. `foreignOnly` leaves out what this store
   * object did itself.
   */
  changesSince(token: number, options?: { readonly foreignOnly?: boolean }): Promise<Changes>;
  /** Whether more decisions than that changed after the token; costs no more than reading so many would. */
  hasMoreChanges(token: number, than: number): Promise<boolean>;
  /** The earliest change behind which at most so many decisions changed. */
  changeReach(decisions: number): Promise<number>;
  /** The latest change; with it `changesSince` begins at now. */
  latestChange(): Promise<number>;
  /** Does one slice of the cleaning up; to be called again while `hasMore`. */
  maintain(retention: Retention): Promise<Maintained>;
  /** Writes what waits and closes; closes in any case, and rejects when something could not be written. */
  close(): Promise<void>;
}

/** Who ends decisions, and why. */
export interface Lifting {
  readonly by: string;
  readonly reason: string;
  /** Told of each slice. */
  readonly onLifted: (decisions: readonly StoredDecision[]) => void;
}

export interface AddedDecisions {
  readonly added: number;
  /** Decisions whose id was known. */
  readonly known: number;
  readonly allowlisted: ReadonlyArray<{ readonly decision: Decision; readonly entry: AllowlistEntry }>;
}

export interface NewAllowlistEntry {
  readonly list: string;
  readonly value: string;
  readonly comment: string;
  readonly expiresAt?: Date;
}

export interface AddedToAllowlist {
  readonly entries: readonly AllowlistEntry[];
  /** Running decisions that the entries cover: ended by this. */
  readonly lifted: readonly StoredDecision[];
  /** Running decisions on ranges that contain an entry: they go on for the others in the range. */
  readonly around: readonly StoredDecision[];
}

export interface Changes {
  /** Where to go on from. */
  readonly token: number;
  readonly started: readonly StoredDecision[];
  /** Decisions that were lifted, or that have expired since they were changed. */
  readonly ended: readonly StoredDecision[];
  readonly haveAllowlistsChanged: boolean;
  /** There is more to read at once, from the new token. */
  readonly hasMore: boolean;
}

export interface Retention {
  readonly alertsForMs: number;
  readonly maxAlerts: number;
  /** How long decisions and allowlist entries stay as history after their end. */
  readonly endedForMs: number;
}

export interface Maintained {
  readonly alerts: number;
  readonly decisions: number;
  readonly allowlistEntries: number;
  readonly appeals: number;
  readonly operators: number;
  readonly clients: number;
  readonly inspections: number;
  readonly hasMore: boolean;
}
