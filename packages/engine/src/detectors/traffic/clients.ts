// What is remembered of each client: how much it usually asks for in a day, and what it does in this visit. Rows of
// typed arrays in a table of eight-way sets: 66 bytes a client, and a full set gives up who was away longest.

import { hashOf } from './hash.ts';

const WAYS = 8;
const FIRST_ROWS = 1 << 14;
const MOST_ROWS = 1 << 21;
/** A client that was away so long begins a new visit. */
const VISIT_GAP_S = 1800;

export interface SavedClients {
  /** Little-endian, base64: hashes, requests before today, active days; of clients that came on two days or more. */
  readonly high: string;
  readonly low: string;
  readonly requests: string;
  readonly squares: string;
  readonly most: string;
  readonly days: string;
}

interface Columns {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Seconds since the epoch; 0 for a free row. */
  readonly seenS: Uint32Array;
  /** Requests before today, on how many days, the sum of the squares of the days' requests, and the busiest day. */
  readonly requests: Float32Array;
  readonly days: Uint16Array;
  readonly squares: Float32Array;
  readonly most: Float32Array;
  readonly day: Uint16Array;
  readonly today: Uint32Array;
  /** The visit: since when, and what was asked for in it. */
  readonly sinceS: Uint32Array;
  readonly pages: Uint16Array;
  readonly assets: Uint16Array;
  readonly errors: Uint16Array;
  readonly posts: Uint16Array;
  readonly unknown: Uint16Array;
  readonly direct: Uint16Array;
  readonly repeats: Uint16Array;
  readonly lastPath: Uint32Array;
  /** The logarithms of the pauses before pages, as a sum. */
  readonly gaps: Float32Array;
  /** Of the minute that is running: its number, modulo 65,536, and the requests in it. */
  readonly minute: Uint16Array;
  readonly inMinute: Uint16Array;
  /** What has been said of the client today, and whether it asked for assets; see `SAID`. */
  readonly said: Uint8Array;
}

/** Bits of `said`. */
export const SAID = { surge: 1, hostile: 2, assets: 4, scraper: 8 } as const;

const VISIT = ['pages', 'assets', 'errors', 'posts', 'unknown', 'direct', 'repeats'] as const;
const NAMES = [
  'high',
  'low',
  'seenS',
  'requests',
  'days',
  'squares',
  'most',
  'day',
  'today',
  'sinceS',
  ...VISIT,
  'lastPath',
  'gaps',
  'minute',
  'inMinute',
  'said',
] as const satisfies readonly (keyof Columns)[];

function columnsOf(rows: number): Columns {
  const wide = (): Uint32Array => new Uint32Array(rows);
  const short = (): Uint16Array => new Uint16Array(rows);
  const real = (): Float32Array => new Float32Array(rows);
  return {
    high: wide(),
    low: wide(),
    seenS: wide(),
    requests: real(),
    days: short(),
    squares: real(),
    most: real(),
    day: short(),
    today: wide(),
    sinceS: wide(),
    pages: short(),
    assets: short(),
    errors: short(),
    posts: short(),
    unknown: short(),
    direct: short(),
    repeats: short(),
    lastPath: wide(),
    gaps: real(),
    minute: short(),
    inMinute: short(),
    said: new Uint8Array(rows),
  };
}

export class ClientTable {
  /** Valid until the next call of `rowOf`. */
  columns: Columns = columnsOf(FIRST_ROWS);
  /** Called with the row of a visit that is over, before another begins. */
  onVisitEnd: ((row: number) => void) | undefined;
  #rows = FIRST_ROWS;
  #used = 0;

  get size(): number {
    return this.#used;
  }

  get bytes(): number {
    return NAMES.reduce((sum, name) => sum + this.columns[name].byteLength, 0);
  }

