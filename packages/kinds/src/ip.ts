// IP addresses and CIDR ranges. Text becomes an Ip only through parseIp, which also makes it canonical
// (RFC 5952 for IPv6; an IPv4-mapped IPv6 address becomes the IPv4 address, as Go's net.IP prints it).

declare const ipBrand: unique symbol;
/** A canonical IP address, made only by parseIp. */
export type Ip = string & { readonly [ipBrand]: true };

/** A CIDR range; `text` is canonical, with the host bits cleared. */
export interface Cidr {
  readonly text: string;
  readonly version: 4 | 6;
  readonly prefixLength: number;
  /** The network address: one word of 32 bits for version 4, four for version 6. */
  readonly words: readonly number[];
}

/** Returns the canonical address, or undefined when the text is none. Zones (`%eth0`) are refused. */
export function parseIp(text: string): Ip | undefined {
  const words = parseWords(text);
  return words === undefined ? undefined : (formatWords(words) as Ip);
}

/** Returns the address as unsigned 32-bit words: one for IPv4, four for IPv6. */
export function ipBits(ip: Ip): readonly number[] {
  return parseWords(ip)!;
}

/** Returns the range, or undefined when the text is none (`address/length`, a length that fits). */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = text.slice(0, slash);
  const lengthText = text.slice(slash + 1);
  const words = parseWords(address);
  if (words === undefined || !/^\d{1,3}$/.test(lengthText)) return undefined;
  const prefixLength = Number(lengthText);
  // `::ffff:192.0.2.0/120` counts the bits of the IPv6 address; a shorter prefix than 96 is no IPv4 range.
  const isMapped = words.length === 1 && address.includes(':');
  if (isMapped)
    return prefixLength < 96 || prefixLength > 128 ? undefined : makeCidr(words, prefixLength - 96);
  if (prefixLength > words.length * 32) return undefined;
  return makeCidr(words, prefixLength);
}

/** Returns a range; a single address becomes the range of that address alone. */
export function parseIpOrCidr(text: string): Cidr | undefined {
  if (text.includes('/')) return parseCidr(text);
  const words = parseWords(text);
  return words === undefined ? undefined : makeCidr(words, words.length * 32);
}

/** Whether the range holds the address; addresses of the other version are outside. */
export function cidrContains(cidr: Cidr, ip: Ip): boolean {
  const words = parseWords(ip);
  if (words === undefined || words.length !== cidr.words.length) return false;
  for (let i = 0; i < words.length; i++) {
    if (((words[i]! ^ cidr.words[i]!) & maskWord(cidr.prefixLength, i)) !== 0) return false;
  }
  return true;
}

/**
 * Whether the address can belong to a visitor from the Internet: not private, loopback, link-local,
 * carrier-grade NAT, multicast, unspecified or reserved (IANA special-purpose registries).
 */
export function isPublicIp(ip: Ip): boolean {
  return !SPECIAL.some((cidr) => cidrContains(cidr, ip));
}

/** Whether every address of the range can belong to a visitor from the Internet. */
export function isPublicCidr(cidr: Cidr): boolean {
  return !SPECIAL.some(
    (special) =>
      special.version === cidr.version &&
      cidr.words.every((word, i) => {
        const mask = maskWord(Math.min(special.prefixLength, cidr.prefixLength), i);
        return ((word ^ special.words[i]!) & mask) === 0;
      }),
  );
}

function makeCidr(words: readonly number[], prefixLength: number): Cidr {
  const network = words.map((word, i) => (word & maskWord(prefixLength, i)) >>> 0);
  return {
    text: `${formatWords(network)}/${prefixLength}`,
    version: words.length === 1 ? 4 : 6,
    prefixLength,
    words: network,
  };
}

function maskWord(prefixLength: number, index: number): number {
  const bits = Math.min(32, Math.max(0, prefixLength - index * 32));
  return bits === 0 ? 0 : (-1 << (32 - bits)) | 0;
}

function parseWords(text: string): readonly number[] | undefined {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const word = parseIpv4(text);
    return word === undefined ? undefined : [word];
  }
  const words = parseIpv6(text);
  if (words === undefined) return undefined;
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return isMapped ? [words[3]!] : words;
}

function parseIpv4(text: string): number | undefined {
  let word = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0 || octets === 4) return undefined;
      word = word * 256 + octet;
      octets++;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined; // leading zeros are octal to some readers: refused by all
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return undefined;
    } else {
      return undefined;
    }
  }
  return octets === 4 ? word : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return [0, 2, 4, 6].map((i) => groups[i]! * 65536 + groups[i + 1]!);
}

function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (mayEndInIpv4 && i === parts.length - 1 && part.includes('.')) {
      const word = parseIpv4(part);
      if (word === undefined) return undefined;
      groups.push(Math.floor(word / 65536), word % 65536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatWords(words: readonly number[]): string {
  if (words.length === 1) {
    const word = words[0]!;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

const SPECIAL: readonly Cidr[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].map((text) => parseCidr(text)!);
