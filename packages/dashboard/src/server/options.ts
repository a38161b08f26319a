// What the dashboard needs from those who serve it.

import type { Cidr, Target } from '@parapet/kinds';
import type { Store, StoredDecision, User } from '@parapet/store';
import type {
  ClosingView,
  HealthView,
  NotificationRule,
  NotificationsView,
  SentView,
  VisitsView,
} from '../wire.ts';
import type {
  BotsView,
  NodeRow,
  RuleChoice,
  RulePreviewView,
  RuleRow,
  SettingsView,
  SitesView,
  TestedView,
} from '../wirePages.ts';
import type { Role } from './access/roles.ts';
import type { Feed } from './feed.ts';

export interface DashboardOptions {
  readonly store: Store;
  readonly now: () => Date;
  readonly version: string;
  /** Keys one-time links and the tokens against forged requests. */
  readonly secret: Uint8Array;
  /** The folder of the built page. */
  readonly assets: string;
  /** Host names under which it may be asked, beside addresses and `localhost`. */
  readonly hosts: readonly string[];
  /** Whether browsers reach it over TLS only: cookies then never travel without. */
  readonly isSecure: boolean;
  readonly feed: Pick<Feed, 'listen' | 'tell' | 'of'>;
  /** What the configuration calls the sites. */
  readonly siteNames: () => readonly string[];
  /** What the engine knows that no store does. */
  readonly engine: () => EngineView;
  /** The doctor's cards; takes a second or so. */
  readonly diagnose: () => Promise<HealthView['cards']>;
  /** Reads a target as people write one; a scope that is not given is found out. */
  readonly readTarget: (
    scope: string | undefined,
    value: string,
  ) => { readonly target: Target } | { readonly problem: string };
  /** Says why nobody should decide on this target; undefined when one may. */
  readonly reasonToSpare: (target: Target) => Promise<string | undefined>;
  /** Who came from these addresses and ranges lately; with how many of these people are there. Undefined where it is
   * not known of which site they were. */
  readonly visits: (places: readonly Cidr[], people: ReadonlySet<string>) => VisitsView | undefined;
  /** Told of decisions that were lifted in the store. */
  readonly onLifted: (decisions: readonly StoredDecision[]) => void;
  /** Told when decisions were made in the store. */
  readonly onAdded: (decisions: readonly StoredDecision[]) => void;
  /** Reports and exports as files, of what the store shows; the language is that of the page. */
  readonly reports: (store: Store) => Promise<ReportMaker>;
  readonly notifications: () => Promise<NotificationDesk>;
  /** Told who comes in and who tries to. */
  readonly onAccess: (told: AccessTold) => void;
  readonly rules: () => Promise<RuleDesk>;
  readonly bots: () => Promise<BotsView>;
  readonly choices: ChoiceDesk;
  readonly settings: () => Promise<SettingsView>;
  readonly closings: ClosingDesk;
  readonly sites: () => Promise<Omit<SitesView, 'nodes'>>;
  /** What reports here. */
  readonly nodes: () => Promise<readonly NodeRow[]>;
  readonly onFault: (error: unknown) => void;
  /** The provider of identities through which people may come in as well. */
  readonly oidc?: OidcOptions;
}

export interface OidcOptions {
  /** As people know it. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret?: string;
  readonly scopes: readonly string[];
  readonly nameClaim: string;
  /** A claim, or with dots one inside others; a text or a list. */
  readonly roleClaim: string;
  /** Which values of that claim give which role; `*` is everybody. */
  readonly roles: RoleValues;
  /** The same for single sites, by their names. */
  readonly siteRoles?: ReadonlyMap<string, RoleValues>;
}

export type RoleValues = Readonly<Record<Role, readonly string[]>>;

export interface AccessTold {
  /** `login.limited` was not even looked at; `seen` is there still, and told once a minute at most. */
  readonly type: 'login.ok' | 'login.failed' | 'login.limited' | 'seen';
  readonly ip: string;
  /** Undefined where it was nobody whom we know. */
  readonly user?: Pick<User, 'name' | 'role' | 'siteRoles'> | undefined;
  /** What did not fit. */
  readonly reason?: LoginFault;
}

export type LoginFault = 'password' | 'code' | 'passkey' | 'role';

export interface NotificationDesk {
  readonly view: () => Promise<NotificationsView>;
  /** Sends a test over a channel and returns what became of it; undefined when there is none of the name. */
  readonly test: (channel: string) => Promise<readonly SentView[] | undefined>;
  /** Returns whether it was made: its channels are known, and there are not too many rules. */
  readonly addRule: (rule: Omit<NotificationRule, 'id'>) => boolean;
  /** Returns whether there was one that was made in the dashboard. */
  readonly removeRule: (id: string) => boolean;
}

/** Why an incident was closed, and how many alerts it had: with more of them it is open again. */
export interface Closing extends ClosingView {
  readonly alerts: number;
}

/** Incidents that were closed, by their ids. */
export interface ClosingDesk {
  readonly find: (id: string) => Closing | undefined;
  /** Undefined opens it again. */
  readonly keep: (id: string, closing: Closing | undefined) => void;
}

/** Keys of the configuration for which people may choose a value; it counts at once, over what is written. */
export interface ChoiceDesk {
  readonly allows: (key: string, value: string) => boolean;
  /** Undefined where nobody chose. */
  readonly chosen: (key: string) => string | undefined;
  /** Undefined takes the choice back. */
  readonly choose: (key: string, value: string | undefined) => void;
}

/** What the engine knows of its rules. */
export interface RuleDesk {
  /** Every rule in force, without how often it spoke. */
  readonly list: () => Promise<readonly RuleRow[]>;
  /** The scenarios in whose name a policy tells what it found; none where it is counted otherwise. */
  readonly speaksAs: (policy: string) => readonly string[];
  /** Chooses what a rule does from now on; undefined leaves it to what is usual. */
  readonly choose: (name: string, mode: RuleChoice | undefined) => void;
  /** What the mode would have changed since then; undefined when there is no such rule, or none to choose for. */
  readonly preview: (name: string, mode: RuleChoice, since: Date) => Promise<Replayed | undefined>;
  /** What would be said of a request as people write one; undefined when it is none. */
  readonly test: (text: string) => TestedView | undefined;
}

export interface Replayed extends Pick<RulePreviewView, 'does' | 'unit'> {
  /** What would have ended otherwise. */
  readonly cases: ReadonlyArray<{ readonly ip: string; readonly atMs: number; readonly what: string }>;
}

export type ExportFormat = 'csv' | 'json' | 'stix';

export interface ReportMaker {
  /** Whether there is a browser to print with. */
  readonly hasPdf: boolean;
  /** The report of the week as a page of its own. */
  readonly html: (language: string) => Promise<string>;
  readonly pdf: (language: string) => Promise<Uint8Array>;
  readonly text: (language: string) => Promise<string>;
  /** Alerts of so many days, for other programs. */
  readonly alerts: (format: ExportFormat, days: number) => Promise<string>;
  /** Those with these ids. */
  readonly alertsOf: (format: ExportFormat, ids: readonly string[]) => Promise<string>;
}

export interface EngineView {
  readonly startedMs: number;
  readonly lastLineMs: number | undefined;
  /** What was found out about the site's set-up, in words. */
  readonly findings: readonly string[];
  /** Whether attacks in requests are only watched. */
  readonly isObserving: boolean;
}

/** Who opened the connection. */
export interface DashboardPeer {
  readonly ip: string;
}
