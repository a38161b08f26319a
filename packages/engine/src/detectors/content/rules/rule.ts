// The words of our own rules on the content of requests: what a rule file says, read and compiled.

import type { AttackClass, FieldKind, Placement } from '@parapet/kinds';
import type { Pattern } from '../../../patterns/index.ts';
import type { Part } from '../parts.ts';

/**
 * Where a rule looks: the placements of parts, the target line and headers as they were sent, or the request as a
 * whole. The decoders leave out the usual values of usual headers; a `raw-header` is there whatever it holds.
 */
export type RulePlace = Placement | 'target' | 'raw-header' | 'request';

/** How much a rule is worth alone, in log-odds; a number says it exactly. */
export type RuleStrength = 'certain' | 'strong' | 'fair' | 'weak';

export const STRENGTHS: Readonly<Record<RuleStrength, number>> = {
  certain: 9,
  strong: 6,
  fair: 3,
  weak: 1,
};

export interface ContentRule {
  /** `author/what-it-finds`, unique. */
  readonly name: string;
  readonly class: AttackClass;
  /** What the request does, for people, without a full stop. */
  readonly text: string;
  /** In log-odds: see STRENGTHS. */
  readonly weight: number;
  /** What it is worth in a text that reads like prose; undefined when that makes no difference. */
  readonly proseWeight: number | undefined;
  /** Whether no honest client sends this, whatever else speaks for it. */
  readonly isReject: boolean;
  /** Whether it finds pages that are asked for honestly where the site has them. */
  readonly isHonestWhereServed: boolean;
  /** Whether it finds addresses that are others than the one that was asked for. */
  readonly isOtherAddress: boolean;
  /** Whether it finds addresses on other hosts than the one that was asked. */
  readonly isOtherHost: boolean;
  readonly where: RuleWhere;
  readonly what: RuleWhat;
  /** Where the rule is silent. */
  readonly except: readonly RuleScope[];
  readonly references: readonly string[];
  readonly examples: readonly RuleExample[];
  readonly file: string;
  readonly line: number;
}

/** Conditions on a part and its request; what is undefined is not asked. All have to hold. */
export interface RuleScope {
  readonly places: ReadonlySet<RulePlace> | undefined;
  readonly kinds: ReadonlySet<FieldKind> | undefined;
  /** Names of parts, by whole match. */
  readonly names: NameTest | undefined;
  /** In upper case. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Of the decoded path. */
  readonly path: Pattern | undefined;
  /** Of the body; `application/*` is written as a pattern. */
  readonly media: NameTest | undefined;
}

export interface RuleWhere extends RuleScope {
  readonly places: ReadonlySet<RulePlace>;
  /** Whether other readings of a value are looked at too. */
  readonly views: boolean;
}

/** A list of names where `*` stands for anything; case is ignored. */
export interface NameTest {
  /** In lower case, those without a `*`. */
  readonly exact: ReadonlySet<string>;
  readonly globs: readonly Pattern[];
}

/** What has to be in the text; all that is given has to hold. */
export interface RuleWhat {
  /** In lower case; one of them has to be there. */
  readonly contains: readonly string[];
  /** One of them has to match. */
  readonly match: readonly Pattern[];
  readonly and: readonly Pattern[];
  /** None of them may match. */
  readonly unless: readonly Pattern[];
  readonly finder: string | undefined;
  /** Codes of the decoders' anomalies; the rule then has no text to look at. */
  readonly anomalies: ReadonlySet<string> | undefined;
}

/** A text that the rule has to find, or has to leave alone; the tests run every one. */
export interface RuleExample {
  readonly isAttack: boolean;
  readonly text: string;
  readonly place: RulePlace;
  readonly name: string;
  readonly kind: FieldKind;
  readonly method: string;
  readonly path: string;
  readonly mediaType: string;
}

/** One rule that speaks about one text of a request. */
export interface RuleFinding {
  readonly rule: ContentRule;
  /** What it is worth here, in log-odds. */
  readonly weight: number;
  /** What the request does, for people: the rule's own text, or what a finder says. */
  readonly says: string;
  /** Undefined for the target line and for the request as a whole. */
  readonly part: Part | undefined;
  /** Where `text` stands: for the target line `path`, for an anomaly its own place. */
  readonly placement: Placement;
  readonly name: string;
  /** Which of the part's views; -1 for its value, and for its name. */
  readonly view: number;
  /** The text that was looked at, and what was found in it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export function testName(test: NameTest, name: string): boolean {
  const folded = name.toLowerCase();
  return test.exact.has(folded) || test.globs.some((glob) => glob.test(folded));
}
