// The sockets visitors connect to. They belong to the supervisor, which accepts nothing itself: it binds them and
// hands them to the workers, so that one stays open while any of the processes behind it is replaced, and whoever
// connects in between waits in the kernel's queue.

import { lookup } from 'node:dns/promises';
import { chmodSync, unlinkSync } from 'node:fs';
import net, { connect, createServer, type AddressInfo } from 'node:net';
import type { ListenerConfig } from '../config.ts';
import { SupervisorError } from './errors.ts';

/** A socket that is bound, as Node hands it from process to process. */
export type SocketHandle = object & { close(): void };

export interface BoundListener {
  readonly config: ListenerConfig;
  readonly handle: SocketHandle;
  /** As people write it: `http://192.0.2.1:8080`. */
  readonly url: string;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Node's own cluster module makes its sockets with it; Node has no other way to bind without accepting. */
type CreateHandle = (address: string, port: number, type: number) => SocketHandle | number;

/** Binds a listener. Rejects with a SupervisorError that says who has the address, or what is missing. */
export async function bindListener(config: ListenerConfig): Promise<BoundListener> {
  const createHandle = (net as { _createServerHandle?: CreateHandle })._createServerHandle;
  if (createHandle === undefined)
    throw new SupervisorError(
      'E_GATEWAY_RUNTIME',
      'This version of Node cannot bind a socket for others',
      'Use Node 20, 22 or 24',
    );
  if (config.listen.startsWith('unix:')) {
    const file = config.listen.slice('unix:'.length);
    await clearSocket(file);
    const handle = createHandle(file, -1, -1);
    if (typeof handle === 'number') throw refused(config.listen, codeOf(handle));
    chmodSync(file, config.socketMode ?? 0o660);
    return { config, handle, url: config.listen };
  }
  const wanted = readAddress(config.listen);
  const scheme = config.isTls ? 'https' : 'http';
  let failure: unknown;
  for (const address of await addressesOf(wanted.host)) {
    try {
      // A bind alone does not notice that somebody listens there already.
      const port = await probe({ host: address, port: wanted.port });
      const handle = createHandle(address, port, address.includes(':') ? 6 : 4);
      if (typeof handle === 'number') throw refused(config.listen, codeOf(handle));
      return { config, handle, url: `${scheme}://${shown(wanted.host, address)}:${port}` };
    } catch (error) {
      failure = error;
      const { code } = error as NodeJS.ErrnoException; // node:net rejects with these
      // A machine without IPv6 has no `::`; the next address is tried.
      if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') break;
    }
  }
  if (failure instanceof SupervisorError) throw failure;
  throw refused(config.listen, (failure as NodeJS.ErrnoException).code ?? String(failure));
}

/** Reads `host:port`, `[v6]:port` or `*:port`. */
export function readAddress(listen: string): Address {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(listen);
  const port = Number(match?.[3] ?? 65_536);
  if (match === null || port > 65_535)
    throw new SupervisorError(
      'E_GATEWAY_LISTEN',
      `'${listen}' is no address to listen on`,
      "Write it like '127.0.0.1:8080', '[::1]:8080', '*:8080' or 'unix:/run/parapet.sock'",
    );
  return { host: match[1] ?? match[2]!, port };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (host === '*' || host === '') return ['::', '0.0.0.0'];
  if (net.isIP(host) !== 0) return [host];
  try {
    return [(await lookup(host)).address];
  } catch {
    throw new SupervisorError(
      'E_GATEWAY_LISTEN',
      `'${host}' is no address of this machine`,
      'Name an address, or * for all of them',
    );
  }
}

/** Listens for a moment: resolves with the port, rejects as `listen` does. */
function probe({ host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const { port: found } = server.address() as AddressInfo; // it listens on TCP
      server.close(() => resolve(found));
    });
  });
}

/** Takes away what a process that was killed left at the path; what somebody answers at is in use. */
async function clearSocket(file: string): Promise<void> {
  const isAnswered = await new Promise<boolean>((resolve) => {
    const socket = connect(file, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  if (isAnswered) throw refused(`unix:${file}`, 'EADDRINUSE');
  try {
    unlinkSync(file);
  } catch {
    // it was not there
  }
}

function refused(listen: string, code: string): SupervisorError {
  switch (code) {
    case 'EADDRINUSE':
      return new SupervisorError(
        'E_GATEWAY_PORT_TAKEN',
        `Another process listens on ${listen} already`,
        `Find it with: ss -ltnp   Then stop it, or give the gateway another port: --port N`,
      );
    case 'EACCES':
    case 'EPERM':
      return new SupervisorError(
        'E_GATEWAY_PORT_PRIVILEGED',
        `This user may not listen on ${listen}`,
        'Ports below 1024 are for root: with systemd, give the service AmbientCapabilities=CAP_NET_BIND_SERVICE, or take a higher port',
      );
    default:
      return new SupervisorError(
        'E_GATEWAY_LISTEN',
        `The gateway cannot listen on ${listen}: ${code}`,
        'Name an address of this machine, or * for all of them',
      );
  }
}

function codeOf(errno: number): string {
  return ERRNO.get(errno) ?? `error ${errno}`;
}

const ERRNO: ReadonlyMap<number, string> = new Map([
  [-98, 'EADDRINUSE'],
  [-48, 'EADDRINUSE'],
  [-13, 'EACCES'],
  [-2, 'ENOENT'],
]);

function shown(wanted: string, address: string): string {
  if (wanted === '*' || wanted === '') return '0.0.0.0';
  return address.includes(':') ? `[${address}]` : wanted;
}
