// Decisions as rows of numbers: lists of a community hold a million addresses, and as objects they would take a
// gigabyte. A row takes about 80 bytes, whatever the decision; what few of them have is kept beside.

import { hashOf, RowIndex } from './rowIndex.ts';
import { parseIp, type Cidr, type Decision, type Target } from '@parapet/kinds';

/** What many decisions share, kept once. `key`: what makes two decisions on one target the same decision. */
interface Kind {
  readonly key: number;
  readonly scope: string;
  readonly remediation: string;
  readonly origin: string;
  readonly mode: Decision['mode'];
  readonly scenario: string;
}

export interface KindCount {
  readonly remediation: string;
  readonly origin: string;
  readonly mode: Decision['mode'];
  readonly count: number;
}

const NONE = -1;
/** From here on room is made in smaller steps: while columns are copied there are two of each. */
const MANY_ROWS = 100_000;
/** Of a row's `place`: where its target stands. */
const [OTHER, V4, V6] = [0, 1, 2];

export class DecisionRows {
  #kind = new Int32Array(64);
  #place = new Uint8Array(64);
  #prefix = new Uint8Array(64);
  /** The address of IPv4; a place in `#long` for IPv6; a place in `#others` for what has no address. */
  #word = new Uint32Array(64);
  #startMs = new Float64Array(64);
  #endMs = new Float64Array(64);
  /** The next row with the same target. */
  #next = new Int32Array(64);
  /** Four words for each row; the first is what the id's hash is when the id is none of 128 bits. */
  #id = new Uint32Array(256);
  #isAlive = new Uint8Array(64);
  #rows = 0;
  readonly #free: number[] = [];

  #long = new Uint32Array(256);
  #longs = 0;
  readonly #freeLongs: number[] = [];
  /** Targets without an address, as `otherKey` writes them. */
  readonly #others: string[] = [];
  readonly #freeOthers: number[] = [];
  readonly #otherNumbers = new Map<string, number>();
  readonly #otherHeads = new Map<number, number>();
  readonly #oddIds = new Map<number, string>();
  readonly #alerts = new Map<number, string>();

  readonly #kinds: Kind[] = [];
  readonly #kindNumbers = new Map<string, number>();
  readonly #keyNumbers = new Map<string, number>();
  readonly #kindCounts: number[] = [];
  #lastKind = NONE;

  /** Of those that are the first of their target. */
  readonly #byTarget = new RowIndex((row) => this.#targetHash(row));
  readonly #byId = new RowIndex((row) => this.#idHash(row));
  #alive = 0;
  /** How many targets have each prefix length. */
  readonly #lengths4 = new Int32Array(33);
  readonly #lengths6 = new Int32Array(129);

  get size(): number {
    return this.#alive;
  }

  /** Rows that are there, alive or not. */
  get length(): number {
    return this.#rows;
  }

  /** Keeps a decision that no row on its target has the key of; returns its row. */
  insert(decision: Decision, range: Cidr | undefined): number {
    const row = this.#free.pop() ?? this.#grown();
    this.#kind[row] = this.#kindOf(decision);
    this.#startMs[row] = decision.startAt.getTime();
    this.#endMs[row] = decision.expiresAt.getTime();
    this.#isAlive[row] = 1;
    this.#alive++;
    this.#kindCounts[this.#kind[row]]!++;
    this.#setTarget(row, decision.target, range);
    this.#setId(row, decision.id);
    if (decision.alertId !== undefined) this.#alerts.set(row, decision.alertId);
    const head = this.head(decision.target, range);
    if (head !== NONE) {
      this.#next[row] = this.#next[head]!;
      this.#next[head] = row;
    } else {
      this.#next[row] = NONE;
      this.#addHead(row);
    }
    this.#byId.add(row);
    return row;
  }

