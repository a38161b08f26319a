// A tree compiled to the instructions of our own linear-time matcher (linear.ts). Repetitions are expanded as
// RE2 expands them, which is what fixes the groups of loops that can match nothing.

import { contains, type CharSet } from './charSet.ts';
import { isNullable, type Assertion, type Node } from './syntaxTree.ts';

export const OP_CHARS = 0;
export const OP_SPLIT = 1;
export const OP_SAVE = 2;
export const OP_ASSERT = 3;
export const OP_JUMP = 4;
export const OP_MATCH = 5;

/** Instruction i is (op[i], a[i], b[i]): a and b are targets, a set number, a slot or an assertion number. */
export interface Program {
  readonly op: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly sets: readonly MatchableSet[];
  readonly slots: number;
  /** For each split its number, so that the visited map has bits for splits only. */
  readonly splits: number;
}

const ASSERTION_NUMBERS: readonly Assertion[] = [
  'textStart',
  'textEnd',
  'lineStart',
  'lineEnd',
  'word',
  'notWord',
];

/** A set prepared for matching: a table for ASCII, ranges for the rest. */
export class MatchableSet {
  readonly ascii: Uint8Array;
  readonly #set: CharSet;

  constructor(set: CharSet) {
    this.#set = set;
    this.ascii = Uint8Array.from({ length: 128 }, (_, c) => (contains(set, c) ? 1 : 0));
  }

  has(codePoint: number): boolean {
    return codePoint < 128 ? this.ascii[codePoint] === 1 : contains(this.#set, codePoint);
  }
}

/** How many instructions the tree takes when its counted repetitions are written out. */
export function programSize(node: Node): number {
  switch (node.kind) {
    case 'empty':
      return 0;
    case 'chars':
    case 'assert':
      return 1;
    case 'concat':
      return node.items.reduce((sum, item) => sum + programSize(item), 0);
    case 'alternate':
      return node.items.reduce((sum, item) => sum + programSize(item) + 2, 0);
    case 'capture':
      return programSize(node.item) + 2;
    case 'repeat': {
      const copies = node.max === Infinity ? Math.max(1, node.min) : node.max;
      return copies * (programSize(node.item) + 1) + 2;
    }
  }
}

export function compileProgram(tree: Node, groupCount: number): Program {
  const builder = new Builder();
  builder.add({ kind: 'capture', index: 0, item: tree, offset: 0 });
  return builder.finish(groupCount);
}

class Builder {
  readonly #op: number[] = [];
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #sets: MatchableSet[] = [];
  readonly #setNumbers = new Map<string, number>();

  finish(groupCount: number): Program {
    this.#emit(OP_MATCH);
    let splits = 0;
    const a = Int32Array.from(this.#a);
    const op = Uint8Array.from(this.#op);
    const b = Int32Array.from(this.#b);
    for (const code of op) if (code === OP_SPLIT) splits++;
    return { op, a, b, sets: this.#sets, slots: 2 * groupCount, splits };
  }

  add(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'chars':
        this.#emit(OP_CHARS, this.#setNumber(node.set));
        return;
      case 'assert':
        this.#emit(OP_ASSERT, ASSERTION_NUMBERS.indexOf(node.what));
        return;
      case 'concat':
        for (const item of node.items) this.add(item);
        return;
      case 'capture':
        this.#emit(OP_SAVE, 2 * node.index);
        this.add(node.item);
        this.#emit(OP_SAVE, 2 * node.index + 1);
        return;
      case 'alternate': {
        const jumps: number[] = [];
        for (const [i, item] of node.items.entries()) {
          const last = i === node.items.length - 1;
          const split = last ? -1 : this.#emit(OP_SPLIT);
          if (!last) this.#a[split] = this.#op.length;
          this.add(item);
          if (!last) {
            jumps.push(this.#emit(OP_JUMP));
            this.#b[split] = this.#op.length;
          }
        }
        for (const jump of jumps) this.#a[jump] = this.#op.length;
        return;
      }
      case 'repeat':
        this.#addRepeat(node);
    }
  }

  #addRepeat(node: Node & { kind: 'repeat' }): void {
    const { item, min, max, greedy } = node;
    if (max === Infinity) {
      for (let i = 1; i < min; i++) this.add(item);
      if (min > 0) this.#plus(item, greedy);
      else if (isNullable(item)) this.#optional(() => this.#plus(item, greedy), greedy);
      else this.#star(item, greedy);
      return;
    }
    for (let i = 0; i < min; i++) this.add(item);
    const exits: number[] = [];
    for (let i = min; i < max; i++) {
      const split = this.#emit(OP_SPLIT);
      this.#enter(split, greedy);
      exits.push(split);
      this.add(item);
    }
    for (const split of exits) this.#leave(split, greedy);
  }

  #plus(item: Node, greedy: boolean): void {
    const start = this.#op.length;
    this.add(item);
    const split = this.#emit(OP_SPLIT);
    if (greedy) this.#a[split] = start;
    else this.#b[split] = start;
    this.#leave(split, greedy);
  }

  #star(item: Node, greedy: boolean): void {
    const split = this.#emit(OP_SPLIT);
    this.#enter(split, greedy);
    this.add(item);
    this.#emit(OP_JUMP, split);
    this.#leave(split, greedy);
  }

  #optional(add: () => void, greedy: boolean): void {
    const split = this.#emit(OP_SPLIT);
    this.#enter(split, greedy);
    add();
    this.#leave(split, greedy);
  }

  #enter(split: number, greedy: boolean): void {
    if (greedy) this.#a[split] = this.#op.length;
    else this.#b[split] = this.#op.length;
  }

  #leave(split: number, greedy: boolean): void {
    if (greedy) this.#b[split] = this.#op.length;
    else this.#a[split] = this.#op.length;
  }

  #emit(op: number, a = 0): number {
    this.#op.push(op);
    this.#a.push(a);
    this.#b.push(0);
    return this.#op.length - 1;
  }

  #setNumber(set: CharSet): number {
    const key = set.join(',');
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.length;
      this.#sets.push(new MatchableSet(set));
      this.#setNumbers.set(key, number);
    }
    return number;
  }
}