  /** Returns the row of a client, a new one if it was never seen or was given up. */
  rowOf(client: string, nowS: number): number {
    if (this.#used * 2 > this.#rows && this.#rows < MOST_ROWS) this.#grow();
    const high = hashOf(client, 0x811c9dc5);
    const low = hashOf(client, 0x1b873593);
    return this.#find(high, low, nowS);
  }

  /** Takes the request into account of day and visit: a new day or a visit begins here. */
  arrive(row: number, nowS: number): void {
    const { day, today, seenS, sinceS } = this.columns;
    const number = Math.floor(nowS / 86_400) & 0xffff;
    if (day[row] !== number) {
      this.#endDayOf(row);
      day[row] = number;
    }
    if (nowS - seenS[row]! > VISIT_GAP_S || sinceS[row] === 0) {
      if (sinceS[row] !== 0) this.onVisitEnd?.(row);
      this.#beginVisit(row, nowS);
    }
    today[row]!++;
    seenS[row] = Math.max(seenS[row]!, nowS);
  }

  /** Ends the day of all clients: what they asked for today becomes what they ask for in a day. */
  endDay(): void {
    for (let row = 0; row < this.#rows; row++) this.#endDayOf(row);
  }

  save(): SavedClients {
    const { high, low, requests, squares, most, days, seenS } = this.columns;
    const rows: number[] = [];
    for (let row = 0; row < this.#rows; row++) if (seenS[row]! > 0 && days[row]! > 1) rows.push(row);
    const pick = (column: Uint32Array | Float32Array | Uint16Array): string =>
      encode(rows.map((row) => column[row]!));
    return {
      high: pick(high),
      low: pick(low),
      requests: pick(requests),
      squares: pick(squares),
      most: pick(most),
      days: pick(days),
    };
  }

  restore(saved: SavedClients, nowS: number): void {
    const names = ['requests', 'squares', 'most', 'days'] as const;
    const low = decode(saved.low);
    const values = names.map((name) => decode(saved[name]));
    for (const [i, each] of decode(saved.high).entries()) {
      if (this.#used * 2 > this.#rows && this.#rows < MOST_ROWS) this.#grow();
      const row = this.#find(each, low[i]!, nowS);
      for (const [k, name] of names.entries()) this.columns[name][row] = values[k]![i]!;
    }
  }

  /** Calls with each row that is in use. */
  forEach(visit: (row: number) => void): void {
    const { seenS } = this.columns;
    for (let row = 0; row < this.#rows; row++) if (seenS[row]! > 0) visit(row);
  }

  /** A day that was told of as unusual is not remembered: an attack does not become normal. */
  #endDayOf(row: number): void {
    const { today, days, requests, squares, most, said } = this.columns;
    const count = today[row]!;
    const wasUsual = (said[row]! & (SAID.surge | SAID.hostile | SAID.scraper)) === 0;
    today[row] = 0;
    said[row] = 0;
    if (count === 0 || !wasUsual) return;
    requests[row]! += count;
    squares[row]! += count ** 2;
    most[row] = Math.max(most[row]!, count);
    days[row] = Math.min(days[row]! + 1, 0xffff);
  }

  #beginVisit(row: number, nowS: number): void {
    const all = this.columns;
    all.sinceS[row] = nowS;
    all.lastPath[row] = 0;
    all.gaps[row] = 0;
    for (const name of VISIT) all[name][row] = 0;
  }

  #find(high: number, low: number, nowS: number): number {
    const columns = this.columns;
    const first = (low & (this.#rows / WAYS - 1)) * WAYS;
    let oldest = first;
    for (let row = first; row < first + WAYS; row++) {
      const seen = columns.seenS[row]!;
      if (seen === 0) {
        oldest = row;
        break;
      }
      if (columns.low[row] === low && columns.high[row] === high) return row;
      if (seen < columns.seenS[oldest]!) oldest = row;
    }
    if (columns.seenS[oldest] === 0) this.#used++;
    for (const name of NAMES) columns[name][oldest] = 0;
    columns.high[oldest] = high;
    columns.low[oldest] = low;
    columns.seenS[oldest] = Math.max(1, nowS);
    return oldest;
  }

  #grow(): void {
    const before = this.columns;
    const rows = this.#rows;
    this.#rows = rows * 4 > MOST_ROWS ? MOST_ROWS : rows * 4;
    this.columns = columnsOf(this.#rows);
    this.#used = 0;
    for (let row = 0; row < rows; row++) {
      if (before.seenS[row] === 0) continue;
      const to = this.#find(before.high[row]!, before.low[row]!, before.seenS[row]!);
      for (const name of NAMES) this.columns[name][to] = before[name][row]!;
    }
  }
}

function encode(values: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  for (const [i, value] of values.entries()) bytes.setUint32(i * 4, Math.min(value, 0xffffffff), true);
  return Buffer.from(bytes.buffer).toString('base64');
}

function decode(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(i * 4));
}
