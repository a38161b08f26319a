// The way of a fresh connection to the code that speaks HTTP: first the PROXY header, where the listener expects one
// and the peer is a trusted proxy, then the TLS handshake, which also says whether HTTP/2 is spoken. A time limit
// holds for both together.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ListenerConfig } from '../config.ts';
import type { CertificateStore } from './certificateStore.ts';
import type { NodeAddress } from './forwardedFor.ts';
import { readProxyHeader } from './proxyHeader.ts';

export interface Arrival {
  /** The socket to speak HTTP on: the one that was given, or the TLS around it. */
  readonly socket: Socket;
  /** Whom the PROXY header names; undefined without one. */
  readonly source: NodeAddress | undefined;
  readonly protocol: 'http/1.1' | 'h2';
}

export interface EntranceOptions {
  readonly isTrusted: boolean;
  readonly certificates: CertificateStore | undefined;
  readonly timeoutMs: number;
}

/** Calls `done` once: with the arrival, or with undefined and the socket destroyed. */
export function enter(
  socket: Socket,
  listener: ListenerConfig,
  { isTrusted, certificates, timeoutMs }: EntranceOptions,
  done: (arrival: Arrival | undefined) => void,
): void {
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  let secure: TLSSocket | undefined;
  let source: NodeAddress | undefined;
  const onError = (): void => {};
  const onClose = (): void => finish(undefined);
  socket.on('error', onError);
  socket.on('close', onClose);
  if (!listener.expectsProxyProtocol || !isTrusted) shakeHands();
  else
    readProxyHeader(socket, timeoutMs, (header) => {
      if (!header.ok) return void socket.destroy();
      source = header.source;
      shakeHands();
    });

  function shakeHands(): void {
    if (!listener.isTls) return finish({ socket, source, protocol: 'http/1.1' });
    const options = certificates?.socketOptions();
    if (options === undefined) return void socket.destroy();
    secure = new TLSSocket(socket, options);
    secure.on('error', onError);
    secure.on('close', onClose);
    // Without a tls.Server an error after the handshake ends nothing by itself.
    secure.on('_tlsError', () => secure!.destroy());
    secure.on('secure', () => {
      // A tls.Server would say so; node:http2 waits for it.
      Object.assign(secure!, { secureConnecting: false });
      finish({ socket: secure!, source, protocol: secure!.alpnProtocol === 'h2' ? 'h2' : 'http/1.1' });
    });
  }

  function finish(arrival: Arrival | undefined): void {
    clearTimeout(timer);
    socket.off('close', onClose);
    secure?.off('close', onClose);
    if (arrival === undefined) {
      secure?.destroy();
      socket.destroy();
    }
    done(arrival);
  }
}
