// The section LOOK, read as docs/decisions-bin.md says: it never says of somebody on whom something was decided that
// there is nothing, and it seldom says of others that there could be something.

import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { ipBits, parseIp } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { applyDelta, DecisionTable, encodeSnapshot } from '../../../src/index.ts';
import { decision } from '../decisions.ts';

const HEAD = { generation: 1, createdAtMs: 0 };

function fileOf(values: readonly string[], texts: readonly string[] = []): Buffer {
  const table = new DecisionTable({});
  const { faults } = applyDelta(table, {
    add: [
      ...values.map((value) => decision(value)),
      ...texts.map((value) => decision(value, { target: { scope: 'session', value } })),
    ],
  });
  expect(faults).toEqual([]);
  return Buffer.from(encodeSnapshot(table, HEAD));
}

function bytesOf(ip: string): Buffer {
  const words = ipBits(parseIp(ip)!);
  const bytes = Buffer.alloc(words.length * 4);
  for (const [i, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, i * 4);
  return bytes;
}

/** Whether there may be something for an address; the visitor shows a session or not. */
function mayHave(file: Buffer, ip: string, hasSession = false): boolean {
  if (file.length <= 276) return false;
  const address = bytesOf(ip);
  const isSix = address.length === 16;
  let bits = 0;
  while (bits < 15 && file.length >= 320 * 2 ** (bits + 1)) bits++;
  const blockOf = (near: Buffer): Buffer => {
    const at = 276 + 64 * (crc32(near) % 2 ** bits);
    const block = file.subarray(at, at + 64);
    expect(block.toString('latin1', 0, 4)).toBe('LOOK');
    expect(block.readUInt32BE(4)).toBe(crc32(block.subarray(8)));
    expect(block[8]! >> 4).toBe(bits);
    return block;
  };
  const has = (block: Buffer, key: Buffer): boolean => {
    const hash = crc32(key);
    return [0, 1, 2, 3].every((probe) => {
      const bit = ((hash & 0xffff) + probe * ((hash >>> 16) | 1)) % 440;
      return (block[9 + (bit >> 3)]! & (1 << (bit & 7))) !== 0;
    });
  };
  const near = blockOf(address.subarray(0, isSix ? 6 : 2));
  const flags = near[8]!;
  if (hasSession && (flags & 1) !== 0) return true;
  if (isSix && (flags & 8) !== 0) return true;
  const keys = isSix ? [16, 6] : [4, 3, 2];
  if (keys.some((length) => has(near, address.subarray(0, length)))) return true;
  if ((flags & (isSix ? 4 : 2)) === 0) return false;
  if (isSix) return has(blockOf(address.subarray(0, 4)), address.subarray(0, 4));
  return has(blockOf(address.subarray(0, 1)), Buffer.of(address[0]!, address[1]! & 0xf0));
}

const four = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((word) => {
  const bytes = [24, 16, 8, 0].map((shift) => (word >>> shift) & 255);
  return bytes.join('.');
});
// Near one another, as networks are.
const six = fc
  .tuple(...Array.from({ length: 8 }, () => fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))))
  .map((groups) => groups.map((group) => group.toString(16)).join(':'))
  // An IPv4 address in other clothes is one.
  .map((text) => `2${text.slice(1)}`.replace(/^2:/, '2001:'));
const target = fc.record({
  ip: fc.oneof(four, six),
  length: fc.option(fc.integer({ min: 0, max: 128 })),
  other: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});

/** An address that a range holds. */
function within(ip: string, length: number, other: Uint8Array): string {
  const bytes = bytesOf(ip);
  for (let bit = length; bit < bytes.length * 8; bit++) {
    const mask = 128 >> (bit & 7);
    bytes[bit >> 3] = (bytes[bit >> 3]! & ~mask) | (other[bit >> 3]! & mask);
  }
  return bytes.length === 4 ? bytes.join('.') : bytes.toString('hex').match(/.{4}/g)!.join(':');
}

describe('the section LOOK', () => {
  it('never says that there is nothing where something was decided', () => {
    fc.assert(
      fc.property(fc.array(target, { minLength: 1, maxLength: 60 }), (targets) => {
        const decided = targets.map(({ ip, length, other }) => {
          const most = ip.includes(':') ? 128 : 32;
          if (length === null || length >= most) return { value: ip, visitor: ip };
          return {
            value: `${within(ip, length, new Uint8Array(16))}/${length}`,
            visitor: within(ip, length, other),
          };
        });
        const file = fileOf(decided.map(({ value }) => value));
        for (const { value, visitor } of decided)
          expect(mayHave(file, visitor), `${visitor} of ${value}`).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('says so of nearly all others, with few decisions and with many', () => {
    let seed = 4711;
    const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8;
    const address = (): string => [random() % 223, random() & 255, random() & 255, random() & 255].join('.');
    const network = (): string =>
      `2a${(random() & 31).toString(16)}:${(random() & 4095).toString(16)}:${(random() & 4095).toString(16)}`;
    for (const count of [1, 40, 2000, 60_000]) {
      const values = Array.from({ length: count }, (_, i) => {
        if (i % 20 === 1) return `${address().replace(/\d+$/, '0')}/24`;
        if (i % 20 === 2) return `${network()}::/48`;
        return i % 3 === 0 ? `${network()}::${(i & 0xffff).toString(16)}` : address();
      });
      const file = fileOf([...new Set(values)]);
      const asked = Array.from({ length: 4000 }, (_, i) =>
        i % 2 === 0 ? address() : `${network()}::ffff:1`,
      );
      const said = asked.filter((ip) => mayHave(file, ip)).length / asked.length;
      expect(said, `${count} decisions`).toBeLessThan(0.06);
    }
  });

  it('speaks of sessions to those who show one, and is not there when nothing was decided', () => {
    const file = fileOf([], ['ab'.repeat(32)]);
    expect(mayHave(file, '192.0.2.1')).toBe(false);
    expect(mayHave(file, '192.0.2.1', true)).toBe(true);
    expect(fileOf([])).toHaveLength(276);
    expect(mayHave(fileOf(['2000::/3']), '2001:db8::1')).toBe(true);
    expect(mayHave(fileOf(['2000::/3']), '192.0.2.1')).toBe(false);
    expect(mayHave(fileOf(['2001:db8::/32']), '2001:db9::1')).toBe(false);
    expect(mayHave(fileOf(['10.0.0.0/8']), '11.0.0.1')).toBe(false);
  });
});
