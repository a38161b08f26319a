import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sendBytes } from '../../../src/hub/testing/sendBytes.ts';

/** A server that sends these pieces for whatever it gets, and then leaves when it is told to. */
async function answering(pieces: readonly string[], leaves: boolean): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      for (const piece of pieces) socket.write(piece, 'latin1');
      if (leaves) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port; // it listens on TCP
}

describe('an answer', () => {
  test.each<[string, readonly string[], boolean, object]>([
    [
      'of a length',
      ['HTTP/1.1 403 No\r\nContent-Le', 'ngth: 3\r\nX-A:  b \r\n\r\nab', '\xff'],
      false,
      { status: 403, body: 'ab\xff' },
    ],
    [
      'in chunks',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', '1;x=y\r\nd\r\n0\r\n\r\n'],
      false,
      { status: 200, body: 'abcd' },
    ],
    ['up to the end', ['HTTP/1.0 404 Not\r\n\r\nab', 'c'], true, { status: 404, body: 'abc' }],
    ['without a body', ['HTTP/1.1 204 None\r\n\r\n'], false, { status: 204, body: '' }],
    [
      'after an interim one',
      ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
      false,
      { status: 200, body: '' },
    ],
    [
      'that breaks off',
      ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
      true,
      { status: 200, body: 'abc' },
    ],
    ['that is none', ['SSH-2.0-x\r\n\r\n'], true, { failed: 'the connection was closed' }],
    ['that does not come', [], true, { failed: 'the connection was closed' }],
    ['that never ends', ['HTTP/1.1 200'], false, { failed: 'no answer in time' }],
  ])('%s', async (_, pieces, leaves, expected) => {
    const port = await answering(pieces, leaves);
    expect(await sendBytes(port, 'GET / HTTP/1.1\r\n\r\n', 300)).toMatchObject(expected);
  });

  test('from nobody', async () => {
    expect(await sendBytes(1, 'x', 300)).toEqual({
      failed: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
