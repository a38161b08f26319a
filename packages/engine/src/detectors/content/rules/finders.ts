// Finders that a rule can name instead of a pattern: the lexers, which read a text as a database, a browser or a file
// system would. Each stands under three names, for how much its finding proves; a text is read once for all three, and
// only when one of the lexer's signs is in it.

import {
  findCommand,
  findJava,
  findLdap,
  findNoSql,
  findPhp,
  findScript,
  findSql,
  findTemplate,
  findTraversal,
  type LexicalFinding,
  type Strength,
} from '../lexers/index.ts';
import {
  COMMAND_SIGNS,
  JAVA_SIGNS,
  LDAP_SIGNS,
  NOSQL_SIGNS,
  PHP_SIGNS,
  SCRIPT_SIGNS,
  SQL_SIGNS,
  TEMPLATE_SIGNS,
  TRAVERSAL_SIGNS,
} from './finderSigns.ts';
import type { Found } from './look.ts';

export interface NamedFinder {
  /** In lower case; a text without any of these is not asked about. */
  readonly literals: readonly string[];
  /** Where something stands in a text, and what it does; undefined when it is not there. */
  find(text: string): (Found & { readonly what: string }) | undefined;
}

type Lexer = (text: string) => LexicalFinding | undefined;

const STRENGTHS: readonly Strength[] = ['sure', 'likely', 'weak'];

// Addresses of pages, as in most Referers: nothing that a lexer would stop at.
const PLAIN_ADDRESS =
  /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w-]+)*\/?(?:\.\w{2,5})?(?:\?[\w.=&%~+-]*)?(?:#[\w-]*)?$/;

export const FINDERS: ReadonlyMap<string, NamedFinder> = new Map<string, NamedFinder>([
  ...graded('sql', findSql, SQL_SIGNS),
  ...graded('script', findScript, SCRIPT_SIGNS),
  ...graded('traversal', findTraversal, TRAVERSAL_SIGNS),
  ...graded('command', findCommand, COMMAND_SIGNS),
  ...graded('php', findPhp, PHP_SIGNS),
  ...graded('template', findTemplate, TEMPLATE_SIGNS),
  ...graded('java', findJava, JAVA_SIGNS),
  ...graded('ldap', findLdap, LDAP_SIGNS),
  ...graded('nosql', findNoSql, NOSQL_SIGNS),
]);

/** `sql` finds what is sure, `sql-likely` what is likely, `sql-weak` what is weak. */
function graded(name: string, lexer: Lexer, literals: readonly string[]): readonly [string, NamedFinder][] {
  let lastText: string | undefined;
  let last: LexicalFinding | undefined;
  const read: Lexer = (text) => {
    if (text === lastText) return last;
    lastText = text;
    last = PLAIN_ADDRESS.test(text) ? undefined : lexer(text);
    return last;
  };
  return STRENGTHS.map((strength): [string, NamedFinder] => [
    strength === 'sure' ? name : `${name}-${strength}`,
    {
      literals,
      find: (text) => {
        const found = read(text);
        return found?.strength === strength ? found : undefined;
      },
    },
  ]);
}
