// The builtins that look at a list through a predicate: `any(list, { # > 1 })`.

import { KeyedMap } from './access.ts';
import type { BuiltinNode, Node } from './ast.ts';
import { sortValues } from './builtins.ts';
import { asTest, Cell, derived, type Code } from './code.ts';
import { EvaluationError } from './errors.ts';
import { fastAny } from './literalLists.ts';
import { add, goType, isList } from './operations.ts';
import type { Translator } from './translate.ts';
import { ValueMap, type Value } from './value.ts';
import { countElements, countSteps } from './work.ts';

export function translatePredicate<F>(translator: Translator<F>, node: BuiltinNode): Code<F> {
  const { name, start: at } = node;
  const [listNode, predicateNode, thirdNode] = node.args;
  const list = translator.translate(listNode!);
  const constant = translator.isNaive ? undefined : list.constant;
  const cell = new Cell(constant !== undefined && isList(constant) ? constant : undefined);
  const third = thirdNode && translator.translate(thirdNode);
  const bodyNode = bodyOf(predicateNode);
  translator.predicates.push(cell);
  const body = bodyNode && translator.translate(bodyNode);
  translator.predicates.pop();

  const element = body ?? pointerTo<F>(cell);
  const elements = (frame: F): readonly Value[] => {
    const value = list.evaluate(frame);
    if (!isList(value))
      throw new EvaluationError(`builtin ${name} takes only array (got ${goType(value)})`, at);
    countSteps(value.length + 1, at);
    return value;
  };
  const outside = { ...element, cells: new Set([...element.cells].filter((other) => other !== cell)) };
  const parts = [list, outside, third].filter((part) => part !== undefined);
  const shape: Loop<F> = {
    elements,
    cell,
    element: element.evaluate,
    third: third?.evaluate,
    test: asTest(element, bodyNode?.start ?? at),
    at,
  };
  if (name === 'any' && bodyNode !== undefined && cell.elements !== undefined) {
    const fast = fastAny(translator, bodyNode, cell, shape.test);
    if (fast !== undefined) return derived(parts, fast, 'boolean');
  }
  const evaluate = LOOPS.get(name)?.(shape);
  if (evaluate === undefined) throw new Error(`'${name}' is in the table of builtins and nowhere else`);
  return derived(parts, evaluate, TESTS.has(name) ? 'boolean' : 'any');
}

const TESTS = new Set(['any', 'all', 'none', 'one']);

function bodyOf(predicate: Node | undefined): Node | undefined {
  return predicate?.kind === 'predicate' ? predicate.body : predicate;
}

function pointerTo<F>(cell: Cell): Code<F> {
  return {
    evaluate: () => cell.value,
    type: 'any',
    constant: undefined,
    usesFrame: false,
    cells: new Set([cell]),
    isPure: true,
  };
}

interface Loop<F> {
  readonly elements: (frame: F) => readonly Value[];
  readonly cell: Cell;
  /** The predicate's value for the element in the cell. */
  readonly element: (frame: F) => Value;
  readonly test: (frame: F) => boolean;
  /** The third argument: an order, or where a sum of any kind starts. */
  readonly third: ((frame: F) => Value) | undefined;
  readonly at: number;
}

/** Where the first element that satisfies the predicate is, or -1. */
function search<F>({ elements, cell, test }: Loop<F>, expected = true): (frame: F) => number {
  return (frame) => {
    const list = elements(frame);
    for (let i = 0; i < list.length; i++) {
      cell.value = list[i]!;
      cell.index = i;
      if (test(frame) === expected) return i;
    }
    return -1;
  };
}

function searchLast<F>({ elements, cell, test }: Loop<F>): (frame: F) => number {
  return (frame) => {
    const list = elements(frame);
    for (let i = list.length - 1; i >= 0; i--) {
      cell.value = list[i]!;
      cell.index = i;
      if (test(frame)) return i;
    }
    return -1;
  };
}

/** Runs over the list, the element in the cell. */
function each<F>({ elements, cell }: Loop<F>, frame: F, visit: (element: Value) => void, from = 0): void {
  const list = elements(frame);
  for (let i = from; i < list.length; i++) {
    cell.value = list[i]!;
    cell.index = i;
    visit(list[i]!);
  }
}

