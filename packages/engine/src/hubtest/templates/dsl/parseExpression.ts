// Reads expressions such as `status_code_1 == 403 && contains(body, "x")` into a tree. The operators and their
// binding are those of govaluate, the library that nuclei evaluates its templates with.

import { DslError } from './value.ts';

export type Expression =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'prefix'; readonly operator: '-' | '!' | '~'; readonly of: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | {
      readonly kind: 'infix';
      readonly operator: Infix;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Infix = (typeof LEVELS)[number][number];

/** From the loosest to the tightest; each joins from the left. */
const LEVELS = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '>=', '<=', '>', '<', '=~', '!~', 'in'],
  ['&', '|', '^'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
] as const;

/** Longer ones first, so that `>=` is not read as `>`. */
const SIGNS = [
  '??',
  '||',
  '&&',
  '==',
  '!=',
  '>=',
  '<=',
  '=~',
  '!~',
  '<<',
  '>>',
  '**',
  ...Array.from('><&|^+-*/%!~?:(),[]'),
];

const MAX_DEPTH = 100;

/** Returns the tree; throws DslError where the text is no expression. */
export function parseExpression(text: string): Expression {
  const reader = new Reader(tokensOf(text));
  const expression = reader.choice(0);
  reader.end();
  return expression;
}

type Token =
  | { readonly kind: 'sign' | 'word'; readonly text: string }
  | { readonly kind: 'value'; readonly value: string | number };

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    if (character === '"' || character === "'") {
      const { value, end } = readString(text, at);
      tokens.push({ kind: 'value', value });
      at = end;
      continue;
    }
    const number = /^(?:0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)(?![A-Za-z_])/.exec(text.slice(at, at + 40));
    if (number !== null) {
      tokens.push({ kind: 'value', value: Number(number[0]) });
      at += number[0].length;
      continue;
    }
    const word = /^[A-Za-z_][A-Za-z0-9_.]*/.exec(text.slice(at));
    if (word !== null) {
      tokens.push({ kind: 'word', text: word[0] });
      at += word[0].length;
      continue;
    }
    const sign = SIGNS.find((one) => text.startsWith(one, at));
    if (sign === undefined) throw new DslError(`'${character}' has no meaning here`);
    if (sign === '[') {
      const end = text.indexOf(']', at);
      if (end < 0) throw new DslError("'[' is never closed");
      tokens.push({ kind: 'word', text: text.slice(at + 1, end) });
      at = end + 1;
      continue;
    }
    tokens.push({ kind: 'sign', text: sign });
    at += sign.length;
  }
  return tokens;
}

/** A backslash takes the next character as it is. */
function readString(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  let value = '';
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (text[at] === '\\') at++;
    value += text[at] ?? '';
    at++;
  }
  if (at >= text.length) throw new DslError('A string is never closed');
  return { value, end: at + 1 };
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new DslError('Something stands behind the expression');
  }

  choice(depth: number): Expression {
    if (depth > MAX_DEPTH) throw new DslError('The expression is too deep');
    const test = this.#level(0, depth);
    if (!this.#take('?')) return test;
    const yes = this.choice(depth + 1);
    const no: Expression = this.#take(':') ? this.choice(depth + 1) : { kind: 'value', value: false };
    return { kind: 'choice', test, yes, no };
  }

  #level(level: number, depth: number): Expression {
    const operators: readonly string[] | undefined = LEVELS[level];
    if (operators === undefined) return this.#prefix(depth);
    let left = this.#level(level + 1, depth);
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.kind === 'value' || !operators.includes(token.text)) return left;
      this.#at++;
      const operator = token.text as Infix; // one of this level's
      left = { kind: 'infix', operator, left, right: this.#level(level + 1, depth) };
    }
  }

  #prefix(depth: number): Expression {
    if (depth > MAX_DEPTH) throw new DslError('The expression is too deep');
    for (const operator of ['-', '!', '~'] as const) {
      if (this.#take(operator)) return { kind: 'prefix', operator, of: this.#prefix(depth + 1) };
    }
    return this.#operand(depth);
  }

  #operand(depth: number): Expression {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new DslError('The expression breaks off');
    if (token.kind === 'value') return { kind: 'value', value: token.value };
    if (token.kind === 'word') {
      if (token.text === 'true' || token.text === 'false')
        return { kind: 'value', value: token.text === 'true' };
      if (!this.#take('(')) return { kind: 'variable', name: token.text };
      return { kind: 'call', name: token.text, args: this.#items(depth) };
    }
    if (token.text !== '(') throw new DslError(`'${token.text}' cannot stand here`);
    const items = this.#items(depth);
    return items.length === 1 ? items[0]! : { kind: 'list', items };
  }

  /** What stands between commas up to the closing bracket. */
  #items(depth: number): readonly Expression[] {
    const items: Expression[] = [];
    if (this.#take(')')) return items;
    do items.push(this.choice(depth + 1));
    while (this.#take(','));
    if (!this.#take(')')) throw new DslError("'(' is never closed");
    return items;
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#at++;
    return true;
  }
}
