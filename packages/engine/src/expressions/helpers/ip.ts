// Helpers on addresses and ranges. They answer as Go's net does, which takes `::ffff:1.2.3.4` for 1.2.3.4;
// IpToRange alone stands on netip, which does not.

import { cidrContains, parseCidr, parseIp, type Cidr, type Ip } from '@parapet/kinds';
import { pure, text, type HelperTable } from './define.ts';
import { Memo } from './memo.ts';

export function ipHelpers(log: (message: string) => void): HelperTable {
  // A whitelist asks for one address in each range of a file, and for the next address again.
  const ranges = new Memo(4096, parseRange);
  let lastText: string | undefined;
  let lastIp: Ip | undefined;

  function ipOf(claimedIp: string): Ip | undefined {
    if (claimedIp !== lastText) {
      lastText = claimedIp;
      lastIp = parseIp(claimedIp);
    }
    return lastIp;
  }

  return {
    IpInRange: pure((args) => {
      const [ip, range] = [ipOf(text(args, 0)), ranges.get(text(args, 1))];
      return ip !== undefined && range !== undefined && cidrContains(range, ip);
    }, 2),
    IsIP: pure((args) => ipOf(text(args, 0)) !== undefined, 1),
    IsIPV4: pure((args) => ipOf(text(args, 0))?.includes(':') === false, 1),
    IsIPV6: pure((args) => ipOf(text(args, 0))?.includes(':') === true, 1),
    IpToRange: pure((args) => {
      const range = ipToRange(text(args, 0), text(args, 1));
      if (range === undefined) log(`IpToRange: '${text(args, 0)}' and '${text(args, 1)}' make no range`);
      return range ?? '';
    }, 2),
  };
}

/** Returns an address of version 6 without its zone (`fe80::1%eth0`); any other text as it is. */
export function withoutZone(claimedIp: string): string {
  const percent = claimedIp.indexOf('%');
  const hasZone = percent > 0 && percent < claimedIp.length - 1 && claimedIp.includes(':');
  return hasZone ? claimedIp.slice(0, percent) : claimedIp;
}

function parseRange(claimedRange: string): Cidr | undefined {
  const slash = claimedRange.indexOf('/');
  const [address, length] = [claimedRange.slice(0, slash), claimedRange.slice(slash + 1)];
  const ip = parseIp(address);
  const isMapped = ip !== undefined && !ip.includes(':') && address.includes(':');
  if (!isMapped) return parseCidr(claimedRange);
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8; a shorter prefix is a range of version 6 that holds none of version 4.
  if (!/^\d{1,3}$/.test(length) || Number(length) > 128) return undefined;
  return parseCidr(Number(length) >= 96 ? `${ip}/${Number(length) - 96}` : mappedNetwork(Number(length)));
}

function ipToRange(claimedIp: string, claimedLength: string): string | undefined {
  const lengthText = claimedLength.startsWith('/') ? claimedLength.slice(1) : claimedLength;
  if (!/^\+?\d{1,9}$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  const address = withoutZone(claimedIp);
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  const isMapped = address.includes(':') && !ip.includes(':');
  if (!isMapped) return parseCidr(`${ip}/${length}`)?.text;
  if (address !== claimedIp || length > 128) return undefined;
  if (length < 96) return mappedNetwork(length);
  return `::ffff:${parseCidr(`${ip}/${length - 96}`)!.text.split('/')[0]}/${length}`;
}

// What a prefix of less than 96 bits leaves of ::ffff:…
function mappedNetwork(length: number): string {
  const group = length > 80 ? (0xffff << (96 - length)) & 0xffff : 0;
  return group === 0 ? `::/${length}` : `::${group.toString(16)}:0:0/${length}`;
}
