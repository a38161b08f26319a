// What the workers of a gateway have counted, summed. A worker says what it has counted since it started; what those
// that have left had counted stays, so that counters only grow.

/** Numbers by a path of names, `counts statuses 2xx`. */
type Numbers = Map<string, number>;

/** Values that say how things are now: they go with the worker. */
const GAUGES: ReadonlySet<string> = new Set([
  'gateway openConnections',
  'gateway openUpstreamConnections',
  'auth open',
  'link queuedBytes',
  'table size',
  'rssBytes',
]);
/** Names are of our own code; a fault in it must not fill the memory. */
const MAX_NUMBERS = 2000;

export class WorkerStats {
  readonly #sessions = new Map<string, Numbers>();
  readonly #gone: Numbers = new Map();

  take(session: string, stats: unknown): void {
    const numbers: Numbers = new Map();
    collect(stats, '', numbers);
    this.#sessions.set(session, numbers);
  }

  left(session: string): void {
    const numbers = this.#sessions.get(session);
    if (numbers === undefined) return;
    this.#sessions.delete(session);
    for (const [name, value] of numbers)
      if (!GAUGES.has(name)) this.#gone.set(name, (this.#gone.get(name) ?? 0) + value);
  }

  /** The sum of all workers; 0 for what nobody has counted. */
  sum(name: string): number {
    let sum = this.#gone.get(name) ?? 0;
    for (const numbers of this.#sessions.values()) sum += numbers.get(name) ?? 0;
    return sum;
  }

  /** The smallest of all workers that are there; 0 when none is. */
  least(name: string): number {
    const values = [...this.#sessions.values()].map((numbers) => numbers.get(name) ?? 0);
    return values.length === 0 ? 0 : Math.min(...values);
  }

  /** The sums of all numbers below a name, by the rest of it. */
  below(name: string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    const prefix = `${name} `;
    for (const numbers of [this.#gone, ...this.#sessions.values()])
      for (const [key, value] of numbers) {
        if (!key.startsWith(prefix)) continue;
        const rest = key.slice(prefix.length);
        sums.set(rest, (sums.get(rest) ?? 0) + value);
      }
    return sums;
  }
}

function collect(value: unknown, name: string, into: Numbers): void {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && into.size < MAX_NUMBERS) into.set(name, value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, below] of Object.entries(value))
    collect(below, name === '' ? key : `${name} ${key}`, into);
}
