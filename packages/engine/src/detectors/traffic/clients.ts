// What is remembered of each client: how much it usually asks for in a day, and what it does in this visit. A row is
// 64 bytes, so that it is one line of the processor's cache and can be written down as it is; an index finds it by the
// hash of its address. Rows keep their place for as long as their client is remembered; when there are too many, who
// was away longest of some that are looked at is given up.

import { hashClient } from './hash.ts';

/** Bytes of a row. */
export const CLIENT_BYTES = 64;
const WORDS = CLIENT_BYTES / 4;
const SHORTS = CLIENT_BYTES / 2;
const FIRST_ROWS = 1 << 12;
const MOST_ROWS = 1 << 20;
/** So many are looked at for one to give up. */
const LOOKED_AT = 16;
/** A client that was away so long begins a new visit. */
const VISIT_GAP_S = 1800;

/** Where the fields of a row are, in units of their width. */
const WORD = { high: 0, low: 1, seenS: 2, sinceS: 3, lastPath: 4, today: 5 } as const;
const REAL = { requests: 6, squares: 7, most: 8, gaps: 9 } as const;
const SHORT = {
  days: 20,
  day: 21,
  minute: 22,
  inMinute: 23,
  pages: 24,
  assets: 25,
  errors: 26,
  posts: 27,
  unknown: 28,
  direct: 29,
  repeats: 30,
} as const;
const SAID_BYTE = 62;

/** Bits of `said`. */
export const SAID = { surge: 1, hostile: 2, assets: 4, scraper: 8 } as const;
/** Whoever was told of today for one of these is not learnt from. */
const UNUSUAL = SAID.surge | SAID.hostile | SAID.scraper;

/** The row that `at` was called with last: one object for all of them. */
export class Client {
  readonly #table: ClientTable;
  #word = 0;
  #short = 0;
  #byte = 0;

  constructor(table: ClientTable) {
    this.#table = table;
  }

  moveTo(row: number): this {
    this.#word = row * WORDS;
    this.#short = row * SHORTS;
    this.#byte = row * CLIENT_BYTES;
    return this;
  }

  /** Seconds since the epoch; 0 for a free row. */
  get seenS(): number {
    return this.#table.words[this.#word + WORD.seenS]!;
  }
  /** When the visit began; 0 between visits. */
  get sinceS(): number {
    return this.#table.words[this.#word + WORD.sinceS]!;
  }
  get today(): number {
    return this.#table.words[this.#word + WORD.today]!;
  }
  /** Hash of the page that was asked for last. */
  get lastPath(): number {
    return this.#table.words[this.#word + WORD.lastPath]!;
  }
  set lastPath(hash: number) {
    this.#table.words[this.#word + WORD.lastPath] = hash;
  }
  /** Requests before today, on how many days, the sum of the squares of the days' requests, and the busiest day. */
  get requests(): number {
    return this.#table.reals[this.#word + REAL.requests]!;
  }
  get days(): number {
    return this.#table.shorts[this.#short + SHORT.days]!;
  }
  get squares(): number {
    return this.#table.reals[this.#word + REAL.squares]!;
  }
  get most(): number {
    return this.#table.reals[this.#word + REAL.most]!;
  }
  /** The logarithms of the pauses before the visit's pages, as a sum. */
  get gaps(): number {
    return this.#table.reals[this.#word + REAL.gaps]!;
  }
  set gaps(sum: number) {
    this.#table.reals[this.#word + REAL.gaps] = sum;
  }
  get pages(): number {
    return this.#table.shorts[this.#short + SHORT.pages]!;
  }
  get assets(): number {
    return this.#table.shorts[this.#short + SHORT.assets]!;
  }
  get errors(): number {
    return this.#table.shorts[this.#short + SHORT.errors]!;
  }
  get posts(): number {
    return this.#table.shorts[this.#short + SHORT.posts]!;
  }
  get unknown(): number {
    return this.#table.shorts[this.#short + SHORT.unknown]!;
  }
  get direct(): number {
    return this.#table.shorts[this.#short + SHORT.direct]!;
  }
  get repeats(): number {
    return this.#table.shorts[this.#short + SHORT.repeats]!;
  }
  /** Requests of the minute that was told last. */
  get inMinute(): number {
    return this.#table.shorts[this.#short + SHORT.inMinute]!;
  }
  /** What has been said of the client today, and whether it asked for assets; see `SAID`. */
  get said(): number {
    return this.#table.bytes[this.#byte + SAID_BYTE]!;
  }

