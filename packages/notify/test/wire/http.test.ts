// What a receiver's answer means, and what it means when there is none.

import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { postJson } from '../../src/channels/channel.ts';
import { httpReceiver, sendLocally } from '../receivers.ts';

/** A receiver that says this as soon as it is asked, and drops the connection. Returns its URL. */
async function droppingReceiver(said: string): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(said, () => socket.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // TCP
}

it('comes again when a busy receiver says, in seconds or by its own clock', async () => {
  const receiver = await httpReceiver();
  const dates = { 'retry-after': 'Wed, 21 Oct 2015 07:30:00 GMT', date: 'Wed, 21 Oct 2015 07:28:00 GMT' };
  for (const headers of [{ 'retry-after': '120' }, dates])
    for (const status of [429, 503]) {
      receiver.answer = () => ({ status, headers });
      const verdict = await sendLocally(postJson(receiver.url, {}));
      expect(verdict).toMatchObject({ ok: false, fault: 'busy', retryAfterMs: 120_000 });
    }
});

it('tries again when the connection is dropped before the answer has begun', async () => {
  for (const said of ['', 'HTTP/1.1 2', 'HTTP/1.1 200 OK\r\ncontent-len']) {
    const verdict = await sendLocally(postJson(await droppingReceiver(said), {}));
    expect([said, verdict]).toMatchObject([said, { ok: false, fault: 'unreachable' }]);
  }
});

it('takes a message for delivered when only the text behind the status is cut off', async () => {
  const url = await droppingReceiver('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":');
  expect(await sendLocally(postJson(url, {}))).toMatchObject({ ok: true });
});
