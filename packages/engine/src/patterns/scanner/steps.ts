// The steps of a scanner inside groups: first choices only, as deterministic code.
//
// After a choice, a failure behind it is certain only if the choice's alternatives are excluded. They are if
// - the next character, by which the choice was taken, begins no alternative; or
// - the part has no groups, and each of its possible ends but the one taken would be followed by a character
//   that the rest cannot begin with: then any other way through the part ends at the same place, or fails. All
//   possible ends lie in the stretch of characters that the part can consist of, which is looked through.

import { excludesSurrogates, isEverything, onlyMissing, Unsupported } from './characters.ts';
import { alphabetOf, ANYTHING, excludes, followOf, type Follow } from './follow.ts';
import { literalAt } from './literalRuns.ts';
import { programSize } from '../program.ts';
import { hasCapture, isNullable, type Node, type RepeatNode } from '../syntaxTree.ts';
import { oneChar, overlaps, type CharSet } from '../charSet.ts';
import { toJavaScript } from '../emit.ts';
import { earlyColon } from './earlyColon.ts';
import { canBeSticky, quickEnd } from './known.ts';
import { opened, Writer, type PartFunction, type Scope } from './writer.ts';

// Parts of more instructions than this become functions of their own, written once for equal parts.
const INLINE_SIZE = 60;

export class Steps {
  readonly w: Writer;

  constructor(writer: Writer) {
    this.w = writer;
  }

  sequence(items: readonly Node[], follow: Follow, scope: Scope): void {
    for (let i = 0; i < items.length;) {
      const literal = literalAt(items, i);
      if (literal.length > 1) {
        this.literal(literal.text, scope);
        i += literal.length;
      } else {
        const item = items[i]!;
        const run = lazyRun(item);
        const next = run === undefined ? '' : literalAt(items, i + 1).text;
        if (run !== undefined && next !== '') {
          if (item.kind === 'capture') this.w.emit(`s${item.index} = p;`);
          this.#toLiteral(run, next, scope);
          if (item.kind === 'capture') this.w.emit(`e${item.index} = p;`);
        } else {
          this.item(item, followOf(items.slice(i + 1), follow), scope);
        }
        i++;
      }
    }
  }

