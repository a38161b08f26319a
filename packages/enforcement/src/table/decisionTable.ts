// The decisions in force, as a request is checked against them: an address finds what applies to it, its own
// decisions and those of the ranges that hold it, in some tens of nanoseconds however many there are. Everything
// about an entry is a few numbers in typed arrays. docs/guides/decisions.md says which decision applies.

import { randomInt } from 'node:crypto';
import type { Cidr, Remediation, Target } from '@parapet/kinds';
import { AllowedRanges } from './allowedRanges.ts';
import { ClassTable } from './classTable.ts';
import { HashStore } from './hashStore.ts';
import { Lengths4, lengthOf } from './lengths4.ts';
import { Lengths6, lengthOf6 } from './lengths6.ts';
import { mix } from './mix.ts';
import { canonicalText, placeOf, type Place } from './place.ts';
import { fault, readDecision } from './readDecision.ts';
import { Rebuilt } from './rebuilt.ts';
import type { Slab } from './slab.ts';
import { HIGHEST_RANK, specificityOf } from './strictness.ts';
import { formatRecord, recordOf, type TableDecision, type TableFault } from './tableDecision.ts';
import { TextStore } from './textStore.ts';

/** More decisions than this on one target are not kept: the weakest goes. */
export const CROWD = 64;

/** A handle is a slot, the store it is in, and whether it is in the slab that is being left. */
const SLOT = 16;
const STORE = 14;
const IP4 = 2;
const RANGE4 = 4;
const IP6 = 6;
const RANGE6 = 8;
const TEXT = 10;

export class DecisionTable {
  readonly #seed: number;
  readonly #allowed = new AllowedRanges();
  #classes = new ClassTable();
  #lengths4!: Rebuilt<Lengths4>;
  #lengths6!: Rebuilt<Lengths6>;
  #ip4!: HashStore;
  #ip6!: HashStore;
  #range4!: HashStore;
  #range6!: HashStore;
  #text!: TextStore;
  #version = 0;

  /** The seed decides where entries stand, never what is found; who can choose addresses must not know it. */
  constructor(options: { readonly seed?: number } = {}) {
    this.#seed = (options.seed ?? randomInt(2 ** 32)) | 0;
    this.#empty();
  }

