// What the pages of rules, bots and sites tell with their server, in the words of wire.ts.

import type { EvidenceView, FindingView } from './wire.ts';

export const RULE_KINDS = ['scenario', 'content', 'appsec', 'policy'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];
export const RULE_CHOICES = ['off', 'observe', 'enforce'] as const;
export type RuleChoice = (typeof RULE_CHOICES)[number];

/** Whatever says what is bad: behaviour, content of requests, or a part of Parapet as a whole. */
export interface RuleRow {
  readonly name: string;
  readonly kind: RuleKind;
  /** What it is for, in English; of policies the page has words of its own. */
  readonly text: string;
  /** The family of a scenario, the class of a content rule. */
  readonly topic: string;
  readonly supplier: 'parapet' | 'own' | 'hub';
  /** In effect now. */
  readonly mode: RuleChoice | 'learn';
  /** What was chosen here; absent where nobody did. */
  readonly chosen?: RuleChoice;
  /** What it does where nobody chooses. */
  readonly usual: RuleChoice | 'learn';
  /** Where its mode is written, of those that are not chosen here. */
  readonly place?: string;
  /** How often it spoke in the last day and in the last week; absent where nobody counts. */
  readonly day?: number;
  readonly week?: number;
}

export interface RulesView {
  readonly rules: readonly RuleRow[];
  readonly total: number;
  /** Of each kind, whatever is searched for. */
  readonly counts: Readonly<Record<RuleKind, number>>;
  readonly nowMs: number;
}

/** What a change would have meant in the last seven days. */
export interface ChangeEffectView {
  /** `stop`: so many more; `spare`: so many less; `tells`: it never stops anybody; `unseen`: it was off all the time. */
  readonly does: 'stop' | 'spare' | 'tells' | 'unseen';
  readonly unit: 'requests' | 'alerts';
  readonly times: number;
  readonly addresses: number;
  /** Of these addresses, those that look like people. */
  readonly people: number;
  readonly examples: ReadonlyArray<{
    readonly ip: string;
    readonly atMs: number;
    readonly what: string;
    readonly isPerson: boolean;
  }>;
}

export interface RulePreviewView extends ChangeEffectView {
  readonly name: string;
  readonly mode: RuleChoice;
}

/** What became of changing a rule's mode; `before` takes it back. */
export interface RuleChangedView {
  readonly name: string;
  readonly before: RuleChoice | 'usual';
  readonly mode: RuleRow['mode'];
}

/** What would be said of a request that was written in. */
export interface TestedView {
  readonly method: string;
  readonly target: string;
  readonly action: string;
  /** Whether that would be done; else it would be told, and the request let through. */
  readonly isEnforced: boolean;
  readonly score: number;
  readonly reasons: FindingView['reasons'];
  /** What was written in, with the telling parts marked. */
  readonly parts: EvidenceView['parts'];
}

export const CRAWLER_RULES = ['allow', 'slow', 'cached', 'challenge', 'block'] as const;
export type CrawlerRuleName = (typeof CRAWLER_RULES)[number];
/** Crawlers for AI by what they are for, and those who only claim to be one. */
export const CRAWLER_GROUPS = ['training', 'search', 'user', 'undocumented', 'impostors'] as const;
export type CrawlerGroup = (typeof CRAWLER_GROUPS)[number];

/** What another rule would mean: of the last seven days, those for whom it would be another one. */
export interface CrawlerPreviewView {
  /** A group, or the name of a crawler. */
  readonly who: string;
  readonly rule: CrawlerRuleName;
  readonly bots: ReadonlyArray<{ readonly name: string; readonly requests: number }>;
  readonly requests: number;
  /** How long the site worked for them; absent where nobody measured. */
  readonly siteMs?: number;
}

/** `fixed`: changed in the file, with a restart. The others are changed in the page and count at once. */
export type SettingKind = 'text' | 'language' | 'zone' | 'hours' | 'retention' | 'fixed';

export interface SettingRow {
  /** As it is written in the configuration; sites by their names. */
  readonly key: string;
  readonly group: 'site' | 'messages' | 'kept' | 'listens';
  readonly value: string;
  readonly kind: SettingKind;
  /** Where it is written in the file; absent where it is not. */
  readonly line?: number;
  /** Whether it was chosen here, over the file. */
  readonly isChosen: boolean;
}

/** What the engine runs with. */
export interface SettingsView {
  readonly file: string;
  readonly hasFile: boolean;
  readonly dataDir: string;
  readonly version: string;
  readonly node: string;
  readonly settings: readonly SettingRow[];
}

/** What became of a choice; `before` takes it back. */
export interface ChosenView {
  readonly before: string;
}

/** What another mode of a site would have meant. */
export interface SitePreviewView extends ChangeEffectView {
  /** In force at this moment; where the site itself is to act or to watch. */
  readonly decisions?: number;
}

export const SITE_MODES = ['observe', 'enforce'] as const;
export const INSPECTION_MODES = ['off', 'learn', 'observe', 'enforce'] as const;
export type InspectionModeName = (typeof INSPECTION_MODES)[number];

export interface BotSumView {
  readonly requests: number;
  /** Of them answered by Parapet and not by the site. */
  readonly stopped: number;
  /** How long the site worked for it; absent where nobody measured. */
  readonly siteMs?: number;
}

