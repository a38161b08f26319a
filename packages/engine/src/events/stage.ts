// A stage: its nodes in load order, and an index that spares the filters of nodes that cannot match. Most
// filters start with a test of a field of few values (`evt.Parsed.program == 'nginx'`); which nodes pass these
// tests is remembered by the values, so that two hundred parsers cost as much as the one that is for the line.

import type { LineOrigin } from '@parapet/kinds';
import type { MemberGetter } from '../expressions/index.ts';
import type { Effect } from './effect.ts';
import type { Event } from './event.ts';
import type { ParserNode, Predicate } from './node.ts';
import type { EventFrame } from './variable.ts';

/** The leading part of a top-level node's filter that only reads fields of few values. */
export interface Guard {
  readonly reads: readonly DiscreteField[];
  readonly test: Predicate;
}

/** A field of few values. Two fields of one name are one. */
export interface DiscreteField {
  readonly name: string;
  /** The slot, or -1 for a field of the line, which `getter` reads. */
  readonly slot: number;
  readonly getter: MemberGetter<EventFrame>;
}

export interface StageNode {
  readonly node: ParserNode;
  /** Absent when every event has to be tried; the rest of the filter is the node's own. */
  readonly guard: Guard | undefined;
  /** A shorter way to what the node does, where there is one. */
  readonly effect: Effect | undefined;
  /** True when it writes nothing: it is only asked when no other node of the stage has succeeded. */
  readonly isIdle: boolean;
}

/** Combinations of values that are remembered; beyond it the memory starts afresh. */
const MAX_KEYS = 2048;

type Trie = Map<unknown, Trie | readonly number[]>;

export class Stage {
  readonly name: string;
  readonly nodes: readonly ParserNode[];
  /** By node. */
  readonly effects: readonly (Effect | undefined)[];
  readonly idle: readonly boolean[];
  readonly #guards: readonly (Guard | undefined)[];
  readonly #slots: readonly number[];
  /** Fields of the line, which change only with its origin. */
  readonly #lineFields: readonly DiscreteField[];
  #lastOrigin: LineOrigin | undefined;
  #lastKind: Event['kind'] = 'log';
  #trie: Trie = new Map();
  #keys = 0;
  readonly #lastValues: unknown[];
  #lastCandidates: readonly number[] | undefined;

  constructor(name: string, nodes: readonly StageNode[]) {
    this.name = name;
    this.nodes = nodes.map(({ node }) => node);
    this.effects = nodes.map(({ effect }) => effect);
    this.idle = nodes.map(({ isIdle }) => isIdle);
    this.#guards = nodes.map(({ guard }) => guard);
    const fields = new Map<string, DiscreteField>();
    for (const { guard } of nodes) for (const field of guard?.reads ?? []) fields.set(field.name, field);
    const all = [...fields.values()];
    this.#slots = all.filter(({ slot }) => slot >= 0).map(({ slot }) => slot);
    this.#lineFields = all.filter(({ slot }) => slot < 0);
    this.#lastValues = all.map(() => undefined);
  }

  /** Returns the indices of the nodes that this event has to be tried on, ascending. */
  candidates(frame: EventFrame): readonly number[] {
    const event = frame.evt;
    const slots = this.#slots;
    const last = this.#lastValues;
    let isSame = this.#lastCandidates !== undefined;
    for (let i = 0; i < slots.length; i++) {
      const value = event.values[slots[i]!];
      if (value === last[i]) continue;
      last[i] = value;
      isSame = false;
    }
    if (event.origin !== this.#lastOrigin || event.kind !== this.#lastKind) {
      this.#lastOrigin = event.origin;
      this.#lastKind = event.kind;
      for (const [i, { getter }] of this.#lineFields.entries()) last[slots.length + i] = getter.get(frame);
      isSame = false;
    }
    if (isSame) return this.#lastCandidates!;
    return (this.#lastCandidates = this.#lookUp(frame));
  }

  #lookUp(frame: EventFrame): readonly number[] {
    const values = this.#lastValues;
    let trie = this.#trie;
    for (let i = 0; i < values.length - 1; i++) {
      // All levels but the last hold tries.
      let next = trie.get(values[i]) as Trie | undefined;
      if (next === undefined) trie.set(values[i], (next = new Map()));
      trie = next;
    }
    const key = values.at(-1);
    // The last level holds candidates.
    const known = trie.get(key) as readonly number[] | undefined;
    if (known !== undefined) return known;
    const found = this.#test(frame);
    if (++this.#keys > MAX_KEYS) {
      this.#trie = new Map();
      this.#keys = 0;
    } else {
      trie.set(key, found);
    }
    return found;
  }

  #test(frame: EventFrame): readonly number[] {
    const candidates: number[] = [];
    for (const [index, guard] of this.#guards.entries()) {
      if (guard === undefined || guard.test(frame)) candidates.push(index);
    }
    return candidates;
  }
}
