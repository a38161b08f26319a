// What an expression reads and whether it changes anything, from its tree alone.

import { childrenOf, constantPath, type Node } from './ast.ts';
import type { Environment } from './environment.ts';
import { isPureMethod } from './times.ts';

/**
 * Returns what the expression reads, by the names that MemberGetter.reads gives. A name stands for what it names
 * and everything below it: `Meta.http_path` for a text, `Meta.*` or `Meta` where a key is computed or the map is
 * passed on, `evt` where the whole variable is.
 */
export function readsOf<F>(ast: Node, environment: Environment<F>): ReadonlySet<string> {
  const reads = new Set<string>();
  collectReads(ast, environment, new Set(), reads);
  return reads;
}

function collectReads<F>(
  node: Node,
  environment: Environment<F>,
  locals: ReadonlySet<string>,
  reads: Set<string>,
): void {
  const found = constantPath(node);
  if (found !== undefined) {
    if (locals.has(found.variable)) return;
    if (found.variable === '$env') {
      // `$env.evt` and `$env["evt"]` are the variable itself.
      const [first] = found.path;
      for (const name of first === undefined ? Object.keys(environment.variables) : [first]) reads.add(name);
      return;
    }
    const getter =
      found.path.length === 0 ? undefined : variableOf(environment, found.variable)?.member(found.path);
    reads.add(getter?.reads ?? found.variable);
    return;
  }
  if (node.kind === 'member' || node.kind === 'slice') {
    const object = constantPath(node.object);
    const getter =
      object !== undefined && object.path.length > 0 && !locals.has(object.variable)
        ? variableOf(environment, object.variable)?.member(object.path)
        : undefined;
    if (getter !== undefined && !getter.isString && getter.steps === object?.path.length) {
      reads.add(`${getter.reads}.*`);
      for (const child of childrenOf(node).slice(1)) collectReads(child, environment, locals, reads);
      return;
    }
  }
  if (node.kind === 'let') {
    collectReads(node.value, environment, locals, reads);
    collectReads(node.body, environment, new Set([...locals, node.name]), reads);
    return;
  }
  for (const child of childrenOf(node)) collectReads(child, environment, locals, reads);
}

function variableOf<F>(
  environment: Environment<F>,
  name: string,
): Environment<F>['variables'][string] | undefined {
  return Object.hasOwn(environment.variables, name) ? environment.variables[name] : undefined;
}

/**
 * Whether the expression has the same value whenever what it reads is the same, and evaluating it changes
 * nothing. Without an environment nothing is known of helper functions, and none of them counts as pure.
 */
export function isPure<F>(ast: Node, environment?: Environment<F>): boolean {
  if (ast.kind === 'method' && !isPureMethod(ast.name)) return false;
  if (ast.kind === 'builtin' && ast.name === 'now') return false;
  if (
    ast.kind === 'call' ||
    (ast.kind === 'builtin' && Object.hasOwn(environment?.functions ?? {}, ast.name))
  ) {
    const { functions = {} } = environment ?? {};
    if (!Object.hasOwn(functions, ast.name) || functions[ast.name]?.isPure !== true) return false;
  }
  return childrenOf(ast).every((child) => isPure(child, environment));
}
