// Our own matcher: the same leftmost-first answer as RE2 in time proportional to text times pattern, whatever
// the pattern. Short texts run on memoised backtracking (each split is taken at most once per position, kept
// in a bit map); where that map would outgrow its limit the threads of a Pike machine are stepped instead.

import { OP_ASSERT, OP_CHARS, OP_JUMP, OP_MATCH, OP_SAVE, OP_SPLIT, type Program } from './program.ts';

// 4 MB. A pattern with 30 splits stays on backtracking up to a text of a million characters.
const MAX_VISITED_BITS = 1 << 25;

/** Runs one program; keeps its scratch memory between texts. */
export class LinearMatcher {
  readonly #program: Program;
  readonly #maxVisitedBits: number;
  readonly #splitNumber: Int32Array;
  #visited = new Uint32Array(64);
  #stack = new Int32Array(256);
  /** Instructions executed by the last run: what the tests bound instead of the clock. */
  steps = 0;

  constructor(program: Program, maxVisitedBits: number = MAX_VISITED_BITS) {
    this.#program = program;
    this.#maxVisitedBits = maxVisitedBits;
    this.#splitNumber = new Int32Array(program.op.length);
    let next = 0;
    for (let i = 0; i < program.op.length; i++) {
      if (program.op[i] === OP_SPLIT) this.#splitNumber[i] = next++;
    }
  }

  /** Start and end of each group as slots 2g and 2g+1, -1 where it took no part; null without a match. */
  run(text: string): Int32Array | null {
    this.steps = 0;
    const bits = this.#program.splits * (text.length + 1);
    return bits <= this.#maxVisitedBits ? this.#backtrack(text, bits) : this.#step(text);
  }

