// A page rendered once, of which a few places are filled for each request: pages that attackers see are asked for
// at the rate of the attack. A place is a character for private use, which escaping leaves alone and which no
// word of ours has.

const FIRST_SLOT = 0xe000;
const MOST_SLOTS = 16;
const SLOT = /[\ue000-\ue00f]/;
// A few hundred with a few sites: each is a language, a site and what differs in the page.
const MOST_REMEMBERED = 2000;

/** Returns the character that stands for the value with this index. */
export function slot(index: number): string {
  if (index >= MOST_SLOTS) throw new Error('no such slot');
  return String.fromCharCode(FIRST_SLOT + index);
}

export class Template {
  /** UTF-8, one character a byte: strings of that kind are put together faster than buffers are. */
  readonly #pieces: readonly string[];
  /** Which value follows each piece but the last. */
  readonly #slots: readonly number[];

  constructor(text: string) {
    const pieces: string[] = [];
    const slots: number[] = [];
    let rest = text;
    for (let at = rest.search(SLOT); at >= 0; at = rest.search(SLOT)) {
      pieces.push(bytesOf(rest.slice(0, at)));
      slots.push(rest.charCodeAt(at) - FIRST_SLOT);
      rest = rest.slice(at + 1);
    }
    pieces.push(bytesOf(rest));
    this.#pieces = pieces;
    this.#slots = slots;
  }

  /** Returns the page with the values, which have to be escaped already, one character a byte (`bytesOf`). */
  fill(values: readonly string[]): Buffer {
    let page = this.#pieces[0]!;
    for (let i = 0; i < this.#slots.length; i++) page += values[this.#slots[i]!]! + this.#pieces[i + 1]!;
    return Buffer.from(page, 'latin1');
  }
}

/** Returns the text's UTF-8 bytes as characters. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Templates by what they depend on. */
export class Templates {
  readonly #remembered = new Map<string, Template>();

  /** Returns the template for the key, rendered the first time it is asked for. */
  get(key: string, render: () => string): Template {
    let template = this.#remembered.get(key);
    if (template === undefined) {
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      template = new Template(render());
      this.#remembered.set(key, template);
    }
    return template;
  }
}
