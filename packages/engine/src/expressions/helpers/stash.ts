// The stash: small named caches that parsers fill from one line and read on a later one (a process id of one log
// line that names the program of the next). Their size and their time to live are declared by the parser.

import { EvaluationError } from '../errors.ts';
import { parseDuration } from '@parapet/kinds';
import { GoDuration, type Value } from '../value.ts';
import { impure, text, type HelperTable } from './define.ts';

export interface StashOptions {
  /** How many keys it holds at most. */
  readonly size: number;
  readonly ttlMs: number;
  /** Who is forgotten when it is full: 'LFU' the least frequently used, anything else the least recently used. */
  readonly strategy: string;
}

/** What is in the caches, by name: for each the keys that will be forgotten first, first. */
export type SavedStash = ReadonlyMap<string, readonly SavedEntry[]>;

interface SavedEntry {
  readonly key: string;
  readonly value: string;
  readonly expiresAtMs: number;
  readonly uses: number;
}

/** All caches of one engine. */
export class Stash {
  readonly #nowMs: () => number;
  readonly #caches = new Map<string, Cache>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Makes a cache; if one of that name is there, that one stays: two nodes of a parser share theirs. */
  declare(name: string, options: StashOptions): void {
    if (!this.#caches.has(name)) this.#caches.set(name, new Cache(options));
  }

  /** Whether any cache was declared: then what a line means depends on the lines before. */
  get isUsed(): boolean {
    return this.#caches.size > 0;
  }

  has(name: string): boolean {
    return this.#caches.has(name);
  }

  /** Returns the value, '' when there is no such cache or key, or the key's time is over. */
  get(name: string, key: string): string {
    return this.#caches.get(name)?.get(key, this.#nowMs()) ?? '';
  }

  /** What `restore` takes. */
  save(): SavedStash {
    return new Map([...this.#caches].map(([name, cache]) => [name, cache.save()]));
  }

  /** Fills the caches that are still declared. */
  restore(saved: SavedStash): void {
    for (const [name, entries] of saved) this.#caches.get(name)?.restore(entries);
  }

  /** Keeps the value for as long as given, or for as long as the cache was declared with. */
  set(name: string, key: string, value: string, ttlMs?: number): void {
    this.#caches.get(name)?.set(key, value, this.#nowMs(), ttlMs);
  }
}

export function stashHelpers(stash: Stash, log: (message: string) => void): HelperTable {
  return {
    GetFromStash: impure((args) => {
      const [name, key] = [text(args, 0), text(args, 1)];
      if (!stash.has(name)) log(`GetFromStash: there is no stash '${name}'`);
      return stash.get(name, key);
    }, 2),
    SetInStash: impure((args) => {
      stash.set(text(args, 0), text(args, 1), text(args, 2), ttlOf(args[3] ?? null));
      return null;
    }, 4),
  };
}

function ttlOf(value: Value): number | undefined {
  if (value === null) return undefined;
  if (value instanceof GoDuration) return value.ms;
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined) throw new EvaluationError('the time to live must be a duration or nil');
  return ms;
}

interface Entry {
  value: string;
  expiresAtMs: number;
  uses: number;
}

// A Map keeps the order of insertion, and taking a key out and putting it back makes it the youngest. For LFU
// there is one such set of keys for each number of uses.
class Cache {
  readonly #options: StashOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #byUses = new Map<number, Set<string>>();

  constructor(options: StashOptions) {
    this.#options = options;
  }

  get(key: string, nowMs: number): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs < nowMs) {
      this.#remove(key, entry);
      return undefined;
    }
    this.#use(key, entry);
    return entry.value;
  }

  set(key: string, value: string, nowMs: number, ttlMs: number = this.#options.ttlMs): void {
    if (this.#options.size <= 0) return;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      known.expiresAtMs = nowMs + ttlMs;
      if (this.#options.strategy !== 'LFU') this.#use(key, known);
      return;
    }
    if (this.#entries.size >= this.#options.size) this.#evict();
    const entry = { value, expiresAtMs: nowMs + ttlMs, uses: 0 };
    this.#entries.set(key, entry);
    this.#keysUsed(0).add(key);
  }

  save(): SavedEntry[] {
    // For LFU the order among keys of as many uses counts, else that of all keys.
    const isLfu = this.#options.strategy === 'LFU';
    const keys = isLfu ? [...this.#byUses.values()].flatMap((set) => [...set]) : [...this.#entries.keys()];
    return keys.map((key) => ({ key, ...this.#entries.get(key)! }));
  }

  restore(entries: readonly SavedEntry[]): void {
    this.#entries.clear();
    this.#byUses.clear();
    for (const { key, value, expiresAtMs, uses } of entries.slice(-this.#options.size)) {
      this.#entries.set(key, { value, expiresAtMs, uses });
      this.#keysUsed(uses).add(key);
    }
  }

  #use(key: string, entry: Entry): void {
    if (this.#options.strategy === 'LFU') {
      this.#forgetUse(key, entry);
      entry.uses++;
      this.#keysUsed(entry.uses).add(key);
    } else {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
  }

  #evict(): void {
    for (const key of this.#options.strategy === 'LFU' ? this.#leastUsed() : this.#entries.keys()) {
      this.#remove(key, this.#entries.get(key)!);
      return;
    }
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#forgetUse(key, entry);
  }

  #forgetUse(key: string, entry: Entry): void {
    const keys = this.#byUses.get(entry.uses);
    keys?.delete(key);
    if (keys?.size === 0) this.#byUses.delete(entry.uses);
  }

  #keysUsed(uses: number): Set<string> {
    let keys = this.#byUses.get(uses);
    if (keys === undefined) this.#byUses.set(uses, (keys = new Set()));
    return keys;
  }

  #leastUsed(): Iterable<string> {
    let least = Infinity;
    for (const uses of this.#byUses.keys()) least = Math.min(least, uses);
    return this.#byUses.get(least) ?? [];
  }
}
