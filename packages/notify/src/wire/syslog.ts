// Syslog: one datagram (RFC 5426), or one message on a connection with its length before it (RFC 6587 3.4.1, RFC 5425).
// Nobody answers; over TCP and TLS a message counts as delivered when the receiver's side has taken all of it.

import dgram from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';
import type { SyslogOutgoing, Verdict } from '../channels/channel.ts';
import type { TargetGuard } from './guard.ts';
import { faultOf } from './http.ts';

/** A receiver that has not closed its side so long after all was sent has taken it all the same. */
const LINGER_MS = 2000;
/** What every receiver has to take over UDP (RFC 5424 6.1). */
const MAX_DATAGRAM_BYTES = 2048;

/** Resolves with what came of it; never rejects. `ca` is trusted in place of the system's authorities. */
export async function sendSyslog(
  { url, line }: SyslogOutgoing,
  guard: TargetGuard,
  timeoutMs: number,
  ca?: string,
): Promise<Verdict> {
  try {
    const { protocol, hostname, port: given } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    guard.checkHost(host);
    const bytes = Buffer.from(line);
    const port = given === '' ? (protocol === 'tls:' ? 6514 : 514) : Number(given);
    if (protocol === 'udp:') await sendDatagram(bytes.subarray(0, MAX_DATAGRAM_BYTES), host, port, guard);
    else await sendFramed(bytes, { host, port, isTls: protocol === 'tls:', ca }, guard, timeoutMs);
    return { ok: true, answer: 'sent' };
  } catch (error) {
    return faultOf(error);
  }
}

async function sendDatagram(bytes: Buffer, host: string, port: number, guard: TargetGuard): Promise<void> {
  const { address, family } = await new Promise<{ address: string; family: number }>((resolve, reject) => {
    if (net.isIP(host) !== 0) resolve({ address: host, family: net.isIP(host) });
    else
      guard.lookup(host, {}, (error, found, kind) => {
        if (error === null)
          resolve({
            address: typeof found === 'string' ? found : (found[0]?.address ?? ''),
            family: kind ?? 4,
          });
        else reject(error);
      });
  });
  const socket = dgram.createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.send(bytes, port, address, (error) => (error === null ? resolve() : reject(error)));
    });
  } finally {
    socket.close();
  }
}

interface Receiver {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly ca: string | undefined;
}

async function sendFramed(
  bytes: Buffer,
  { host, port, isTls, ca }: Receiver,
  guard: TargetGuard,
  timeoutMs: number,
): Promise<void> {
  const to = { host, port, lookup: guard.lookup };
  const socket = isTls
    ? tls.connect({
        ...to,
        minVersion: 'TLSv1.2',
        ...(net.isIP(host) === 0 ? { servername: host } : {}),
        ...(ca === undefined ? {} : { ca }),
      })
    : net.connect(to);
  const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
  let linger: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      // Ended from both sides: all of it has been taken.
      socket.on('close', (hadError) => {
        if (hadError) return;
        if (socket.writableFinished) resolve();
        else reject(new Error('it hung up'));
      });
      socket.on('end', () => socket.end());
      socket.on('finish', () => (linger = setTimeout(resolve, LINGER_MS)));
      socket.resume();
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        socket.end(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]));
      });
    });
  } finally {
    clearTimeout(timer);
    clearTimeout(linger);
    socket.destroy();
  }
}
