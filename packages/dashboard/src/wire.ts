// What the page and its server tell each other, as JSON. Times are milliseconds since the epoch. All texts that
// visitors wrote (paths, agents, messages) are what they wrote: the page shows them as text and as nothing else.

export type RoleName = 'viewer' | 'analyst' | 'operator' | 'admin';

export interface SessionView {
  /** Undefined for who is not logged in. */
  readonly user?: {
    readonly name: string;
    /** For all sites; absent for who has roles for single ones only. */
    readonly role?: RoleName;
    readonly siteRoles: Readonly<Record<string, RoleName>>;
    readonly hasTotp: boolean;
    /** Whether they come in through the provider of identities, which then says what they may. */
    readonly isOfProvider: boolean;
  };
  /** The sites that they may look at, by name. */
  readonly sites?: readonly string[];
  /** To be sent back with whatever changes something. */
  readonly csrf?: string;
  /** For who is not logged in: the provider of identities through which they may come in. */
  readonly provider?: string;
  /** Whether anybody can log in yet. */
  readonly hasUsers: boolean;
  readonly version: string;
}

/** What a browser needs to ask for a passkey; ids and challenges are base64url. */
export interface PasskeyChallenge {
  /** For which passkeys count here. */
  readonly host: string;
  readonly challenge: string;
}

/** What it answers; all of it base64url. */
export interface PasskeyProof {
  readonly id: string;
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle?: string | undefined;
}

/** What a browser needs to make one. */
export interface NewPasskeyView extends PasskeyChallenge {
  readonly user: { readonly id: string; readonly name: string };
  /** Those that the user has here already. */
  readonly known: readonly string[];
}

export interface NewPasskeyProof {
  readonly id: string;
  readonly clientData: string;
  readonly attestation: string;
}

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  /** Where it counts. */
  readonly host: string;
  /** Whether it is copied between devices of its owner. */
  readonly isSynced: boolean;
  readonly createdMs: number;
  readonly usedMs?: number;
}

/** `calm`, `busy`: somebody attacks and is dealt with, `attack`: much more than on other days, `blind`: nothing comes. */
export type Level = 'calm' | 'busy' | 'attack' | 'blind';

export interface OverviewView {
  readonly nowMs: number;
  readonly level: Level;
  readonly totals: {
    /** Of the last 24 hours. */
    readonly lines: number;
    readonly stopped: number;
    readonly alerts: number;
    readonly incidents: number;
    readonly running: number;
    readonly addresses: number;
    /** At this moment. */
    readonly inForce: number;
    readonly lastLineMs?: number;
  };
  readonly day: DayView;
  readonly todos: readonly TodoView[];
  readonly doubts: readonly DoubtView[];
  readonly triage: TriageView;
}

/** It goes on; it was not stopped; it is new here; from many; nothing was decided on purpose; it may be people. */
export type LookReason = 'now' | 'not-stopped' | 'new' | 'many' | 'spared' | 'human' | 'few';

export interface LookView {
  readonly incident: IncidentRow;
  readonly reasons: readonly LookReason[];
}

/** Incidents of one kind that need nobody. */
export interface FoldView {
  readonly family: string;
  readonly title: string;
  readonly incidents: number;
  readonly alerts: number;
}

/** Of the last 24 hours. */
export interface TriageView {
  readonly looks: readonly LookView[];
  /** The kinds with the most alerts. */
  readonly folds: readonly FoldView[];
  readonly folded: { readonly incidents: number; readonly alerts: number };
}

/** The last 24 hours in equal steps, of which the last ends now. */
export interface DayView {
  readonly startMs: number;
  readonly stepMs: number;
  readonly lines: readonly number[];
  readonly stopped: readonly number[];
  readonly alerts: readonly number[];
}

export interface TodoView {
  readonly kind: 'appeal' | 'doubt' | 'store' | 'totp' | 'observing' | 'blind' | 'finding' | 'node';
  readonly count: number;
  readonly text?: string;
  /** A page of ours. */
  readonly href: string;
}

/** Somebody who was stopped and may be a person. */
export interface DoubtView {
  readonly kind: 'appeal' | 'vouched' | 'operator' | 'passed' | 'login';
  readonly ip: string;
  /** How many more were stopped by the same and did the same. */
  readonly others: number;
  readonly atMs: number;
  /** The scenario or class that stopped them. */
  readonly cause: string;
  /** Of the scenario; both are empty for a class. */
  readonly family: string;
  readonly title: string;
  /** What they wrote. */
  readonly message?: string;
  readonly appeal?: number;
  /** Running decisions on them, by number. */
  readonly decisions: readonly number[];
  /** The record of what was found in their request. */
  readonly record?: string;
}

