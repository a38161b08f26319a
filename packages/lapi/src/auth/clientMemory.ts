// What changes with every request of a client, kept in memory and written down together every few seconds: who was
// seen when and, for each process that fetches decisions, up to where it was told. After a crash the store is a few
// seconds behind, so a bouncer is told some changes twice, and none never.

import type { Bouncer, MachineNote, Pulled, Puller, Store } from '@parapet/store';
import { isBcrypt } from './bcrypt.ts';

/** A bouncer that was removed by another process is out after so long. */
const KNOWN_MS = 1000;
const MOST_KEYS = 10_000;
const FOREIGN_MS = 10_000;
/** The oldest are forgotten; the store knows them, or they are told everything. */
const MOST_PROCESSES = 20_000;
/** The longest pause of a bouncer counts half as much after so long: nights and weekends are quiet. */
const HALF_OF_PAUSE_MS = 3 * 86_400_000;

interface Position {
  readonly puller: Puller;
  readonly to: Pulled;
  readonly since: Date;
}

export class ClientMemory {
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #byKey = new Map<string, { readonly bouncer: Bouncer; readonly atMs: number }>();
  readonly #positions = new Map<string, Position>();
  /** What is not written yet, by the same keys. */
  #moved = new Map<string, Position>();
  #bouncers = new Map<string, Bouncer>();
  #machines = new Map<string, MachineNote>();
  #hasForeign = false;
  #foreignAtMs = -Infinity;
  /** Before, nobody was here to be asked. */
  readonly #startedMs: number;

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
    this.#startedMs = now().getTime();
  }

  /** Returns the bouncer with that hash of its key, as it was at most a second ago. */
  async findBouncer(keyHash: string): Promise<Bouncer | undefined> {
    const nowMs = this.#now().getTime();
    const known = this.#byKey.get(keyHash);
    // A clock that was set back makes nothing known for longer.
    if (known !== undefined && Math.abs(nowMs - known.atMs) < KNOWN_MS) return known.bouncer;
    this.#byKey.delete(keyHash);
    const bouncer = await this.#store.clients.findBouncerByKey(keyHash);
    if (bouncer === undefined) return undefined;
    if (this.#byKey.size >= MOST_KEYS) this.#byKey.clear();
    this.#byKey.set(keyHash, { bouncer, atMs: nowMs });
    return bouncer;
  }

  /** Whether some machine has a password as CrowdSec keeps it, as it was at most ten seconds ago. */
  async hasForeignPasswords(): Promise<boolean> {
    const nowMs = this.#now().getTime();
    if (Math.abs(nowMs - this.#foreignAtMs) >= FOREIGN_MS) {
      const machines = await this.#store.clients.listMachines();
      this.#hasForeign = machines.some(({ passwordHash = '' }) => isBcrypt(passwordHash));
      this.#foreignAtMs = nowMs;
    }
    return this.#hasForeign;
  }

  sawBouncer(bouncer: Bouncer): void {
    const known = this.#byKey.get(bouncer.keyHash ?? '');
    if (known !== undefined) this.#byKey.set(bouncer.keyHash!, { ...known, bouncer });
    this.#bouncers.set(bouncer.name, bouncer);
  }

  /** Notes how long a bouncer waited before it fetched what has changed since. */
  cameAgain(bouncer: Bouncer, before: Date, at: Date): void {
    const waitedMs = Math.max(0, at.getTime() - Math.max(before.getTime(), this.#startedMs));
    const { pauseMs: longestMs = 0 } = bouncer;
    const faded = Math.round(longestMs * 2 ** (-waitedMs / HALF_OF_PAUSE_MS));
    this.sawBouncer({ ...bouncer, pauseMs: Math.max(waitedMs, faded) });
  }

  sawMachine(note: MachineNote): void {
    this.#machines.set(note.name, { ...this.#machines.get(note.name), ...note });
  }

  /** Up to where the process was told; undefined when it never was, or when the store cannot say. */
  async pulledTo(bouncer: Bouncer, puller: Puller): Promise<Pulled | undefined> {
    const known = this.#positions.get(keyOf(bouncer, puller));
    return known === undefined ? this.#store.clients.pulledTo(puller).catch(() => undefined) : known.to;
  }

  pulled(bouncer: Bouncer, puller: Puller, to: Pulled): void {
    const key = keyOf(bouncer, puller);
    const position = { puller, to, since: bouncer.createdAt };
    this.#positions.delete(key);
    this.#positions.set(key, position);
    this.#moved.set(key, position);
    if (this.#positions.size <= MOST_PROCESSES) return;
    const [oldest = ''] = this.#positions.keys();
    this.#positions.delete(oldest);
    this.#moved.delete(oldest);
  }

  /** Writes down what is new. Rejects with a StoreError when that cannot be done now; it is kept for the next time. */
  async flush(): Promise<void> {
    const moved = this.#moved;
    const bouncers = this.#bouncers;
    const machines = this.#machines;
    if (moved.size === 0 && bouncers.size === 0 && machines.size === 0) return;
    this.#moved = new Map();
    this.#bouncers = new Map();
    this.#machines = new Map();
    try {
      await this.#store.clients.note({
        bouncers: [...bouncers.values()],
        pulls: [...moved.values()].map(({ puller, to, since }) => [puller, to, since] as const),
        machines: [...machines.values()],
      });
    } catch (error) {
      this.#moved = new Map([...moved, ...this.#moved]);
      this.#bouncers = new Map([...bouncers, ...this.#bouncers]);
      for (const [name, note] of this.#machines) machines.set(name, { ...machines.get(name), ...note });
      this.#machines = machines;
      throw error;
    }
  }
}

/** A bouncer that was removed and added again is another one. */
function keyOf({ createdAt }: Bouncer, { bouncer, ip, userAgent }: Puller): string {
  return `${createdAt.getTime()}\n${ip}\n${bouncer}\n${userAgent}`;
}
