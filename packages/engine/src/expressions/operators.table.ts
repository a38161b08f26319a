// The operators and how tightly they bind.

import type { BinaryOperator } from './ast.ts';

export const UNARY: ReadonlyMap<
  string,
  { readonly operator: 'not' | '-' | '+'; readonly precedence: number }
> = new Map([
  ['not', { operator: 'not', precedence: 50 }],
  ['!', { operator: 'not', precedence: 50 }],
  ['-', { operator: '-', precedence: 90 }],
  ['+', { operator: '+', precedence: 90 }],
]);

export const BINARY: ReadonlyMap<
  string,
  { readonly operator: BinaryOperator | '&&' | '||' | '|'; readonly precedence: number }
> = new Map([
  ['|', { operator: '|', precedence: 0 }],
  ['or', { operator: '||', precedence: 10 }],
  ['||', { operator: '||', precedence: 10 }],
  ['and', { operator: '&&', precedence: 15 }],
  ['&&', { operator: '&&', precedence: 15 }],
  ['==', { operator: '==', precedence: 20 }],
  ['!=', { operator: '!=', precedence: 20 }],
  ['<', { operator: '<', precedence: 20 }],
  ['>', { operator: '>', precedence: 20 }],
  ['>=', { operator: '>=', precedence: 20 }],
  ['<=', { operator: '<=', precedence: 20 }],
  ['in', { operator: 'in', precedence: 20 }],
  ['matches', { operator: 'matches', precedence: 20 }],
  ['contains', { operator: 'contains', precedence: 20 }],
  ['startsWith', { operator: 'startsWith', precedence: 20 }],
  ['endsWith', { operator: 'endsWith', precedence: 20 }],
  ['..', { operator: '..', precedence: 25 }],
  ['+', { operator: '+', precedence: 30 }],
  ['-', { operator: '-', precedence: 30 }],
  ['*', { operator: '*', precedence: 60 }],
  ['/', { operator: '/', precedence: 60 }],
  ['%', { operator: '%', precedence: 60 }],
  ['**', { operator: '**', precedence: 100 }],
  ['^', { operator: '**', precedence: 100 }],
  ['??', { operator: '??', precedence: 500 }],
]);

/** The operators that may follow `not`: `a not in b`. */
export const NEGATABLE: ReadonlySet<string> = new Set([
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
]);
export const COMPARISONS: ReadonlySet<string> = new Set(['<', '>', '<=', '>=']);
