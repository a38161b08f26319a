// Reads a client's bytes without a stream in between. Node offers that (`onread`) for sockets that connect; of one
// that was accepted the handle is taken over by a new Socket with that option. It saves a buffer of 64 KiB, its
// garbage and the stream's bookkeeping for each read: a sixth of all that a request costs. The handle is no documented
// part of a Socket, so where it is missing, as with TLS, the socket is read in the usual way; so is one that somebody
// has read from before (a PROXY header), since bytes may be left in its stream.

import { Socket } from 'node:net';

const READ_BYTES = 65_536;
/** For all sockets together: what is in it has been used or copied when the callback returns. */
const SHARED: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);

interface WithHandle {
  _handle?: { readonly readStart: unknown } | null;
}

/** `receive` gets a buffer that is its own. Returns the socket to be used from now on in place of the one given. */
export function readSocket(accepted: Socket, isPlain: boolean, receive: (chunk: Buffer) => void): Socket {
  // An undocumented property, hence the check of its shape.
  const inner = accepted as unknown as WithHandle;
  const handle = inner._handle;
  if (!isPlain || accepted.bytesRead > 0 || typeof handle?.readStart !== 'function') {
    accepted.allowHalfOpen = true;
    accepted.on('data', receive);
    return accepted;
  }
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: SHARED,
      callback: (length: number): boolean => {
        const chunk = Buffer.allocUnsafe(length);
        SHARED.copy(chunk, 0, 0, length);
        receive(chunk);
        return true;
      },
    },
  };
  inner._handle = null;
  const socket = new Socket(options);
  // The server counts the socket it accepted.
  socket.on('close', () => accepted.destroy());
  return socket;
}
