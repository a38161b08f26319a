// Passwords as CrowdSec keeps them (bcrypt: Provos and Mazières, "A Future-Adaptable Password Scheme", 1999), so that
// machines that come from there log in as they did. Only checking is here: the first right password is kept our way.
//
// Blowfish begins with the digits of pi; they are computed when the first such password comes.

import { timingSafeEqual } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

const FORM = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
/** Each step doubles the time; CrowdSec takes 10. */
const HIGHEST_COST = 14;
const DIGITS = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUBKEYS = 18;
const BOXES = 1024;
const MOST_KEY_BYTES = 72;
/** Expansions of the key between two turns of others: some 2 ms. */
const EXPANSIONS_A_TURN = 32;
/** One that nothing fits: checking against it takes as long as against one of CrowdSec's. */
export const NO_PASSWORD: string = `$2a$10$${'.'.repeat(53)}`;

/** Whether a hash is one of these. */
export function isBcrypt(hash: string): boolean {
  const cost = FORM.exec(hash)?.[1];
  return cost !== undefined && Number(cost) >= 4 && Number(cost) <= HIGHEST_COST;
}

/** Returns whether the password is the one that was hashed; false when the hash is none. Others get their turns. */
export async function fitsBcrypt(password: string, hash: string): Promise<boolean> {
  const [, cost = '', saltText = '', expected = ''] = FORM.exec(hash) ?? [];
  if (!isBcrypt(hash)) return false;
  const key = Buffer.from(`${password}\0`).subarray(0, MOST_KEY_BYTES);
  const salt = bytesOf(saltText).subarray(0, 16);
  const state = pi().slice();
  expand(state, wordsOf(key), wordsOf(salt));
  const [keyWords, saltWords] = [wordsOf(key), wordsOf(salt)];
  const rounds = 2 ** Number(cost);
  for (let i = 0; i < rounds; i++) {
    expand(state, keyWords, NO_SALT);
    expand(state, saltWords, NO_SALT);
    if (i % EXPANSIONS_A_TURN === EXPANSIONS_A_TURN - 1) await nextTurn();
  }
  const text = new Uint32Array(6);
  for (let i = 0; i < 6; i++) text[i] = TEXT.readUInt32BE(4 * i);
  for (let i = 0; i < 6; i += 2)
    for (let round = 0; round < 64; round++) {
      encrypt(state, text[i]!, text[i + 1]!);
      [text[i], text[i + 1]] = [PAIR[0]!, PAIR[1]!];
    }
  const made = Buffer.alloc(24);
  for (let i = 0; i < 6; i++) made.writeUInt32BE(text[i]!, 4 * i);
  // The last byte is not part of the hash.
  return timingSafeEqual(made.subarray(0, 23), bytesOf(expected).subarray(0, 23));
}

const TEXT = Buffer.from('OrpheanBeholderScryDoubt');
const NO_SALT = new Uint32Array(18);
const PAIR = new Uint32Array(2);

/** Blowfish of one block, into PAIR: there is one thread, and nobody waits in between. */
function encrypt(state: Uint32Array, left: number, right: number): void {
  let l = left ^ state[0]!;
  let r = right;
  for (let i = 1; i < 17; i += 2) {
    r ^= mixed(state, l) ^ state[i]!;
    l ^= mixed(state, r) ^ state[i + 1]!;
  }
  PAIR[0] = r ^ state[17]!;
  PAIR[1] = l;
}

function mixed(state: Uint32Array, word: number): number {
  const a = state[SUBKEYS + (word >>> 24)]!;
  const b = state[SUBKEYS + 256 + ((word >>> 16) & 255)]!;
  const c = state[SUBKEYS + 512 + ((word >>> 8) & 255)]!;
  return (((a + b) ^ c) + state[SUBKEYS + 768 + (word & 255)]!) | 0;
}

/** ExpandKey: the key goes into the subkeys, then everything is encrypted over and over with the salt. */
function expand(state: Uint32Array, key: Uint32Array, salt: Uint32Array): void {
  for (let i = 0; i < SUBKEYS; i++) state[i]! ^= key[i]!;
  PAIR.fill(0);
  for (let i = 0; i < SUBKEYS + BOXES; i += 2) {
    // The salt has four words; of those that are given, eighteen are the four again and again.
    encrypt(state, PAIR[0]! ^ salt[i & 3]!, PAIR[1]! ^ salt[(i & 3) + 1]!);
    state[i] = PAIR[0]!;
    state[i + 1] = PAIR[1]!;
  }
}

/** Eighteen words of the bytes, which begin again at their end. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(SUBKEYS);
  for (let i = 0; i < 4 * SUBKEYS; i++)
    words[i >> 2] = ((words[i >> 2]! << 8) | bytes[i % bytes.length]!) >>> 0;
  return words;
}

/** Its own base64. */
function bytesOf(text: string): Buffer {
  const bits = Array.from(text, (digit) => DIGITS.indexOf(digit).toString(2).padStart(6, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

let digitsOfPi: Uint32Array | undefined;

/** The first 1042 words behind the point of pi, by Machin's formula: pi/4 = 4 arctan(1/5) - arctan(1/239). */
function pi(): Uint32Array {
  if (digitsOfPi !== undefined) return digitsOfPi;
  const bits = 32 * (SUBKEYS + BOXES);
  const guard = 64n;
  const one = 1n << (BigInt(bits) + guard);
  const arctan = (of: bigint): bigint => {
    let power = one / of;
    let sum = power;
    for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
      power /= of * of;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const fraction = ((16n * arctan(5n) - 4n * arctan(239n)) >> guard) - (3n << BigInt(bits));
  const hex = fraction.toString(16).padStart(bits / 4, '0');
  digitsOfPi = new Uint32Array(SUBKEYS + BOXES);
  for (let i = 0; i < digitsOfPi.length; i++)
    digitsOfPi[i] = Number.parseInt(hex.slice(8 * i, 8 * i + 8), 16);
  return digitsOfPi;
}
