// Conditions for a document database where a plain value belongs: operators that begin with a dollar as names and keys,
// and scripts that such databases run.

import { MAX_LEXED_CHARS, type LexicalFinding } from './finding.ts';
import { flagsOf, hasAny, SignSet } from './signs.ts';

/** The strongest sign of a condition for a document database, in a value or in a name; undefined when there is none. */
export function findNoSql(text: string): LexicalFinding | undefined {
  if (!hasAny(text, OPENERS, MAX_LEXED_CHARS)) return undefined;
  return SIGNS.strongestIn(text.length > MAX_LEXED_CHARS ? text.slice(0, MAX_LEXED_CHARS) : text);
}

const OPENERS: Uint8Array = flagsOf('$|;=');
const WHAT = 'is a condition for a document database';

const SIGNS: SignSet = new SignSet([
  {
    needs: '$',
    pattern:
      /\[\s{0,3}["']?\$(?:n?eq?|gte?|lte?|n?in|regex|where|exists|or|n?or|and|not|expr|func|type|mod|size|all|elemmatch|options|text|lookup|function|accumulator|jsonschema)["']?\s{0,3}\]/i,
    what: WHAT,
    strength: 'sure',
    class: 'nosql',
  },
  {
    needs: '$',
    pattern:
      /["']?\$(?:ne|gte?|lte?|n?in|regex|where|exists|n?or|and|not|expr|func|elemmatch|function|accumulator|jsonschema)["']?\s{0,4}:\s{0,4}["'[{\d/tfn-]/i,
    what: WHAT,
    strength: 'sure',
    class: 'nosql',
  },
  { needs: '$where', pattern: /\$where\b/i, what: WHAT, strength: 'likely', class: 'nosql' },
  {
    needs: '==',
    pattern:
      /(?:^|[\s'"\w)}\]])(?:\|\||&&)\s{0,3}(?:(["']?)[\w.]{1,30}\1\s{0,3}===?\s{0,3}["']?[\w.]{0,30}|this\.\w)/,
    what: 'adds a condition to a script of a database',
    strength: 'likely',
    class: 'nosql',
  },
  {
    needs: 'this.',
    pattern:
      /(?:\|\||&&|;|['"]\s{0,3}[|&])\s{0,3}(?:return\s{1,3})?this\.\w{1,30}\s{0,3}(?:\.match\(|[!=]=|\[|\.length)/i,
    what: 'adds a condition to a script of a database',
    strength: 'sure',
    class: 'nosql',
  },
  {
    needs: 'return',
    pattern: /['"]\s{0,3};\s{0,3}return\s{1,4}(?:true|1|!|\(|this|['"])/i,
    what: 'adds a condition to a script of a database',
    strength: 'sure',
    class: 'nosql',
  },
  {
    needs: 'db.',
    pattern:
      /(?:^|[;'"\s({])db\.(?:\w{1,40}\.)?(?:find(?:one)?|insert(?:one|many)?|drop(?:database)?|remove|update(?:one|many)?|getcollectionnames|adminCommand|runCommand|eval|stats|version|loadserverscripts|hostinfo)\s{0,3}\(/i,
    what: 'is a command to a document database',
    strength: 'likely',
    class: 'nosql',
  },
  {
    needs: 'sleep',
    pattern:
      /['";]\s{0,3}sleep\(\s{0,3}\d{3,6}\s{0,3}\)\s{0,3};|\bwhile\s{0,3}\(\s{0,3}(?:new\s{1,3}Date|!|-?[01]\b|true|string|\()/i,
    what: 'makes a script of a database wait',
    strength: 'likely',
    class: 'nosql',
  },
  {
    needs: 'while',
    pattern: /(?:^|[;{'"])\s{0,3}while\s{0,3}\(\s{0,3}(?:new\s{1,3}Date|!|-?[01]\b|true|string|\(true)/i,
    what: 'makes a script on the server go on without end',
    strength: 'likely',
    class: 'nosql',
  },
]);
