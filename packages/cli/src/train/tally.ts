// How often something happened, with the interval that the true share is in.

export interface Tally {
  readonly name: string;
  readonly count: number;
  readonly blocked: number;
  readonly challenged: number;
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

export class Tallies {
  readonly #counts = new Map<string, { count: number; blocked: number; challenged: number }>();

  add(name: string, action: 'pass' | 'challenge' | 'block'): void {
    let found = this.#counts.get(name);
    if (found === undefined) this.#counts.set(name, (found = { count: 0, blocked: 0, challenged: 0 }));
    found.count += 1;
    if (action === 'block') found.blocked += 1;
    if (action === 'challenge') found.challenged += 1;
  }

  /** By name. */
  rows(): Tally[] {
    return Array.from(this.#counts, ([name, counts]) => ({ name, ...counts })).toSorted((one, other) =>
      one.name < other.name ? -1 : 1,
    );
  }
}

/** Returns a table for people: how many were blocked, with the interval, and how many challenged. */
export function tableOf(title: string, tallies: Tallies): string {
  const lines = tallies.rows().map(({ name, count, blocked, challenged }) => {
    const { share, low, high } = shareOf(blocked, count);
    return `${name.padEnd(44)} ${String(count).padStart(7)} ${percent(share)} ${percent(low)} ${percent(high)} ${percent(shareOf(challenged, count).share)}`;
  });
  const head = `${title.padEnd(44)} ${'count'.padStart(7)} blocked     low    high  challenged`;
  return [head, ...lines, ''].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`.padStart(7);
}
