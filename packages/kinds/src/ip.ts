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
  return words !== undefined && holds(cidr, words);
}

function holds(cidr: Cidr, words: readonly number[]): boolean {
  if (words.length !== cidr.words.length) return false;
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
  const words = ipBits(ip);
  return !SPECIAL.some((cidr) => holds(cidr, words));
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

/** RFC 4291 2.2, read once from left to right: addresses come with every connection and every line of a log. */
function parseIpv6(text: string): readonly number[] | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    i = 2;
  }
  while (i < text.length) {
    if (count === 8) return undefined;
    const start = i;
    let group = 0;
    let digit = 0;
    for (; i < text.length && (digit = hexDigit(text.charCodeAt(i))) >= 0; i++) group = group * 16 + digit;
    if (i < text.length && text.charCodeAt(i) === DOT) {
      const word = count > 6 ? undefined : parseIpv4(text.slice(start));
      if (word === undefined) return undefined;
      groups[count] = Math.floor(word / 65_536);
      groups[count + 1] = word % 65_536;
      count += 2;
      break;
    }
    if (i === start || i - start > 4) return undefined;
    groups[count++] = group;
    if (i === text.length) break;
    if (text.charCodeAt(i++) !== COLON) return undefined;
    if (i === text.length) return undefined;
    if (text.charCodeAt(i) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = count;
    i++;
  }
  if (gap < 0 ? count < 8 : count === 8) return undefined;
  if (gap >= 0) {
    groups.copyWithin(8 - count + gap, gap, count);
    groups.fill(0, gap, 8 - count + gap);
  }
  return [
    groups[0]! * 65_536 + groups[1]!,
    groups[2]! * 65_536 + groups[3]!,
    groups[4]! * 65_536 + groups[5]!,
    groups[6]! * 65_536 + groups[7]!,
  ];
}

const DOT = 46;
const COLON = 58;

/** Of the code of a character; -1 for one that is no digit. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function formatWords(words: readonly number[]): string {
  if (words.length === 1) {
    const word = words[0]!;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  let from = -1;
  let length = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groupOf(words, end) === 0) end++;
    if (end - start > length) {
      from = start;
      length = end - start;
    }
    start = end;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === from) {
      text += '::';
      i += length - 1;
    } else {
      text += (text === '' || text.endsWith('::') ? '' : ':') + groupOf(words, i).toString(16);
    }
  }
  return text;
}

function groupOf(words: readonly number[], group: number): number {
  const word = words[group >>> 1]!;
  return (group & 1) === 0 ? word >>> 16 : word & 0xffff;
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
