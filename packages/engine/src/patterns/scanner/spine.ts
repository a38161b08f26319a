// The spine of a scanner: the top-level sequence of a pattern. Each choice there is a loop around all that
// follows, trying the alternatives in their order: backtracking itself, within a budget of turns.

import { EMPTY, hasCapture, type Node, type RepeatNode } from '../syntaxTree.ts';
import type { CharSet } from '../charSet.ts';
import { isEverything, isNotNewline, Unsupported } from './characters.ts';
import { alphabetOf, ANYTHING, excludes, followOf, type Follow } from './follow.ts';
import { HTTP_DATE_END, IPV4_END } from './known.ts';
import { literalAt } from './literalRuns.ts';
import { Steps } from './steps.ts';
import { Shared, Writer, type Scope } from './writer.ts';

// Turns of loops in one text. More means a text made to be slow, which is the safe matchers' business.
const TURNS = 4000;
// A choice of more alternatives than this is followed by its first choices only.
const MAX_BRANCHES = 24;

export interface Generated {
  /** Body of a function of `tables` and `regExps` that returns the scanner. */
  readonly source: string;
  readonly tables: readonly Uint8Array[];
  readonly regExps: readonly RegExp[];
}

/**
 * The source of a scanner that returns the texts of `groups` ('' for one that took no part), null if there is
 * certainly no match, undefined if it gives up. `present` are the groups that the tree has.
 */
export function generateScanner(
  tree: Node,
  groups: readonly number[],
  present: ReadonlySet<number>,
): Generated {
  const shared = new Shared();
  const writer = new Writer(shared, 'return undefined;');
  new Spine(writer).write(tree, groups, present);
  const { tables } = shared.tables;
  const variables = [...present].map((g) => `, s${g} = -1, e${g} = -1`).join('');
  const flags = writer.flags.map((flag) => `, ${flag} = false`).join('');
  const source = [
    ...tables.map((_, i) => `const t${i} = tables[${i}];`),
    ...shared.regExps.map((_, i) => `const x${i} = regExps[${i}];`),
    IS_WORD_AT,
    IPV4_END,
    HTTP_DATE_END,
    ...[...shared.functions.values()].map((entry) => entry.source),
    'return function scan(text) {',
    `const n = text.length; let p = 0, c = 0, q = 0, turns = ${TURNS}${variables}${flags};`,
    ...(writer.usesNewline ? ["let nl = text.indexOf('\\n'); if (nl < 0) nl = n;"] : []),
    writer.text(),
    '};',
  ].join('\n');
  return { source, tables, regExps: shared.regExps };
}

const IS_WORD_AT = `function isWordAt(text, at) {
  if (at < 0 || at >= text.length) return false;
  const c = text.charCodeAt(at);
  return (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95;
}`;

class Spine {
  readonly #w: Writer;
  readonly #steps: Steps;
  readonly #closers: string[] = [];

  constructor(writer: Writer) {
    this.#w = writer;
    this.#steps = new Steps(writer);
  }

  write(tree: Node, groups: readonly number[], present: ReadonlySet<number>): void {
    const items = flatten([tree]);
    this.#sequence(items, this.#starts(tree, items));
    const values = groups.map((g) => (present.has(g) ? `s${g} < 0 ? '' : text.slice(s${g}, e${g})` : "''"));
    this.#w.emit(`return [${values.join(', ')}];`);
    for (const closer of this.#closers.reverse()) this.#w.emit(closer);
  }

  /** The loop over starts, or just the first for an anchored pattern. */
  #starts(tree: Node, items: readonly Node[]): Scope {
    const w = this.#w;
    if (items[0]?.kind === 'assert' && items[0].what === 'textStart')
      return { onFail: 'return null;', open: '' };
    const prefix = literalAt(items, 0).text;
    if (prefix.length > 1) {
      const literal = JSON.stringify(prefix);
      w.emit(`start: for (let b = text.indexOf(${literal}); b >= 0; b = text.indexOf(${literal}, b + 1)) {`);
    } else {
      const first = followOf([tree], ANYTHING);
      w.emit('start: for (let b = 0; b <= n; b++) {');
      if (!first.atEnd && !first.anything) w.emit('if (b === n) break;');
      w.emit('c = b < n ? text.charCodeAt(b) : 10; if ((c & 0xfc00) === 0xdc00) continue;');
      if (!first.atEnd && !first.anything) w.emit(`if (!${w.has(first.set, 'c')}) continue;`);
    }
    w.emit(`if (--turns < 0) ${w.giveUp} p = b;`);
    this.#closers.push('} return null;');
    return { onFail: 'continue start;', open: '' };
  }

