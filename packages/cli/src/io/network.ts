// Real sockets for the sources.

import { createSocket } from 'node:dgram';
import { createServer, isIPv6, type Socket } from 'node:net';
import type { Network } from '@parapet/engine';

export const realNetwork: Network = {
  async openUdp(address, port, onDatagram) {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', recvBufferSize: 4_194_304 });
    socket.on('message', (bytes, from) => onDatagram(bytes, plainAddress(from.address)));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // Errors of single datagrams (an ICMP answer, say) do not concern the others.
    socket.on('error', () => {});
    return {
      port: socket.address().port,
      close: async () => {
        await new Promise<void>((resolve) => socket.close(() => resolve()));
      },
    };
  },

  async openTcp(address, port, onConnection) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      onConnection({
        client: plainAddress(socket.remoteAddress ?? 'unknown'),
        chunks: socket,
        close: () => socket.destroy(),
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', () => {});
    const bound = server.address();
    return {
      port: typeof bound === 'object' && bound !== null ? bound.port : port,
      close: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  },
};

/** A dual-stack socket names IPv4 senders in IPv6 form. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
