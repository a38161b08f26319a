// The engine's state as bytes: a head that says what they are, a checksum, and the state in V8's serialization,
// which keeps numbers in typed arrays and texts as they are, and which later versions of Node can read.

import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { SavedBuckets } from './detectors/buckets/index.ts';
import type { SavedPerimeter } from './detectors/perimeter/index.ts';
import type { SavedStash } from './expressions/helpers/stash.ts';
import type { SourceProgress } from './lineNumbers.ts';
import type { SavedTraffic } from './verdicts/index.ts';

/** Everything that later results depend on, but for decisions, which the store has. */
export interface EngineState {
  readonly buckets: SavedBuckets;
  readonly perimeter: SavedPerimeter | undefined;
  readonly traffic: SavedTraffic;
  readonly stash: SavedStash;
  readonly sources: ReadonlyMap<string, SourceProgress>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Its last byte is the version of the format: raise it with every change of a saved type. */
const HEAD = Buffer.from('PARAPET\u0001', 'latin1');
const BODY_AT = HEAD.length + 4;

export function encodeState(state: EngineState): Uint8Array {
  const body = serialize(state);
  const head = Buffer.alloc(BODY_AT);
  HEAD.copy(head);
  head.writeUInt32LE(crc32(body), HEAD.length);
  return Buffer.concat([head, body]);
}

/** Returns undefined for whatever `encodeState` of this version has not written, or what was damaged since. */
export function decodeState(saved: unknown): EngineState | undefined {
  if (!(saved instanceof Uint8Array) || saved.length <= BODY_AT) return undefined;
  const bytes = Buffer.from(saved.buffer, saved.byteOffset, saved.byteLength);
  const body = bytes.subarray(BODY_AT);
  if (!bytes.subarray(0, HEAD.length).equals(HEAD) || bytes.readUInt32LE(HEAD.length) !== crc32(body)) {
    return undefined;
  }
  try {
    // Head and checksum say that encodeState wrote it, and what it was given.
    return deserialize(body) as EngineState;
  } catch {
    return undefined; // written by a later version of Node
  }
}