  /** A lazy run goes to the first place where what follows stands; a later one is an alternative. */
  #toLiteral(node: RunNode, literal: string, scope: Scope): void {
    const { w } = this;
    const { set } = node.item;
    const at = w.name('q');
    w.emit(`const ${at} = text.indexOf(${JSON.stringify(literal)}, p + ${node.min});`);
    w.emit(`if (${at} < 0) ${w.failure(scope)}`);
    w.emit(
      `for (q = p; q < ${at}; q++) { c = text.charCodeAt(q); if (!${w.has(set, 'c')}) ${w.failure(scope)} }`,
    );
    w.emit(`p = ${at};`);
    if (overlaps(set, oneChar(literal.charCodeAt(0)))) scope.open = 'true';
  }

  /** One item by its first choices. */
  item(node: Node, follow: Follow, scope: Scope): void {
    if (node.kind === 'capture') {
      this.w.emit(`s${node.index} = p;`);
      this.item(node.item, follow, scope);
      this.w.emit(`e${node.index} = p;`);
    } else if (hasCapture(node)) {
      this.#write(node, follow, scope);
    } else if (programSize(node) > INLINE_SIZE) {
      this.#settled(node, follow, scope, (inner) => this.#call(node, inner));
    } else {
      this.#settled(node, follow, scope, (inner) => this.#write(node, follow, inner));
    }
  }

  literal(text: string, scope: Scope): void {
    const { w } = this;
    if (text.length > 8) {
      w.emit(`if (!text.startsWith(${JSON.stringify(text)}, p)) ${w.failure(scope)}`);
    } else {
      const tests = Array.from({ length: text.length }, (_, i) => {
        return `text.charCodeAt(p${i === 0 ? '' : ` + ${i}`}) !== ${text.charCodeAt(i)}`;
      });
      w.emit(`if (p + ${text.length} > n || ${tests.join(' || ')}) ${w.failure(scope)}`);
    }
    w.emit(`p += ${text.length};`);
  }

  /** Takes as many characters of the class as there are (the fewest if `least`); fails below the minimum. */
  run(node: RepeatNode, set: CharSet, scope: Scope, least: boolean): void {
    const { w } = this;
    const { min } = node;
    const max = least ? min : node.max;
    if (max === 0) return;
    const missing = onlyMissing(set);
    const wide = max === Infinity && (missing !== undefined || isEverything(set));
    if (wide && min > 1) throw new Unsupported('a minimum on a wide class');
    const from = w.name('p');
    if (min > 0) w.emit(`const ${from} = p;`);
    if (wide) {
      if (missing === undefined) w.emit('p = n;');
      else {
        const stop = JSON.stringify(String.fromCharCode(missing));
        w.emit(`q = text.indexOf(${stop}, p); p = q < 0 ? n : q;`);
      }
    } else {
      if (max !== Infinity) w.emit(`q = p + ${max}; if (q > n) q = n;`);
      w.emit(`while (p < ${max === Infinity ? 'n' : 'q'}) {`);
      w.emit(`c = text.charCodeAt(p); if (!${w.has(set, 'c')}) break;`);
      // A count is of code points, and two units may be one.
      if ((max !== Infinity || min > 1) && !excludesSurrogates(set)) {
        w.emit(`if ((c & 0xf800) === 0xd800) ${w.giveUp}`);
      }
      w.emit('p++; }');
    }
    if (min > 0) w.emit(`if (p - ${from} < ${min}) ${w.failure(scope)}`);
  }

  /** Marks the groups in a branch as having taken no part. */
  unset(node: Node): void {
    if (node.kind === 'capture') this.w.emit(`s${node.index} = -1;`);
    if (node.kind === 'capture' || node.kind === 'repeat') this.unset(node.item);
    if (node.kind === 'concat' || node.kind === 'alternate') for (const item of node.items) this.unset(item);
  }

  #write(node: Node, follow: Follow, scope: Scope): void {
    const { w } = this;
    switch (node.kind) {
      case 'empty':
        return;
      case 'chars':
        w.emit(`if (p >= n) ${w.failure(scope)}`);
        w.emit(`c = text.charCodeAt(p); if (!${w.has(node.set, 'c')}) ${w.failure(scope)}`);
        if (!excludesSurrogates(node.set)) w.emit(`if ((c & 0xf800) === 0xd800) ${w.giveUp}`);
        w.emit('p++;');
        return;
      case 'assert':
        w.emit(`if (!(${CONDITIONS[node.what]})) ${w.failure(scope)}`);
        return;
      case 'concat':
        this.sequence(node.items, follow, scope);
        return;
      case 'capture':
        this.item(node, follow, scope);
        return;
      case 'alternate':
        this.#alternate(node.items, follow, scope);
        return;
      case 'repeat':
        this.#repeat(node, follow, scope);
    }
  }

  /** Writes a part without groups, and then code that finds out whether its other ends are excluded. */
  #settled(node: Node, follow: Follow, scope: Scope, write: (scope: Scope) => void): void {
    const { w } = this;
    if (scope.open === 'true' || follow.anything) {
      write(scope);
      return;
    }
    const from = w.name('p');
    const inner: Scope = { onFail: scope.onFail, open: scope.open };
    const lines = w.capture(() => write(inner));
    if (inner.open === scope.open) {
      for (const line of lines) w.emit(line);
      return;
    }
    const flag = w.flag();
    w.emit(`const ${from} = p; ${flag} = false;`);
    const quick = quickEnd(node);
    const usable = quick !== undefined && excludes(follow, quick.chars);
    if (usable) {
      // With none of the part's characters behind it, no other end than this can be followed by the rest.
      w.emit(`q = ${quick.name}(text, p, n); if (q > 0 && q < n) c = text.charCodeAt(q);`);
      w.emit(`if (q > 0 && (q === n || !${w.has(alphabetOf(node).set, 'c')})) p = q; else {`);
    }
    for (const line of lines) w.emit(line);
    this.#otherEnds(node, follow, { from, flag });
    if (usable) w.emit('}');
    scope.open = opened(scope.open, flag);
  }

  /** Sets the flag if the part that began at `from` and ends here could have ended elsewhere. */
  #otherEnds(node: Node, follow: Follow, { from, flag }: { from: string; flag: string }): void {
    const { w } = this;
    const { set, zone } = alphabetOf(node);
    const next = w.name('c');
    if (!zone && excludes(follow, set)) {
      // Only the end of the stretch can be an end of the part.
      w.emit(`if (p < n) { c = text.charCodeAt(p); if (${w.has(set, 'c')}) ${flag} = true; }`);
    } else {
      w.emit(`for (q = ${from}; q < n; q++) { const ${next} = text.charCodeAt(q);`);
      if (zone) w.emit(`if (${next} === 37) { ${flag} = true; break; }`);
      w.emit(`if (q !== p && ${w.has(follow.set, next)}) { ${flag} = true; break; }`);
      w.emit(`if (!${w.has(set, next)}) break; }`);
      if (follow.atEnd) w.emit(`if (q === n && p !== n) ${flag} = true;`);
    }
  }

  /** Calls the function of a large part; it returns the end, -1 for certain failure, -2 to give up. */
  #call(node: Node, scope: Scope): void {
    const { w } = this;
    const key = JSON.stringify(node, (_, value: unknown) => (value === Infinity ? 'Infinity' : value));
    let entry = w.shared.functions.get(key);
    if (entry === undefined) {
      const writer = new Writer(w.shared, 'return -2;');
      const inner: Scope = { onFail: 'return -1;', open: '' };
      const within = earlyColon(node);
      if (within !== undefined) {
        writer.emit(`q = p; c = p + ${within + 1}; if (c > n) c = n;`);
        writer.emit('while (q < c && text.charCodeAt(q) !== 58) q++; if (q === c) return -1;');
      }
      new Steps(writer).#write(node, ANYTHING, inner);
      const name = w.name('f');
      const flags = writer.flags.map((flag) => `, ${flag} = false`).join('');
      const source = `function ${name}(text, p, n) { let c = 0, q = 0${flags};\n${writer.text()}\nreturn p; }`;
      entry = { name, source, open: inner.open !== '', uncertain: writer.uncertain };
      if (writer.uncertain) entry = this.#sticky(node, entry);
      w.shared.functions.set(key, entry);
    }
    w.emit(`q = ${entry.name}(text, p, n);`);
    w.emit(`if (q < 0) { if (q === -2) ${w.giveUp} ${w.failure(scope)} } p = q;`);
    if (entry.uncertain) w.uncertain = true;
    if (entry.open) scope.open = 'true';
  }

  /** The same function by a sticky RegExp, which is always sure, if that cannot take long. */
  #sticky(node: Node, entry: PartFunction): PartFunction {
    if (!canBeSticky(node)) return entry;
    const { regExps } = this.w.shared;
    const x = `x${regExps.length}`;
    regExps.push(new RegExp(toJavaScript(node, false).source, 'y'));
    const within = earlyColon(node);
    const guard =
      within === undefined
        ? ''
        : `let q = p, c = p + ${within + 1}; if (c > n) c = n;
while (q < c && text.charCodeAt(q) !== 58) q++; if (q === c) return -1;`;
    const body = `${guard} ${x}.lastIndex = p; return ${x}.test(text) ? ${x}.lastIndex : -1;`;
    return { ...entry, source: `function ${entry.name}(text, p, n) { ${body} }`, uncertain: false };
  }

  #alternate(items: readonly Node[], follow: Follow, scope: Scope): void {
    const { w } = this;
    const done = w.name('a');
    const from = w.name('p');
    for (const item of items) this.unset(item);
    w.emit(`const ${from} = p; ${done}: {`);
    let open = '';
    for (const [i, item] of items.entries()) {
      const last = i === items.length - 1;
      const branch = w.name('b');
      const inner: Scope = last ? { ...scope } : { onFail: `break ${branch};`, open: '' };
      if (!last) w.emit(`${branch}: {`);
      this.sequence(item.kind === 'concat' ? item.items : [item], follow, inner);
      if (!last) {
        w.emit(`break ${done}; } p = ${from};`);
        this.unset(item);
      }
      open = opened(open, inner.open);
      const first = followOf([item], follow);
      const excluded = items.slice(i + 1).every((other) => {
        const later = followOf([other], follow);
        return !later.anything && excludes(first, later.set);
      });
      if (!last && (isNullable(item) || !excluded)) open = 'true';
    }
    w.emit('}');
    scope.open = opened(scope.open, open);
  }

  #repeat(node: RepeatNode, follow: Follow, scope: Scope): void {
    if (node.max === 0) return;
    const fixed = node.min === node.max;
    if (node.item.kind === 'chars') {
      const atEnd = follow.anything && follow.set.length === 0;
      if (!node.greedy && !fixed && !atEnd) throw new Unsupported('a lazy run inside a group');
      this.run(node, node.item.set, scope, !node.greedy && !fixed);
      if (!fixed && !(node.greedy && excludes(follow, node.item.set))) scope.open = 'true';
      return;
    }
    if (!node.greedy && !fixed) throw new Unsupported('a lazy repetition of a group');
    if (node.max > 1 && hasCapture(node)) throw new Unsupported('groups in a repetition');
    if (fixed && node.max <= 3) {
      const copies = Array.from({ length: node.max }, () => node.item);
      for (let i = 0; i < node.max; i++) this.item(node.item, followOf(copies.slice(i + 1), follow), scope);
    } else if (node.min === 0 && node.max === 1) {
      this.#optional(node.item, follow, scope);
    } else {
      this.#loop(node, follow, scope);
    }
  }

  #optional(item: Node, follow: Follow, scope: Scope): void {
    const { w } = this;
    const done = w.name('o');
    const skip = w.name('b');
    const from = w.name('p');
    const inner: Scope = { onFail: `break ${skip};`, open: '' };
    this.unset(item);
    w.emit(`const ${from} = p; ${done}: { ${skip}: {`);
    this.sequence(item.kind === 'concat' ? item.items : [item], follow, inner);
    w.emit(`break ${done}; } p = ${from};`);
    this.unset(item);
    w.emit('}');
    const first = followOf([item], follow);
    const excluded = !isNullable(item) && excludes(follow, first.set);
    scope.open = opened(scope.open, excluded ? inner.open : 'true');
  }

  #loop(node: RepeatNode, follow: Follow, scope: Scope): void {
    const { w } = this;
    if (isNullable(node.item)) throw new Unsupported('a repetition that may match nothing');
    const loop = w.name('l');
    const skip = w.name('b');
    const from = w.name('p');
    const count = w.name('k');
    const inner: Scope = { onFail: `break ${skip};`, open: '' };
    const rest = followOf([{ ...node, min: 0 }], follow);
    const lines = w.capture(() => {
      this.sequence(node.item.kind === 'concat' ? node.item.items : [node.item], rest, inner);
    });
    // A flag tells of the last iteration only, so inside a loop an open choice is open for good.
    if (inner.open !== '') {
      inner.open = 'true';
    }
    const limit = node.max === Infinity ? '' : `${count} < ${node.max}`;
    w.emit(`let ${count} = 0; ${loop}: for (; ${limit}; ${count}++) { const ${from} = p; ${skip}: {`);
    for (const line of lines) w.emit(line);
    w.emit(`continue ${loop}; } p = ${from}; break; }`);
    const after = opened(scope.open, inner.open);
    if (node.min > 0)
      w.emit(`if (${count} < ${node.min}) ${w.failure({ onFail: scope.onFail, open: after })}`);
    const fixed = node.min === node.max;
    const first = followOf([node.item], follow);
    scope.open = opened(after, fixed || excludes(follow, first.set) ? '' : 'true');
  }
}

type RunNode = RepeatNode & { readonly item: { readonly kind: 'chars'; readonly set: CharSet } };

/** The node, or what it captures, if that is an endless lazy run of one class. */
function lazyRun(node: Node): RunNode | undefined {
  const run = node.kind === 'capture' ? node.item : node;
  if (run.kind !== 'repeat' || run.greedy || run.max !== Infinity || run.item.kind !== 'chars')
    return undefined;
  return { ...run, item: run.item };
}

const WORD = '(isWordAt(text, p - 1) !== isWordAt(text, p))';
const CONDITIONS = {
  textStart: 'p === 0',
  textEnd: 'p === n',
  lineStart: '(p === 0 || text.charCodeAt(p - 1) === 10)',
  lineEnd: '(p === n || text.charCodeAt(p) === 10)',
  word: WORD,
  notWord: `!${WORD}`,
} as const;
