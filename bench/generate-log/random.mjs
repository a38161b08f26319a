// Pseudo-random numbers that are the same everywhere for the same seed: xoshiro128** (Blackman and Vigna 2018).

/** Returns sources of random values for a seed. */
export function randomOf(seed) {
  const s = Uint32Array.of(seed, 0x2545f491, 0x9e3779b9, ~seed);
  const next = () => {
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  };
  for (let i = 0; i < 64; i++) next(); // near seeds begin alike
  const real = () => next() / 4294967296;
  const int = (from, to) => from + Math.floor(real() * (to - from + 1));
  const pick = (list) => list[Math.floor(real() * list.length)];
  return { real, int, pick, chance: (share) => real() < share, shuffled: (list) => shuffle(list, int) };
}

/** Returns a function that picks an index below `count`, the k-th with weight 1 / k^exponent. */
export function zipf(random, count, exponent = 1.05) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sums[i] = sum += 1 / (i + 1) ** exponent;
  return () => {
    const target = random.real() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] <= target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** A public IPv4 address; now and then an IPv6 one. */
export function address(random, ipv6Share = 0) {
  if (random.chance(ipv6Share)) {
    const part = () => random.int(1, 0xffff).toString(16);
    return `2a0${random.int(1, 9)}:${part()}:${part()}::${part()}`;
  }
  for (;;) {
    const [a, b] = [random.int(1, 223), random.int(0, 255)];
    const reserved =
      [10, 127].includes(a) ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && [0, 168].includes(b)) ||
      (a === 198 && [18, 19, 51].includes(b)) ||
      (a === 203 && b === 0);
    if (!reserved) return `${a}.${b}.${random.int(0, 255)}.${random.int(1, 254)}`;
  }
}

function rotate(value, by) {
  return (value << by) | (value >>> (32 - by));
}

function shuffle(list, int) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = int(0, i);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
