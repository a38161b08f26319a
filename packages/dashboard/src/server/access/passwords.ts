// Passwords of people: argon2id (RFC 9106) with what OWASP asks for at the least, 19 MiB and two passes. It takes some
// 50 ms of a processor, so it runs in a thread of its own, one password after the other: the engine never waits for
// a login, and guessing cannot take more than one core.

import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { Problem } from '../problem.ts';

const SHORTEST_PASSWORD = 12;
/** Longer ones cost the same, but a bound is due to what comes from outside. */
export const LONGEST_PASSWORD = 256;
const MOST_WAITING = 16;
const LONGEST_MS = 10_000;
const COST = { parallelism: 1, iterations: 2, memorySize: 19_456, hashLength: 32 };

/** More passwords wait to be checked than can be: ask again later. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

const MODULE = createRequire(import.meta.url).resolve('hash-wasm');

/** What the thread does, as text: it has to run from the sources as from the build. */
const WORK = `
const { parentPort, workerData } = require('node:worker_threads');
const { argon2id, argon2Verify } = require(workerData.module);
const { password, salt, stored, cost } = workerData;
const work = stored === undefined
  ? argon2id({ ...cost, password, salt, outputType: 'encoded' })
  : argon2Verify({ password, hash: stored });
work.then((value) => parentPort.postMessage(value));
`;

/** Without a user there is no hash; this one takes as long, and no password fits. */
const NOBODY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export class Passwords {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Returns what is to be kept of the password, in PHC's notation. Rejects with a BusyError when too many wait. */
  async hash(password: string): Promise<string> {
    const hash = await this.#inTurn({ password: password.normalize('NFC'), salt: randomBytes(16) });
    if (typeof hash !== 'string') throw new Error('no hash was made');
    return hash;
  }

  /**
   * Returns whether the password is the one that was hashed. Without a hash it takes as long and says no, so that
   * nobody learns which names exist. Rejects with a BusyError when too many wait.
   */
  async fits(password: string, stored: string | undefined): Promise<boolean> {
    // An empty one cannot be hashed, and is nobody's; another takes as long.
    const given = password === '' ? ' ' : password.normalize('NFC');
    const fits = await this.#inTurn({ password: given, stored: stored ?? NOBODY });
    return stored !== undefined && password !== '' && fits === true;
  }

  async #inTurn(data: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#waiting >= MOST_WAITING) throw new BusyError('too many passwords wait to be checked');
    this.#waiting += 1;
    const turn = this.#last.then(() => inThread(data));
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}

/** Throws when the new password of the name is too short, or too plain. */
export function checkPassword(given: string, own: string): void {
  const isShort = given.length < SHORTEST_PASSWORD;
  const hasName = own.length >= 4 && given.toLowerCase().includes(own.toLowerCase());
  const isPlain = new Set(given).size < 5 || hasName;
  if (isShort || (isPlain && given.length < 2 * SHORTEST_PASSWORD))
    throw new Problem(422, 'E_DASHBOARD_PASSWORD', 'the password is too short or too plain', {
      shortest: SHORTEST_PASSWORD,
    });
}

function inThread(data: Readonly<Record<string, unknown>>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORK, { eval: true, workerData: { ...data, module: MODULE, cost: COST } });
    const timer = setTimeout(() => reject(new Error('hashing took too long')), LONGEST_MS);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the hashing thread ended')));
    worker.once('message', () => void worker.terminate());
    worker.once('exit', () => clearTimeout(timer));
  });
}
