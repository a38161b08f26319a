// Filters of a directory (RFC 4515) where a name belongs: brackets that close the site's own filter and open another.

import { MAX_LEXED_CHARS, type LexicalFinding } from './finding.ts';
import { flagsOf, hasAny, SignSet } from './signs.ts';

/** The strongest sign of a filter for a directory; undefined when there is none. */
export function findLdap(text: string): LexicalFinding | undefined {
  if (!hasAny(text, OPENERS, MAX_LEXED_CHARS)) return undefined;
  return SIGNS.strongestIn(text.length > MAX_LEXED_CHARS ? text.slice(0, MAX_LEXED_CHARS) : text);
}

const OPENERS: Uint8Array = flagsOf('(');
const CLOSES = 'closes the filter of a directory and opens another';
const FILTER = 'is a filter for a directory';

const SIGNS: SignSet = new SignSet([
  {
    needs: ')(',
    pattern: /\*\s{0,2}\)\s{0,2}\)?\s{0,2}\(\s{0,2}(?:[|&!]|[a-z][\w.;-]{0,40}\s{0,2}[~<>]?=)/i,
    what: CLOSES,
    strength: 'sure',
    class: 'ldap',
  },
  {
    needs: '(',
    pattern:
      /^[^()\s]{0,60}\){1,3}\s{0,2}[&|]?\s{0,2}\(\s{0,2}(?:[|&!](?:\s{0,2}[()]|\s{0,3}$)|[a-z][\w.;-]{0,40}\s{0,2}[~<>]?=)/i,
    what: CLOSES,
    strength: 'sure',
    class: 'ldap',
  },
  {
    needs: '(',
    pattern: /\(\s{0,2}[&|]\s{0,2}\(\s{0,2}!?\(?[a-z][\w.;-]{0,40}\s{0,2}[~<>]?=[^()]{0,80}\)/i,
    what: FILTER,
    strength: 'likely',
    class: 'ldap',
  },
  {
    needs: '(',
    pattern:
      /[(|&]\s{0,2}(?:objectclass|uid|cn|samaccountname|userpassword|mail|givenname|objectcategory|homedirectory|memberof)\s{0,2}[~<>]?=\s{0,2}[\w.@-]{0,20}\*/i,
    what: FILTER,
    strength: 'likely',
    class: 'ldap',
  },
  {
    needs: '(',
    pattern: /^[^\s]{0,30}\*?\)\s{0,2}(?:\(&\)|\(\|\)|%00|\0|\(\*)/,
    what: CLOSES,
    strength: 'likely',
    class: 'ldap',
  },
  {
    needs: '*(',
    pattern: /^[^\w]{0,4}\*\(\)\|[&%]|^\*\(\|\(/,
    what: CLOSES,
    strength: 'likely',
    class: 'ldap',
  },
]);