  /** Entries, those too that have ended and were not collected yet. */
  get size(): number {
    return this.#ip4.size + this.#ip6.size + this.#range4.size + this.#range6.size + this.#text.size;
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** Adds a decision, or replaces the one with the same record id on the same target; says why when it does not. */
  add(decision: TableDecision): TableFault | undefined {
    const read = readDecision(decision);
    if ('code' in read) return read;
    const { id, place, record, expires } = read;
    const kind = this.#classes.take(read.like);
    if (kind < 0)
      return fault('E_TABLE_FULL', `decision ${id}: too many different remediations and origins are in use`);
    this.#version++;
    const there = this.#handlesAt(place);
    const same = there.find((handle) => this.#recordAt(handle) === record);
    if (same !== undefined) {
      this.#replace(same, expires, kind);
      return undefined;
    }
    if (there.length >= CROWD) {
      const weakest = there.reduce((a, b) => (this.stricter(a, b) === a ? b : a));
      if (!this.#isWeaker(weakest, expires, kind)) {
        this.#classes.release(kind);
        return fault('E_TABLE_CROWDED', `decision ${id}: its target has ${CROWD} decisions that outweigh it`);
      }
      this.#removeAt(weakest, place);
    }
    if (place.kind === 'text') this.#text.insert(place.scope, place.value, expires, record, kind);
    else this.#storeOf(place.kind).insert(place.words, expires, record, kind);
    return undefined;
  }

  /**
   * Takes out the decision with this id; false when it is not there. With its target that is as quick as finding
   * it; without, every entry is looked at, which takes milliseconds at a million.
   */
  remove(id: string, target?: Target): boolean {
    const record = recordOf(id);
    if (record < 0) return false;
    const place = target === undefined ? this.#findRecord(record) : placeOf(target);
    if (place === undefined || typeof place === 'string') return false;
    const handle = this.#handlesAt(place).find((one) => this.#recordAt(one) === record);
    if (handle === undefined) return false;
    this.#version++;
    this.#removeAt(handle, place);
    return true;
  }

  /** Takes out all decisions; the allowlist stays. */
  clear(): void {
    this.#empty();
    this.#version++;
  }

  /** Replaces the ranges that no decision is applied to. */
  setAllowlist(ranges: Iterable<Cidr>): void {
    this.#allowed.set(ranges);
    this.#version++;
  }

  isAllowed(words: readonly number[]): boolean {
    return this.#allowed.has(words);
  }

  /** Whether there is any decision on values of this scope (not `ip` or `range`). */
  hasScope(scope: string): boolean {
    return this.#text.hasScope(scope);
  }

  /**
   * What applies to an address: the strictest decision on it or on a range that holds it. 0 when nothing does or
   * the address is allowed, else a handle for the `…Of` functions, valid until the next change.
   */
  lookup(words: readonly number[], nowSeconds: number): number {
    // The commonest case, an IPv4 address with one decision or none, is written out here: a call is a tenth of it.
    if (words.length !== 1) return this.#unlessAllowed(this.#lookup6(words, nowSeconds), words);
    const store = this.#ip4;
    const word = words[0]! | 0;
    const mixed = mix(word, this.#seed);
    let found = 0;
    if (store.isMoving) found = this.#scan(store, IP4, mixed, 0, 0, 0, nowSeconds, 0);
    else {
      const slab = store.current;
      const slot = slab.find(mixed);
      if (slot >= 0) {
        if (slab.mayRepeat(slot)) found = this.#scan(store, IP4, mixed, 0, 0, 0, nowSeconds, 0);
        else if (slab.expiresAt(slot) > nowSeconds) found = slot * SLOT + IP4;
      }
    }
    if (this.#range4.size !== 0) found = this.#inRanges4(word, nowSeconds, found);
    return found === 0 ? 0 : this.#unlessAllowed(found, words);
  }

  /** The same for a country, an autonomous system, a session, a user or another scope. Ask `isAllowed` before. */
  lookupText(scope: string, value: string, nowSeconds: number): number {
    if (!this.#text.hasScope(scope)) return 0;
    let best = 0;
    let slot = this.#text.first(scope, canonicalText(scope, value)) - 1;
    for (; slot >= 0; slot = this.#text.nextOf(slot) - 1)
      if (this.#text.expiresAt(slot) > nowSeconds) best = this.stricter(best, slot * SLOT + TEXT);
    return best;
  }

  /** Of two handles the one that applies; 0 is none. */
  stricter(one: number, other: number): number {
    if (one === 0) return other;
    if (other === 0) return one;
    const difference =
      this.#rankOf(one) - this.#rankOf(other) ||
      this.#specificityOf(one) - this.#specificityOf(other) ||
      this.expiresAtSecondsOf(one) - this.expiresAtSecondsOf(other) ||
      this.#recordAt(other) - this.#recordAt(one);
    return difference >= 0 ? one : other;
  }

  remediationOf(handle: number): Remediation {
    return this.#classes.get(this.#classAt(handle)).remediation;
  }

  scenarioOf(handle: number): string {
    return this.#classes.get(this.#classAt(handle)).scenario;
  }

  originOf(handle: number): string {
    return this.#classes.get(this.#classAt(handle)).origin;
  }

  isSimulatedOf(handle: number): boolean {
    return this.#classes.get(this.#classAt(handle)).simulated;
  }

  /** In seconds since the epoch, rounded up. */
  expiresAtSecondsOf(handle: number): number {
    return this.#columns(handle).expiresAt(Math.floor(handle / SLOT));
  }

  /** The first eight hex digits of the decision's id, as people are shown it. */
  recordIdOf(handle: number): string {
    return formatRecord(this.#recordAt(handle));
  }

  scopeOf(handle: number): string {
    switch (handle & STORE) {
      case IP4:
      case IP6:
        return 'ip';
      case RANGE4:
      case RANGE6:
        return 'range';
      default:
        return this.#text.nameOf(Math.floor(handle / SLOT)).scope;
    }
  }

  /** Collects some of the entries that have ended; to be called now and then. */
  tidy(nowSeconds: number, slots = 16_384): void {
    this.#version++;
    for (const store of this.#stores()) {
      store.nowSeconds = nowSeconds;
      store.tidy(slots);
    }
    for (const kind of this.#text.tidy(nowSeconds, slots)) this.#classes.release(kind);
  }

  /** What the table is made of; only for snapshots. */
  parts(): TableParts {
    return {
      ip4: this.#ip4,
      ip6: this.#ip6,
      range4: this.#range4,
      range6: this.#range6,
      text: this.#text,
      classes: this.#classes,
      allowed: this.#allowed,
    };
  }

  #unlessAllowed(found: number, words: readonly number[]): number {
    return found === 0 || this.#allowed.isEmpty || !this.#allowed.has(words) ? found : 0;
  }

  #inRanges4(word: number, nowSeconds: number, before: number): number {
    const store = this.#range4;
    let best = before;
    let lengths = this.#lengths4.now.of(word);
    while (lengths !== 0) {
      if (best !== 0 && this.#rankOf(best) === HIGHEST_RANK) break;
      const length = 31 - Math.clz32(lengths);
      lengths ^= 1 << length;
      const mixed = mix(((word >>> (31 - length)) | 1) << (31 - length), this.#seed);
      const slot = store.slabOf(mixed).find(mixed);
      if (slot >= 0) best = this.#strictest(store, RANGE4, slot, mixed, 0, 0, 0, nowSeconds, best);
    }
    return best;
  }

  #lookup6(words: readonly number[], nowSeconds: number): number {
    const [a, b, c, d] = [words[0]! | 0, words[1]! | 0, words[2]! | 0, words[3]! | 0];
    let best = 0;
    if (this.#ip6.size > 0) {
      const mixed = mix(a ^ this.#ip6.folder.fold(b, c, d), this.#seed);
      best = this.#scan(this.#ip6, IP6, mixed, b, c, d, nowSeconds, 0);
    }
    if (this.#range6.size === 0) return best;
    const lengths = this.#lengths6.now;
    for (let groups = lengths.groups(a); groups !== 0;) {
      const group = 31 - Math.clz32(groups);
      groups ^= 1 << group;
      for (let length = group * 4 + 35; length >= group * 4 + 32; length--) {
        if (best !== 0 && this.#rankOf(best) === HIGHEST_RANK) return best;
        if (lengths.isUsed(length)) best = this.#scanRange6(a, b, c, d, length, nowSeconds, best);
      }
    }
    for (let short = lengths.short; short !== 0;) {
      const length = 31 - Math.clz32(short);
      short ^= 1 << length;
      if (best !== 0 && this.#rankOf(best) === HIGHEST_RANK) return best;
      best = this.#scanRange6(a, b, c, d, length, nowSeconds, best);
    }
    return best;
  }

  #scanRange6(
    a: number,
    b: number,
    c: number,
    d: number,
    length: number,
    nowSeconds: number,
    best: number,
  ): number {
    const ka = marked(a, length);
    const kb = marked(b, length - 32);
    const kc = marked(c, length - 64);
    const kd = marked(d, length - 96);
    const mixed = mix(ka ^ this.#range6.folder.fold(kb, kc, kd), this.#seed);
    return this.#scan(this.#range6, RANGE6, mixed, kb, kc, kd, nowSeconds, best);
  }

  #scan(
    store: HashStore,
    tag: number,
    mixed: number,
    b: number,
    c: number,
    d: number,
    nowSeconds: number,
    before: number,
  ): number {
    const slot = store.slabOf(mixed).find(mixed);
    return slot < 0 ? before : this.#strictest(store, tag, slot, mixed, b, c, d, nowSeconds, before);
  }

  /** The strictest of the decisions on one key that have not ended, and of the one found before. */
  #strictest(
    store: HashStore,
    tag: number,
    first: number,
    mixed: number,
    b: number,
    c: number,
    d: number,
    nowSeconds: number,
    before: number,
  ): number {
    const slab = store.slabOf(mixed);
    const old = slab === store.current ? 0 : 1;
    let best = -1;
    for (let slot = first; slot >= 0; slot = slab.next(slot, mixed)) {
      if (slab.expiresAt(slot) <= nowSeconds || !slab.holds(slot, b, c, d)) continue;
      if (best < 0 || this.#outweighs(slab, slot, best)) best = slot;
    }
    return best < 0 ? before : this.stricter(before, best * SLOT + tag + old);
  }

  /** Of two decisions on one target, whether the first applies. */
  #outweighs(slab: Slab, one: number, other: number): boolean {
    const difference =
      this.#classes.ranks[slab.classAt(one)]! - this.#classes.ranks[slab.classAt(other)]! ||
      slab.expiresAt(one) - slab.expiresAt(other) ||
      slab.recordAt(other) - slab.recordAt(one);
    return difference > 0;
  }

  #empty(): void {
    const gone = (kind: number): void => this.#classes.release(kind);
    this.#classes = new ClassTable();
    this.#lengths4 = new Rebuilt((capacity) => new Lengths4(capacity));
    this.#lengths6 = new Rebuilt((capacity) => new Lengths6(capacity));
    this.#ip4 = new HashStore(0, this.#seed, gone);
    this.#ip6 = new HashStore(3, this.#seed, gone);
    this.#range4 = new HashStore(0, this.#seed, gone, this.#lengths4);
    this.#range6 = new HashStore(3, this.#seed, gone, this.#lengths6);
    this.#text = new TextStore();
  }

  #stores(): readonly HashStore[] {
    return [this.#ip4, this.#range4, this.#ip6, this.#range6];
  }

  #handlesAt(place: Place): readonly number[] {
    if (place.kind === 'text') {
      const handles: number[] = [];
      let slot = this.#text.first(place.scope, place.value) - 1;
      for (; slot >= 0; slot = this.#text.nextOf(slot) - 1) handles.push(slot * SLOT + TEXT);
      return handles;
    }
    const store = this.#storeOf(place.kind);
    const old = store.slabOf(store.mixed(place.words)) === store.current ? 0 : 1;
    return store.slotsOf(place.words).map((slot) => slot * SLOT + TAGS[place.kind] + old);
  }

  #findRecord(record: number): Place | undefined {
    for (const kind of ['ip4', 'range4', 'ip6', 'range6'] as const) {
      const words = this.#storeOf(kind).findRecord(record);
      if (words !== undefined) return { kind, words };
    }
    for (const slot of this.#text.slots())
      if (this.#text.recordAt(slot) === record) return { kind: 'text', ...this.#text.nameOf(slot) };
    return undefined;
  }

  #replace(handle: number, expires: number, kind: number): void {
    const columns = this.#columns(handle);
    const slot = Math.floor(handle / SLOT);
    this.#classes.release(columns.classAt(slot));
    columns.set(slot, expires, columns.recordAt(slot), kind);
  }

  #removeAt(handle: number, place: Place): void {
    const slot = Math.floor(handle / SLOT);
    if (place.kind !== 'text') this.#storeAt(handle).removeAt(this.#slabAt(handle), slot, place.words);
    else this.#classes.release(this.#text.remove(slot));
  }

  #isWeaker(handle: number, expires: number, kind: number): boolean {
    const difference = this.#rankOf(handle) - this.#classes.ranks[kind]!;
    return difference < 0 || (difference === 0 && this.expiresAtSecondsOf(handle) < expires);
  }

  #storeOf(kind: Exclude<Place['kind'], 'text'>): HashStore {
    switch (kind) {
      case 'ip4':
        return this.#ip4;
      case 'ip6':
        return this.#ip6;
      case 'range4':
        return this.#range4;
      case 'range6':
        return this.#range6;
    }
  }

  #storeAt(handle: number): HashStore {
    switch (handle & STORE) {
      case IP4:
        return this.#ip4;
      case RANGE4:
        return this.#range4;
      case IP6:
        return this.#ip6;
      default:
        return this.#range6;
    }
  }

  #slabAt(handle: number): Slab {
    const store = this.#storeAt(handle);
    return (handle & 1) === 0 ? store.current : store.previous;
  }

  #columns(handle: number): Slab | TextStore {
    return (handle & STORE) === TEXT ? this.#text : this.#slabAt(handle);
  }

  #recordAt(handle: number): number {
    return this.#columns(handle).recordAt(Math.floor(handle / SLOT));
  }

  #classAt(handle: number): number {
    return this.#columns(handle).classAt(Math.floor(handle / SLOT));
  }

  #rankOf(handle: number): number {
    return this.#classes.ranks[this.#classAt(handle)]!;
  }

  #specificityOf(handle: number): number {
    const store = handle & STORE;
    if (store !== RANGE4 && store !== RANGE6) return specificityOf(this.scopeOf(handle));
    const key = this.#storeAt(handle).keyAt(this.#slabAt(handle), Math.floor(handle / SLOT));
    return store === RANGE4 ? lengthOf(key[0]!) : lengthOf6(key);
  }
}

const TAGS = { ip4: IP4, range4: RANGE4, ip6: IP6, range6: RANGE6 };

export interface TableParts {
  readonly ip4: HashStore;
  readonly ip6: HashStore;
  readonly range4: HashStore;
  readonly range6: HashStore;
  readonly text: TextStore;
  readonly classes: ClassTable;
  readonly allowed: AllowedRanges;
}

/** One word of a range's key, when so many of its bits belong to the range. */
function marked(word: number, bits: number): number {
  if (bits >= 32) return word;
  return bits < 0 ? 0 : ((word >>> (31 - bits)) | 1) << (31 - bits);
}
