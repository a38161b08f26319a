// What a rule of CrowdSec's AppSec language is once it is read. A leaf names zones of the request, changes their
// values and compares them; `and` and `or` join leaves. The words are those of CrowdSec's rule files.

import type { AttackClass } from '@parapet/kinds';
import type { Operator } from './operators.ts';
import type { Transform } from './transforms.ts';

/** The places of a request that a rule can name, as CrowdSec calls them. */
export type Zone =
  | 'ARGS'
  | 'ARGS_NAMES'
  | 'BODY_ARGS'
  | 'BODY_ARGS_NAMES'
  | 'COOKIES'
  | 'COOKIES_NAMES'
  | 'FILES'
  | 'FILES_NAMES'
  | 'FILES_TOTAL_SIZE'
  | 'FILENAMES'
  | 'HEADERS'
  | 'HEADERS_NAMES'
  | 'METHOD'
  | 'PROTOCOL'
  | 'URI'
  | 'URI_FULL'
  | 'RAW_BODY';

/** Every zone, and whether its values have names that `variables` can choose from. */
export const ZONES: ReadonlyMap<string, { readonly zone: Zone; readonly hasNames: boolean }> = new Map(
  (
    [
      ['ARGS', true],
      ['ARGS_NAMES', true],
      ['BODY_ARGS', true],
      ['BODY_ARGS_NAMES', true],
      ['COOKIES', true],
      ['COOKIES_NAMES', true],
      ['FILES', false],
      ['FILES_NAMES', false],
      ['FILES_TOTAL_SIZE', false],
      ['FILENAMES', false],
      ['HEADERS', true],
      ['HEADERS_NAMES', true],
      ['METHOD', false],
      ['PROTOCOL', false],
      ['URI', false],
      ['URI_FULL', false],
      ['RAW_BODY', false],
    ] as const
  ).map(([zone, hasNames]) => [zone, { zone, hasNames }]),
);

/** One of a zone's values: with this name, in any case, or with a name that the pattern finds. */
export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'pattern';
      readonly test: (name: string) => boolean;
      /** Every name that it finds contains one of these. */
      readonly required: readonly string[] | undefined;
    };

/** The changes that a leaf makes to a value before it compares. */
export interface Chain {
  /** Their names in order; equal keys change alike. */
  readonly key: string;
  readonly steps: readonly Transform[];
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly zones: readonly Zone[];
  /** Empty: all values of the zones. */
  readonly selectors: readonly Selector[];
  /** Whether the number of values is compared, not the values. */
  readonly isCount: boolean;
  readonly chain: Chain;
  readonly operator: Operator;
  readonly isNegated: boolean;
}

export interface Joint {
  readonly kind: 'and' | 'or';
  readonly nodes: readonly RuleNode[];
}

export type RuleNode = Leaf | Joint;

/** One entry of a file's `rules`; a file has one, seldom more. */
export interface AppsecRule {
  /** The name of the file's item, e.g. `crowdsecurity/vpatch-CVE-2024-3272`. */
  readonly name: string;
  readonly description: string;
  readonly class: AttackClass;
  /** `type`, `behavior`, `confidence`, `classification` and whatever else the author gave. */
  readonly labels: Readonly<Record<string, unknown>>;
  readonly root: RuleNode;
  readonly file: string;
  readonly line: number;
}
