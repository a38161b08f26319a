// The requests of the long run (bench/inspection/fuzz.mjs) and of the short one among the tests: by number, so that each
// can be made again.

import { deflateSync, gzipSync } from 'node:zlib';
import type { InspectedRequest } from '@parapet/kinds';
import { FLOODS, type Flood } from './floods.ts';
import { mutated, mutatedRequest, seeded, type Random } from './mutations.ts';

export interface HostileRequest {
  readonly kind: string;
  readonly sent: InspectedRequest;
}

const LONGEST = 262_144;
const FLOOD_LIST: readonly (readonly [string, Flood])[] = [...FLOODS];

/** Returns the request of this number: half of them are floods, of any length up to 256 KiB, and half changed ones. */
export function hostileRequest(number: number): HostileRequest {
  const random = seeded(number * 2_654_435_761);
  if (random(2) === 0) {
    const [kind, sent] = mutatedRequest(random);
    return { kind, sent };
  }
  const [name, make] = FLOOD_LIST[random(FLOOD_LIST.length)] ?? ['', undefined];
  const length = 1 + random(2 ** (6 + random(13)));
  return changed(name, make?.(Math.min(LONGEST, length)), random);
}

/** As it is, with some bytes changed, or packed. */
function changed(name: string, made: InspectedRequest | undefined, random: Random): HostileRequest {
  if (made === undefined) throw new Error('there are no floods');
  const { body } = made;
  const kind = `${name}, ${Math.min(LONGEST, body?.length ?? made.rawTarget.length)} bytes`;
  if (body === undefined) return { kind, sent: made };
  // What the gateway holds back of a body until it was looked at.
  const bytes = Buffer.from(body.subarray(0, LONGEST));
  switch (random(4)) {
    case 0:
      return {
        kind: `${kind}, changed`,
        sent: { ...made, body: mutated(bytes, random).subarray(0, LONGEST) },
      };
    case 1: {
      const coding = random(2) === 0 ? 'gzip' : 'deflate';
      const pack = coding === 'gzip' ? gzipSync : deflateSync;
      const headers = [...made.headers, ['content-encoding', coding]] as const;
      return { kind: `${kind}, ${coding}`, sent: { ...made, headers, body: pack(bytes, { level: 1 }) } };
    }
    default:
      return { kind, sent: { ...made, body: bytes } };
  }
}