/**
 * `search`: a search engine, from addresses of its operator. `ai`: a crawler that says it fetches pages for AI.
 * `impostor`: claims to be one of these and comes from elsewhere. `program`: says that it is no browser.
 */
export interface BotRow {
  readonly kind: 'search' | 'ai' | 'impostor' | 'program';
  readonly name: string;
  readonly operator?: string;
  readonly purpose?: 'training' | 'search' | 'user' | 'undocumented';
  /** What the owner wants done with it; of AI crawlers and those who claim to be one. */
  readonly rule?: CrawlerRuleName;
  /** Where that is written. */
  readonly place?: string;
  /** Whether its own rule was chosen here. */
  readonly isChosen?: boolean;
  readonly lastMs: number;
  readonly day: BotSumView;
  readonly week: BotSumView;
}

export interface BotsView {
  readonly bots: readonly BotRow[];
  /** AI crawlers that did not come in the last week, and what would be done with each. */
  readonly absent: ReadonlyArray<
    Pick<BotRow, 'name' | 'operator' | 'purpose' | 'rule' | 'place' | 'isChosen'>
  >;
  /** The rules for whole groups. */
  readonly groups: ReadonlyArray<{
    readonly who: CrawlerGroup;
    readonly rule: CrawlerRuleName;
    readonly place: string;
    readonly isChosen: boolean;
  }>;
  /** Of those who look like browsers, in the last week. */
  readonly hidden: {
    /** Requests for costly pages beyond what strangers usually ask for, asked for the check or put off; or only told. */
    readonly costly: number;
    readonly watched: number;
    /** Both, of the last day. */
    readonly costlyDay: number;
    /** Requests that were asked for the check, and those of visitors who passed it. */
    readonly asked: number;
    readonly passed: number;
  };
  /** robots.txt with the rules for AI crawlers. */
  readonly robots: string;
  readonly isRobotsServed: boolean;
  readonly nowMs: number;
}

export interface SiteRow {
  readonly name: string;
  readonly hosts: readonly string[];
  /** Whether the gateway serves it; else it is known from a log. */
  readonly isServed: boolean;
  readonly upstreams: ReadonlyArray<{
    readonly url: string;
    readonly isUp: boolean;
    /** Requests that wait for its answer. */
    readonly underWay: number;
  }>;
  /** What the gateway may do there, the line that says so, and whether it was chosen here instead. */
  readonly mode: (typeof SITE_MODES)[number];
  readonly modePlace: string;
  readonly isModeChosen: boolean;
  /** What is done about attacks in requests. */
  readonly inspection: InspectionModeName;
  /** The same in effect: a site that watches never acts. */
  readonly inspectionNow: InspectionModeName;
  readonly inspectionPlace: string;
  readonly isInspectionChosen: boolean;
  /** Whether anybody can look into requests without a restart. */
  readonly mayInspect: boolean;
  /** How far the learning of normal traffic is; absent where none is learned. */
  readonly learned?: {
    readonly mode: RuleRow['mode'];
    readonly modeNow: RuleRow['mode'];
    readonly days: number;
    readonly wantedDays: number;
    readonly state: 'attack-wave' | 'flash-crowd' | 'usual';
    /** Of the last minute, and how many are usual then. */
    readonly requests: number;
    readonly usual?: number;
  };
}

/**
 * Something on this machine or another that reports here. `machine`: sends alerts over the local API. `bouncer`: fetches
 * decisions. `application`: has a token of Parapet's own API, as the Drupal module has.
 */
export interface NodeRow {
  readonly kind: 'machine' | 'bouncer' | 'application';
  readonly name: string;
  /** What it says it is, and of which version; empty where it says nothing. */
  readonly type: string;
  readonly version: string;
  /** From where it came last. */
  readonly ip: string;
  readonly seenMs?: number;
  /**
   * `silent`: was there, and should have been heard of again. `late`: a bouncer that has not fetched decisions for
   * longer than it used to. `waiting`: nobody has admitted it yet.
   */
  readonly state: 'heard' | 'silent' | 'late' | 'waiting' | 'never';
  /** How long a bouncer used to wait from one fetching of decisions to the next, at most. */
  readonly pauseMs?: number;
  /** How far its clock is ahead of the engine's, or behind when it is less than 0; absent when it is right or unknown. */
  readonly clockAheadMs?: number;
}

export interface SitesView {
  /** Those that should be looked at come first. */
  readonly nodes: readonly NodeRow[];
  readonly sites: readonly SiteRow[];
  readonly workers: ReadonlyArray<{
    readonly number: number;
    readonly pid: number;
    readonly state: string;
    /** Absent while it does not answer. */
    readonly health?: {
      readonly isConnected: boolean;
      readonly heardSecondsAgo?: number;
      readonly upForSeconds: number;
      readonly underWay: number;
      readonly decisions: number;
      readonly droppedEvents: number;
      readonly faults: number;
    };
  }>;
  /** `endMs` is absent for one that cannot be read. */
  readonly certificates: ReadonlyArray<{
    readonly file: string;
    readonly names: string;
    readonly endMs?: number;
  }>;
  readonly listening: readonly string[];
  /** Workers that ended by themselves and were replaced. */
  readonly restarts: number;
  readonly hasGateway: boolean;
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: number;
}
