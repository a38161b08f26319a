// How often something happened, with the interval that the true share is in.

export type Verdict = 'pass' | 'challenge' | 'block';

export interface Tally {
  readonly name: string;
  readonly count: number;
  readonly blocked: number;
  readonly challenged: number;
  /** Of the same, by the model alone. */
  readonly blockedByModel: number;
}

/** A share with its 95 % interval (Wilson 1927): right for small counts and for shares near 0 and 1. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959964;

export function shareOf(part: number, whole: number): Share {
  if (whole === 0) return { share: 0, low: 0, high: 1 };
  const share = part / whole;
  const spread = 1 + (Z * Z) / whole;
  const middle = (share + (Z * Z) / (2 * whole)) / spread;
  const half = (Z / spread) * Math.sqrt((share * (1 - share)) / whole + (Z * Z) / (4 * whole * whole));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Counts by name. */
export class Tallies {
  readonly #counts = new Map<string, Omit<Writable<Tally>, 'name'>>();

  add(name: string, verdict: Verdict, ofModel: Verdict): void {
    let found = this.#counts.get(name);
    if (found === undefined) {
      found = { count: 0, blocked: 0, challenged: 0, blockedByModel: 0 };
      this.#counts.set(name, found);
    }
    found.count += 1;
    if (verdict === 'block') found.blocked += 1;
    if (verdict === 'challenge') found.challenged += 1;
    if (ofModel === 'block') found.blockedByModel += 1;
  }

  /** In the order of the names. */
  rows(): Tally[] {
    return Array.from(this.#counts, ([name, counts]) => ({ name, ...counts })).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    );
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface TallyTable {
  readonly title: string;
  readonly rows: readonly Tally[];
}

/** Returns a table for people: how many were blocked, with the interval, challenged, and blocked by the model alone. */
export function tableOf({ title, rows }: TallyTable): string {
  const width = Math.max(title.length, ...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, count, blocked, challenged, blockedByModel }) => {
    const { share, low, high } = shareOf(blocked, count);
    const shares = [share, low, high, challenged / count, blockedByModel / count];
    return `${name.padEnd(width)} ${String(count).padStart(7)} ${shares.map(percent).join(' ')}`;
  });
  const head = ['count', 'blocked', 'low', 'high', 'challg.', 'model'].map((word) => word.padStart(7));
  return `${[title.padEnd(width), ...head].join(' ')}\n${lines.join('\n')}\n`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`.padStart(7);
}
