// How long does one request take on one kept connection, when nothing else goes on? The client is the same for all:
// a bare socket that sends the next request when the answer is whole.
import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends `count` requests one after the other; returns the microseconds of each, in the order sent. */
export async function timeRequests(port, count, head) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const request = Buffer.from(head, 'latin1');
  const times = new Float64Array(count);
  await new Promise((resolve, reject) => {
    let done = 0;
    let startedAt = 0n;
    let expected = 0;
    let received = 0;
    const send = () => {
      received = expected = 0;
      startedAt = process.hrtime.bigint();
      socket.write(request);
    };
    socket.on('data', (chunk) => {
      if (expected === 0) {
        // All contenders answer small things in one write, so that the head is whole in the first piece.
        const text = chunk.toString('latin1');
        const length = /\r\ncontent-length: *(\d+)/i.exec(text);
        if (!text.startsWith('HTTP/1.1 200') || length === null) {
          reject(new Error(`unexpected answer: ${text.slice(0, 200)}`));
          return;
        }
        expected = text.indexOf('\r\n\r\n') + 4 + Number(length[1]);
      }
      received += chunk.length;
      if (received < expected) return;
      times[done++] = Number(process.hrtime.bigint() - startedAt) / 1000;
      if (done === count) resolve();
      else send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    send();
  }).finally(() => socket.destroy());
  return times;
}

/** The value below which this share of the values lies. */
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
