// Passwords of machines. Hashing is made slow for who steals the store, so who logs in with the same password again
// is recognised by a quick keyed digest; and only so many are hashed at once, so that guessing cannot take the CPU.

import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { fitsBcrypt, isBcrypt, NO_PASSWORD } from './bcrypt.ts';

const COST = { N: 16_384, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const MOST_AT_ONCE = 2;
const MOST_WAITING = 64;
const MOST_KNOWN = 10_000;

/** More passwords wait to be checked than can be: ask again later. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

export class Passwords {
  readonly #key = randomBytes(32);
  /** Hash in the store -> digest of the password that was found to fit. */
  readonly #known = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** Returns what is to be stored for the password. Rejects with a BusyError when too many wait. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const key = await this.#derive(password, salt);
    return `scrypt:${salt.toString('hex')}:${key.toString('hex')}`;
  }

  /**
   * Returns whether the password is the one that was hashed. Without a hash it takes as long and says no, so that
   * nobody learns which names exist; `hasForeign` says that some machines have a hash of CrowdSec's, and then each
   * check does the work of both. Rejects with a BusyError when too many wait.
   */
  async fits(password: string, stored: string | undefined, hasForeign = false): Promise<boolean> {
    if (this.isKnown(password, stored)) return true;
    const isForeign = stored !== undefined && isBcrypt(stored);
    const [, salt = '', expected = ''] = isForeign ? [] : (stored ?? '').split(':');
    const key = await this.#derive(password, Buffer.from(salt === '' ? '00' : salt, 'hex'));
    const wanted = Buffer.from(expected, 'hex');
    const fitsOurs = wanted.length === key.length && timingSafeEqual(wanted, key);
    const fitsTheirs =
      (isForeign || hasForeign) &&
      (await this.#inTurn(() => fitsBcrypt(password, isForeign ? stored : NO_PASSWORD)));
    if (stored === undefined || !(isForeign ? fitsTheirs : fitsOurs)) return false;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(stored, this.#digest(password));
    return true;
  }

  /** Returns whether the password was found to fit before; takes no time. */
  isKnown(password: string, stored: string | undefined): boolean {
    return stored !== undefined && this.#known.get(stored) === this.#digest(password);
  }

  #digest(password: string): string {
    return createHmac('sha256', this.#key).update(password).digest('base64');
  }

  #derive(password: string, salt: Buffer): Promise<Buffer> {
    return this.#inTurn(
      () =>
        new Promise((resolve, reject) =>
          scrypt(password, salt, KEY_BYTES, COST, (error, key) =>
            error === null ? resolve(key) : reject(error),
          ),
        ),
    );
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) throw new BusyError('too many passwords wait to be checked');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
