// The PROXY protocol, versions 1 and 2: the bytes with which a load balancer that does not speak HTTP says, before
// anything else, who connected to it (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt). Read only where
// a listener expects it and from peers that are trusted; there it must be present, because a connection without it
// would be taken for the balancer's own.

import type { Socket } from 'node:net';
import { ipBits, parseIp, type Ip } from '@parapet/kinds';
import type { NodeAddress } from './forwardedFor.ts';

export type ProxyHeaderRefusal =
  | 'proxy-missing'
  | 'proxy-malformed'
  | 'proxy-too-long'
  | 'proxy-checksum'
  | 'proxy-timeout'
  | 'proxy-closed';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1_START = Buffer.from('PROXY ', 'latin1');
/** "The maximum line lengths the receiver must support including the CRLF are: 107". */
const V1_MAX = 107;
/** The protocol allows 65,551; what balancers really send (TLS names, cloud ids) stays far below this. */
const V2_MAX = 4096;
const TLV_CRC32C = 0x03;
const REFUSED = -1;

export class ProxyHeaderReader {
  /** Who connected to the proxy; undefined when it spoke for itself (a health check) or did not know. */
  source: NodeAddress | undefined;
  refusal: ProxyHeaderRefusal | undefined;

  /** Returns the offset behind the header, 0 when more bytes are needed, and a negative number on a refusal. */
  read(buffer: Buffer, start: number, end: number): number {
    const length = end - start;
    if (length === 0) return 0;
    const signature = buffer[start] === SIGNATURE[0] ? SIGNATURE : V1_START;
    const known = Math.min(length, signature.length);
    if (buffer.compare(signature, 0, known, start, start + known) !== 0) return this.#refuse('proxy-missing');
    if (known < signature.length) return 0;
    return signature === SIGNATURE ? this.#readV2(buffer, start, end) : this.#readV1(buffer, start, end);
  }

  #readV1(buffer: Buffer, start: number, end: number): number {
    const limit = Math.min(end, start + V1_MAX);
    const lineEnd = buffer.subarray(start, limit).indexOf('\r\n', 0, 'latin1');
    if (lineEnd < 0) return end - start < V1_MAX ? 0 : this.#refuse('proxy-too-long');
    const [, family, from, to, ...ports] = buffer
      .toString('latin1', start, start + lineEnd)
      .split(' ') as readonly (string | undefined)[];
    const behind = start + lineEnd + 2;
    if (family === 'UNKNOWN') return behind; // "the receiver must ignore anything presented before the CRLF"
    const source = addressOf(family, from);
    const isWhole = addressOf(family, to) !== undefined && ports.length === 2 && ports.every(isPort);
    if (source === undefined || !isWhole) return this.#refuse('proxy-malformed');
    this.source = source;
    return behind;
  }

  #readV2(buffer: Buffer, start: number, end: number): number {
    if (end - start < 16) return 0;
    const command = buffer[start + 12]!;
    const length = buffer.readUInt16BE(start + 14);
    if (command !== 0x20 && command !== 0x21) return this.#refuse('proxy-malformed');
    if (length + 16 > V2_MAX) return this.#refuse('proxy-too-long');
    const behind = start + 16 + length;
    if (end < behind) return 0;
    if (command === 0x20) return behind; // LOCAL: "the receiver must … discard the protocol block"
    const kind = buffer[start + 13]!;
    if (kind >> 4 > 3 || (kind & 15) > 2) return this.#refuse('proxy-malformed');
    const addressBytes = [0, 12, 36, 216][kind >> 4]!;
    if (length < addressBytes) return this.#refuse('proxy-malformed');
    const checksum = findChecksum(buffer, start + 16 + addressBytes, behind);
    if (checksum === REFUSED) return this.#refuse('proxy-malformed');
    if (checksum > 0 && !isChecksumRight(buffer, start, behind, checksum))
      return this.#refuse('proxy-checksum');
    // Unix sockets, datagrams and unknown families have no address that a visitor of a site can have.
    if (kind === 0x11 || kind === 0x21) this.source = readAddress(buffer, start + 16, kind === 0x11 ? 1 : 4);
    return behind;
  }

  #refuse(reason: ProxyHeaderRefusal): number {
    this.refusal = reason;
    return REFUSED;
  }
}

