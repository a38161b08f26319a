// Source or tree to an expression that is evaluated once for each event.

import type { Node } from './ast.ts';
import { asTest } from './code.ts';
import type { Environment } from './environment.ts';
import { ExpressionFault, type ExpressionError } from './errors.ts';
import { parseExpression } from './parse.ts';
import { isPure, readsOf } from './reads.ts';
import { Translator, type TranslateOptions } from './translate.ts';
import type { Value } from './value.ts';
import { beginWork } from './work.ts';

export interface Expression<F> {
  /** Empty for an expression made from a tree. */
  readonly source: string;
  readonly ast: Node;
  /** Returns the value for a frame; throws an EvaluationError where Go would fail at run time. */
  readonly evaluate: (frame: F) => Value;
  /** Like `evaluate`, for a value that has to be a boolean; one that is none is an EvaluationError. */
  readonly test: (frame: F) => boolean;
  /** The value, when it is the same for every frame. */
  readonly constant: Value | undefined;
  /** What is read, as `readsOf` returns it. */
  readonly reads: ReadonlySet<string>;
  /** False when it calls a helper or a method that changes something or does not always answer the same. */
  readonly isPure: boolean;
}

export type CompileResult<F> =
  | { readonly ok: true; readonly expression: Expression<F> }
  | { readonly ok: false; readonly error: ExpressionError };

/** Compiles an expression for an environment, or says what is wrong with it. Never throws. */
export function compileExpression<F>(source: string, environment: Environment<F>): CompileResult<F> {
  const parsed = parseExpression(source);
  return parsed.ok ? compileTree(parsed.ast, source, environment, {}) : parsed;
}

/** Compiles a tree, such as a part of another expression. */
export function compileAst<F>(
  ast: Node,
  environment: Environment<F>,
  options: TranslateOptions = {},
): CompileResult<F> {
  return compileTree(ast, '', environment, options);
}

function compileTree<F>(
  ast: Node,
  source: string,
  environment: Environment<F>,
  options: TranslateOptions,
): CompileResult<F> {
  try {
    beginWork();
    const code = new Translator(environment, options).translate(ast);
    const { constant } = code;
    const inner = asTest(code, ast.start);
    const expression: Expression<F> = {
      source,
      ast,
      evaluate:
        constant === undefined
          ? (frame) => {
              beginWork();
              return code.evaluate(frame);
            }
          : () => constant,
      test: (frame) => {
        beginWork();
        return inner(frame);
      },
      constant,
      reads: readsOf(ast, environment),
      isPure: isPure(ast, environment),
    };
    return { ok: true, expression };
  } catch (error) {
    if (error instanceof ExpressionFault) return { ok: false, error: error.error };
    throw error;
  }
}
