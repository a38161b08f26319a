// Finders that a rule can name instead of a pattern, for what no regular expression says well.

/** Where something stands in a text; undefined when it is not there. */
export type Finder = (text: string) => { readonly start: number; readonly end: number } | undefined;

export interface NamedFinder {
  /** In lower case; a text without any of these is not asked about. Undefined when there are none. */
  readonly literals: readonly string[] | undefined;
  readonly find: Finder;
}

export const FINDERS: ReadonlyMap<string, NamedFinder> = new Map<string, NamedFinder>();
