// The small part of SQL's grammar that tells a condition from a sentence: operands, comparisons, lists and calls, read
// from a given token on. Each function says where what it read ends, or -1 when it is not there. The work is counted
// and bounded, so that no arrangement of brackets costs more than a few passes over the tokens.

import { newSqlTokens, readSql, type SqlContext, type SqlTokens } from './sqlTokens.ts';

const MAX_STEPS = 20_000;

/** What a condition is worth as evidence. */
export type Condition =
  /** Both sides are values: `1=1`, `'a' like 'a'`. */
  | 'constant'
  /** A name is compared with something. */
  | 'comparison'
  /** A function of SQL is called, or a query stands there. */
  | 'call'
  /** A value alone: `or 1`, `or true`. */
  | 'value'
  /** A name alone: any word of a sentence is one. */
  | 'name';

export class SqlReader {
  readonly tokens: SqlTokens = newSqlTokens();
  /** What the last condition was. */
  condition: Condition = 'name';
  /** Whether the last operand had a call of a function that SQL has, a variable of the server or a query. */
  #sawCall = false;
  #sawName = false;
  #steps = 0;

  read(text: string, context: SqlContext, limit: number): void {
    readSql(text, context, limit, this.tokens);
    this.#steps = 0;
  }

  /** The kind of a token as its character; empty behind the end. */
  kind(at: number): string {
    return at >= 0 && at < this.tokens.count ? (KINDS[this.tokens.kinds[at] ?? 0] ?? '') : '';
  }

