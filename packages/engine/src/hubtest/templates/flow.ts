// `flow` says in JavaScript which blocks run and when. Read here is what tests write: calls of `http()` joined by
// `&&`, `||`, `!` and brackets, one statement after the other; a loop or a variable is beyond it.

/** Runs a block, by number from 1 or by its id, and says whether it matched. */
export type RunBlock = (block: string) => Promise<boolean>;

export type FlowResult =
  | { readonly ok: true; readonly isMatched: boolean }
  | { readonly ok: false; readonly reason: string };

/** Returns whether the last statement was true; blocks that JavaScript would not call are not run. */
export async function runFlow(flow: string, run: RunBlock): Promise<FlowResult> {
  let isMatched = false;
  for (const statement of flow.split(/[;\n]/)) {
    const text = statement.replace(/\/\/.*$/, '').trim();
    if (text === '') continue;
    const tokens = text.match(/http\(\s*["']?[\w-]*["']?\s*\)|&&|\|\||!|\(|\)|\S+/g) ?? [];
    const reader = new FlowReader(tokens, run);
    const value = await reader.either(true);
    if (value === undefined || !reader.isAtEnd) {
      return { ok: false, reason: `its flow has '${text}', which this runner cannot follow` };
    }
    isMatched = value;
  }
  return { ok: true, isMatched };
}

class FlowReader {
  readonly #tokens: readonly string[];
  readonly #run: RunBlock;
  #at = 0;

  constructor(tokens: readonly string[], run: RunBlock) {
    this.#tokens = tokens;
    this.#run = run;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** `isRun`: whether JavaScript would come here; else it is only read. */
  async either(isRun: boolean): Promise<boolean | undefined> {
    let value = await this.#both(isRun);
    while (value !== undefined && this.#take('||')) {
      const right = await this.#both(isRun && !value);
      value = right === undefined ? undefined : value || right;
    }
    return value;
  }

  async #both(isRun: boolean): Promise<boolean | undefined> {
    let value = await this.#one(isRun);
    while (value !== undefined && this.#take('&&')) {
      const right = await this.#one(isRun && value);
      value = right === undefined ? undefined : value && right;
    }
    return value;
  }

  async #one(isRun: boolean): Promise<boolean | undefined> {
    if (this.#take('!')) {
      const value = await this.#one(isRun);
      return value === undefined ? undefined : !value;
    }
    if (this.#take('(')) {
      const value = await this.either(isRun);
      return this.#take(')') ? value : undefined;
    }
    const call = /^http\(\s*["']?([\w-]*)["']?\s*\)$/.exec(this.#tokens[this.#at] ?? '');
    if (call === null) return undefined;
    this.#at++;
    return isRun ? this.#run(call[1]!) : false;
  }

  #take(sign: string): boolean {
    if (this.#tokens[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }
}
