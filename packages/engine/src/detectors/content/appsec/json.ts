// A JSON document as Coraza's arguments: every leaf under its dotted path, `json.items.0.name`, and for a list its
// length under the list's own path. A document that breaks off or goes wrong gives what stands before that.

import { hexValue, toBytes } from './bytes.ts';
import type { Entry } from './pairs.ts';

/** As deep as Coraza goes by default; and no more leaves than a sane document has. */
const MAX_DEPTH = 1024;
const MAX_LEAVES = 20_000;

/** Returns the leaves in document order; of a name that is there twice, the last counts. */
export function readJsonLeaves(text: string): readonly Entry[] {
  const reader = new LeafReader(text);
  reader.read();
  return [...reader.leaves].map(([name, value]) => ({ name, value }));
}

interface Level {
  readonly isList: boolean;
  readonly path: string;
  count: number;
}

class LeafReader {
  readonly leaves = new Map<string, string>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Walks with a stack of its own, so that depth costs no call stack. */
  read(): void {
    const levels: Level[] = [];
    let path = 'json';
    if (!this.#open(levels, path)) return;
    while (levels.length > 0 && this.leaves.size < MAX_LEAVES) {
      const level = levels.at(-1)!;
      this.#skip(level.count === 0 ? '' : ',');
      const next = this.#text[this.#at];
      if (next === undefined) break;
      if (next === '}' || next === ']') {
        this.#at++;
        if (level.isList && level.count > 0) this.leaves.set(level.path, String(level.count));
        levels.pop();
        continue;
      }
      if (level.isList) {
        path = `${level.path}.${level.count}`;
      } else {
        const key = next === '"' ? this.#string() : undefined;
        if (key === undefined) break;
        path = `${level.path}.${key}`;
        this.#skip(':');
      }
      level.count++;
      if (this.#open(levels, path)) {
        if (levels.length > MAX_DEPTH) break;
        continue;
      }
      if (!this.#leaf(path)) break;
    }
    // What was begun and did not end still has its length.
    for (const { isList, path: at, count } of levels)
      if (isList && count > 0) this.leaves.set(at, String(count));
  }

  #open(levels: Level[], path: string): boolean {
    this.#skip('');
    const next = this.#text[this.#at];
    if (next !== '{' && next !== '[') return false;
    this.#at++;
    levels.push({ isList: next === '[', path, count: 0 });
    return true;
  }

  #leaf(path: string): boolean {
    if (this.#text[this.#at] === '"') {
      const value = this.#string();
      if (value === undefined) return false;
      this.leaves.set(path, value);
      return true;
    }
    const start = this.#at;
    while (this.#at < this.#text.length && !ENDS_WORD.has(this.#text[this.#at]!)) this.#at++;
    const word = this.#text.slice(start, this.#at);
    if (word === '') return false;
    this.leaves.set(path, word === 'null' ? '' : word);
    return true;
  }

  /** The string that begins here, its escapes undone; one without an end reaches to the end of the text. */
  #string(): string | undefined {
    const text = this.#text;
    let end = this.#at + 1;
    let hasEscape = false;
    while (end < text.length && text.charCodeAt(end) !== 0x22) {
      if (text.charCodeAt(end) === 0x5c) {
        hasEscape = true;
        end++;
      }
      end++;
    }
    const raw = text.slice(this.#at + 1, end);
    this.#at = Math.min(end + 1, text.length);
    return hasEscape ? unescape(raw) : raw;
  }

  #skip(mark: string): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09 && text[this.#at] !== mark) return;
      this.#at++;
    }
  }
}

const ENDS_WORD: ReadonlySet<string> = new Set(' \t\r\n,]}:"');

/** `\n`, `\u0041` and the rest of RFC 8259 section 7, as UTF-8 bytes; the text itself when it has no escapes. */
export function unescape(raw: string): string {
  let at = raw.indexOf('\\');
  if (at < 0) return raw;
  let out = '';
  let from = 0;
  while (at >= 0) {
    out += raw.slice(from, at);
    const next = raw[at + 1];
    if (next === 'u' && isUnit(raw, at)) {
      let units = '';
      // Halves of a pair stand side by side, and are one character.
      for (; isUnit(raw, at); at += 6)
        units += String.fromCharCode(Number.parseInt(raw.slice(at + 2, at + 6), 16));
      out += toBytes(units);
      from = at;
    } else {
      out += next === undefined ? '' : (SINGLE[next] ?? next);
      from = at + 2;
    }
    at = raw.indexOf('\\', from);
  }
  return out + raw.slice(from);
}

function isUnit(raw: string, at: number): boolean {
  if (raw[at] !== '\\' || raw[at + 1] !== 'u') return false;
  for (let i = at + 2; i < at + 6; i++) if (hexValue(raw.charCodeAt(i)) < 0) return false;
  return true;
}

const SINGLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