  /** A condition from a token on: an operand and, if there is one, what it is compared with. */
  readCondition(start: number): number {
    let at = start;
    while (this.kind(at) === '!' || this.kind(at) === '(' || (this.kind(at) === 'o' && this.#isUnary(at))) {
      if (this.kind(at) === '(' && 'EU'.includes(this.kind(at + 1) || ' ')) break;
      at += 1;
      if (this.#isTired()) return -1;
    }
    this.#sawCall = false;
    this.#sawName = false;
    at = this.readOperand(at);
    if (at === -1) return -1;
    while (this.kind(at) === ')') at += 1;
    const hasNegatedCompare = this.kind(at) === '!' && this.kind(at + 1) === '=';
    if (this.kind(at) === '=' || hasNegatedCompare) {
      at += hasNegatedCompare ? 1 : 0;
      while ('=!'.includes(this.kind(at) || ' ')) {
        at += 1;
        if (this.#isTired()) return -1;
      }
      while (this.kind(at) === '(' && !'EU'.includes(this.kind(at + 1) || ' ')) {
        at += 1;
        if (this.#isTired()) return -1;
      }
      let right = this.readOperand(at);
      while (right !== -1 && this.kind(right) === '=') {
        const next = this.readOperand(right + 1);
        if (next === -1) break;
        right = next;
      }
      this.condition = this.#sawCall ? 'call' : this.#sawName ? 'comparison' : 'constant';
      // `' or 1=` and `' or '1'='`: the site's own quote comes next.
      if (right === -1) return this.kind(at) === '' || this.kind(at) === 'c' ? at : -1;
      return right;
    }
    this.condition = this.#sawCall ? 'call' : this.#sawName ? 'name' : 'value';
    return at;
  }

  /** A value, name, call or bracket, with what arithmetic adds to it. */
  readOperand(start: number): number {
    let at = this.#readPrimary(start);
    while (at !== -1 && this.kind(at) === 'o') {
      const next = this.#readPrimary(at + 1);
      if (next === -1) return this.kind(at + 1) === '' ? at + 1 : at;
      at = next;
    }
    return at;
  }

  /** The end of a bracket's inside, or of the tokens: the position behind its `)`. */
  skipBracket(open: number): number {
    let depth = 0;
    let at = open;
    do {
      const kind = this.kind(at);
      if (kind === '(') depth += 1;
      else if (kind === ')') depth -= 1;
      else if (kind === 'E' || kind === 'S' || kind === 'D') this.#sawCall = true;
      else if (kind === 'f' && this.kind(at + 1) === '(') this.#sawCall = true;
      else if (kind === 'n') this.#sawName = true;
      at += 1;
      if (this.#isTired()) return -1;
    } while (depth > 0 && at < this.tokens.count);
    return at;
  }

  /** Whether between two tokens a function of SQL is called, the server's own data are named or a query stands. */
  hasCall(start: number, end: number): boolean {
    for (let at = start; at < end; at += 1) {
      const kind = this.kind(at);
      if (kind === 'S' || kind === 'D' || kind === 'E') return true;
      if ((kind === 'f' || kind === 'T') && this.kind(at + 1) === '(') return true;
      // `user()`, `database()`.
      if (kind === 'K' && this.kind(at + 1) === '(' && this.kind(at + 2) === ')') return true;
      if (kind === 'v' && (this.tokens.ends[at] ?? 0) - (this.tokens.starts[at] ?? 0) > 2) return true;
      if (kind === 'C' && this.kind(at + 1) === 'w') return true;
      if (this.#isTired()) return false;
    }
    return false;
  }

  #isUnary(at: number): boolean {
    return this.tokens.ends[at] === (this.tokens.starts[at] ?? 0) + 1;
  }

  #isTired(): boolean {
    this.#steps += 1;
    return this.#steps > MAX_STEPS;
  }

  #readPrimary(start: number): number {
    let at = start;
    if (this.#isTired()) return -1;
    while ((this.kind(at) === 'o' && this.#isUnary(at)) || this.kind(at) === '!') {
      at += 1;
      if (this.#isTired()) return -1;
    }
    switch (this.kind(at)) {
      case '1':
      case '0':
        return at + 1;
      case 's':
        at += 1;
        while (this.kind(at) === 's') {
          at += 1;
          if (this.#isTired()) return -1;
        }
        return at;
      case 'v':
        if (this.tokens.ends[at] !== (this.tokens.starts[at] ?? 0) + 1) this.#sawCall = true;
        return at + 1;
      case '(':
        return this.skipBracket(at);
      case '{': {
        // `{x expression}`, as ODBC has it.
        const end = this.readOperand(at + 2);
        return end === -1 ? -1 : this.kind(end) === '}' ? end + 1 : end;
      }
      case 'C':
        this.#sawCall = this.kind(at + 1) === 'w';
        return this.#readCase(at + 1);
      case 'S':
      case 'D':
        this.#sawCall = true;
        return this.#readName(at);
      case 'f':
        if (this.kind(at + 1) === '(') this.#sawCall = true;
        else this.#sawName = true;
        return this.#readName(at);
      case 'T':
      case 'L':
        // `if(`, `replace(`, `insert(`.
        if (this.kind(at + 1) !== '(') return -1;
        this.#sawCall = true;
        return this.#readName(at);
      case 'n':
      case 'K':
      case 't':
        this.#sawName = true;
        return this.#readName(at);
      default:
        return -1;
    }
  }

  #readCase(start: number): number {
    let at = start;
    while (at < this.tokens.count && this.kind(at) !== 'e') {
      at += 1;
      if (this.#isTired()) return -1;
    }
    return Math.min(at + 1, this.tokens.count);
  }

  /** `a`, `a.b.c`, `a(…)`, `a.b(…)`. */
  #readName(start: number): number {
    let at = start + 1;
    while (this.kind(at) === '.' && 'nKftDSTEo'.includes(this.kind(at + 1) || ' ')) {
      if (this.kind(at + 1) === 'D' || this.kind(at + 1) === 'S') this.#sawCall = true;
      at += 2;
      if (this.#isTired()) return -1;
    }
    if (this.kind(at) !== '(') return at;
    if (this.kind(start) === 'K' && this.kind(at + 1) === ')') this.#sawCall = true;
    return this.skipBracket(at);
  }
}

const KINDS: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