  say(bit: number): void {
    this.#table.bytes[this.#byte + SAID_BYTE]! |= bit;
  }

  /** Adds one to a count of the visit. */
  count(name: 'pages' | 'assets' | 'errors' | 'posts' | 'unknown' | 'direct' | 'repeats'): void {
    this.#raise(SHORT[name]);
  }

  /** Counts a request in a minute; returns whether it is the first one there. */
  countInMinute(minute: number): boolean {
    const { shorts } = this.#table;
    const short = minute & 0xffff;
    const isFirst = shorts[this.#short + SHORT.minute] !== short || this.inMinute === 0;
    if (isFirst) {
      shorts[this.#short + SHORT.minute] = short;
      shorts[this.#short + SHORT.inMinute] = 0;
    }
    this.#raise(SHORT.inMinute);
    return isFirst;
  }

  /**
   * Takes a request into account of day and visit; returns whether a visit begins. `onVisitEnd` is called before
   * another one does.
   */
  arrive(nowS: number, onVisitEnd: (client: Client) => void): boolean {
    const { words, shorts } = this.#table;
    const day = Math.floor(nowS / 86_400) & 0xffff;
    if (shorts[this.#short + SHORT.day] !== day) {
      this.endDay();
      shorts[this.#short + SHORT.day] = day;
    }
    const { seenS, sinceS } = this;
    const begins = nowS - seenS > VISIT_GAP_S || sinceS === 0;
    if (begins) {
      if (sinceS !== 0) onVisitEnd(this);
      words[this.#word + WORD.sinceS] = nowS;
      words[this.#word + WORD.lastPath] = 0;
      this.gaps = 0;
      shorts.fill(0, this.#short + SHORT.pages, this.#short + SHORT.repeats + 1);
    }
    words[this.#word + WORD.today]!++;
    if (nowS > seenS) words[this.#word + WORD.seenS] = nowS;
    return begins;
  }

  /** Ends a visit that is over; `onVisitEnd` is called before. */
  endVisit(nowS: number, onVisitEnd: (client: Client) => void): void {
    if (this.sinceS === 0 || nowS - this.seenS <= VISIT_GAP_S) return;
    onVisitEnd(this);
    this.#table.words[this.#word + WORD.sinceS] = 0;
  }

  /** What was asked for today becomes a day's. A day that was told of as unusual is not: an attack is never normal. */
  endDay(): void {
    const { words, reals, shorts, bytes } = this.#table;
    const { today, said } = this;
    words[this.#word + WORD.today] = 0;
    bytes[this.#byte + SAID_BYTE] = 0;
    if (today === 0 || (said & UNUSUAL) !== 0) return;
    reals[this.#word + REAL.requests]! += today;
    reals[this.#word + REAL.squares]! += today ** 2;
    if (today > this.most) reals[this.#word + REAL.most] = today;
    if (this.days < 0xffff) shorts[this.#short + SHORT.days]!++;
  }

  /** Takes over what another table has told of its days. */
  setDays(requests: number, squares: number, most: number, days: number): void {
    const { reals, shorts } = this.#table;
    reals[this.#word + REAL.requests] = requests;
    reals[this.#word + REAL.squares] = squares;
    reals[this.#word + REAL.most] = most;
    shorts[this.#short + SHORT.days] = Math.min(days, 0xffff);
  }

  #raise(field: number): void {
    const { shorts } = this.#table;
    if (shorts[this.#short + field]! < 0xffff) shorts[this.#short + field]!++;
  }
}

export class ClientTable {
  /** The rows, seen in four widths. */
  bytes!: Uint8Array;
  words!: Uint32Array;
  reals!: Float32Array;
  shorts!: Uint16Array;
  readonly #client = new Client(this);
  readonly #hashes = { high: 0, low: 0 };
  /** By hash: row + 1, or 0; open addressing, at most half full. */
  #index = new Int32Array(0);
  readonly #mostRows: number;
  #rows = 0;
  #used = 0;
  #hand = 0;

  /** `mostRows`: a power of two. */
  constructor(mostRows: number = MOST_ROWS) {
    this.#mostRows = mostRows;
    this.#resize(Math.min(FIRST_ROWS, mostRows), new Uint8Array(0));
  }

  get size(): number {
    return this.#used;
  }

  get memoryBytes(): number {
    return this.bytes.byteLength + this.#index.byteLength;
  }

  /** Returns what is remembered in a row, until the next call. */
  at(row: number): Client {
    return this.#client.moveTo(row);
  }

  /** Returns the row of a client, a new one if it was never seen or was given up. */
  rowOf(ip: string, nowS: number): number {
    hashClient(ip, this.#hashes);
    return this.rowOfHash(this.#hashes.high, this.#hashes.low, nowS);
  }

  rowOfHash(high: number, low: number, nowS: number): number {
    const { words } = this;
    const mask = this.#index.length - 1;
    let place = low & mask;
    for (let entry = this.#index[place]!; entry !== 0; entry = this.#index[place]!) {
      const at = (entry - 1) * WORDS;
      if (words[at + WORD.low] === low && words[at + WORD.high] === high) return entry - 1;
      place = (place + 1) & mask;
    }
    return this.#add(high, low, nowS);
  }

  /** Calls with each row from one on, up to another, that is in use. */
  forEach(visit: (client: Client, row: number) => void, from = 0, to: number = this.#used): void {
    for (let row = from; row < Math.min(to, this.#used); row++) visit(this.#client.moveTo(row), row);
  }

  /** The bytes of a row, to be copied. */
  rowBytes(row: number): Uint8Array {
    return this.bytes.subarray(row * CLIENT_BYTES, (row + 1) * CLIENT_BYTES);
  }

  /** Takes rows over as `rowBytes` gave them; of a client that is known already, the later word counts. */
  restore(rows: Uint8Array): void {
    const words = new Uint32Array(rows.slice().buffer);
    for (let i = 0; i + WORDS <= words.length; i += WORDS) {
      const row = this.rowOfHash(words[i + WORD.high]!, words[i + WORD.low]!, words[i + WORD.seenS]!);
      this.words.set(words.subarray(i, i + WORDS), row * WORDS);
    }
  }

  #add(high: number, low: number, nowS: number): number {
    if (this.#used === this.#rows && this.#rows < this.#mostRows) this.#resize(this.#rows * 2, this.bytes);
    const row = this.#used < this.#rows ? this.#used++ : this.#giveUp();
    const { words } = this;
    words.fill(0, row * WORDS, (row + 1) * WORDS);
    words[row * WORDS + WORD.high] = high;
    words[row * WORDS + WORD.low] = low;
    words[row * WORDS + WORD.seenS] = Math.max(1, nowS);
    this.#enter(row, low);
    return row;
  }

  #enter(row: number, low: number): void {
    const mask = this.#index.length - 1;
    let place = low & mask;
    while (this.#index[place] !== 0) place = (place + 1) & mask;
    this.#index[place] = row + 1;
  }

  /** Takes the row from who was away longest, of those that the hand passes; who came on several days stays longer. */
  #giveUp(): number {
    let oldest = this.#hand;
    let oldestS = Number.POSITIVE_INFINITY;
    for (let i = 0; i < LOOKED_AT; i++) {
      const { seenS, days } = this.at(this.#hand);
      const worthS = seenS + Math.min(days, 14) * 86_400;
      if (worthS < oldestS) [oldest, oldestS] = [this.#hand, worthS];
      this.#hand = (this.#hand + 1) % this.#rows;
    }
    this.#leave(oldest);
    return oldest;
  }

  /** Takes a row out of the index; what stood behind it moves up (Knuth, volume 3, algorithm 6.4 R). */
  #leave(row: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let free = this.words[row * WORDS + WORD.low]! & mask;
    while (index[free] !== row + 1) free = (free + 1) & mask;
    for (let place = (free + 1) & mask; index[place] !== 0; place = (place + 1) & mask) {
      const home = this.words[(index[place]! - 1) * WORDS + WORD.low]! & mask;
      // Whether the entry's home is not between the free place and its own.
      if (((place - home) & mask) < ((place - free) & mask)) continue;
      index[free] = index[place]!;
      free = place;
    }
    index[free] = 0;
  }

  #resize(rows: number, old: Uint8Array): void {
    const buffer = new ArrayBuffer(rows * CLIENT_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.bytes.set(old);
    this.words = new Uint32Array(buffer);
    this.reals = new Float32Array(buffer);
    this.shorts = new Uint16Array(buffer);
    this.#rows = rows;
    this.#index = new Int32Array(rows * 2);
    for (let row = 0; row < this.#used; row++) this.#enter(row, this.words[row * WORDS + WORD.low]!);
  }
}
