// Content-Encoding of a request body. PHP does not undo it, but proxies and some applications do, so a body is read
// both ways when it says that it is compressed and is not.

import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Collector } from './collector.ts';

/** Nobody compresses twice. */
const MAX_CODINGS = 2;
/** Deflate makes at most 1032 bytes of one. */
const MAX_RATIO = 1040;
/** What honest JSON and text reach. */
const HONEST_RATIO = 120;

/** The body with its codings undone, at most `limit` bytes of it; the body itself where that fails. */
export function decodeContent(
  collector: Collector,
  bytes: Buffer,
  contentEncoding: string,
  limit: number,
): Buffer {
  if (contentEncoding === '' || contentEncoding === 'identity') return bytes;
  const codings = contentEncoding.split(',').map((coding) => coding.trim());
  if (codings.length > MAX_CODINGS) {
    collector.note('content-encoding-many', 'header', 'content-encoding', 'refuse');
    return bytes;
  }
  let decoded = bytes;
  for (const coding of codings.toReversed()) {
    const next = undo(coding, decoded, limit);
    if (next === 'unknown' || next === 'broken') {
      collector.note(`content-encoding-${next}`, 'header', 'content-encoding', 'note');
      return decoded;
    }
    if (next.isCut) {
      const isBomb = next.ratio > HONEST_RATIO;
      collector.note(isBomb ? 'gzip-bomb' : 'body-too-long', 'body', '', isBomb ? 'refuse' : 'note');
    }
    decoded = next.bytes;
  }
  return decoded;
}

interface Undone {
  readonly bytes: Buffer;
  readonly isCut: boolean;
  /** At least so many bytes came out of one; 0 when all came out. */
  readonly ratio: number;
}

function undo(coding: string, bytes: Buffer, limit: number): Undone | 'unknown' | 'broken' {
  switch (coding) {
    case 'identity':
      return { bytes, isCut: false, ratio: 0 };
    case 'gzip':
    case 'x-gzip':
      return bytes[0] === 0x1f && bytes[1] === 0x8b ? inflated(bytes, limit, gunzipSync) : 'broken';
    case 'deflate':
      return inflated(bytes, limit, isZlib(bytes) ? inflateSync : inflateRawSync);
    case 'br':
      return inflated(bytes, limit, brotliDecompressSync);
    default:
      return 'unknown';
  }
}

function isZlib(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0;
}

type Inflate = (bytes: Buffer, options: { maxOutputLength: number; finishFlush: number }) => Buffer;

// Beyond the limit zlib gives nothing at all, so the beginning is inflated from less and less of the input.
function inflated(bytes: Buffer, limit: number, inflate: Inflate): Undone | 'broken' {
  const finishFlush =
    inflate === brotliDecompressSync ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  let ratio = 0;
  for (const length of [bytes.length, limit >> 4, limit >> 7, Math.floor(limit / MAX_RATIO)]) {
    if (length > bytes.length) continue;
    try {
      const out = inflate(bytes.subarray(0, length), { maxOutputLength: limit, finishFlush });
      if (out.length === 0) return 'broken';
      return { bytes: out, isCut: length < bytes.length, ratio };
    } catch (error) {
      // zlib names what happened; anything but too much output means that these are no such bytes.
      if (!(error instanceof RangeError)) return 'broken';
      ratio = limit / length;
    }
  }
  return { bytes: Buffer.alloc(0), isCut: true, ratio };
}
