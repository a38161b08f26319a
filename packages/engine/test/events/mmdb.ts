// Writes small MMDB databases (MaxMind DB file format 2.0) for tests: IPv4, records of 24 bits.

import { ipBits, parseCidr, parseIp } from '@parapet/kinds';

type Json = string | number | boolean | { [key: string]: Json };

export function buildMmdb(databaseType: string, networks: Readonly<Record<string, Json>>): Buffer {
  const nodes: (number | string | undefined)[][] = [[undefined, undefined]];
  for (const cidrText of Object.keys(networks)) {
    const cidr = parseCidr(cidrText)!;
    const bits = ipBits(parseIp(cidr.text.split('/')[0]!)!)[0]!;
    let node = 0;
    for (let depth = 0; depth < cidr.prefixLength; depth++) {
      const bit = (bits >>> (31 - depth)) & 1;
      if (depth === cidr.prefixLength - 1) {
        nodes[node]![bit] = cidrText;
      } else {
        if (nodes[node]![bit] === undefined) nodes[node]![bit] = nodes.push([undefined, undefined]) - 1;
        node = Number(nodes[node]![bit]);
      }
    }
  }
  const offsets = new Map<string, number>();
  let data = Buffer.alloc(0);
  for (const [cidrText, record] of Object.entries(networks)) {
    offsets.set(cidrText, data.length);
    data = Buffer.concat([data, encode(record)]);
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [i, sides] of nodes.entries()) {
    for (const [side, target] of sides.entries()) {
      let value = nodes.length;
      if (typeof target === 'number') value = target;
      if (typeof target === 'string') value = nodes.length + 16 + offsets.get(target)!;
      tree.writeUIntBE(value, i * 6 + side * 3, 3);
    }
  }
  const metadata = {
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: databaseType,
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
  };
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([tree, Buffer.alloc(16), data, marker, encode(metadata)]);
}

const STRING = 2;
const DOUBLE = 3;
const UINT32 = 6;
const MAP = 7;
const BOOLEAN = 14;

function encode(value: Json): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    if (bytes.length > 28) throw new RangeError('Texts in test databases are short');
    return Buffer.concat([Buffer.of((STRING << 5) | bytes.length), bytes]);
  }
  if (typeof value === 'boolean') return Buffer.of(Number(value), BOOLEAN - 7);
  if (typeof value === 'number' && Number.isInteger(value)) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.of((UINT32 << 5) | 4), bytes]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return Buffer.concat([Buffer.of((DOUBLE << 5) | 8), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    Buffer.of((MAP << 5) | entries.length),
    ...entries.flatMap(([key, entry]) => [encode(key), encode(entry)]),
  ]);
}