  /** Takes the row out. It may be used again only after `release`, so that whoever has its number finds it dead. */
  remove(row: number): void {
    const head = this.#headOf(row);
    if (head === row) this.#removeHead(row);
    else {
      let before = head;
      while (this.#next[before] !== row) before = this.#next[before]!;
      this.#next[before] = this.#next[row]!;
    }
    this.#byId.remove(row);
    this.#oddIds.delete(row);
    this.#alerts.delete(row);
    if (this.#place[row] === V6) this.#freeLongs.push(this.#word[row]!);
    this.#isAlive[row] = 0;
    this.#alive--;
    this.#kindCounts[this.#kind[row]!]!--;
  }

  /** Makes room for so many rows at once, where it is known how many will come. */
  reserve(rows: number): void {
    if (rows <= this.#kind.length) return;
    this.#resize(rows);
    this.#byTarget.reserve(rows);
    this.#byId.reserve(rows);
  }

  release(row: number): void {
    this.#free.push(row);
  }

  isAlive(row: number): boolean {
    return this.#isAlive[row] === 1;
  }

  endMs(row: number): number {
    return this.#endMs[row]!;
  }

  prolong(row: number, endMs: number): void {
    this.#endMs[row] = endMs;
  }

  startMs(row: number): number {
    return this.#startMs[row]!;
  }

  mode(row: number): Decision['mode'] {
    return this.#kinds[this.#kind[row]!]!.mode;
  }

  alertId(row: number): string | undefined {
    return this.#alerts.get(row);
  }

  /** The decision that a row keeps. */
  read(row: number): Decision {
    const { scope, remediation, origin, mode, scenario } = this.#kinds[this.#kind[row]!]!;
    const alertId = this.#alerts.get(row);
    return {
      id: this.#idText(row),
      target: { scope, value: this.#value(row, scope) },
      remediation,
      startAt: new Date(this.#startMs[row]!),
      expiresAt: new Date(this.#endMs[row]!),
      scenario,
      origin,
      mode,
      ...(alertId === undefined ? {} : { alertId }),
    };
  }

  *alive(): Generator<number> {
    for (let row = 0; row < this.#rows; row++) if (this.#isAlive[row] === 1) yield row;
  }

  counts(): readonly KindCount[] {
    return this.#kinds.flatMap(({ remediation, origin, mode }, i) => {
      const count = this.#kindCounts[i]!;
      return count === 0 ? [] : [{ remediation, origin, mode, count }];
    });
  }

  /** The row with this id, or -1. */
  findId(id: string): number {
    const words = wordsOfId(id);
    return this.#byId.find(hashOf(words), (row) => this.#hasId(row, id, words));
  }

  /** The row of the decision that this one would be the same as, or -1. */
  same(decision: Decision, range: Cidr | undefined): number {
    const last = this.#kinds[this.#lastKind];
    const key =
      last !== undefined && isSameKey(last, decision) ? last.key : this.#keyNumbers.get(keyText(decision));
    if (key === undefined) return NONE;
    for (let row = this.head(decision.target, range); row !== NONE; row = this.#next[row]!)
      if (this.#kinds[this.#kind[row]!]!.key === key) return row;
    return NONE;
  }

  /** The first row on exactly this target, or -1; `next` leads to the others. */
  head(target: Target, range: Cidr | undefined): number {
    if (range !== undefined) return this.headOf(range.words, range.prefixLength);
    const number = this.#otherNumbers.get(otherKey(target));
    return number === undefined ? NONE : (this.#otherHeads.get(number) ?? NONE);
  }

  /** The same for an address with a prefix length; bits behind it are left out. */
  headOf(words: readonly number[], prefixLength: number): number {
    const place = words.length === 1 ? V4 : V6;
    masked(words, prefixLength);
    return this.#byTarget.find(
      hashOf(MASKED),
      (row) => this.#place[row] === place && this.#prefix[row] === prefixLength && this.#isMasked(row),
    );
  }

  next(row: number): number {
    return this.#next[row]!;
  }

  /** Lengths of prefixes up to `most` that targets have. */
  *lengths(version: 4 | 6, most: number): Generator<number> {
    const counts = version === 4 ? this.#lengths4 : this.#lengths6;
    for (let length = 0; length <= most; length++) if (counts[length]! > 0) yield length;
  }

  /** Whether the row's target lies within the range, or is it. */
  isWithin(row: number, range: Cidr): boolean {
    const place = range.version === 4 ? V4 : V6;
    if (this.#place[row] !== place || this.#prefix[row]! < range.prefixLength) return false;
    const words = place === V4 ? [this.#word[row]!] : this.#longWords(row);
    for (let i = 0, bits = range.prefixLength; bits > 0; i++, bits -= 32)
      if (((words[i]! ^ range.words[i]!) & maskOf(bits)) !== 0) return false;
    return true;
  }

  #kindOf(decision: Decision): number {
    const { target, remediation, origin, mode, scenario } = decision;
    // Lists come in long runs of one kind.
    const last = this.#kinds[this.#lastKind];
    if (last?.scope === target.scope && last.scenario === scenario && isSameKey(last, decision))
      return this.#lastKind;
    const text = JSON.stringify([target.scope, remediation, origin, mode, scenario]);
    const known = this.#kindNumbers.get(text);
    if (known !== undefined) return (this.#lastKind = known);
    const keyOf = keyText(decision);
    let key = this.#keyNumbers.get(keyOf);
    if (key === undefined) this.#keyNumbers.set(keyOf, (key = this.#keyNumbers.size));
    const number = this.#kinds.push({ key, scope: target.scope, remediation, origin, mode, scenario }) - 1;
    this.#kindNumbers.set(text, number);
    this.#kindCounts[number] = 0;
    return (this.#lastKind = number);
  }

  #setTarget(row: number, target: Target, range: Cidr | undefined): void {
    if (range === undefined) {
      const key = otherKey(target);
      let number = this.#otherNumbers.get(key);
      if (number === undefined) {
        number = this.#freeOthers.pop() ?? this.#others.length;
        this.#others[number] = key;
        this.#otherNumbers.set(key, number);
      }
      this.#place[row] = OTHER;
      this.#word[row] = number;
      return;
    }
    this.#prefix[row] = range.prefixLength;
    masked(range.words, range.prefixLength);
    if (range.version === 4) {
      this.#place[row] = V4;
      this.#word[row] = MASKED[0]!;
      return;
    }
    this.#place[row] = V6;
    const at = this.#freeLongs.pop() ?? this.#longs++;
    if (4 * at >= this.#long.length) this.#long = enlarged(this.#long, Uint32Array, 2 * this.#long.length);
    this.#long.set(MASKED, 4 * at);
    this.#word[row] = at;
  }

  #value(row: number, scope: string): string {
    if (this.#place[row] === OTHER) return this.#others[this.#word[row]!]!.slice(scope.length + 1);
    const text =
      this.#place[row] === V4
        ? [24, 16, 8, 0].map((shift) => (this.#word[row]! >>> shift) & 255).join('.')
        : parseIp(
            this.#longWords(row)
              .map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`)
              .join(':'),
          )!;
    return scope === 'range' ? `${text}/${this.#prefix[row]}` : text;
  }

  #longWords(row: number): readonly number[] {
    const at = 4 * this.#word[row]!;
    return [this.#long[at]!, this.#long[at + 1]!, this.#long[at + 2]!, this.#long[at + 3]!];
  }

  /** Whether the row's address is the one in MASKED. */
  #isMasked(row: number): boolean {
    if (this.#place[row] === V4) return this.#word[row] === MASKED[0];
    const at = 4 * this.#word[row]!;
    for (let i = 0; i < 4; i++) if (this.#long[at + i] !== MASKED[i]) return false;
    return true;
  }

  #headOf(row: number): number {
    if (this.#place[row] === OTHER) return this.#otherHeads.get(this.#word[row]!)!;
    const words = this.#place[row] === V4 ? [this.#word[row]!] : this.#longWords(row);
    return this.headOf(words, this.#prefix[row]!);
  }

  #addHead(row: number): void {
    if (this.#place[row] === OTHER) {
      this.#otherHeads.set(this.#word[row]!, row);
      return;
    }
    (this.#place[row] === V4 ? this.#lengths4 : this.#lengths6)[this.#prefix[row]!]!++;
    this.#byTarget.add(row);
  }

  #removeHead(row: number): void {
    const next = this.#next[row]!;
    if (this.#place[row] === OTHER) {
      const number = this.#word[row]!;
      if (next !== NONE) this.#otherHeads.set(number, next);
      else {
        this.#otherHeads.delete(number);
        this.#otherNumbers.delete(this.#others[number]!);
        this.#others[number] = '';
        this.#freeOthers.push(number);
      }
      return;
    }
    if (next !== NONE) {
      this.#byTarget.replace(row, next);
      return;
    }
    (this.#place[row] === V4 ? this.#lengths4 : this.#lengths6)[this.#prefix[row]!]!--;
    this.#byTarget.remove(row);
  }

  #targetHash(row: number): number {
    masked(this.#place[row] === V4 ? [this.#word[row]!] : this.#longWords(row), this.#prefix[row]!);
    return hashOf(MASKED);
  }

  #setId(row: number, id: string): void {
    this.#id.set(wordsOfId(id), 4 * row);
    if (!readUuid(id)) this.#oddIds.set(row, id);
  }

  #hasId(row: number, id: string, words: Uint32Array): boolean {
    for (let i = 0; i < 4; i++) if (this.#id[4 * row + i] !== words[i]) return false;
    return (this.#oddIds.get(row) ?? id) === id;
  }

  #idText(row: number): string {
    const odd = this.#oddIds.get(row);
    if (odd !== undefined) return odd;
    let hex = '';
    for (let i = 0; i < 4; i++) hex += this.#id[4 * row + i]!.toString(16).padStart(8, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #idHash(row: number): number {
    return hashOf(this.#id.subarray(4 * row, 4 * row + 4));
  }

  #grown(): number {
    if (this.#rows === this.#kind.length)
      this.#resize(Math.ceil(this.#rows * (this.#rows < MANY_ROWS ? 1.5 : 1.1)));
    return this.#rows++;
  }

  #resize(rows: number): void {
    this.#kind = enlarged(this.#kind, Int32Array, rows);
    this.#place = enlarged(this.#place, Uint8Array, rows);
    this.#prefix = enlarged(this.#prefix, Uint8Array, rows);
    this.#word = enlarged(this.#word, Uint32Array, rows);
    this.#startMs = enlarged(this.#startMs, Float64Array, rows);
    this.#endMs = enlarged(this.#endMs, Float64Array, rows);
    this.#next = enlarged(this.#next, Int32Array, rows);
    this.#id = enlarged(this.#id, Uint32Array, 4 * rows);
    this.#isAlive = enlarged(this.#isAlive, Uint8Array, rows);
  }
}

const MASKED = new Uint32Array(4);

/** Writes the first bits of an address into MASKED; there is one thread, and nobody waits in between. */
function masked(words: readonly number[], prefixLength: number): void {
  MASKED.fill(0);
  for (let i = 0, bits = prefixLength; bits > 0 && i < words.length; i++, bits -= 32)
    MASKED[i] = words[i]! & maskOf(bits);
}

function maskOf(bits: number): number {
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

const ID_WORDS = new Uint32Array(4);

/** The 128 bits of a UUID; for other ids, words made of their text. */
function wordsOfId(id: string): Uint32Array {
  if (readUuid(id)) return ID_WORDS;
  ID_WORDS.fill(1);
  for (let i = 0; i < id.length; i++)
    ID_WORDS[i & 3] = Math.imul(ID_WORDS[i & 3]! ^ id.charCodeAt(i), 0x01000193);
  return ID_WORDS;
}

/** Reads a UUID in lower case into ID_WORDS; false when it is none. */
function readUuid(id: string): boolean {
  if (id.length !== 36) return false;
  let digits = 0;
  for (let i = 0; i < 36; i++) {
    const code = id.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 0x2d) return false;
      continue;
    }
    const value =
      code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (value < 0) return false;
    ID_WORDS[digits >> 3] = ((ID_WORDS[digits >> 3]! << 4) | value) >>> 0;
    digits++;
  }
  return true;
}

function enlarged<T extends Int32Array | Uint32Array | Uint8Array | Float64Array>(
  old: T,
  type: new (length: number) => T,
  length: number,
): T {
  const fresh = new type(length);
  fresh.set(old);
  return fresh;
}

function otherKey({ scope, value }: Target): string {
  return `${scope} ${value}`;
}

function keyText({ remediation, origin, mode }: Decision): string {
  return JSON.stringify([mode, origin, remediation]);
}

function isSameKey(kind: Kind, { remediation, origin, mode }: Decision): boolean {
  return kind.remediation === remediation && kind.origin === origin && kind.mode === mode;
}
