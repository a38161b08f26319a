// The text of a scanner while it is written: code, tables, functions, and the places where failures go.

import type { CharSet } from '../charSet.ts';
import { Tables, Unsupported } from './characters.ts';

/**
 * Where a failure goes: `onFail` if it is certain. It is not certain while a choice with untried alternatives
 * lies behind: never (''), always ('true'), or when one of the flags of a condition like `o1 || o2` is set.
 */
export interface Scope {
  readonly onFail: string;
  open: string;
}

// A function of more code than this would not be optimised by V8, and so be no faster than the RegExp.
const MAX_CODE = 60_000;

/** Collects the code of one function. Sub-functions share the tables and the list of functions. */
export class Writer {
  readonly shared: Shared;
  readonly giveUp: string;
  readonly flags: string[] = [];
  usesNewline = false;
  /** Whether some failure of the code written may have to be a giving up. */
  uncertain = false;
  #lines: string[] = [];
  #size = 0;

  constructor(shared: Shared, giveUp: string) {
    this.shared = shared;
    this.giveUp = giveUp;
  }

  emit(line: string): void {
    if (line === '') return;
    this.#size += line.length;
    if (this.#size > MAX_CODE) throw new Unsupported('too much code');
    this.#lines.push(line);
  }

  /** Runs `write` and returns its lines instead of appending them. */
  capture(write: () => void): readonly string[] {
    const outer = this.#lines;
    this.#lines = [];
    write();
    const lines = this.#lines;
    this.#lines = outer;
    return lines;
  }

  name(prefix: string): string {
    return `${prefix}_${this.shared.names++}`;
  }

  /** A condition variable of the function, false at first. */
  flag(): string {
    const flag = this.name('o');
    this.flags.push(flag);
    return flag;
  }

  has(set: CharSet, unit: string): string {
    return this.shared.tables.has(set, unit);
  }

  failure(scope: Scope): string {
    if (scope.open === '') return scope.onFail;
    this.uncertain = true;
    if (scope.open === 'true') return this.giveUp;
    return `{ if (${scope.open}) ${this.giveUp} ${scope.onFail} }`;
  }

  text(): string {
    return this.#lines.join('\n');
  }
}

/** A large part of the pattern, as a function of its own. */
export interface PartFunction {
  readonly name: string;
  readonly source: string;
  /** Whether its end is a choice with untried alternatives. */
  readonly open: boolean;
  /** Whether it may give up. */
  readonly uncertain: boolean;
}

/** What all functions of one scanner have in common. */
export class Shared {
  readonly tables: Tables = new Tables();
  /** Expressions for parts that are best left to V8, as the variables `x0`, `x1`, …. */
  readonly regExps: RegExp[] = [];
  /** By the structure of the part they scan. */
  readonly functions: Map<string, PartFunction> = new Map();
  names = 0;
}

export function opened(a: string, b: string): string {
  if (a === 'true' || b === 'true') return 'true';
  if (a === '' || b === '' || a === b) return a === '' ? b : a;
  return [...new Set([...a.split(' || '), ...b.split(' || ')])].join(' || ');
}
