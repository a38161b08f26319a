// Whether a text would change what a database is asked. The text is read three times, as it is and as the rest of a
// string in either quotes, and each reading is judged by what its tokens would do where they stand: a closed string
// with a condition behind it, a second query, a second statement, a call that waits or fails. Words of English that SQL
// has too (`select`, `union`, `or`) prove nothing unless such a sentence of SQL can be read from them.

import { MAX_LEXED_CHARS, type LexicalFinding, type Strength } from './finding.ts';
import {
  judgeCall,
  judgeCase,
  judgeChoice,
  judgeHaving,
  judgeInto,
  judgeOrder,
  judgeSelect,
  judgeSource,
  judgeStacked,
  judgeStatement,
  judgeUnion,
} from './sqlClauses.ts';
import { type Judgement, reader } from './sqlReading.ts';
import type { SqlContext } from './sqlTokens.ts';
import { judgeClosed, judgeLogic, judgeWhole } from './sqlValues.ts';

export interface SqlFinding extends LexicalFinding {
  readonly class: 'sqli';
  /** The string that the text closes, or none. */
  readonly context: SqlContext;
  /** Kinds of the tokens around the finding, at most 16 of them: `s&1=1c`. */
  readonly fingerprint: string;
}

/** The strongest sign that a text is SQL put where a value belongs; undefined when there is none. */
export function findSql(text: string): SqlFinding | undefined {
  const traits = scan(text);
  if ((traits & (SIGN | SPACE)) === 0) return undefined;
  let best = judge(text, '');
  if (best?.strength === 'sure') return best;
  if ((traits & SINGLE_QUOTE) !== 0) best = stronger(best, judge(text, "'"));
  if (best?.strength === 'sure') return best;
  return (traits & DOUBLE_QUOTE) === 0 ? best : stronger(best, judge(text, '"'));
}

/** Whether a text is SQL injected, as far as its tokens say so: weak signs do not count. */
export function isSqlInjection(text: string): SqlFinding | undefined {
  const found = findSql(text);
  return found === undefined || found.strength === 'weak' ? undefined : found;
}

const SIGN = 1;
const SINGLE_QUOTE = 2;
const DOUBLE_QUOTE = 4;
const SPACE = 8;

const SCAN = new Uint8Array(256);
for (let code = 0; code < 256; code += 1) SCAN[code] = code <= 32 || code === 0xa0 ? SPACE : 0;
for (const letter of '()=<>;|&*#@`{!^~-') SCAN[letter.charCodeAt(0)] = SIGN;
SCAN[39] = SINGLE_QUOTE | SIGN;
SCAN[34] = DOUBLE_QUOTE | SIGN;

/** What a text has that SQL needs: one word, or words with points and commas, ask for no reading. */
function scan(text: string): number {
  const length = Math.min(text.length, MAX_LEXED_CHARS);
  let seen = 0;
  if (length < 3) return seen;
  for (let at = 0; at < length; at += 1) seen |= SCAN[text.charCodeAt(at) & 255] ?? 0;
  return seen;
}

function stronger(one: SqlFinding | undefined, other: SqlFinding | undefined): SqlFinding | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return ORDER[other.strength] > ORDER[one.strength] ? other : one;
}

const ORDER: Readonly<Record<Strength, number>> = { weak: 0, likely: 1, sure: 2 };

function judge(text: string, context: SqlContext): SqlFinding | undefined {
  reader.read(text, context, MAX_LEXED_CHARS);
  const count = reader.tokens.count;
  if (count < 2) return undefined;
  let best: Judgement | undefined = context === '' ? judgeWhole(text) : judgeClosed(text);
  const { kinds } = reader.tokens;
  for (let at = 0; at < count && best?.strength !== 'sure'; at += 1) {
    if (JUDGED[kinds[at] ?? 0] !== 1) continue;
    const found = judgeAt(text, at);
    if (found !== undefined && (best === undefined || ORDER[found.strength] > ORDER[best.strength]))
      best = found;
  }
  if (best === undefined) return undefined;
  const { starts, ends } = reader.tokens;
  const from = Math.max(0, best.from - 2);
  let fingerprint = '';
  for (let at = from; at < Math.min(count, from + 16); at += 1) fingerprint += reader.kind(at);
  const start = starts[best.from] ?? 0;
  const end = Math.max(start, ends[Math.min(count, best.to) - 1] ?? 0);
  return { class: 'sqli', what: best.what, strength: best.strength, start, end, context, fingerprint };
}

/** Kinds of tokens that a rule begins with. */
const JUDGED = new Uint8Array(128);
for (const kind of '&UE;TSfFIBWC') JUDGED[kind.charCodeAt(0)] = 1;

function judgeAt(text: string, at: number): Judgement | undefined {
  switch (reader.kind(at)) {
    case '&':
      return judgeLogic(text, at);
    case 'U':
      return judgeUnion(at);
    case 'E':
      return judgeSelect(at);
    case ';':
      return judgeStacked(text, at);
    case 'T':
      return judgeStatement(text, at);
    case 'S':
      return judgeCall(at);
    case 'f':
      return judgeChoice(at);
    case 'F':
      return judgeSource(at);
    case 'I':
      return judgeInto(at);
    case 'B':
      return judgeOrder(at);
    case 'W':
      return judgeHaving(text, at);
    case 'C':
      return judgeCase(at);
    default:
      return undefined;
  }
}
