// The tokens of an expression, read one after the other.

import { didYouMean, ExpressionFault } from './errors.ts';
import { lex, type Token } from './lex.ts';
import { BINARY } from './operators.table.ts';

export class TokenCursor {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(source: string) {
    this.#tokens = lex(source);
  }

  get token(): Token {
    return this.#tokens[this.#index]!;
  }

  /** The token after the current one; at the end, the end again. */
  get following(): Token {
    return this.#tokens[this.#index + 1] ?? this.token;
  }

  /** Where the token before the current one ended. */
  get previousEnd(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  is(kind: Token['kind'], text?: string): boolean {
    const { token } = this;
    return token.kind === kind && (text === undefined || token.text === text);
  }

  next(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  accept(kind: Token['kind'], text?: string): boolean {
    if (!this.is(kind, text)) return false;
    this.#index++;
    return true;
  }

  expect(kind: Token['kind'], text?: string, hint?: string): Token {
    if (!this.is(kind, text)) {
      const expected = text === undefined ? `a ${kind}` : `'${text}'`;
      this.unexpected(hint ?? `Expected ${expected} here`);
    }
    return this.next();
  }

  /** Comma-separated items up to the closing bracket; a last comma is allowed. */
  list<T>(closing: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.is('bracket', closing)) {
      if (items.length > 0) {
        this.expect('operator', ',', `Expected ',' or '${closing}' here`);
        if (this.is('bracket', closing)) break;
      }
      items.push(item());
    }
    this.expect('bracket', closing);
    return items;
  }

  fail(message: string, offset: number, hint?: string): never {
    throw new ExpressionFault('E_EXPRESSION_SYNTAX', message, offset, hint);
  }

  /** The current token cannot stand where it stands. */
  unexpected(hint?: string): never {
    const { token } = this;
    if (token.kind === 'end') this.fail('The expression ends too early', token.start, hint);
    const shown = token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text;
    this.fail(`'${shown}' cannot stand here`, token.start, hint ?? hintFor(token));
  }
}

const OTHER_LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['=', 'Compare with =='],
  ['&', 'Write && or and'],
  ['===', 'Compare with =='],
  ['=~', 'Write matches'],
]);

function hintFor(token: Token): string | undefined {
  const hint = OTHER_LANGUAGES.get(token.text);
  if (hint !== undefined || token.kind !== 'name') return hint;
  return didYouMean(
    token.text,
    [...BINARY.keys()].filter((word) => /^[a-z]/.test(word)),
  );
}