/** `running`: something came in the last minutes; `held`: what was decided is in force; `over`; `watched`: nothing was done. */
/** `closed`: somebody has said so; an incident that goes on is open again. */
export type IncidentState = 'running' | 'held' | 'over' | 'watched' | 'closed';

export const CLOSE_REASONS = ['handled', 'false-alarm', 'test'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export interface ClosingView {
  readonly reason: CloseReason;
  readonly note: string;
  readonly by: string;
  readonly atMs: number;
}

export interface IncidentRow {
  readonly id: string;
  /** The kind of attack, for the words of the page; empty where none is known. */
  readonly family: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly alerts: number;
  readonly events: number;
  /** How many sources there are, and the one with the most. */
  readonly sources: number;
  readonly source: SourceView;
  readonly inForce: number;
}

export interface SourceView {
  readonly scope: string;
  readonly value: string;
  readonly country?: string;
  readonly network?: string;
}

export interface IncidentView extends IncidentRow {
  /** Absent while it is open. */
  readonly closing?: ClosingView;
  /** In the language that was asked for, made of the facts. */
  readonly sentence: string;
  readonly families: ReadonlyArray<{
    readonly family: string;
    readonly title: string;
    readonly scenarios: readonly string[];
    readonly alerts: number;
  }>;
  readonly evidence: readonly EvidenceView[];
  readonly why: readonly WhyView[];
  readonly findings: readonly FindingView[];
  readonly addresses: readonly AddressView[];
  /** Of addresses, when there are more than shown. */
  readonly addressesLeftOut: number;
  /** Who else came from its addresses; absent for who may see some sites only. */
  readonly others?: VisitsView;
  readonly spared: readonly string[];
  readonly isSimulated: boolean;
}

export interface EvidenceView {
  readonly atMs: number;
  readonly source: string;
  readonly parts: ReadonlyArray<{ readonly text: string; readonly isMarked: boolean }>;
}

/** Why a scenario spoke up. */
export interface WhyView {
  readonly scenario: string;
  readonly family: string;
  readonly sentence: string;
  readonly events: number;
  /** What is let pass before it speaks. */
  readonly capacity: number;
  readonly leakSpeedMs: number;
  readonly spanMs: number;
}

/** What inspection found in a request. */
export interface FindingView {
  readonly record: string;
  readonly atMs: number;
  readonly ip: string;
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly isEnforced: boolean;
  readonly score: number;
  readonly reasons: ReadonlyArray<{
    readonly detector: string;
    readonly class: string;
    readonly text: string;
    readonly weight: number;
    readonly where: string;
    readonly excerpt: string;
  }>;
  /** What was said of it and counts. */
  readonly feedback?: { readonly number: number; readonly kind: 'attack' | 'no-attack'; readonly by: string };
}

export interface AddressView extends SourceView {
  readonly alerts: number;
  readonly events: number;
  readonly lastMs: number;
  readonly decisions: readonly DecisionView[];
}

export interface DecisionView {
  readonly number: number;
  readonly record: string;
  readonly scope: string;
  readonly value: string;
  readonly remediation: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly scenario: string;
  readonly family: string;
  readonly title: string;
  readonly origin: string;
  readonly isSimulated: boolean;
  /** Where it belongs to an incident that is remembered. */
  readonly incident?: string;
  readonly lift?: { readonly atMs: number; readonly by: string; readonly reason: string };
}

/** Who came from where something is decided, as far as it was counted. */
export interface VisitsView {
  /** Requests of the last days that the site answered as usual, and from how many addresses. */
  readonly requests: number;
  readonly addresses: number;
  readonly days: number;
  /** Of a crowd a share is counted. */
  readonly isEstimate: boolean;
  /** Addresses that passed the check, wrote an appeal, or have a session of the site, in the last week. */
  readonly people: number;
  /** Addresses from which somebody logged in to the site in the last 30 days; some of them. */
  readonly logins: number;
  readonly examples: readonly string[];
}

/** Whom a decision on some targets would hit. */
export interface EffectView {
  /** How many of them can be decided on. */
  readonly targets: number;
  /** What cannot, or should not, and why; at most a few. */
  readonly doubtful: ReadonlyArray<{ readonly value: string; readonly why: string }>;
  readonly doubtfulCount: number;
  /** Targets that a decision in force covers already, and decisions in force that lie inside one of them. */
  readonly covered: number;
  readonly inside: number;
  /** The address from which this is asked is among them. */
  readonly isYou: boolean;
  readonly visits: VisitsView;
}

/** What became of a list. */
export interface ImportedView {
  readonly decisions: readonly DecisionView[];
  readonly refused: ReadonlyArray<{ readonly value: string; readonly why: string }>;
  readonly refusedCount: number;
}

export interface DecisionsView {
  readonly decisions: readonly DecisionView[];
  readonly total: number;
  readonly nowMs: number;
}

export interface IncidentsView {
  /** Whatever is searched for: how many are open, and how many closed. */
  readonly counts: Readonly<Record<'open' | 'closed', number>>;
  readonly incidents: readonly IncidentRow[];
  readonly total: number;
  readonly nowMs: number;
}

export interface PreviewView {
  /** In which parameter of which route, of which class. */
  readonly findings: ReadonlyArray<{
    readonly class: string;
    readonly where: string;
    readonly route: string;
  }>;
  /** How many recent findings were looked at. */
  readonly looked: number;
  /** How many of them would have passed whole, and a few of them. */
  readonly letThrough: number;
  readonly examples: ReadonlyArray<{
    readonly record: string;
    readonly ip: string;
    readonly method: string;
    readonly path: string;
    readonly class: string;
  }>;
}

export interface UserView {
  readonly name: string;
  /** For all sites; empty for none. */
  readonly role: string;
  readonly siteRoles: Readonly<Record<string, string>>;
  readonly hasTotp: boolean;
  readonly passkeys: number;
  /** Whether they come in through the provider of identities. */
  readonly isOfProvider: boolean;
  readonly createdMs: number;
  readonly seenMs?: number;
}

export interface AuditView {
  readonly entries: ReadonlyArray<{
    readonly number: number;
    readonly atMs: number;
    readonly who: string;
    readonly ip: string;
    readonly act: string;
    readonly target: string;
    readonly details: Readonly<Record<string, unknown>>;
  }>;
  readonly isWhole: boolean;
  readonly brokenAt?: number;
}

/** What comes by itself, as server-sent events. */
export type Moment =
  | { readonly kind: 'alert'; readonly atMs: number; readonly alert: LiveAlert }
  | { readonly kind: 'pulse'; readonly atMs: number; readonly lines: number; readonly stopped: number }
  | { readonly kind: 'requests'; readonly requests: readonly LiveRequest[]; readonly leftOut: number }
  | { readonly kind: 'changed'; readonly what: 'decisions' | 'appeals' | 'rules' | 'incidents' };

export interface LiveAlert {
  readonly family: string;
  readonly title: string;
  readonly source: SourceView;
  readonly sentence: string;
  readonly remediation?: string;
}

export interface LiveRequest {
  readonly atMs: number;
  readonly ip: string;
  readonly method: string;
  readonly path: string;
  readonly status: string;
  readonly agent: string;
  /** What the gateway did, if it did something. */
  readonly action: string;
  /** Where it is known. */
  readonly site?: string;
}

export interface HealthView {
  readonly cards: ReadonlyArray<{
    readonly level: 'critical' | 'important' | 'recommended' | 'fine';
    readonly topic: string;
    readonly says: string;
    readonly fix?: string;
    /** What stands in English for want of words in the reader's language, such as what the system said. */
    readonly english?: ReadonlyArray<'says' | 'fix'>;
  }>;
  readonly atMs: number;
}

/** The report of the last seven days. */
export interface ReportView {
  /** A title, sentences, and facts with a colon; a line each. */
  readonly text: string;
  readonly hasPdf: boolean;
}

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export const TOPICS = ['attacks', 'appeals', 'health'] as const;

/** Who is told of what. */
export interface NotificationRule {
  /** Of those that were made in the dashboard, and can be removed there; others stand in the configuration. */
  readonly id?: string;
  readonly channels: readonly string[];
  /** This severity and worse. */
  readonly severity: (typeof SEVERITIES)[number];
  readonly about: readonly (typeof TOPICS)[number][];
  /** Names of attacks or scenarios, `*` for any part; empty for all. */
  readonly scenarios: readonly string[];
  readonly inQuietHours: boolean;
}

export type Delivered = 'delivered' | 'failed' | 'gave up';

export interface NotificationsView {
  readonly channels: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    /** Where it leads, without secrets. */
    readonly place: string;
    readonly waiting: number;
    /** Why it cannot be used. */
    readonly fault?: string;
    readonly last?: { readonly atMs: number; readonly outcome: Delivered };
  }>;
  readonly rules: readonly NotificationRule[];
  /** The newest first. */
  readonly log: ReadonlyArray<{
    readonly atMs: number;
    readonly channel: string;
    readonly target: string;
    readonly title: string;
    readonly outcome: Delivered;
    readonly tries: number;
    readonly answer: string;
  }>;
}

/** What became of a test. */
export interface SentView {
  readonly target: string;
  readonly isDelivered: boolean;
  readonly answer: string;
}
