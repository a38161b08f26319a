// The exact test for exponential loops, on the position automaton of a loop's body: positions are the classes in
// it, an edge says that one can directly follow another. The loop is exponential if an edge on a cycle can be
// walked in two ways, or if two different positions can be reached from one, and meet again in one, reading the
// same text (Weideman, van der Merwe, Berglund, Watson 2016, "Analyzing matching time behavior of backtracking
// regular expression matchers").

import { overlaps, type CharSet } from './charSet.ts';
import type { Node } from './syntaxTree.ts';

// The pair graph has the square of this many vertices; a larger loop is taken to be exponential unseen.
const MAX_POSITIONS = 160;

interface Part {
  /** Number of ways (1, or 2 for several) to reach each first position. */
  readonly first: ReadonlyMap<number, number>;
  readonly last: ReadonlyMap<number, number>;
  /** Number of ways to match nothing: 0, 1, or 2 for several. */
  readonly empty: number;
}

/** Whether repeating `body` without end is exponential. Counts above `unrolled` are taken as endless. */
export function isExponential(body: Node, unrolled: number): boolean {
  const automaton = new Automaton(unrolled);
  const part = automaton.add(body);
  if (automaton.tooLarge) return true;
  automaton.connect(part.last, part.first);
  // An iteration that can be empty in front of one that is not gives each text two readings.
  return automaton.isAmbiguous();
}

class Automaton {
  readonly #sets: CharSet[] = [];
  readonly #edges: Map<number, number>[] = [];
  readonly #unrolled: number;
  tooLarge = false;

  constructor(unrolled: number) {
    this.#unrolled = unrolled;
  }

  add(node: Node): Part {
    switch (node.kind) {
      case 'empty':
      case 'assert':
        return { first: new Map(), last: new Map(), empty: 1 };
      case 'chars': {
        const position = this.#sets.length;
        if (position >= MAX_POSITIONS) {
          this.tooLarge = true;
          return { first: new Map(), last: new Map(), empty: 0 };
        }
        this.#sets.push(node.set);
        this.#edges.push(new Map());
        return { first: new Map([[position, 1]]), last: new Map([[position, 1]]), empty: 0 };
      }
      case 'capture':
        return this.add(node.item);
      case 'concat':
        return node.items.map((item) => this.add(item)).reduce((a, b) => this.#join(a, b));
      case 'alternate': {
        const parts = node.items.map((item) => this.add(item));
        return {
          first: merge(...parts.map((part) => part.first)),
          last: merge(...parts.map((part) => part.last)),
          empty: Math.min(
            2,
            parts.reduce((sum, part) => sum + part.empty, 0),
          ),
        };
      }
      case 'repeat':
        return this.#addRepeat(node);
    }
  }

  connect(last: ReadonlyMap<number, number>, first: ReadonlyMap<number, number>): void {
    for (const [from, ways] of last) {
      const edges = this.#edges[from]!;
      for (const [to, more] of first) edges.set(to, Math.min(2, (edges.get(to) ?? 0) + ways * more));
    }
  }

  isAmbiguous(): boolean {
    const component = this.#components();
    for (const [from, edges] of this.#edges.entries()) {
      for (const [to, ways] of edges) if (ways > 1 && component[from] === component[to]) return true;
    }
    return this.#pairsMeetAgain(component);
  }

  #addRepeat(node: Node & { kind: 'repeat' }): Part {
    const nothing: Part = { first: new Map(), last: new Map(), empty: 1 };
    if (node.max === 0) return nothing;
    if (node.max > this.#unrolled) {
      const item = this.add(node.item);
      this.connect(item.last, item.first);
      if (node.min === 0) return { ...item, empty: 1 };
      // The first of at least one iterations may be empty and the next not: a second way to each position.
      return item.empty > 0 ? { first: doubled(item.first), last: doubled(item.last), empty: 2 } : item;
    }
    let all = nothing;
    for (let i = 0; i < node.max; i++) {
      const item = this.add(node.item);
      all = this.#join(all, i < node.min ? item : { ...item, empty: Math.min(2, item.empty + 1) });
    }
    return all;
  }

  #join(a: Part, b: Part): Part {
    this.connect(a.last, b.first);
    return {
      first: merge(a.first, scaled(b.first, a.empty)),
      last: merge(b.last, scaled(a.last, b.empty)),
      empty: Math.min(2, a.empty * b.empty),
    };
  }

  /** The strongly connected component of each position; few positions, so plain reachability will do. */
  #components(): number[] {
    const n = this.#sets.length;
    const reach = Array.from({ length: n }, (_, from) => {
      const seen = new Set<number>();
      const todo = [...this.#edges[from]!.keys()];
      for (let to = todo.pop(); to !== undefined; to = todo.pop()) {
        if (seen.has(to)) continue;
        seen.add(to);
        todo.push(...this.#edges[to]!.keys());
      }
      return seen;
    });
    const component: number[] = [];
    for (let i = 0; i < n; i++) {
      let same = i;
      for (let j = 0; j < i; j++) {
        if (reach[i]!.has(j) && reach[j]!.has(i)) {
          same = component[j]!;
          break;
        }
      }
      component.push(same);
    }
    return component;
  }

  #pairsMeetAgain(component: readonly number[]): boolean {
    const n = this.#sets.length;
    const together: boolean[] = [];
    for (let p = 0; p < n; p++) {
      for (let q = 0; q < n; q++) together.push(overlaps(this.#sets[p]!, this.#sets[q]!));
    }
    const seen = new Uint8Array(n * n);
    const todo: number[] = [];
    const enter = (p: number, q: number): void => {
      if (together[p * n + q]! && seen[p * n + q] === 0) {
        seen[p * n + q] = 1;
        todo.push(p * n + q);
      }
    };
    const next = (p: number, q: number): number[][] => {
      const out: number[][] = [];
      for (const a of this.#edges[p]!.keys()) {
        if (component[a] !== component[p]) continue;
        for (const b of this.#edges[q]!.keys()) if (component[b] === component[q]) out.push([a, b]);
      }
      return out;
    };
    for (let r = 0; r < n; r++) {
      for (const [a, b] of next(r, r)) if (a !== b) enter(a!, b!);
    }
    for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
      const p = Math.floor(pair / n);
      const q = pair % n;
      if (p === q) return true;
      for (const [a, b] of next(p, q)) enter(a!, b!);
    }
    return false;
  }
}

function merge(...maps: ReadonlyMap<number, number>[]): Map<number, number> {
  const out = new Map<number, number>();
  for (const map of maps) {
    for (const [position, ways] of map) out.set(position, Math.min(2, (out.get(position) ?? 0) + ways));
  }
  return out;
}

function scaled(map: ReadonlyMap<number, number>, times: number): Map<number, number> {
  const out = new Map<number, number>();
  if (times > 0) for (const [position, ways] of map) out.set(position, Math.min(2, ways * times));
  return out;
}

function doubled(map: ReadonlyMap<number, number>): Map<number, number> {
  return scaled(map, 2);
}
