// Slows down who guesses: after some failures in a row, each more costs twice the time of the one before. Counted for
// the address and for the name, so that neither many names from one place nor many places for one name help. A name
// waits for a minute at most, and not at all for the tries of others where it has come in before, nor on this very
// machine, where a tunnel ends: so nobody can lock its owner out.

const FREE = 5;
const LONGEST_NAME_MS = 60_000;
const LONGEST_PLACE_MS = 900_000;
const FORGOTTEN_MS = 3_600_000;
const MOST = 10_000;
const TOLD_EVERY_MS = 60_000;

interface Failures {
  count: number;
  atMs: number;
}

export class Attempts {
  readonly #failures = new Map<string, Failures>();
  /** Places from which a name has come in: guessers elsewhere do not keep it out from there. */
  readonly #known = new Set<string>();
  #strangers = 0;
  #strangersToldMs = -Infinity;

  /** How many seconds to wait before the next try from this place for this name; 0 for none. */
  waitSeconds(place: string, name: string, nowMs: number): number {
    const ms = Math.max(
      this.#waitMs(placeKey(place), isOwnMachine(place) ? LONGEST_NAME_MS : LONGEST_PLACE_MS, nowMs),
      this.#waitMs(this.#nameKey(place, name), LONGEST_NAME_MS, nowMs),
    );
    return Math.ceil(ms / 1000);
  }

  failed(place: string, name: string, nowMs: number): void {
    for (const key of [placeKey(place), this.#nameKey(place, name)]) {
      const known = this.#failures.get(key);
      const isOld = known === undefined || nowMs - known.atMs > FORGOTTEN_MS || nowMs < known.atMs;
      this.#failures.delete(key);
      // The one that has been quiet for longest is first.
      if (this.#failures.size >= MOST) this.#failures.delete(this.#failures.keys().next().value ?? '');
      this.#failures.set(key, { count: isOld ? 1 : known.count + 1, atMs: nowMs });
    }
  }

  succeeded(place: string, name: string): void {
    this.#failures.delete(placeKey(place));
    this.#failures.delete(this.#nameKey(place, name));
    if (this.#known.size >= MOST) this.#known.delete(this.#known.values().next().value ?? '');
    this.#known.add(pairKey(place, name));
  }

  /** Counts a try with a name that nobody has; returns how many there were when it is time to write them down. */
  strangers(nowMs: number): number | undefined {
    this.#strangers += 1;
    if (Math.abs(nowMs - this.#strangersToldMs) < TOLD_EVERY_MS) return undefined;
    const count = this.#strangers;
    this.#strangers = 0;
    this.#strangersToldMs = nowMs;
    return count;
  }

  #nameKey(place: string, name: string): string {
    const pair = pairKey(place, name);
    return isOwnMachine(place) || this.#known.has(pair) ? pair : `name ${name}`;
  }

  #waitMs(key: string, longestMs: number, nowMs: number): number {
    const known = this.#failures.get(key);
    // A clock that was set back forgives.
    if (known === undefined || known.count < FREE || nowMs < known.atMs) return 0;
    const waitMs = Math.min(longestMs, 1000 * 2 ** Math.min(20, known.count - FREE));
    return Math.max(0, known.atMs + waitMs - nowMs);
  }
}

function isOwnMachine(place: string): boolean {
  return place.startsWith('127.') || place === '::1';
}

function placeKey(place: string): string {
  return `place ${place}`;
}

function pairKey(place: string, name: string): string {
  return `pair ${place} ${name}`;
}
