// Matches one tree against texts on the fastest matcher that is safe for the text: V8's RegExp where its time is
// bounded, our own linear-time matcher elsewhere. Both give the same answer; only time differs.

import { hasAstral } from './charSet.ts';
import { capturesDiffer, toJavaScript } from './emit.ts';
import { LinearMatcher } from './linear.ts';
import { requiredLiterals, type RequiredLiterals } from './literals.ts';
import { compileProgram, programSize } from './program.ts';
import { analyseSafety, type Safety } from './safety.ts';
import { isNullable, someSet, type Node } from './syntaxTree.ts';

/** A pattern of more instructions than this is refused: it would not be worth its memory. */
export const MAX_PROGRAM_SIZE = 250_000;

// Compiled for one-byte texts this is a constant no, so asking costs nothing on most lines.
const SURROGATES = /[\ud800-\udfff]/;
// With more alternatives than this, looking for each costs more than trying the pattern.
const MAX_PREFILTER = 3;

interface Compiled {
  readonly regExp: RegExp;
  readonly groups: readonly number[];
}

/** What is known of a tree before it meets a text; derived when it meets the first. */
interface Plan {
  readonly maxLength: number;
  readonly astral: boolean;
  readonly capturesDiffer: boolean;
}

export class Matcher {
  readonly tree: Node;
  readonly groupCount: number;
  #required: RequiredLiterals | undefined | null = null;
  #prefilter: readonly string[] = [];
  #safety: Safety | undefined;
  #plan: Plan | undefined;
  #plain: Compiled | null | undefined;
  #unicode: Compiled | null | undefined;
  #linear: LinearMatcher | undefined;

  constructor(tree: Node, groupCount: number) {
    this.tree = tree;
    this.groupCount = groupCount;
  }

  get required(): RequiredLiterals | undefined {
    if (this.#required === null) {
      const required = requiredLiterals(this.tree);
      this.#required = required;
      if (required !== undefined && !required.foldCase && required.anyOf.length <= MAX_PREFILTER) {
        this.#prefilter = required.anyOf;
      }
    }
    return this.#required;
  }

  get safety(): Safety {
    this.#safety ??= analyseSafety(this.tree);
    return this.#safety;
  }

  test(text: string): boolean {
    if (!this.mayMatch(text)) return false;
    const compiled = this.#compiledFor(text);
    if (compiled === null) return this.linear.run(text) !== null;
    try {
      return compiled.regExp.test(text);
    } catch {
      // V8 gives up when its backtracking stack is full (texts of many megabytes).
      return this.linear.run(text) !== null;
    }
  }

  /** The groups by number, 0 being the whole match; undefined for a group that took no part. */
  exec(text: string): (string | undefined)[] | null {
    if (!this.mayMatch(text)) return null;
    const compiled = this.#compiledFor(text);
    if (compiled === null) return this.#execLinear(text);
    let match: RegExpExecArray | null;
    try {
      match = compiled.regExp.exec(text);
    } catch {
      return this.#execLinear(text);
    }
    if (match === null) return null;
    if (this.#planned().capturesDiffer) return this.#execLinear(text);
    const out = Array.from<string | undefined>({ length: this.groupCount });
    out[0] = match[0];
    for (let i = 0; i < compiled.groups.length; i++) out[compiled.groups[i]!] = match[i + 1];
    return out;
  }

  /** False if the text lacks the literals that every match contains. */
  mayMatch(text: string): boolean {
    if (this.#required === null) void this.required;
    const literals = this.#prefilter;
    if (literals.length === 0) return true;
    for (const literal of literals) if (text.includes(literal)) return true;
    return false;
  }

  /** Our own matcher on this pattern, made when first needed. */
  get linear(): LinearMatcher {
    this.#linear ??= new LinearMatcher(compileProgram(this.tree, this.groupCount));
    return this.#linear;
  }

  #execLinear(text: string): (string | undefined)[] | null {
    const slots = this.linear.run(text);
    if (slots === null) return null;
    const out: (string | undefined)[] = [];
    for (let group = 0; group < this.groupCount; group++) {
      const start = slots[2 * group]!;
      const end = slots[2 * group + 1]!;
      out.push(start < 0 || end < 0 ? undefined : text.slice(start, end));
    }
    return out;
  }

  #planned(): Plan {
    this.#plan ??= {
      maxLength: maxLength(this.safety),
      // Where nothing need be consumed, V8 also looks between the two halves of a pair.
      astral: isNullable(this.tree) || someSet(this.tree, hasAstral),
      capturesDiffer: capturesDiffer(this.tree),
    };
    return this.#plan;
  }

  #compiledFor(text: string): Compiled | null {
    const plan = this.#planned();
    if (text.length > plan.maxLength) return null;
    if (plan.astral && SURROGATES.test(text)) {
      if (this.#unicode === undefined) {
        this.#unicode = isNullable(this.tree) ? null : compile(this.tree, true);
      }
      return this.#unicode;
    }
    if (this.#plain === undefined) this.#plain = compile(this.tree, false);
    return this.#plain;
  }
}

function compile(tree: Node, unicode: boolean): Compiled | null {
  const { source, groups } = toJavaScript(tree, unicode);
  try {
    return { regExp: new RegExp(source, unicode ? 'u' : ''), groups };
  } catch {
    // V8 has limits of its own on the size of a pattern.
    return null;
  }
}

function maxLength(safety: Safety): number {
  switch (safety.kind) {
    case 'linear':
      return Infinity;
    case 'polynomial':
      return safety.maxLength;
    case 'exponential':
      return -1;
  }
}

/** Whether the tree is too large for any matcher. */
export function isTooLarge(tree: Node): boolean {
  return programSize(tree) > MAX_PROGRAM_SIZE;
}