  #sequence(items: readonly Node[], given: Scope): void {
    let scope = given;
    for (let i = 0; i < items.length; i++) {
      const literal = literalAt(items, i);
      if (literal.length > 1) {
        this.#steps.literal(literal.text, scope);
        i += literal.length - 1;
        continue;
      }
      const item = items[i]!;
      const rest = items.slice(i + 1);
      const choice = item.kind === 'capture' ? onlyItem(item.item) : item;
      if (!isChoice(choice) || (item.kind === 'capture' && hasCapture(choice))) {
        this.#steps.item(item, followOf(rest, ANYTHING), scope);
        continue;
      }
      const after = item.kind === 'capture' ? `e${item.index} = p;` : '';
      if (item.kind === 'capture') this.#w.emit(`s${item.index} = p;`);
      scope = this.#choice(choice, rest, scope, after);
    }
  }

  /** A choice; `after` is run when it is made. Returns the scope of what follows. */
  #choice(node: Node, rest: readonly Node[], scope: Scope, after: string): Scope {
    const follow = followOf(rest, ANYTHING);
    if (node.kind === 'repeat' && node.item.kind === 'chars')
      return this.#run(node, node.item.set, rest, scope, after);
    const branches = branchesOf(node);
    const settled = !hasCapture(node) && excludes(follow, alphabetOf(node).set);
    if (settled || branches.length === 0 || branches.length > MAX_BRANCHES) {
      this.#steps.item(node, follow, scope);
      this.#w.emit(after);
      return scope;
    }
    return this.#branches(branches, follow, scope, after);
  }

  #branches(branches: readonly Node[], follow: Follow, scope: Scope, after: string): Scope {
    const w = this.#w;
    const label = w.name('r');
    const from = w.name('p');
    const which = w.name('k');
    const inner: Scope = { onFail: `continue ${label};`, open: '' };
    const flagsBefore = w.flags.length;
    const lines = w.capture(() => {
      for (const branch of branches) this.#steps.unset(branch);
      for (const [i, branch] of branches.entries()) {
        const last = i === branches.length - 1;
        w.emit(`${i === 0 ? '' : 'else '}${last ? '' : `if (${which} === ${i}) `}{`);
        this.#steps.sequence(flatten([branch]), follow, inner);
        w.emit('}');
      }
    });
    w.emit(`const ${from} = p;`);
    w.emit(`${label}: for (let ${which} = 0; ${which} < ${branches.length}; ${which}++) {`);
    w.emit(`if (--turns < 0) ${w.giveUp} p = ${from};`);
    // What a branch has left open says nothing about the next.
    for (const flag of w.flags.slice(flagsBefore)) w.emit(`${flag} = false;`);
    for (const line of lines) w.emit(line);
    w.emit(after);
    this.#closers.push(`} ${w.failure(scope)}`);
    return inner;
  }

  /** A run of one class: from its preferred length to the other end. */
  #run(node: RepeatNode, set: CharSet, rest: readonly Node[], scope: Scope, after: string): Scope {
    const w = this.#w;
    const follow = followOf(rest, ANYTHING);
    if (rest.length === 0 || (node.greedy && excludes(follow, set))) {
      this.#steps.run(node, set, scope, !node.greedy);
      w.emit(after);
      return scope;
    }
    if (!node.greedy && node.max !== Infinity) throw new Unsupported('a lazy run with a limit');
    const literal = literalAt(rest, 0).text;
    const label = w.name('r');
    const at = w.name('q');
    if (node.greedy) this.#longestFirst(node, set, follow, scope, { literal, label, at });
    else if (literal === '') this.#shortestFirst(node, set, follow, { label, at });
    else this.#toLiteral(node, set, { literal, label, at });
    w.emit(`p = ${at};`);
    w.emit(after);
    this.#closers.push(`} ${w.failure(scope)}`);
    return { onFail: `continue ${label};`, open: '' };
  }

  #longestFirst(node: RepeatNode, set: CharSet, follow: Follow, scope: Scope, names: Names): void {
    const w = this.#w;
    const { label, at, literal } = names;
    const least = w.name('m');
    w.emit(`const ${least} = p + ${node.min};`);
    this.#steps.run(node, set, scope, false);
    const turn = `if (--turns < 0) ${w.giveUp}`;
    if (literal === '') {
      w.emit(`${label}: for (let ${at} = p; ${at} >= ${least}; ${at}--) { ${turn}`);
      this.#skipUnlikely(follow, at);
    } else {
      const last = `text.lastIndexOf(${JSON.stringify(literal)}, `;
      // A search from before the start would be taken for one from the start.
      const next = `${at} === 0 ? -1 : ${last}${at} - 1)`;
      w.emit(`${label}: for (let ${at} = ${last}p); ${at} >= ${least}; ${at} = ${next}) { ${turn}`);
    }
  }

  #shortestFirst(node: RepeatNode, set: CharSet, follow: Follow, names: Omit<Names, 'literal'>): void {
    const w = this.#w;
    const { label, at } = names;
    const from = w.name('p');
    w.emit(`const ${from} = p; ${label}: for (let ${at} = ${from}; ${at} <= n; ${at}++) {`);
    w.emit(`if (${at} > ${from}) { c = text.charCodeAt(${at} - 1); if (!${w.has(set, 'c')}) break; }`);
    if (node.min > 0) w.emit(`if (${at} < ${from} + ${node.min}) continue;`);
    this.#skipUnlikely(follow, at);
    w.emit(`if (--turns < 0) ${w.giveUp}`);
  }

  #toLiteral(node: RepeatNode, set: CharSet, names: Names): void {
    const w = this.#w;
    const { label, at, literal } = names;
    const from = w.name('p');
    const checked = w.name('h');
    const next = `text.indexOf(${JSON.stringify(literal)}, `;
    w.emit(`const ${from} = p; let ${checked} = p;`);
    w.emit(`${label}: for (let ${at} = ${next}p + ${node.min}); ${at} >= 0; ${at} = ${next}${at} + 1)) {`);
    w.emit(`if (--turns < 0) ${w.giveUp}`);
    if (isNotNewline(set)) {
      w.usesNewline = true;
      w.emit(`if (${at} > nl) { if (${from} > nl) ${w.giveUp} break; }`);
    } else if (!isEverything(set)) {
      w.emit(`while (${checked} < ${at}) { c = text.charCodeAt(${checked});`);
      w.emit(`if (!${w.has(set, 'c')}) break; ${checked}++; } if (${checked} < ${at}) break;`);
    }
  }

  /** Passes over ends of a run at which the rest cannot begin, or that lie inside a pair. */
  #skipUnlikely(follow: Follow, at: string): void {
    const w = this.#w;
    if (!follow.atEnd && !follow.anything) w.emit(`if (${at} >= n) continue;`);
    w.emit(`if (${at} < n) { c = text.charCodeAt(${at}); if ((c & 0xfc00) === 0xdc00) continue;`);
    if (!follow.anything) w.emit(`if (!${w.has(follow.set, 'c')}) continue;`);
    w.emit('}');
  }
}

interface Names {
  readonly literal: string;
  readonly label: string;
  readonly at: string;
}

function branchesOf(node: Node): readonly Node[] {
  if (node.kind === 'alternate') return node.items;
  if (node.kind !== 'repeat' || node.min !== 0 || node.max !== 1) return [];
  return node.greedy ? [node.item, EMPTY] : [EMPTY, node.item];
}

function isChoice(node: Node): boolean {
  return node.kind === 'alternate' || (node.kind === 'repeat' && node.min !== node.max);
}

function onlyItem(node: Node): Node {
  const items = flatten([node]);
  return items.length === 1 ? items[0]! : node;
}

function flatten(items: readonly Node[]): readonly Node[] {
  const out: Node[] = [];
  for (const item of items) {
    if (item.kind === 'concat') out.push(...flatten(item.items));
    else if (item.kind !== 'empty') out.push(item);
  }
  return out;
}