function count<F>(loop: Loop<F>): (frame: F) => number {
  return (frame) => {
    let found = 0;
    each(loop, frame, () => {
      if (loop.test(frame)) found++;
    });
    return found;
  };
}

const LOOPS: ReadonlyMap<string, <F>(loop: Loop<F>) => (frame: F) => Value> = new Map<
  string,
  <F>(loop: Loop<F>) => (frame: F) => Value
>([
  [
    'any',
    (loop) => {
      const find = search(loop);
      return (frame) => find(frame) >= 0;
    },
  ],
  [
    'none',
    (loop) => {
      const find = search(loop);
      return (frame) => find(frame) < 0;
    },
  ],
  [
    'all',
    (loop) => {
      const find = search(loop, false);
      return (frame) => find(frame) < 0;
    },
  ],
  [
    'one',
    (loop) => {
      const counted = count(loop);
      return (frame) => counted(frame) === 1;
    },
  ],
  ['count', count],
  [
    'find',
    (loop) => {
      const find = search(loop);
      return (frame) => (find(frame) < 0 ? null : loop.cell.value);
    },
  ],
  [
    'findIndex',
    (loop) => {
      const find = search(loop);
      return (frame) => {
        const index = find(frame);
        return index < 0 ? null : index;
      };
    },
  ],
  [
    'findLast',
    (loop) => {
      const find = searchLast(loop);
      return (frame) => (find(frame) < 0 ? null : loop.cell.value);
    },
  ],
  [
    'findLastIndex',
    (loop) => {
      const find = searchLast(loop);
      return (frame) => {
        const index = find(frame);
        return index < 0 ? null : index;
      };
    },
  ],
  [
    'filter',
    (loop) => (frame) => {
      const kept: Value[] = [];
      each(loop, frame, (element) => {
        if (loop.test(frame)) kept.push(element);
      });
      countElements(kept.length, loop.at);
      return kept;
    },
  ],
  [
    'map',
    (loop) => (frame) => {
      const values: Value[] = [];
      each(loop, frame, () => values.push(loop.element(frame)));
      countElements(values.length, loop.at);
      return values;
    },
  ],
  [
    'sum',
    (loop) => (frame) => {
      let sum: Value = 0;
      each(loop, frame, () => {
        sum = add(loop.element(frame), sum, loop.at);
      });
      return sum;
    },
  ],
  [
    'groupBy',
    (loop) => (frame) => {
      const groups = new Map<Value, Value[]>();
      const map = new KeyedMap();
      each(loop, frame, (element) => {
        const key = loop.element(frame);
        if (isList(key) || key instanceof ValueMap) {
          const message = `cannot use ${goType(key)} as a key for groupBy: type is not comparable`;
          throw new EvaluationError(message, loop.at);
        }
        const stored = map.keyLike(key) ?? key;
        const group = groups.get(stored);
        if (group === undefined) {
          const started = [element];
          groups.set(stored, started);
          map.setAny(stored, started);
        } else {
          group.push(element);
        }
      });
      return map;
    },
  ],
  [
    'sortBy',
    (loop) => (frame) => {
      const order = loop.third?.(frame) ?? 'asc';
      const values: Value[] = [];
      const keys: Value[] = [];
      each(loop, frame, (element) => {
        values.push(element);
        keys.push(loop.element(frame));
      });
      countElements(values.length, loop.at);
      return sortValues(values, keys, order, loop.at);
    },
  ],
  [
    'reduce',
    (loop) => (frame) => {
      const { cell, third, at } = loop;
      const list = loop.elements(frame);
      if (third === undefined && list.length === 0) {
        throw new EvaluationError('reduce of empty array with no initial value', at);
      }
      cell.accumulator = third === undefined ? list[0]! : third(frame);
      for (let i = third === undefined ? 1 : 0; i < list.length; i++) {
        cell.value = list[i]!;
        cell.index = i;
        cell.accumulator = loop.element(frame);
      }
      return cell.accumulator;
    },
  ],
]);