  #backtrack(text: string, bits: number): Int32Array | null {
    const words = (bits >> 5) + 1;
    if (this.#visited.length < words) this.#visited = new Uint32Array(words);
    else this.#visited.fill(0, 0, words);
    const slots = new Int32Array(this.#program.slots).fill(-1);
    // The map is kept from start to start: what failed from an earlier start fails from a later one too.
    for (let start = 0; start <= text.length; start = nextIndex(text, start)) {
      if (this.#from(text, start, slots)) return slots;
    }
    return null;
  }

  #from(text: string, start: number, slots: Int32Array): boolean {
    const { op, a, b, sets } = this.#program;
    const visited = this.#visited;
    const width = text.length + 1;
    let depth = 0;
    let pc = 0;
    let at = start;
    for (;;) {
      let alive = true;
      while (alive) {
        this.steps++;
        switch (op[pc]!) {
          case OP_CHARS: {
            const unit = at < text.length ? text.charCodeAt(at) : -1;
            if (unit < 128) {
              alive = unit >= 0 && sets[a[pc]!]!.ascii[unit] === 1;
              at++;
            } else {
              const code = text.codePointAt(at)!;
              alive = sets[a[pc]!]!.has(code);
              at += code > 0xffff ? 2 : 1;
            }
            pc++;
            break;
          }
          case OP_SPLIT: {
            const bit = this.#splitNumber[pc]! * width + at;
            if ((visited[bit >> 5]! & (1 << (bit & 31))) !== 0) {
              alive = false;
              break;
            }
            visited[bit >> 5]! |= 1 << (bit & 31);
            if (depth + 2 > this.#stack.length) this.#growStack();
            this.#stack[depth++] = b[pc]!;
            this.#stack[depth++] = at;
            pc = a[pc]!;
            break;
          }
          case OP_SAVE: {
            const slot = a[pc]!;
            if (depth + 2 > this.#stack.length) this.#growStack();
            this.#stack[depth++] = -slot - 1;
            this.#stack[depth++] = slots[slot]!;
            slots[slot] = at;
            pc++;
            break;
          }
          case OP_ASSERT:
            alive = holds(a[pc]!, text, at);
            pc++;
            break;
          case OP_JUMP:
            pc = a[pc]!;
            break;
          default:
            return true;
        }
      }
      // Undo saved groups until the nearest choice left open.
      let resumed = false;
      while (depth > 0 && !resumed) {
        const value = this.#stack[--depth]!;
        const target = this.#stack[--depth]!;
        if (target < 0) {
          slots[-target - 1] = value;
        } else {
          pc = target;
          at = value;
          resumed = true;
        }
      }
      if (!resumed) return false;
    }
  }

  #growStack(): void {
    const bigger = new Int32Array(this.#stack.length * 2);
    bigger.set(this.#stack);
    this.#stack = bigger;
  }

  /** The Pike machine: all threads advance together, in order of preference, with their own groups. */
  #step(text: string): Int32Array | null {
    const { op, a, sets } = this.#program;
    let current = new ThreadList(op.length);
    let next = new ThreadList(op.length);
    let found: Int32Array | null = null;
    for (let at = 0; ;) {
      if (found === null) this.#follow(current, 0, text, at, new Int32Array(this.#program.slots).fill(-1));
      if (current.size === 0 && found !== null) return found;
      const code = at < text.length ? text.codePointAt(at)! : -1;
      const after = at + (code > 0xffff ? 2 : 1);
      for (let i = 0; i < current.size; i++) {
        this.steps++;
        const pc = current.pcs[i]!;
        if (op[pc] === OP_MATCH) {
          found = current.groups[i]!;
          break;
        }
        if (code >= 0 && sets[a[pc]!]!.has(code)) this.#follow(next, pc + 1, text, after, current.groups[i]!);
      }
      if (code < 0) return found;
      [current, next] = [next, current];
      next.clear();
      at = after;
    }
  }

  /** Adds the threads that `pc` leads to without consuming, first choice first. */
  #follow(list: ThreadList, from: number, text: string, at: number, given: Int32Array): void {
    const { op, a, b } = this.#program;
    const pending: { pc: number; groups: Int32Array }[] = [{ pc: from, groups: given }];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      let { pc, groups } = item;
      while (list.add(pc)) {
        this.steps++;
        const code = op[pc];
        if (code === OP_SPLIT) {
          pending.push({ pc: b[pc]!, groups });
          pc = a[pc]!;
        } else if (code === OP_JUMP) {
          pc = a[pc]!;
        } else if (code === OP_SAVE) {
          groups = groups.slice();
          groups[a[pc]!] = at;
          pc++;
        } else if (code === OP_ASSERT) {
          if (!holds(a[pc]!, text, at)) break;
          pc++;
        } else {
          list.push(pc, groups);
          break;
        }
      }
    }
  }
}

/** The threads at one position. `add` says whether the instruction is new at this position. */
class ThreadList {
  readonly pcs: number[] = [];
  readonly groups: Int32Array[] = [];
  readonly #seen: Uint32Array;
  #generation = 1;
  size = 0;

  constructor(instructions: number) {
    this.#seen = new Uint32Array(instructions);
  }

  add(pc: number): boolean {
    if (this.#seen[pc] === this.#generation) return false;
    this.#seen[pc] = this.#generation;
    return true;
  }

  push(pc: number, groups: Int32Array): void {
    this.pcs[this.size] = pc;
    this.groups[this.size] = groups;
    this.size++;
  }

  clear(): void {
    this.size = 0;
    this.#generation++;
  }
}

function nextIndex(text: string, at: number): number {
  return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
}

/** Whether assertion `number` of ASSERTION_NUMBERS holds between the characters before and after `at`. */
function holds(number: number, text: string, at: number): boolean {
  switch (number) {
    case 0:
      return at === 0;
    case 1:
      return at === text.length;
    case 2:
      return at === 0 || text.charCodeAt(at - 1) === 10;
    case 3:
      return at === text.length || text.charCodeAt(at) === 10;
    default: {
      const boundary = isWordAt(text, at - 1) !== isWordAt(text, at);
      return number === 4 ? boundary : !boundary;
    }
  }
}

function isWordAt(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const c = text.charCodeAt(at);
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122);
}
