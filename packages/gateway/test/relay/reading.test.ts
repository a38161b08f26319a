import { createHash } from 'node:crypto';
import { PASS, type Action, type Answer } from '@parapet/kinds';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, httpUpstream, rawUpstream, stand, type Setting } from './stand.ts';

afterEach(closeAll);

const NO: Answer = { status: 403, headers: [], body: 'no\n', cause: 'attack' };

interface Seen {
  readonly body: string;
  readonly isCut: boolean;
}

/** A guard that reads up to `maxBodyBytes` and refuses what says `evil`; and what it has seen. */
function reader(maxBodyBytes = 64): {
  guard: NonNullable<Setting['guard']>;
  seen: Seen[];
  followed: string[];
} {
  const seen: Seen[] = [];
  const followed: string[] = [];
  const isEvil = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes('evil');
  const read: Action = {
    kind: 'read',
    maxBodyBytes,
    decide: (body, isCut) => {
      seen.push({ body: Buffer.from(body).toString(), isCut });
      return isEvil(body) ? { kind: 'reply', answer: NO } : PASS;
    },
    follow: (piece) => {
      followed.push(Buffer.from(piece).toString());
      return isEvil(piece) ? NO : undefined;
    },
  };
  return { guard: { onRequest: () => read }, seen, followed };
}

/** An upstream that says what body it got. */
async function echo(heard: string[] = []): Promise<string> {
  return httpUpstream((req, res) => {
    const hash = createHash('sha1');
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    req.on('end', () => {
      heard.push(`${bytes} ${hash.digest('hex')}`);
      res.end(`got ${bytes}.`);
    });
  });
}

const post = (body: string): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('who decides by the body', () => {
  test('gets it whole, of known length, in chunks, in pieces, or empty, and it is forwarded as it came', async () => {
    const { guard, seen } = reader();
    const { connect } = await stand([await echo()], { guard });
    const client = await connect();
    expect(await client.ask(post('abc'), 'got 3.')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await client.ask(`${CHUNKED}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`, 'got 3.')).toMatch(/^HTTP/);
    client.send(post('abcdef').slice(0, -3));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await client.ask('def', 'got 6.')).toContain('got 6.');
    expect(await client.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'got 0.')).toContain('got 0.');
    expect(seen).toEqual([
      { body: 'abc', isCut: false },
      { body: 'abc', isCut: false },
      { body: 'abcdef', isCut: false },
      { body: '', isCut: false },
    ]);
  });

  test('can refuse the request before the upstream hears of it', async () => {
    const upstream = await rawUpstream(() => {});
    const { guard } = reader();
    const { connect, ended } = await stand([upstream.url], { guard });
    const client = await connect();
    expect(await client.ask(post('an evil body'), 'no\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await client.ask(`${CHUNKED}2\r\nev\r\n2\r\nil\r\n0\r\n\r\n`, 'no\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(upstream.connections).toHaveLength(0);
    expect(ended.map(({ answer }) => answer?.cause)).toEqual(['attack', 'attack']);
  });

  test('has the client send on that waits to be asked, which is told so once', async () => {
    const { guard } = reader();
    const upstream = await rawUpstream(async (peer) => {
      await peer.until((text) => text.endsWith('abc'));
      peer.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const { connect } = await stand([upstream.url], { guard });
    const client = await connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    await client.until((text) => text.endsWith('\r\n\r\n'));
    client.send('abc');
    const text = await client.until((all) => all.endsWith('ok'));
    expect(text.split('100 Continue')).toHaveLength(2);
  });

  test('sees the beginning of a long body, and follows the rest', async () => {
    const heard: string[] = [];
    const { guard, seen, followed } = reader(8);
    const { connect } = await stand([await echo(heard)], { guard });
    const client = await connect();
    client.send(post('x'.repeat(40)).slice(0, -30));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await client.ask('x'.repeat(30), 'got 40.')).toContain('got 40.');
    expect(seen).toEqual([{ body: 'x'.repeat(10), isCut: true }]);
    expect(followed.join('')).toBe('x'.repeat(30));
    expect(heard[0]).toBe(`40 ${createHash('sha1').update('x'.repeat(40)).digest('hex')}`);
  });

  test('can end a request in the middle of its body, of which the upstream then never sees the end', async () => {
    const upstream = await rawUpstream(() => {});
    const { guard } = reader(8);
    const { connect } = await stand([upstream.url], { guard });
    const client = await connect();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n${'x'.repeat(20)}`);
    while (upstream.connections[0]?.text.includes('xxxx') !== true)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await client.ask('something evil', 'no\n')).toMatch(/^HTTP\/1\.1 403 [^]*Connection: close/);
    expect(await upstream.connections[0].untilEnded()).not.toContain('evil');
  });

  test('lets pass when it fails, and when it asks twice', async () => {
    const failing: Action = {
      kind: 'read',
      maxBodyBytes: 9,
      decide: () => {
        throw new Error('broken');
      },
    };
    const twice: Action = { kind: 'read', maxBodyBytes: 9, decide: () => failing };
    for (const action of [failing, twice]) {
      const { connect, faults } = await stand([await echo()], { guard: { onRequest: () => action } });
      expect(await (await connect()).ask(post('abc'), 'got 3.')).toContain('got 3.');
      expect(faults).toHaveLength(1);
    }
  });

  test('may wait before it decides', async () => {
    const later: Action = { kind: 'wait', action: Promise.resolve({ kind: 'reply', answer: NO }) };
    const action: Action = { kind: 'read', maxBodyBytes: 9, decide: () => later };
    const { connect } = await stand(['http://127.0.0.1:1'], { guard: { onRequest: () => action } });
    expect(await (await connect()).ask(post('abc'), 'no\n')).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('does not keep a request from the next server when the first one is down', async () => {
    const { guard } = reader();
    const { connect } = await stand(['http://127.0.0.1:1', await echo()], { guard });
    const client = await connect();
    for (let i = 0; i < 3; i++) expect(await client.ask(post('abc'), 'got 3.')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('costs no memory for what is uploaded behind it', async () => {
    const heard: string[] = [];
    const { guard } = reader(65_536);
    const { connect } = await stand([await echo(heard)], { guard });
    const client = await connect();
    const megabytes = 512;
    const piece = Buffer.alloc(1_048_576, 'x');
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${megabytes * piece.length}\r\n\r\n`);
    // Garbage of this and of other tests is there too.
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let i = 0; i < megabytes; i++) {
      if (!client.socket.write(piece)) await new Promise((resolve) => client.socket.once('drain', resolve));
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    await client.until((text) => text.includes('got '));
    expect(heard[0]).toMatch(new RegExp(`^${megabytes * piece.length} `));
    expect(most - before).toBeLessThan(megabytes * piece.length);
  });
});
