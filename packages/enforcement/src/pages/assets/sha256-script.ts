// SHA-256 (FIPS 180-4) for the browser: pages that came over plain http have no crypto.subtle, and asking it for a
// hundred thousand small hashes is slower than this. Written for browsers of 2015 and later, and for one block,
// which is all that the puzzle needs: `nonce:part:number` is at most 34 characters.

/** Defines `findNumber(prefix, bits, from, count)`: the first number from `from` on that solves it, or -1. */
export const SHA256_SCRIPT: string = `
var ROUND = [${roundConstants().join()}], START = [${startValues().join()}];
var block = new Int32Array(64);
function firstWord(text) {
  var i, x, y, w = block;
  for (i = 0; i < 16; i++) w[i] = 0;
  for (i = 0; i < text.length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  w[i >> 2] |= 128 << (24 - (i & 3) * 8);
  w[15] = i * 8;
  for (i = 16; i < 64; i++) {
    x = w[i - 15]; y = w[i - 2];
    w[i] = (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
      (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)) + w[i - 16] + w[i - 7] | 0;
  }
  var a = START[0], b = START[1], c = START[2], d = START[3], e = START[4], f = START[5], g = START[6], h = START[7];
  for (i = 0; i < 64; i++) {
    x = h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + (g ^ (e & (f ^ g))) + ROUND[i] + w[i] | 0;
    y = (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) | (c & (a | b))) | 0;
    h = g; g = f; f = e; e = d + x | 0; d = c; c = b; b = a; a = x + y | 0;
  }
  return a + START[0] | 0;
}
function findNumber(prefix, bits, from, count) {
  for (var n = from; n < from + count; n++) if (firstWord(prefix + n) >>> (32 - bits) === 0) return n;
  return -1;
}
`;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function roundConstants(): readonly number[] {
  return firstPrimes(64).map((prime) => fraction(prime, 3n));
}

/** The same of the square roots of the first 8. */
function startValues(): readonly number[] {
  return firstPrimes(8).map((prime) => fraction(prime, 2n));
}

function firstPrimes(count: number): readonly bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  return primes;
}

/** Exact: the whole root of n * 2^(32 * degree), by halving. */
function fraction(n: bigint, degree: bigint): number {
  const wanted = n << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= wanted) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}
