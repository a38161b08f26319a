// Passwords of machines. Hashing is made slow for who steals the store, so who logs in with the same password again
// is recognised by a quick keyed digest; and only so many are hashed at once, so that guessing cannot take the CPU.

import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

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
   * nobody learns which names exist. Rejects with a BusyError when too many wait.
   */
  async fits(password: string, stored: string | undefined): Promise<boolean> {
    if (this.isKnown(password, stored)) return true;
    const [, salt = '', expected = ''] = (stored ?? '').split(':');
    const key = await this.#derive(password, Buffer.from(salt === '' ? '00' : salt, 'hex'));
    const wanted = Buffer.from(expected, 'hex');
    if (stored === undefined || wanted.length !== key.length || !timingSafeEqual(wanted, key)) return false;
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

  async #derive(password: string, salt: Buffer): Promise<Buffer> {
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) throw new BusyError('too many passwords wait to be checked');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return await new Promise((resolve, reject) =>
        scrypt(password, salt, KEY_BYTES, COST, (error, key) =>
          error === null ? resolve(key) : reject(error),
        ),
      );
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