export type ProxyHeader =
  | { readonly ok: true; readonly source: NodeAddress | undefined }
  | { readonly ok: false; readonly reason: ProxyHeaderRefusal };

/**
 * Reads the header off a fresh connection, before TLS, and puts back what came behind it. `done` is called once, and
 * on success may read the socket in any way; on a refusal it should destroy it, since an answer would go to a proxy
 * that does not speak HTTP.
 */
export function readProxyHeader(
  socket: Socket,
  timeoutMs: number,
  done: (header: ProxyHeader) => void,
): void {
  const reader = new ProxyHeaderReader();
  let head: Buffer = Buffer.alloc(0);
  let isFinished = false;
  const timer = setTimeout(() => finish({ ok: false, reason: 'proxy-timeout' }), timeoutMs);
  const onReadable = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const behind = reader.read(head, 0, head.length);
      if (behind === 0) continue;
      if (behind < 0) return finish({ ok: false, reason: reader.refusal! });
      if (behind < head.length) socket.unshift(head.subarray(behind));
      return finish({ ok: true, source: reader.source });
    }
  };
  const onGone = (): void => finish({ ok: false, reason: 'proxy-closed' });
  socket.on('readable', onReadable);
  socket.on('end', onGone);
  socket.on('close', onGone);
  socket.on('error', onGone);

  function finish(header: ProxyHeader): void {
    if (isFinished) return;
    isFinished = true;
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('end', onGone);
    socket.off('close', onGone);
    // A refused connection is destroyed, and its error then is nobody's: this listener stays for it.
    if (header.ok) socket.off('error', onGone);
    // The stream leaves its paused mode in the tick after its last `readable` listener went.
    process.nextTick(done, header);
  }
}

function addressOf(family: string | undefined, text: string | undefined): NodeAddress | undefined {
  const ip = text === undefined ? undefined : parseIp(text);
  if (ip === undefined || text!.includes(':') !== (family === 'TCP6')) return undefined;
  return family === 'TCP4' || family === 'TCP6' ? { ip, words: ipBits(ip) } : undefined;
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readAddress(buffer: Buffer, at: number, count: 1 | 4): NodeAddress {
  const text =
    count === 1
      ? buffer.subarray(at, at + 4).join('.')
      : Array.from({ length: 8 }, (_, i) => buffer.readUInt16BE(at + i * 2).toString(16)).join(':');
  const ip: Ip = parseIp(text)!;
  return { ip, words: ipBits(ip) };
}

/** Returns where the checksum's four bytes are, 0 when there is none, negative when the list is malformed. */
function findChecksum(buffer: Buffer, start: number, end: number): number {
  let found = 0;
  for (let at = start; at < end;) {
    if (at + 3 > end) return REFUSED;
    const value = at + 3;
    const length = buffer.readUInt16BE(at + 1);
    if (value + length > end) return REFUSED;
    if (buffer[at] === TLV_CRC32C) {
      if (length !== 4) return REFUSED;
      found = value;
    }
    at = value + length;
  }
  return found;
}

/** The checksum is that of the whole header with its own four bytes zero. */
function isChecksumRight(buffer: Buffer, start: number, end: number, checksumAt: number): boolean {
  let crc = -1;
  for (let at = start; at < end; at++) {
    const byte = at >= checksumAt && at < checksumAt + 4 ? 0 : buffer[at]!;
    crc = CRC32C[(crc ^ byte) & 255]! ^ (crc >>> 8);
  }
  return (crc ^ -1) >>> 0 === buffer.readUInt32BE(checksumAt);
}

/** RFC 3309's polynomial 0x1EDC6F41, reflected. */
const CRC32C: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
