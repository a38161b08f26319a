// Questions that are no HTTP because of what the client sent: control characters in a header that the web server let
// through, or headers beyond all measure. Answered with 400, as HTTP libraries do, bouncers would let the request pass,
// and one odd byte would be the way around all inspection: they are told to refuse it.

import type { Duplex } from 'node:stream';

/** Errors of node:http's parser that come of a client's own headers. */
const OF_THE_CLIENT: ReadonlySet<unknown> = new Set(['HPE_INVALID_HEADER_TOKEN', 'HPE_HEADER_OVERFLOW']);
const BODY = JSON.stringify({ action: 'ban', http_status: 400 });
const REFUSAL = `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;
const NO_HTTP = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** Answers what node:http could not read; for its event `clientError`. */
export function answerUnreadable(error: Error, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const code = 'code' in error ? error.code : undefined;
  // What follows is read and dropped: a bouncer sends all of it before it reads the answer.
  socket.resume();
  socket.end(OF_THE_CLIENT.has(code) ? REFUSAL : NO_HTTP);
}
